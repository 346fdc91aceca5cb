"""Words of the screen."""
