"""Books: what rules and standards make of stock.

Net realisable value, ladders, the largest of the rules, roll-forwards.
"""
