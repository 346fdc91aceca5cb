"""What a person chose and changed, and what of it is remembered."""
