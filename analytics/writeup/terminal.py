"""What a run of `analyze` tells a person on a terminal: the headline figures of `summary.json` in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.naming.labels import money_text, number_text, strategy_text, total_text

__all__ = ["told"]

_MOST_WARNINGS = 5


def _gain(document: Mapping[str, Any]) -> str:
    if not document["priced_products"]:
        return "Gain: unknown; without prices and costs there are units and days only, no money"
    gain, low, high, currency = (
        document[name] for name in ("gain_per_year", "gain_low", "gain_high", "currency")
    )
    likely = (
        ""
        if low is None or gain == 0.0
        else f", likely {number_text(low, 2)} to {money_text(high, currency)}"
    )
    return f"Gain: {money_text(gain, currency)} over the next 12 months{likely}, compared with {document['baseline']}"


def _warnings(document: Mapping[str, Any]) -> list[str]:
    limits = document.get("limits") or {"notes": ()}
    found = [*limits["notes"], *document["input_problems"]]
    more = len(found) - _MOST_WARNINGS
    return [*found[:_MOST_WARNINGS], *([f"{more:,} more in summary.json"] if more > 0 else [])]


def told(document: Mapping[str, Any], folder: str, files: Sequence[str]) -> list[str]:
    """The lines: gain with its range, what is recommended, what was read, warnings, where the files are."""
    control = document["control_totals"]
    counts = [f"{count:,} {strategy_text(name)}" for name, count in document["recommended"].items() if count]
    ended = document["ended_products"]
    revenue = (
        ""
        if control["revenue_used"] is None
        else f", revenue {control['revenue_used']:,.2f} {document['currency']}".rstrip()
    )
    answer = document["answer"]
    return [
        f"{answer['title']} ({answer['badge']})" + (f". {answer['why']}" if answer["why"] else ""),
        *([] if answer["keep_what_you_do"] else [_gain(document)]),
        f"Products: {', '.join(counts) or 'none to decide'}" + (f"; {ended:,} ended" if ended else ""),
        f"Read: {control['rows_used']:,} of {control['rows_read']:,} rows used, {total_text(control['units_used'])} units{revenue}",
        *(f"Note: {text}" for text in _warnings(document)),
        f"Files in {folder}: {', '.join(files)}",
    ]
