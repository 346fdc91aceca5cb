"""How far products are in their life, and how likely they are to end."""
