"""What each strategy tells the simulation to do, and what it then counts."""
