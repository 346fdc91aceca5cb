"""Facts: all that the pages show of a study, as plain arrays and tables that load without the engines.

`facts_of` copies them from a `Study`; nothing here is computed in another way than in `analytics`, apart from
sums over products and the straight line through the simulated draws behind `sensitivity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ASSUMED, Items
from analytics.labels import COMPONENTS
from dashboard.carrying import Carrying, carrying_of

if TYPE_CHECKING:
    from analytics.data import IntakeReport
    from analytics.study import Study

__all__ = ["Facts", "Intake", "Override", "facts_of", "intake_of", "overridden", "sensitivity"]

Array = NDArray[np.float64]

_UNITS = ("units_demanded", "units_sold", "units_lost", "units_scrapped", "units_cleared", "units_on_hand", "share_waiting", "share_lost")


@dataclass(frozen=True, eq=False)
class Intake:
    """How a file was read, in plain values (see `analytics.data.history.IntakeReport`)."""

    source: str
    rows_read: int
    rows_used: int
    rows_rejected: int
    units_used: float
    revenue_used: float
    gross_units: float
    returned_units: float
    first_date: str
    last_date: str
    frequency: str
    date_order: str
    mapping: Mapping[str, str]
    channels: pd.DataFrame
    problems: pd.DataFrame
    assumed: tuple[str, ...]
    rejected: pd.DataFrame


@dataclass(frozen=True)
class Override:
    """A person's own choice for one product, with the reason it was made."""

    sku: str
    strategy: str
    note: str


@dataclass(frozen=True, eq=False)
class Facts:
    """What the pages show. Two-dimensional arrays are products x strategies (NaN: not offered), money over twelve months.

    `products` has one row per SKU: the columns of recommendation.csv, and name, family, ended, stage, baseline,
    turns (where the decisive assumption turns it). `components` is products x strategies x labels.COMPONENTS.
    `plans` are portfolio totals by plan (strategies, "baseline", "mix") and measure; `plan_low` and `plan_high` the 5th and
    95th percentile of a year's profit, `loss_low` and `loss_high` of what a year loses against a perfect one. `quote_profit` is the profit
    to order at each of `quotes` (days). `sensitivity` has one row per assumption: the gain at its low and high end;
    `carrying` is whether the shop can carry it all;
    `rule` is the rule that sales can use as `summary.json` has it (empty: none).
    `worth` is what knowing an assumed value would gain on average (`analytics.strategy.questions`).
    """

    title: str
    sample: bool
    currency: str
    digest: str
    seed: int
    version: str
    strategies: tuple[str, ...]
    products: pd.DataFrame
    items: Items
    profit: Array
    low: Array
    high: Array
    probability_best: Array
    components: Array
    cash: Array
    benchmark: Array
    units: Mapping[str, Array]
    wait_median: Array
    wait_p90: Array
    policy: Mapping[str, Array]
    plans: Mapping[str, Mapping[str, float]]
    service: Mapping[str, Mapping[str, float]]
    plan_low: Mapping[str, float]
    plan_high: Mapping[str, float]
    loss_low: Mapping[str, float]
    loss_high: Mapping[str, float]
    served_within: Mapping[str, Array]
    service_days: Array
    baseline_name: str
    gain: float
    gain_low: float
    gain_high: float
    shared: float
    quotes: Array
    quote_profit: Array
    sensitivity: pd.DataFrame
    worth: Mapping[str, float]
    rule: Mapping[str, Any]
    starts: NDArray[np.datetime64]
    demand: NDArray[np.float32]
    frequency: str
    intake: Intake
    notes: tuple[str, ...]
    carrying: Carrying | None = None
    overrides: tuple[Override, ...] = field(default_factory=tuple)

    @property
    def priced(self) -> NDArray[np.bool_]:
        """Products whose money is known."""
        return np.isfinite(self.profit[:, self.strategies.index("MTS")])

    @property
    def has_money(self) -> bool:
        """Whether any living product has price and cost: without them there is no money on the screen."""
        return bool((self.priced & ~self.products["ended"].to_numpy()).any())

    @property
    def choice(self) -> NDArray[np.intp]:
        """Position of the strategy counted in the mix, per product."""
        return np.array([self.strategies.index(s) for s in self.products["recommended"]], np.intp)

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


