"""Studies and facts: computed, kept and hidden behind made-up names."""
