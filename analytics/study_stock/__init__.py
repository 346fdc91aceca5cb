"""A study's stock.

Valued under a policy, what may be lost of it on the joint paths, and the cash and cost of every plan.
"""
