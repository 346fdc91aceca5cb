"""A study kept and compared with a later one: what changed, why, and what became of what was promised."""
