"""Assemble to order: whether all components of an order are there at once, and what sharing a component does to stocks."""

from __future__ import annotations

from analytics.policy.arguments import fraction, positive

__all__ = ["item_fill_for_order_fill"]


def item_fill_for_order_fill(target: float, components: int) -> float:
    """The fill rate each of several independent components needs so that the order reaches a target.

    Formula: target^(1 / n). Share. Source: the product bound solved for equal components.

    >>> round(item_fill_for_order_fill(0.95, 20), 5)
    0.99744
    """
    return float(fraction("target", target) ** (1.0 / positive("components", components)))
