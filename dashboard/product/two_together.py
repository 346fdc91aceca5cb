"""Whether two assumptions together turn the answer or a product: asked for with a button, worked out beside the page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.naming.scales import field_words
from analytics.strategy.portfolio.confidence import holds_words
from dashboard.parts.frame import beside, small
from dashboard.results import product_results
from dashboard.results.facts import Facts
from dashboard.results.keys import key_of
from dashboard.state.choice import Choice

__all__ = ["holds_badge", "product_pairs_part", "together_part", "with_together"]

_ASKED = "_two together asked"
_HELP = "Two assumptions at once at the ends of their usual ranges, decided by the rule that makes the badge."


def with_together(choice: Choice, facts: Facts) -> Facts:
    """The facts with what pairs of assumptions turn, where that was asked for at this setting."""
    found = product_results.found_together(choice)
    return facts if found is None else replace(facts, confidence=found)


def _ask(key: tuple[str, ...]) -> None:
    st.session_state[_ASKED] = key


def together_part(choice: Choice, facts: Facts) -> None:
    """The button that tries all pairs of prices, while what single assumptions turn is known and pairs are not."""
    known = facts.confidence.kind in ("firm", "depends", "too_close", "not_searched")
    if (
        not known
        or facts.pending
        or not facts.has_money
        or product_results.found_together(choice) is not None
    ):
        return
    key = (*key_of(choice), "two together")
    if st.session_state.get(_ASKED) == key:
        beside("two together", key, lambda progress: product_results.together_of(choice, progress))
        return
    st.button("Try two assumptions together", key="two-together", on_click=_ask, args=(key,), icon=":material/link:", type="tertiary", help=_HELP)  # fmt: skip


def holds_badge(choice: Choice, sku: str) -> str:
    """The badge of a product that no single assumption turns, with what two together do where that was tried."""
    found = product_results.found_pairs(choice, sku)
    if found is None:
        return holds_words()
    return holds_words("yes" if found.turned.any() else "no")


def product_pairs_part(choice: Choice, sku: str) -> None:
    """What pairs of assumptions turn of one product: the button, then the sentence."""
    found = product_results.found_pairs(choice, sku)
    if found is not None:
        turned = [
            f"{field_words(one)} with {field_words(other)}"
            for (one, other), here in zip(
                found.fields, [bool(row.any()) for row in found.turned], strict=True
            )
            if here
        ]
        count = int(found.tried.any(axis=1).sum())
        said = (
            f"{len(turned)} of {count} pairs turn it: {'; '.join(turned[:5])}"
            if turned
            else f"none of {count} pairs turns it"
        )
        small(
            f"Two together, at the ends of their ranges, where neither turns it alone: {said}. {found.tried_words}"
        )
        return
    key = (*key_of(choice), sku, "two together")
    if st.session_state.get(_ASKED) == key:
        beside("two together", key, lambda progress: product_results.pairs_of(choice, sku, progress))
        return
    st.button("Try two together (half a minute)", key=f"two-together-{sku}", on_click=_ask, args=(key,), icon=":material/link:", type="tertiary", help=_HELP)  # fmt: skip
