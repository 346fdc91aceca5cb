"""A change in words: the finding, why it changed as a table, and what became of what was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.naming.figures import FIGURES
from analytics.naming.labels import STRATEGIES, number_text, strategy_text
from analytics.study_change.attribution import PARTS
from analytics.study_change.outcome import AMOUNTS

if TYPE_CHECKING:
    from analytics.study_change.attribution import Change
    from analytics.study_change.realised import Realised

__all__ = [
    "AMOUNT_LABELS",
    "change_sentence",
    "mix_sentence",
    "realised_sentence",
    "realised_shown",
    "switched_shown",
    "why_it_changed",
]

#: The label of every amount of the portfolio.
AMOUNT_LABELS = {
    "gain_per_year": FIGURES["gain_of_portfolio"].label,
    "cash_tied_up": FIGURES["cash_tied_up"].label,
    "becomes_cash": FIGURES["cash_released"].label,
    "book_value": FIGURES["total"].label,
}
#: Less than half of a unit of money is no part to speak of.
_NOTHING = 0.5


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number_text(value, 3)}" if abs(value) >= _NOTHING else "0"


def change_sentence(change: Change, currency: str) -> str:
    """By how much the gain changed since when, and the largest parts of that."""
    before, now = change.before.total("gain_per_year"), change.now.total("gain_per_year")
    parts = {name: change.part("gain_per_year", name) for name in PARTS}
    told = sorted((n for n, v in parts.items() if abs(v) >= _NOTHING), key=lambda n: -abs(parts[n]))
    money = f" {currency}" if currency else ""
    since = f"Since the study of {change.earlier.last_date}"
    if not told:
        return f"{since} the gain stays {number_text(now, 3)}{money} a year"
    causes = ", ".join(f"{_small(PARTS[name])} {_signed(parts[name])}" for name in told[:3])
    rest = ", ..." if len(told) > 3 else ""
    return f"{since} the gain went from {number_text(before, 3)} to {number_text(now, 3)}{money} a year: {causes}{rest}"


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def mix_sentence(change: Change) -> str:
    """How many products are recommended each way now, and by how many more or fewer than before."""
    parts = []
    for name in STRATEGIES:
        before, now = (int((end == str(name)).sum()) for end in (change.strategy[0], change.strategy[-1]))
        if before or now:
            moved = f" ({now - before:+d})" if now != before else ""
            parts.append(f"{strategy_text(name)} {now:,}{moved}")
    turned = int((change.changed_by(change.strategy) != "").sum())
    what = f"; {turned:,} turned, came or went" if turned else ", as before"
    return f"The mix: {', '.join(parts)} products{what}." if parts else ""


def why_it_changed(change: Change) -> pd.DataFrame:
    """One row for before, for each part that moved anything, and for now; columns are gain and cash."""
    rows: list[dict[str, str]] = []

    def row(words: str, amounts: list[float], signed: bool) -> None:
        texts = [_signed(v) if signed else number_text(v, 3) for v in amounts]
        rows.append({"Why": words, **dict(zip((AMOUNT_LABELS[a] for a in AMOUNTS), texts, strict=True))})

    row(f"Before ({change.earlier.last_date})", [change.before.total(a) for a in AMOUNTS], False)
    for name, words in PARTS.items():
        amounts = [change.part(a, name) for a in AMOUNTS]
        if any(abs(v) >= _NOTHING for v in amounts):
            row(words, amounts, True)
    row(f"Now ({change.last_date})", [change.now.total(a) for a in AMOUNTS], False)
    return pd.DataFrame(rows)


def switched_shown(change: Change, most: int = 12) -> pd.DataFrame:
    """Products whose recommended strategy is another than before, and by which part it turned."""
    by = change.changed_by(change.strategy)
    rows = np.flatnonzero((by != "") & (change.strategy[0] != change.strategy[-1]))[:most]
    return pd.DataFrame(
        {
            "SKU": change.skus[rows],
            "Before": [_way(change.strategy[0][k], change.there[k] == 1) for k in rows],
            "Now": [_way(change.strategy[-1][k], change.there[k] == 2) for k in rows],
            "Turned by": [", ".join(PARTS[name] for name in str(by[k]).split("; ")) for k in rows],
        }
    )


def _way(strategy: str, absent: bool) -> str:
    return "not there" if absent else strategy_text(strategy) if strategy else "nothing to decide"


def realised_sentence(realised: Realised) -> str:
    """How many products were switched as was said, and what of that cannot be known."""
    count = len(realised.skus)
    one = "1 product is now run as the earlier study said, and was not then"
    many = f"{count:,} products are now run as the earlier study said, and were not then"
    said = (
        one
        if count == 1
        else many
        if count
        else "No product is known to be run newly as the earlier study said"
    )
    other = f"; {realised.other_way:,} run another way than was said" if realised.other_way else ""
    unknown = (
        f"; of {realised.unknown_way:,} more to be switched the files do not tell how they are run"
        if realised.unknown_way
        else ""
    )
    rest = ". Whether the gain came true is in no file: what would have come without the switch is not known."
    return f"{said}{other}{unknown}{rest if count else '.'}"


def realised_shown(realised: Realised) -> pd.DataFrame:
    """Promised and realised side by side for every product that was switched as said."""

    def text(values: np.ndarray) -> list[str]:
        return [number_text(float(v), 3) if np.isfinite(v) else "not known" for v in values]

    return pd.DataFrame(
        {
            "SKU": realised.skus,
            "Was run": [strategy_text(s) for s in realised.was],
            "Run as": [strategy_text(s) for s in realised.run_as],
            "Units promised": text(realised.promised_units),
            "Units sold": text(realised.units_sold),
            "Margin promised": text(realised.promised_margin),
            "Margin": text(realised.margin),
            "Stock promised": text(realised.promised_stock),
            "Stock at cost": text(realised.stock_at_cost),
        }
    )
