"""What a hostile neighbour tries: foreign names at the door, hostile names inside the files."""
