"""The study on the screen beside an earlier one: brought or kept, compared, and said in words."""
