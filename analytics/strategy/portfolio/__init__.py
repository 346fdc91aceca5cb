"""The whole: totals, confidence, the answer in one line."""
