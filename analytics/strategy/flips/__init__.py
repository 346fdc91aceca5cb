"""What turns a decision, found by the rule that decides."""
