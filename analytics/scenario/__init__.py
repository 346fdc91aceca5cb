"""A study under other prices, assumptions, limits, choices or words: what changes is computed again, nothing else."""
