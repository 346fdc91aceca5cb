"""The same simulated demand played through every strategy: units and time only, never money."""
