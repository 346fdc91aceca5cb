"""A file on the screen: how it comes in, what only its owner knows, and what was understood of it."""
