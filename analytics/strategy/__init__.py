"""From counts to a decision: money, comparison, the rule, its reasons, and what turns it."""
