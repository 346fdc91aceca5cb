"""How far the stated gains may be wrong: the range of their sum, and the order in which products come."""
