"""What people take from a study."""
