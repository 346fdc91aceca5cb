"""The bounded process in which untrusted files are read."""
