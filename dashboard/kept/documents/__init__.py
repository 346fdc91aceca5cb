"""What the rows of kept work say: states as documents and back, and what differs between two of them."""