def intake_of(report: IntakeReport) -> Intake:
    """The report of how a file was read, as plain values."""
    from analytics.errors import problem_table

    channels = pd.DataFrame([dict(c) for c in report.channels])
    day = [str(np.asarray(d).astype("datetime64[D]")) for d in (report.first_date, report.last_date)]
    return Intake(
        report.source,
        report.rows_read,
        report.rows_used,
        report.rows_rejected,
        report.units_used,
        report.revenue_used,
        report.gross_units,
        report.returned_units,
        day[0],
        day[1],
        report.frequency,
        report.date_order,
        dict(report.mapping),
        channels,
        problem_table(report.problems),
        tuple(report.assumed),
        report.rejected,
    )


def sensitivity(moved: Array, uniforms: Mapping[str, Array], items: Items, live: NDArray[np.bool_]) -> pd.DataFrame:
    """How far each assumed value moves the portfolio's gain: one row per assumption with a range.

    `moved` (draws,) is the gain over the baseline of every parameter draw. A straight line through all drawn
    assumptions at once gives the gain at the low and at the high end of each, the others at their middle.
    Columns: field, label, value, low, high, at_low, at_high, swing; largest swing first.
    """
    names = [name for name in uniforms if name in FIELDS and _in_doubt(items, name, live).any()]
    columns = ["field", "label", "value", "low", "high", "at_low", "at_high", "swing"]
    if not names or len(moved) < 3 or not np.isfinite(moved).all():
        return pd.DataFrame(columns=columns)
    design = np.column_stack([np.ones(len(moved)), *(np.asarray(uniforms[name]) - 0.5 for name in names)])
    slope = np.linalg.lstsq(design, moved, rcond=None)[0][1:]
    centre = float(np.mean(moved))
    rows = []
    for name, effect in zip(names, slope, strict=True):
        here = _in_doubt(items, name, live)
        low, high = items.range(name)
        value = np.asarray(items[name], np.float64)
        rows.append([name, FIELDS[name].label, *(float(np.nanmedian(c[here])) for c in (value, low, high)), centre - 0.5 * effect, centre + 0.5 * effect, abs(effect)])
    return pd.DataFrame(rows, columns=columns).sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def _in_doubt(items: Items, name: str, live: NDArray[np.bool_]) -> NDArray[np.bool_]:
    low, high = items.range(name)
    return live & (high > low)


def _by_strategy(study: Study, make: Any) -> Array:
    return np.stack([np.asarray(make(name), np.float64) for name in study.comparison.strategies], axis=1)


def _benchmark_by_path(study: Study) -> Array:
    """Margin of a perfect year for every product and simulated year: the same demand that every strategy met."""
    from analytics.simulation.ledger import COUNT_INDEX
    from analytics.strategy.draws import drawn_values
    from analytics.strategy.ledgers import chunk_counts, chunks_of

    setup, items, uniforms = study.setup, study.items, study.comparison.uniforms
    draw_of = np.arange(setup.world.paths) // setup.world.inner
    out = np.zeros((len(items), setup.world.paths))
    for part in chunks_of(len(items), 256):
        counts, _, index = chunk_counts(setup, "MTO", part, np.zeros((len(part), 2), np.intp))
        own = items.take(index)

        def value(name: str, own: Items = own) -> Array:
            drawn = drawn_values(own, name, uniforms[name]) if name in uniforms else np.asarray(own[name], np.float64)[:, None]
            return drawn[:, draw_of] if drawn.shape[1] > 1 else drawn

        out[index] = counts[..., COUNT_INDEX["demanded"]] * (value("price") - value("unit_cost") * (1.0 - value("fixed_cost_share")))
    return out


def _loss_ranges(study: Study) -> tuple[dict[str, float], dict[str, float]]:
    """5th and 95th percentile of what every plan loses in a year against a perfect one; demand itself drops out."""
    comparison, recommendation = study.comparison, study.recommendation
    rows = np.arange(len(study.items))
    stock = comparison.strategies.index("MTS")
    known = np.isfinite(comparison.profit[:, stock])
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    if not known.any():
        return low, high
    perfect = _benchmark_by_path(study)[known].sum(axis=0)
    plans = {name: np.where(comparison.chosen[name].offered, k, stock) for k, name in enumerate(comparison.strategies)}
    for plan, choice in {**plans, "baseline": recommendation.baseline, "mix": recommendation.recommended}.items():
        lost = perfect - comparison.by_path[rows, choice][known].astype(np.float64).sum(axis=0)
        low[plan], high[plan] = (float(q) for q in np.quantile(lost, (0.05, 0.95)))
    return low, high


