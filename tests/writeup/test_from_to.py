"""From -> to: words by hand, and every row of the small company against its own columns."""

from __future__ import annotations

import numpy as np

from analytics.naming.labels import units_text
from analytics.study import Study
from analytics.study_results import study_tables
from analytics.writeup.from_to import CHANGES, change_of, from_to_words
from tests.strategy.small import small_study

NAN = float("nan")
STOCK = {"reorder_point": 20.0, "order_up_to_level": 60.0, "order_quantity": 40.0, "quote_days": NAN}
ORDER = {"reorder_point": NAN, "order_up_to_level": NAN, "order_quantity": NAN, "quote_days": 12.0}


def test_what_is_stocked_already_reads_as_a_change_of_levels() -> None:
    now = {**STOCK, "reorder_point": 35.0, "order_quantity": 25.0}
    assert from_to_words("MTS", "MTS", STOCK, now, False) == "Stock: reorder point 20 -> 35, lot 40 -> 25"
    assert (
        from_to_words("MTS", "MTS", STOCK, {**STOCK, "reorder_point": 15.0}, False, assumed=True)
        == "Stock: reorder point 20 -> 15, lot 40 (today's assumed)"
    )
    assert (
        from_to_words("MTS", "MTO", STOCK, ORDER, False)
        == "Stock, reorder point 20, lot 40 -> order, quote 12 days"
    )
    assert (
        from_to_words("MTO", "MTS", ORDER, STOCK, False)
        == "Order, quote 12 days -> stock, reorder point 20, lot 40"
    )
    assert (
        from_to_words("MTO", "MTO", ORDER, {**ORDER, "quote_days": 21.0}, False)
        == "Order: quote 12 -> 21 days"
    )
    assert (
        from_to_words("MTS", "MTO", STOCK, ORDER, False, "unknown", True)
        == "Not known, counted as stock, reorder point 20, lot 40 (assumed) -> order, quote 12 days"
    )
    assert (
        from_to_words("MTS", "MTS", STOCK, STOCK, True, "MTO")
        == "Order, counted as stock, as today: reorder point 20, lot 40"
    )
    assert from_to_words("MTO", "MTO", ORDER, ORDER, True) == "Order, as today: quote 12 days"


def test_kinds_of_change() -> None:
    more, less = {**STOCK, "order_up_to_level": 61.0}, {**STOCK, "order_up_to_level": 59.0}
    cases = [
        ("MTS", "MTS", more, "increase"),
        ("MTS", "MTS", less, "decrease"),
        ("MTS", "MTO", ORDER, "stop"),
        ("MTS", "ATO", STOCK, "switch"),
        ("MTS", "MTS", STOCK, "keep"),
    ]
    for was, now, after, kind in cases:
        assert change_of(was, now, STOCK, after, False) == kind and kind in CHANGES
    assert (
        change_of("MTS", "MTS", STOCK, more, True) == "keep"
        and change_of("MTS", "MTO", STOCK, ORDER, False, decided=False) == ""
    )


def test_gain_is_what_is_counted_less_today_in_every_row() -> None:
    """To the cent, from the columns of the file alone; what planning and the strategy bring add up to it, and the words name the numbers beside them."""
    study: Study = small_study()
    table = study_tables(study)["recommendation"]()
    decided = table[~study.recommendation.ended & (table["verdict"] != "not_decidable")]
    assert len(decided) > 8 and set(table["today"]) == {"MTS", "MTO", "unknown"}
    for at, row in decided.iterrows():
        counted = (
            row["profit_today"]
            if study.recommendation.as_today[int(str(at))]
            else row[f"profit_{row['recommended'].lower()}"]
        )
        assert round(counted - row["profit_today"], 2) == round(row["gain_per_year"], 2)
        assert round(row["gain_by_planning"] + row["gain_by_strategy"], 2) == round(row["gain_per_year"], 2)
        assert row["counted_as"] and row["from_to"] and row["change"] in CHANGES
        for name in ("reorder_point", "order_quantity"):
            if row["change"] in ("increase", "decrease") and row["recommended"] == "MTS":
                assert (
                    units_text(row[f"today_{name}"]) in row["from_to"]
                    and units_text(row[name]) in row["from_to"]
                )
    unknown = table[(table["today"] == "unknown") & ~study.recommendation.ended]
    assert (
        len(unknown)
        and unknown["counted_as"].str.contains("assumed").all()
        and unknown["from_to"].str.startswith("Not known, counted as").all()
    )
    ended = table[study.recommendation.ended]
    assert (ended["counted_as"] == "").all() and np.isnan(ended["profit_today"]).all()
