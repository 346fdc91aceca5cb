"""Fields of products derived from their sales."""
