"""What moves the gain: one picture for the pages Answer and Risk."""

from __future__ import annotations

import numpy as np
import streamlit as st

from analytics.naming.labels import number_text
from analytics.strategy.money.thresholds import worth_telling
from dashboard.charts.theme import ink
from dashboard.charts.tornado import tornado_chart
from dashboard.parts.frame import draw, small
from dashboard.parts.tables import in_narrow_window
from dashboard.results.facts import Facts
from dashboard.text.words import field_words, value_text

__all__ = ["TURNED_WORDS", "moves_part"]

#: What a tick on a bar stands for.
TURNED_WORDS = "The tick marks where the choice of products with more than a tenth of the gain has turned."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def moves_part(facts: Facts, most: int, least_share: float = 0.0) -> None:
    """The gain at both ends of the assumptions that move it most, by at least `least_share` of it; nothing where none does."""
    table = facts.sensitivity
    told = [worth_telling(swing, facts.portfolio.gain, least_share, 1e-9) for swing in table["swing"]]
    table = table[np.array(told, bool)].head(most)
    if not len(table) or facts.portfolio.gain == 0.0:
        return
    st.subheader(f"What moves the gain most: {field_words(str(table['field'].iloc[0]))}", anchor=False)
    against = facts.baseline_name.split(" (")[0]
    marked = bool(table["turns_at"].notna().any())
    small(
        f"Gain over {against}, {facts.currency or 'money'} over 12 months, with each assumption at the ends of its range "
        "and the others in the middle, choices as they are." + (" " + TURNED_WORDS if marked else "")
    )
    shown = table.assign(
        label=[_capital(field_words(str(f))) for f in table["field"]],
        low_text=[
            value_text(str(f), v, facts.currency) for f, v in zip(table["field"], table["low"], strict=True)
        ],
        high_text=[
            value_text(str(f), v, facts.currency) for f, v in zip(table["field"], table["high"], strict=True)
        ],
    )
    draw(
        tornado_chart(shown, facts.portfolio.gain, ink(st.context.theme.type), narrow=in_narrow_window()),
        alt="; ".join(
            f"{a}: gain {number_text(b, 2)} to {number_text(c, 2)}"
            for a, b, c in zip(shown["label"], shown["at_low"], shown["at_high"], strict=True)
        ),
    )
