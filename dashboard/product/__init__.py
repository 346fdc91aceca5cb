"""One product on the screen: its demand, its strategies, what would turn the choice, a person's own choice."""
