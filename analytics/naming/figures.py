"""Every figure that a page, a file or a summary shows: its label, its unit, and the one function that makes it.

One concept: one table of figures, which is most of the lines, and its print in the README.

The name of a figure is the name of its function, and the formula of a figure is the sentence of the function's docstring that begins
with that name: "name = ...". Functions are named by their path and loaded when asked for, so that a table of labels loads no engine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Any

from analytics.naming.formula_text import formulas_of
from analytics.naming.labels import COMPONENTS, MEASURES, Label

__all__ = [
    "FIGURES",
    "Figure",
    "function_at",
]


def function_at(path: str) -> Callable[..., Any]:
    """The function at a dotted path, also a method or property of a record. Raises ImportError or AttributeError where there is none.

    >>> function_at("analytics.naming.figures.Figure.meaning").__name__, function_at("analytics.naming.labels.plan_text")("mix")
    ('meaning', 'the mix')
    """
    module, _, name = path.rpartition(".")
    owner = module.rpartition(".")[2]
    record = getattr(import_module(module.rpartition(".")[0]), owner) if owner[:1].isupper() else None
    found = getattr(import_module(module) if record is None else record, name)
    if isinstance(found, property):
        assert found.fget is not None
        return found.fget
    if isinstance(found, cached_property):
        return found.func
    function: Callable[..., Any] = found
    return function


@dataclass(frozen=True)
class Figure:
    """One figure: its `name` in files, its `label` on the screen, its `unit`, and the dotted path of the `function` that makes it.

    >>> FIGURES["storage"].label, FIGURES["storage"].function
    ('Storage and insurance', 'analytics.strategy.money.formulas.storage')
    >>> FIGURES["storage"].formula
    'storage = storage_and_insurance x stock_value x (on_hand + years_later)'
    """

    name: str
    label: str
    unit: str
    function: str

    def made_by(self) -> Callable[..., Any]:
        """The function that makes the figure. Raises ImportError or AttributeError where there is none."""
        return function_at(self.function)

    @property
    def meaning(self) -> str:
        """What the figure is: the first paragraph of the function's docstring, in one line."""
        return " ".join((getdoc(self.made_by()) or "").split("\n\n")[0].split())

    @property
    def formula(self) -> str:
        """The sentence "name = ..." of the function's docstring, in one line without its full stop; "" where there is none."""
        found = formulas_of(self.made_by())
        return f"{self.name} = {found[0]}" if found else ""


def _of(module: str, labels: Mapping[str, Label]) -> dict[str, Figure]:
    return {name: Figure(name, label.label, label.unit, f"{module}.{name}") for name, label in labels.items()}


def _named(module: str, unit: str, **labels: str) -> dict[str, Figure]:
    return {name: Figure(name, label, unit, f"{module}.{name}") for name, label in labels.items()}


_MONEY = {
    name: MEASURES[name] for name in ("profit", "benchmark", "revenue", "cash_tied_up", "lost_if_ended")
}
_BESIDE = {"profit_against_best": MEASURES["profit_against_best"]}
_PHYSICAL = {name: label for name, label in MEASURES.items() if name not in {**_MONEY, **_BESIDE}}

