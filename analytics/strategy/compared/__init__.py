"""What one strategy earns at its best setting, before several are set side by side."""
