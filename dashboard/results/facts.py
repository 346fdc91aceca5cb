"""Facts: all that the pages show of a study.

They are stored and loaded without the study, which holds what was simulated and is ten to twenty times as large: so they
are a copy. What the study has as a record goes in as that record (`portfolio`, `intake.report`, `carrying.load`, `stock`,
`confidence`, `items`); what is derived for a page is derived in `dashboard.results.study_facts`, once, by functions of
`analytics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import COMPONENTS, Strategy
from analytics.strategy.money.totals import written_off
from analytics.strategy.portfolio.answer import Answer, Found, better_stocked, whole_answer
from analytics.strategy.portfolio.confidence import Confidence
from analytics.strategy.portfolio.sums import Portfolio
from analytics.strategy.present.baseline import Baseline
from analytics.strategy.present.listing import unlisted_in, ways_found
from analytics.valuation.bridge import Bridge
from analytics.valuation.on_hand import StockFacts
from analytics.valuation.valued import ValuedStock
from dashboard.results.capacity_facts import Carrying
from dashboard.results.intake import Intake

__all__ = ["Facts", "Intake", "Known", "Override"]

Array = NDArray[np.float64]


class Known(IntEnum):
    """How much of a setting is worked out, each with all before it.

    MONEY: expected amounts of every product and plan. YEARS: simulated years, so ranges and the decision by the one rule.
    TURNS: what would turn each product's choice, so how sure it is. ALL: what each value in doubt moves and is worth.
    """

    MONEY = 1
    YEARS = 2
    TURNS = 3
    ALL = 4


@dataclass(frozen=True)
class Override:
    """A person's own choice for one product, with the reason it was made, the name typed (not verified) and the last day of the data."""

    sku: str
    strategy: str
    note: str
    by: str = ""
    data_date: str = ""