def facts_of(study: Study, title: str = "", sample: bool = False) -> Facts:
    """Copy from a study all that the pages show."""
    from analytics.strategy.compare import SERVICE_DAYS
    from analytics.strategy.measures import physical_measures
    from analytics.strategy.price import price
    from analytics.strategy.reasons import break_even_text
    from analytics.strategy.recommend import decisive_field, strategy_money
    from analytics.study import study_questions, study_summary, study_tables
    from analytics.writeup.tables import policy_table

    comparison, recommendation, items, portfolio = study.comparison, study.recommendation, study.items, study.portfolio
    strategies = comparison.strategies
    n = len(items)
    offered = np.stack([comparison.chosen[name].offered for name in strategies], axis=1)
    money = {name: strategy_money(comparison, items, name) for name in strategies}
    physical = {name: physical_measures(comparison.chosen[name].counts) for name in strategies}

    def masked(values: Array) -> Array:
        return np.where(offered, values, np.nan)

    components = np.stack([np.stack([money[name][c] for c in COMPONENTS], axis=1) for name in strategies], axis=1)
    policies = [
        policy_table(study.setup, comparison, items, np.where(comparison.chosen[name].offered, k, strategies.index("MTS")).astype(np.intp)) for k, name in enumerate(strategies)
    ]
    products = study_tables(study)["recommendation"]().iloc[:n].reset_index(drop=True)
    names = np.array([str(t) or str(s) for t, s in zip(items["name"], items.skus, strict=True)], object)
    decisive = [decisive_field(str(v)) for v in recommendation.verdict]
    products = products.assign(
        name=names,
        family=np.array([str(f) for f in items["family"]], object),
        ended=recommendation.ended,
        stage=np.asarray(study.life.stage),
        baseline=np.array(strategies, object)[recommendation.baseline],
        wave=recommendation.wave,
        decisive=decisive,
        turns=[break_even_text(f, float(b)) if f and np.isfinite(b) else "" for f, b in zip(decisive, recommendation.break_even, strict=True)],
        regret=np.nan_to_num(comparison.regret[np.arange(n), recommendation.recommended]),
    )
    live = ~recommendation.ended
    rows = np.arange(n)
    moved = (comparison.by_draw[rows, recommendation.recommended] - comparison.by_draw[rows, recommendation.baseline])[
        live & (recommendation.recommended != recommendation.baseline)
    ]
    drawn = moved.sum(axis=0) if len(moved) else np.zeros(comparison.by_draw.shape[2])
    drawn = drawn - drawn.mean() + portfolio.gain
    quotes, quote_profit = np.zeros((n, 0)), np.zeros((n, 0))
    if "MTO" in study.ledgers:
        ledger = study.ledgers["MTO"]
        quotes, quote_profit = np.array(ledger.settings["quote_days"]), price(ledger, items).profit.mean(axis=2)
    document = study_summary(study)
    loss_low, loss_high = _loss_ranges(study)
    return Facts(
        title=title or study.history.report.source,
        sample=sample,
        currency=study.currency,
        digest=study.history.report.digest,
        seed=study.seed,
        version=str(document["version"]),
        strategies=tuple(strategies),
        products=products,
        items=items,
        profit=np.array(comparison.profit),
        low=masked(comparison.low["profit"]),
        high=masked(comparison.high["profit"]),
        probability_best=masked(comparison.probability_best),
        components=np.where(offered[:, :, None], components, np.nan),
        cash=masked(_by_strategy(study, lambda s: money[s]["cash_tied_up"])),
        benchmark=masked(_by_strategy(study, lambda s: money[s]["benchmark"])),
        units={m: masked(_by_strategy(study, lambda s, m=m: physical[s][m])) for m in _UNITS},
        wait_median=masked(comparison.wait_days["wait_days_median"]),
        wait_p90=masked(comparison.wait_days["wait_days_p90"]),
        policy={m: np.stack([p[m] for p in policies], axis=1) for m in policies[0]},
        plans={k: dict(v) for k, v in portfolio.money.items()},
        service={k: dict(v) for k, v in portfolio.service.items()},
        plan_low=dict(portfolio.low),
        plan_high=dict(portfolio.high),
        loss_low=loss_low,
        loss_high=loss_high,
        served_within={k: np.array(v) for k, v in portfolio.served_within.items()},
        service_days=np.array(SERVICE_DAYS),
        baseline_name=recommendation.baseline_name,
        gain=portfolio.gain,
        gain_low=portfolio.gain_low,
        gain_high=portfolio.gain_high,
        shared=recommendation.shared,
        quotes=quotes,
        quote_profit=quote_profit,
        sensitivity=sensitivity(drawn, comparison.uniforms, items, live),
        worth={q.field: q.worth for q in study_questions(study)},
        rule=document["rule"] or {},
        starts=np.array(study.panel.starts),
        demand=study.panel.units.astype(np.float32),
        frequency=study.panel.frequency,
        intake=intake_of(study.history.report),
        notes=tuple(study.notes),
        carrying=carrying_of(study),
    )


