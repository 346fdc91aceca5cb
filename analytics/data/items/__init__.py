"""Lists of items and bills of materials."""
