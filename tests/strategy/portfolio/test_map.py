"""The map of the portfolio: variation by another route, the bound at 30,000 products, and what the sentence and the words may say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.naming.labels import percent_text
from analytics.strategy.portfolio.map import MOST_ON_MAP, map_finding, on_map, portfolio_map, variation


def drawn(products: int, most: int = MOST_ON_MAP) -> tuple[pd.DataFrame, pd.DataFrame, int, float, int, int]:
    """A made-up portfolio and its map: inputs, rows, and the counts of what is left out."""
    draw = np.random.default_rng(7)
    monthly = draw.poisson(draw.gamma(0.6, 6.0, products)[:, None], (products, 12)).astype(float)
    price, cost = draw.uniform(5.0, 90.0, products), draw.uniform(2.0, 60.0, products)
    cost[::97] = np.nan
    money = price * monthly.sum(axis=1)
    strategy = np.where(draw.random(products) < 0.3, "MTO", "MTS")
    living = draw.random(products) < 0.9
    found = portfolio_map(monthly, price, cost, money, strategy, living, most)
    given = pd.DataFrame(
        {"price": price, "cost": cost, "money": money, "strategy": strategy, "living": living}
    )
    given["monthly"] = list(monthly)
    return given, found.products, found.smaller, found.share, found.unknown, found.beyond


def test_variation_is_pandas_deviation_over_the_mean_from_the_first_sale() -> None:
    given, rows, *_ = drawn(300)
    for _, one in rows.iterrows():
        months = pd.Series(given["monthly"][int(one["row"])])
        lived = months.loc[months.gt(0).idxmax() :]
        assert one["variation"] == pytest.approx(lived.std(ddof=0) / lived.mean(), rel=1e-12)
        assert (one["months_sold"], one["months_seen"]) == (int(lived.gt(0).sum()), len(lived))
        cost, price = given.loc[int(one["row"]), ["cost", "price"]]
        assert one["margin"] == pytest.approx(1.0 - cost / price)


def test_thirty_thousand_products_are_bounded_and_what_is_left_out_is_counted() -> None:
    given, rows, smaller, share, unknown, beyond = drawn(30_000)
    known = given[given["living"] & given["cost"].notna()]
    known = known[[np.isfinite(variation(m[None])[0][0]) for m in known["monthly"]]]
    ranked = known["money"].sort_values(ascending=False)
    assert len(rows) == MOST_ON_MAP and smaller == len(known) - MOST_ON_MAP
    assert rows["money"].tolist() == ranked.head(MOST_ON_MAP).tolist()
    assert share == pytest.approx(ranked.head(MOST_ON_MAP).sum() / ranked.sum())
    assert unknown == int(given["living"].sum()) - len(known)
    outside = (rows["margin"] < -0.5) | (rows["variation"] > 3.0)
    assert beyond == int(outside.sum()) > 0
    assert rows["at_margin"].min() == -0.5 and (rows["at_margin"] >= rows["margin"]).all()


def test_a_rectangle_takes_what_is_drawn_in_it_whichever_way_it_was_drawn() -> None:
    _, rows, *_ = drawn(400)
    inside = on_map(rows, (0.6, 0.2), (0.3, 1.1))
    by_hand = [
        0.2 <= m <= 0.6 and 0.3 <= v <= 1.1
        for m, v in zip(rows["at_margin"], rows["at_variation"], strict=True)
    ]
    assert inside.tolist() == by_hand and 0 < sum(by_hand) < len(rows)


@pytest.mark.parametrize(
    ("away", "how"), [([1.5, 1.7], "less evenly"), ([0.2, 0.3], "more evenly"), ([0.5, 0.52], "")]
)
def test_the_finding_is_the_median_of_each_side(away: list[float], how: str) -> None:
    rows = pd.DataFrame({"strategy": ["MTS", "MTS", "MTO", "ATO"], "variation": [0.45, 0.57, *away]})
    said = map_finding(rows)
    assert percent_text(0.51) in said and percent_text(sum(away) / 2) in said
    assert (how in said) if how else said.startswith("Variation does not part them")


@pytest.mark.parametrize(("way", "where"), [("MTS", "stays on the shelf"), ("ATO", "leaves the shelf")])
def test_where_all_go_one_way_nothing_is_compared(way: str, where: str) -> None:
    said = map_finding(pd.DataFrame({"strategy": [way] * 3, "variation": [0.4, 0.5, 0.9]}))
    assert said == f"Everything {where}: sales typically vary by 50 % from month to month"
    assert map_finding(pd.DataFrame({"strategy": [], "variation": []})) == ""
