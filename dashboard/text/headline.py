"""The one sentence of the program, what has to stand beside it, and how sure it is, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.naming.labels import Strategy
from analytics.strategy.portfolio.answer import better_stocked
from analytics.writeup.words import answer as words
from dashboard.results.facts import Facts
from dashboard.text.questions import opening
from dashboard.text.words import below_cost, counts_of, plain

__all__ = ["Headline", "headline", "range_words"]


@dataclass(frozen=True)
class Headline:
    """The answer: a title, the badge of its confidence (text, colour), and the sentences below, as Markdown."""

    title: str
    badge: str
    colour: str
    sentences: tuple[str, ...]


#: The colour of a badge by the kind of confidence it says.
_COLOURS = {"firm": "green", "recomputing": "gray", "held": "gray"}


def range_words(facts: Facts) -> str:
    """How far single gains are taken to be wrong in the range of the gain, and where that comes from; nothing while it is recomputed."""
    return words.range_words(facts.portfolio)


def headline(facts: Facts) -> Headline:
    """The one sentence of the program, and what has to stand beside it."""
    answer = facts.answer
    sentences = words.answer_sentences(_beside(facts), lambda text: f"**{text}**", plain)
    colour = "gray"
    if answer.keep_what_you_do:
        colour = "orange" if answer.badge == "Too close" else "gray"
    elif answer.kind in ("stock", "change"):
        colour = _COLOURS.get(facts.confidence.kind, "orange")
    return Headline(answer.title, answer.badge, colour, sentences)


def _beside(facts: Facts) -> words.Beside:
    """What the sentences are made from, as the facts have it."""
    live = ~facts.products["ended"].to_numpy(bool)
    shop, moves = facts.carrying, facts.sensitivity
    limited = shop is not None and (len(shop.changed) or shop.rows["binds"].any())
    limits = (shop.cost, not shop.rows["needed"].ne("").any()) if shop is not None and limited else None
    most = moves.iloc[0] if len(moves) else None
    return words.Beside(
        facts.answer, facts.confidence, facts.portfolio, facts.compared_with, counts_of(facts), int(np.sum(facts.priced & live)), int(below_cost(facts).sum()),
        better_stocked(facts.profit, facts.strategies.index(Strategy.MTS), live), opening(facts), facts.stock, limits,
        None if most is None else (str(most["field"]), float(most["at_low"]), float(most["at_high"])), facts.unseen, facts.currency,
    )  # fmt: skip