@dataclass(frozen=True, eq=False)
class Facts:
    """What the pages show. Two-dimensional arrays are products x strategies (NaN: not offered), money over twelve months.

    `against_best` (products, strategies, 3) is profit less the best strategy's in the same years: expected, 5th and 95th percentile.
    `counts` (products, strategies, counts) is what all of these are made of: the expected counts of a year (`analytics.simulation.ledger.COUNTS`).
    `units` are physical measures of every strategy, `units_today` (products,) those of today's way where it is known.
    `products` has one row per SKU: the columns of recommendation.csv, and name, family, ended, stage, baseline,
    turns (where the decisive assumption turns it). `components` is products x strategies x labels.COMPONENTS.
    `portfolio` holds the totals of every plan and the gain as the study has them. `quote_profit` is the profit to order at
    each of `quotes` (days). `sensitivity` has one row per assumption: the gain at its low and high end; `unseen` says what it would be had a tenth of demand never been seen;
    `carrying` is whether the shop can carry it all;
    `valued` is what lies on hand today by the customer's own files as the books see it under the policy that is assumed, in no figure of the gain;
    `rule` is the rule that sales can use as `summary.json` has it (empty: none).
    `own_rule` is what `summary.json` says of a rule of one's own (empty: none).
    `bridge` is the way from today to the mix by component.
    `confidence` says how sure the answer is and on what it depends (`analytics.strategy.portfolio.confidence`).
    `below_cost` (products,) marks what sells below cost, ended products included; `margin` is the control line of the money as `summary.json` has it.
    `orders_on_hand` and `receipts` are by product and month, as the files of those names.
    `waiting` are customers by the value of what would have waited (`analytics.strategy.portfolio.waiting_customers`), `family_waits` is who waits by family.
    `worth` is what knowing an assumed value would gain on average, on top of those worth more (`analytics.strategy.what_if.questions`). `known` says how
    much of the setting is worked out: what is not is NaN, empty or `recomputing`, never a figure of another setting.
    """

    title: str
    sample: bool
    currency: str
    seed: int
    version: str
    strategies: tuple[str, ...]
    products: pd.DataFrame
    items: Items
    profit: Array
    low: Array
    high: Array
    probability_best: Array
    against_best: Array
    components: Array
    cash: Array
    benchmark: Array
    units: Mapping[str, Array]
    units_today: Mapping[str, Array]
    counts: Array
    wait_median: Array
    wait_p90: Array
    policy: Mapping[str, Array]
    portfolio: Portfolio
    service_days: Array
    compared_with: Baseline
    shared: float
    valued: ValuedStock
    quotes: Array
    quote_profit: Array
    sensitivity: pd.DataFrame
    unseen: str
    worth: Mapping[str, float]
    rule: Mapping[str, Any]
    waiting: pd.DataFrame
    starts: NDArray[np.datetime64]
    demand: NDArray[np.float32]
    frequency: str
    intake: Intake
    notes: tuple[str, ...]
    orders_on_hand: pd.DataFrame
    receipts: pd.DataFrame
    below_cost: NDArray[np.bool_]
    margin: Mapping[str, Any]
    confidence: Confidence
    bridge: Bridge | None = None
    carrying: Carrying | None = None
    overrides: tuple[Override, ...] = field(default_factory=tuple)
    known: Known = Known.ALL
    own_rule: Mapping[str, Any] = field(default_factory=dict)
    family_waits: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def pending(self) -> bool:
        """Whether only expected money is known: no simulated year is of this setting yet."""
        return self.known < Known.YEARS

    @property
    def digest(self) -> str:
        """The fingerprint of the files of sales."""
        return self.intake.report.digest

    @property
    def stock(self) -> StockFacts:
        """Stock on hand today by the customer's own files, before any policy of valuation."""
        return self.valued.stock

    @property
    def baseline_name(self) -> str:
        """What every gain is compared with, in words."""
        return self.compared_with.name

    @property
    def priced(self) -> NDArray[np.bool_]:
        """Products whose money is known."""
        return np.isfinite(self.profit[:, self.strategies.index(Strategy.MTS)])

    @property
    def written_off(self) -> Array:
        """Expected write-off of every product under every strategy, money over 12 months."""
        at = dict(zip(COMPONENTS, np.moveaxis(self.components, 2, 0), strict=True))
        return np.asarray(written_off(at))

    @property
    def has_money(self) -> bool:
        """Whether any living product has price and cost: without them there is no money on the screen."""
        return bool((self.priced & ~self.products["ended"].to_numpy()).any())

    @property
    def answer(self) -> Answer:
        """The answer in one line with its badge, by the rule that files and the command line use."""
        live, stock = ~self.products["ended"].to_numpy(bool), self.strategies.index(Strategy.MTS)
        available, priced = self.products["availability"].to_numpy(object), self.priced & live
        chosen = ways_found(self.products["recommended"].to_numpy(object), available)[live]
        total = self.portfolio
        found = Found(
            total.gain, total.gain_low, total.gain_high, total.money["mix"]["profit"], self.baseline_name,
            {name: int((chosen == name).sum()) for name in self.strategies},
            int(priced.sum()), int((self.below_cost & priced).sum()), bool(np.isfinite(np.asarray(self.items["price"], np.float64)[live]).any()),
            better_stocked(self.profit, stock, live), bool((self.demand > 0.0).any()), len(self.starts), self.frequency,
            bool((self.products.loc[live, "make_or_buy"] == "buy").all()), bool(self.overrides), unlisted_in(available[live]),
        )  # fmt: skip
        return whole_answer(found, self.confidence, self.currency)

    @property
    def choice(self) -> NDArray[np.intp]:
        """Position of the strategy counted in the mix, per product."""
        return np.array([self.strategies.index(s) for s in self.products["recommended"]], np.intp)

    def mix_units(self, measure: str) -> Array:
        """A physical measure of every product as the mix runs it: of the strategy counted, of today's way where it stays (products,)."""
        counted = self.units[measure][np.arange(len(self.products)), self.choice]
        return np.where(self.products["as_today"].to_numpy(bool), self.units_today[measure], counted)

    @property
    def base(self) -> NDArray[np.intp]:
        """Position of the baseline's strategy, per product."""
        return np.array([self.strategies.index(s) for s in self.products["baseline"]], np.intp)

    def position(self, sku: str) -> int:
        """Row of a product; ValueError where there is none."""
        found = np.flatnonzero(self.products["sku"].to_numpy() == sku)
        if not len(found):
            raise ValueError(f"no product {sku!r}")
        return int(found[0])
