"""Units of measure of quantities: converted by what the files state, else asked about."""
