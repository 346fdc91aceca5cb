"""What a person tries: what-ifs by percent, and a rule of their own."""
