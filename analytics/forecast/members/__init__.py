"""The methods of the combination, their grids and their compiled loops."""