def assumed_fields(facts: Facts) -> dict[str, float]:
    """Share of living products for which each field of the one table is still assumed."""
    live = ~facts.products["ended"].to_numpy()
    return {name: float((facts.items.origin(name)[live] == ASSUMED).mean()) if live.any() else 0.0 for name in FIELDS}


def _weighted(values: Array, weights: Array, share: float) -> float:
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    return float(values[order][min(int(np.searchsorted(cumulative, share * cumulative[-1])), len(values) - 1)]) if len(values) and cumulative[-1] > 0 else 0.0


def overridden(facts: Facts, overrides: tuple[Override, ...]) -> Facts:
    """The facts with a person's own choices counted in the mix: every total changes by exactly what each choice costs.

    Ranges move by the same amount; pooled components are not simulated again.
    """
    facts_before = facts
    products = facts.products.copy()
    k_of = {name: k for k, name in enumerate(facts.strategies)}
    mix, service = dict(facts.plans["mix"]), dict(facts.service["mix"])
    for one in overrides:
        found = np.flatnonzero(products["sku"].to_numpy() == one.sku)
        if not len(found) or one.strategy not in k_of:
            continue
        i, new = int(found[0]), k_of[one.strategy]
        old = k_of[str(products.at[i, "recommended"])]
        if new == old or not np.isfinite(facts.units["units_demanded"][i, new]):
            continue
        known = np.isfinite(facts.profit[i, new]) and np.isfinite(facts.profit[i, old])
        if known:
            change = float(facts.profit[i, new] - facts.profit[i, old])
            mix["profit"] += change
            mix["cash_tied_up"] += float(facts.cash[i, new] - facts.cash[i, old])
            for c, name in enumerate(COMPONENTS):
                mix[name] += float(facts.components[i, new, c] - facts.components[i, old, c])
            products.at[i, "gain_per_year"] = float(facts.profit[i, new] - facts.profit[i, k_of[str(products.at[i, "baseline"])]])
        for name in ("reorder_point", "order_up_to_level", "order_quantity", "quote_days"):
            products.at[i, name] = facts.policy[name][i, new]
        products.at[i, "recommended"] = one.strategy
        products.at[i, "verdict"] = "chosen_by_you"
        products.at[i, "share_waiting"] = facts.units["share_waiting"][i, new]
        products.at[i, "wait_days_median"], products.at[i, "wait_days_p90"] = facts.wait_median[i, new], facts.wait_p90[i, new]
        products.at[i, "notes"] = (str(products.at[i, "notes"]) + f" You chose this: {one.note}").strip()
    facts = replace(facts, products=products, overrides=overrides)
    rows, choice = np.arange(len(products)), facts.choice
    sold, demanded, lost = (np.nan_to_num(facts.units[m][rows, choice]) for m in ("units_sold", "units_demanded", "units_lost"))
    waiting = np.nan_to_num(facts.units["share_waiting"][rows, choice]) * sold
    if overrides:
        who = waiting > 1e-9
        service["share_waiting"] = float(waiting.sum() / max(sold.sum(), 1e-12))
        service["share_lost"] = float(lost.sum() / max(demanded.sum(), 1e-12))
        service["wait_days_median"] = _weighted(np.nan_to_num(facts.wait_median[rows, choice])[who], waiting[who], 0.5)
        service["wait_days_p90"] = _weighted(np.nan_to_num(facts.wait_p90[rows, choice])[who], waiting[who], 0.9)
    shift = mix["profit"] - facts_before.plans["mix"]["profit"]
    return replace(
        facts,
        plans={**facts.plans, "mix": mix},
        service={**facts.service, "mix": service},
        gain=facts.gain + shift,
        gain_low=facts.gain_low + shift,
        gain_high=facts.gain_high + shift,
        plan_low={**facts.plan_low, "mix": facts.plan_low["mix"] + shift},
        plan_high={**facts.plan_high, "mix": facts.plan_high["mix"] + shift},
        loss_low={**facts.loss_low, "mix": facts.loss_low["mix"] - shift} if facts.loss_low else {},
        loss_high={**facts.loss_high, "mix": facts.loss_high["mix"] - shift} if facts.loss_high else {},
    )
