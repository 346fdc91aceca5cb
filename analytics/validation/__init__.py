"""The past replayed: what every policy would have decided, and what it would have earned."""
