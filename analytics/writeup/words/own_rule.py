"""What a rule of one's own costs or brings, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.naming.labels import money_text, percent_text

__all__ = ["own_rule_words"]


def _beside(amount: float, name: str, currency: str) -> str:
    """A difference to a plan in words.

    >>> _beside(-1200.0, "the mix", "EUR"), _beside(0.2, "the mix", "EUR")
    ('1.2 k EUR less than the mix', 'as much as the mix')
    """
    if abs(amount) < 0.5:
        return f"as much as {name}"
    return f"{money_text(abs(amount), currency)} {'more' if amount > 0.0 else 'less'} than {name}"


def own_rule_words(mine: Mapping[str, Any], has_money: bool, baseline: str, currency: str) -> str:
    """What the plan of an own rule earns beside today's way (its name is `baseline`) and the mix, whom the rule matches, what is tied up, and who waits.

    `mine` is what `summary.json` says of it (`scenario.own_rule.own_rule_document`).
    """
    earns = ""
    if has_money:
        today = _beside(mine["gain_over_today"], baseline, currency)
        mix = _beside(mine["gain_over_mix"], "the mix", currency)
        cash = money_text(mine["cash_tied_up"], currency)
        earns = f" Earns {today} and {mix} over the next 12 months, with {cash} in stock."
    cannot = mine["products_not_offered"]
    rest = f" {cannot:,} cannot be run so and stay to stock." if cannot else ""
    shared = float(mine.get("shared_components", 0.0))
    if has_money and abs(shared) >= 0.5:
        rest += f" Fewer share the components than each assumes: {money_text(shared, currency)} of it."
    unknown = mine["products_unknown"]
    rest += f" Of {unknown:,} not all that is asked for is known." if unknown else ""
    return (
        f"{mine['words']} It matches {mine['products_matched']:,} of {mine['living_products']:,} products.{earns}"
        f" {percent_text(mine['share_waiting'])} of orders wait.{rest}"
    )
