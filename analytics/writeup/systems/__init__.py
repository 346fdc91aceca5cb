"""Settings written for systems of planning."""
