"""Policy: what a planner sets, and the rules that follow from it.

patience (who still orders when told a wait), queueing (how long an order waits for capacity, and what to quote), commonality
(what components must be worth so that orders are complete), arguments (bounds). Closed forms of the textbook that no answer of the
program uses stand in `tests/closed_forms/`, as oracles of the simulation.
"""