#: Every figure by name.
FIGURES: Mapping[str, Figure] = {
    **_of("analytics.strategy.money.formulas", {**_MONEY, **COMPONENTS}),
    **_of("analytics.strategy.compare", _BESIDE),
    **_named("analytics.strategy.compare", "share", probability_best="Best, share of the drawn worlds"),
    **_of("analytics.strategy.money.measures", _PHYSICAL),
    **_named(
        "analytics.strategy.money.totals",
        "money/year",
        booked_cost="Booked cost",
        cost_of_capital="Cost of capital (not booked)",
        margin_not_earned="Margin not earned",
        lost_against_perfect_year="What stocking and waiting cost",
        written_off="Expected write-off",
    ),
    **_named(
        "analytics.strategy.portfolio.plans_compared",
        "money/year",
        profit_over="Earned more than under another plan",
        written_off_over="Written off more than under another plan",
        earned_a_year="Earned a year",
        plan_difference="B minus A",
    ),
    **_named(
        "analytics.strategy.portfolio.plans_compared",
        "share",
        served_within="Served within so many days",
        orders_waiting_over="Orders that wait, more than under another plan",
    ),
    **_named(
        "analytics.strategy.portfolio.largest",
        "money/year",
        money_at_stake="Money at stake",
        order_over_stock="To order or assembled minus to stock",
        revenue_demanded="Revenue of what is asked for",
    ),
    **_named("analytics.strategy.portfolio.largest", "share", share_of_first="Share of the largest"),
    **_named("analytics.strategy.limits.load_share", "share", load_share="Load against capacity"),
    **_named("analytics.strategy.limits.load_share", "units/month", beyond_capacity="Load beyond capacity"),
    **_named(
        "analytics.strategy.gains",
        "money/year",
        gain_per_year="Gain of a product",
        gain_by_planning="by planning",
        gain_by_strategy="by strategy",
        lead_over_runner_up="Lead",
        lead_of_best="Lead of the best",
        gain_moved="Gain, moved at most by",
        cost_of_sales="Cost of sales",
        cost_of_limits="Costs a year, under limits",
        gain_of_portfolio="Gain",
        gain_in_operating_profit="Gain that shows in operating profit",
        profit_low="1 year in 20 below",
        profit_high="1 year in 20 above",
        too_close_to_count="Too close to count",
        lost_low="What stocking and waiting cost, 1 year in 20 below",
        lost_high="What stocking and waiting cost, 1 year in 20 above",
    ),
    **_named(
        "analytics.strategy.doubt.gain_range",
        "money/year",
        gain_low="Gain, likely from",
        gain_high="Gain, likely to",
    ),
    **_named(
        "analytics.strategy.money.forecast_value",
        "money/year",
        planning_regret="Misplanned stock a year",
        misplanned_less="Misplanned less than by a simple forecast",
    ),
    **_named(
        "analytics.strategy.money.forecast_value", "money/unit/year", holding_cost="Holding cost of a unit"
    ),
    **_named(
        "analytics.forecast.judged.accuracy",
        "share",
        wape="Units forecast wrongly",
        fewer_wrong="Fewer units forecast wrongly",
        bias="Forecast in total",
        randomised_coverage="A promise of 90 % held",
    ),
    **_named("analytics.forecast.members.regression", "units", pinball="Pinball loss"),
    **_named("analytics.demand.promoted", "times", promotion_effect="Times as much on a promoted day"),
    **_named("analytics.forecast.promotions_ahead", "units", units_by_promotions="Added by promotions ahead"),
    **_named(
        "analytics.forecast.judged.external", "units", value_added_units="Adds to the mean of the last 12 periods"
    ),
    **_named(
        "analytics.forecast.spread.totals",
        "units",
        mean_by_period="Expected",
        mean_in_total="Expected in total",
        quantiles_by_period="5 % to 95 % of outcomes below",
        quantiles_in_total="5 % to 95 % of outcomes of the total below",
    ),
    **_named("analytics.demand.cleaning.layers", "units", units_removed="Units taken out of the fit"),
    **_named(
        "analytics.validation.gains",
        "units",
        units_opening="Position when a window begins",
        units_ordered="Made or bought in a window",
        units_waited="Units that waited in a window",
        units_closing="Position when a window ends",
    ),
    **_named(
        "analytics.validation.gains",
        "money",
        mix_gain="The mix earned more in the past",
        hindsight_gain="Hindsight would have gained",
        ordered_less_sold="Ordered beyond what was sold",
        range_over_products="Likely between",
    ),
    **_named("analytics.validation.judged", "weeks", weeks_between_sales="Weeks between sales"),
    **_named("analytics.validation.judged", "yes or no", too_short_to_judge="Too short to judge"),
    **_named("analytics.validation.score", "money", repeatable_gain="Of it best at the other dates too"),
    **_named(
        "analytics.validation.gains",
        "share",
        share_of_hindsight_kept="The mix keeps of hindsight",
        share_of_luck_in_hindsight="Luck in hindsight",
        fill_rate_planned="Expected to be served at once",
    ),
    **_named("analytics.strategy.present.listing", "money/year", stopping_saves="Saved by stopping what is not worth listing"),
    **_named("analytics.strategy.pool_membership", "money/year", shared_components="Shared components"),
    **_named("analytics.strategy.present.present_policy", "money/year", profit_today="Profit run as today"),
    **_named(
        "analytics.strategy.present.present_policy",
        "units",
        today_reorder_point="Reorder point today",
        today_order_up_to_level="Order-up-to level today",
        today_order_quantity="Lot today",
    ),
    **_named("analytics.strategy.present.present_policy", "days", today_quote_days="Days quoted today"),
    **_named(
        "analytics.policy.levels",
        "units",
        reorder_point="Reorder point",
        order_up_to_level="Order-up-to level",
        order_quantity="Lot",
    ),
    **_named("analytics.strategy.planned_settings", "days", quote_days="Days quoted"),
    **_named("analytics.strategy.recommend", "words", verdict="Confidence"),
    **_named("analytics.strategy.rollout_waves", "products", products_for_80_percent="Products that bring 80 % of the gain"),
    **_named("analytics.strategy.rollout_waves", "1 to 3", waves="Wave"),
    **_named("analytics.valuation.ageing.Ageing", "days", average_age_days="Average age"),
    **_named("analytics.valuation.valued.ValuedStock", "units", monthly_demand="Expected in a month", excess_over_quantile="Beyond 19 of 20 years"),
    **_named("analytics.valuation.valued.ValuedStock", "share", age_rate="Rate by age", cover_rate="Rate by cover"),
    **_named("analytics.valuation.books.reserve", "share", ended_rate="Rate of ended products"),
    **_named("analytics.valuation.valued.ValuedStock", "money/unit", nrv="Fetches", contract_nrv="Fetches under contract"),
    **_named(
        "analytics.valuation.valued.ValuedStock", "money", policy_reserve="Reserve by the rules", nrv_write_down="Write-down to what it fetches",
        reserve="Reserve", net_value="Net value", change="To book", ended_reserve="Reserve of ended products", reserve_total="Reserve of all stock",
    ),
    **_named("analytics.valuation.books.standards", "money", closing_reserve="Reserve at the end"),
    **_named("analytics.valuation.balance.LedgerTie", "money", difference="Open to the ledger"),
    **_named("analytics.valuation.working_capital.CapitalOfPlan", "money", net="Working capital in stock"),
    **_named("analytics.valuation.working_capital.CapitalOfPlan", "days", dio="Days of stock"),
    **_named("analytics.valuation.working_capital.CapitalOfPlan", "times a year", turns="Stock turns"),
    **_named("analytics.valuation.working_capital.CapitalOfPlan", "money/money", gmroi="Margin on stock"),
    **_named("analytics.valuation.carrying.CarryingOfPlan", "money/year", booked="Booked cost of holding stock", economic="Cost of holding stock"),
    **_named("analytics.valuation.on_hand", "months", cover_months="Cover, months"),
    **_named("analytics.valuation.on_hand.StockFacts", "month", runs_out="Runs out"),
    **_named(
        "analytics.valuation.on_hand.StockFacts", "units", expected_12_months="Expected to be sold in 12 months",
        excess_units="Beyond a year of sales, units", excess_on_order="On order beyond a year of sales", plan_holds="Held by the mix, units",
    ),
    **_named(
        "analytics.valuation.on_hand.StockFacts", "money", book_value="At cost", excess_value="Beyond a year of sales", becomes_cash="Becomes cash",
        ties_up="Ties up cash", sold="Of products sold", not_cash="Will not become cash", total="In stock today", living="On products still sold", ended="On ended products",
        never_sold="On products never sold", unknown_sku="Of an unknown SKU", slow="Slow stock",
    ),
    **_named(
        "analytics.valuation.transition.Transition", "money", cash_released="Stock that becomes cash", must_be_bought="Stock that must be bought",
        kept_by_plan="Stays, because the plan holds it", not_sold_before_known_end="Does not sell before a known end",
        not_sold_within_24_months="Does not sell within 24 months",
    ),
    **_named("analytics.valuation.transition.Transition", "months", months="Months until the last of it is cash"),
    **_named("analytics.writeup.components", "units/year", units_per_year="Need of a part"),
    **_named("analytics.writeup.components", "money/year", value_per_year="Need of a part, money"),
    **_named("analytics.writeup.components", "share", part_fill_for_95="Fill of each part for 95 % of orders"),
}  # fmt: skip


def _main(arguments: list[str]) -> int:
    from analytics.naming.figures_page import figures_markdown, readme_with  # it needs the table made here

    page = Path(__file__).parents[1] / "README.md"
    now = page.read_text(encoding="utf-8")
    if "--write" in arguments:
        page.write_text(readme_with(now), encoding="utf-8")
        return 0
    print(figures_markdown())
    return 0 if readme_with(now) == now else 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
