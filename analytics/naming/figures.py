"""Every figure that a page, a file or a summary shows: its label, its unit, and the one function that makes it.

One concept: one table of figures, which is most of the lines, and its print in the README.

The name of a figure is the name of its function, and the formula of a figure is the sentence of the function's docstring that begins
with that name: "name = ...". Functions are named by their path and loaded when asked for, so that a table of labels loads no engine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Any

from analytics.naming.formula_text import formulas_of
from analytics.naming.labels import COMPONENTS, MEASURES, STRATEGIES, Label

__all__ = [
    "AS_GIVEN",
    "BY_ROW",
    "COUNTED",
    "FIGURES",
    "FILES",
    "LABELS",
    "SUMMARY",
    "WORDS",
    "Figure",
    "figures_markdown",
    "readme_with",
]


@dataclass(frozen=True)
class Figure:
    """One figure: its `name` in files, its `label` on the screen, its `unit`, and the dotted path of the `function` that makes it.

    >>> FIGURES["storage"].label, FIGURES["storage"].function
    ('Storage and insurance', 'analytics.strategy.money.formulas.storage')
    >>> FIGURES["storage"].formula
    'storage = storage_and_insurance x stock_value x on_hand'
    """

    name: str
    label: str
    unit: str
    function: str

    def made_by(self) -> Callable[..., Any]:
        """The function that makes the figure. Raises ImportError or AttributeError where there is none."""
        module, _, name = self.function.rpartition(".")
        owner = module.rpartition(".")[2]
        if owner[:1].isupper():  # a property of a record
            record = getattr(import_module(module.rpartition(".")[0]), owner)
            found: Callable[..., Any] = getattr(record, name).fget
            return found
        function: Callable[..., Any] = getattr(import_module(module), name)
        return function

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


_MONEY = {name: MEASURES[name] for name in ("profit", "benchmark", "revenue", "cash_tied_up")}
_BESIDE = {"profit_against_best": MEASURES["profit_against_best"]}
_PHYSICAL = {name: label for name, label in MEASURES.items() if name not in {**_MONEY, **_BESIDE}}

#: Every figure by name.
FIGURES: Mapping[str, Figure] = {
    **_of("analytics.strategy.money.formulas", {**_MONEY, **COMPONENTS}),
    **_of("analytics.strategy.compare", _BESIDE),
    **_named("analytics.strategy.compare", "share", probability_best="Best, share of the drawn worlds"),
    **_of("analytics.strategy.money.measures", _PHYSICAL),
    **_named(
        "analytics.strategy.portfolio.totals",
        "money/year",
        booked_cost="Booked cost",
        cost_of_capital="Cost of capital (not booked)",
        margin_not_earned="Margin not earned",
        lost_against_perfect_year="Lost against a perfect year",
        written_off="Expected write-off",
    ),
    **_named(
        "analytics.strategy.portfolio.plans_compared",
        "money/year",
        profit_over="Earned more than under another plan",
        written_off_over="Written off more than under another plan",
        earned_a_year="Earned a year",
    ),
    **_named(
        "analytics.strategy.portfolio.plans_compared",
        "share",
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
        gain_of_portfolio="Gain",
        gain_low="Gain, likely from",
        gain_high="Gain, likely to",
        gain_in_operating_profit="Gain that shows in operating profit",
        profit_low="1 year in 20 below",
        profit_high="1 year in 20 above",
        too_close_to_count="Too close to count",
        lost_low="Lost against a perfect year, 1 year in 20 below",
        lost_high="Lost against a perfect year, 1 year in 20 above",
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
    **_named("analytics.strategy.rollout_waves", "products", products_for_80_percent="Products that bring 80 % of the gain"),
    **_named("analytics.strategy.rollout_waves", "1 to 3", waves="Wave"),
    **_named("analytics.valuation.on_hand", "months", cover_months="Cover, months"),
    **_named(
        "analytics.valuation.on_hand.StockFacts", "units", expected_12_months="Expected to be sold in 12 months",
        excess_units="Beyond a year of sales, units", plan_holds="Held by the mix, units",
    ),
    **_named(
        "analytics.valuation.on_hand.StockFacts", "money", book_value="At cost", excess_value="Beyond a year of sales", becomes_cash="Becomes cash",
        ties_up="Ties up cash", sold="Of products sold", not_cash="Will not become cash", total="In stock today", living="On products still sold", ended="On ended products",
        never_sold="On products never sold", slow="Slow stock",
    ),
    **_named(
        "analytics.valuation.transition.Transition", "money", cash_released="Stock that becomes cash", must_be_bought="Stock that must be bought",
    ),
    **_named("analytics.valuation.transition.Transition", "months", months="Months until the last of it is cash"),
    **_named("analytics.writeup.components", "units/year", units_per_year="Need of a part"),
    **_named("analytics.writeup.components", "money/year", value_per_year="Need of a part, money"),
    **_named("analytics.writeup.components", "share", part_fill_for_95="Fill of each part for 95 % of orders"),
}  # fmt: skip

#: What stands in a column that holds no figure of its own: a value of the customer's file or of the table of assumptions, words, a count
#: of lines or periods, or the figure (field) that another column of the row names.
AS_GIVEN, WORDS, COUNTED, BY_ROW = "as given", "words", "counted", "as the row names it"

_PROFITS = {f"profit_{strategy.lower()}": "profit" for strategy in STRATEGIES}
_SETTINGS = ("reorder_point", "order_up_to_level", "order_quantity", "quote_days")

#: What `analyze` writes: file -> column -> name of its figure, or one of the marks above.
FILES: Mapping[str, Mapping[str, str]] = {
    "recommendation": {
        **dict.fromkeys(("sku", "make_or_buy", "today", "counted_as", "recommended", "change", "from_to", "verdict", "runner_up"), WORDS),
        **dict.fromkeys(("reason", "why_not", "notes", "orders_due"), WORDS),
        "orders_on_hand": COUNTED,
        **dict.fromkeys(("price", "unit_cost", "on_hand", "quote_days"), AS_GIVEN),
        **_PROFITS,
        **{
            name: name
            for name in (
                "cost_of_sales", "profit_today", *(f"today_{name}" for name in _SETTINGS), "gain_per_year", "gain_by_planning", "gain_by_strategy",
                "lead_over_runner_up", "probability_best", "share_waiting", "wait_days_median", "wait_days_p90", *_SETTINGS[:3],
            )
        },
    },
    "shared": {"line": WORDS, "amount_per_year": BY_ROW, "what_it_is": WORDS},
    "strategies": {
        **dict.fromkeys(("sku", "strategy", "measure", "run_as"), WORDS),
        **dict.fromkeys(("value", "low", "high"), BY_ROW),
    },
    "stock": {
        **dict.fromkeys(("sku", "name", "status", "runs_out"), WORDS),
        **dict.fromkeys(("quantity", "below_zero", "unit_cost"), AS_GIVEN),
        **{
            name: name
            for name in (
                "book_value", "expected_12_months", "cover_months", "excess_units", "excess_value", "plan_holds", "becomes_cash", "ties_up", "not_cash",
            )
        },
    },
    "assumptions": {
        **dict.fromkeys(("field", "sku", "unit", "origin", "source"), WORDS),
        **dict.fromkeys(("value", "low", "high"), BY_ROW),
    },
    "cleaning": {
        **dict.fromkeys(("layer", "sku", "first_period", "last_period", "why"), WORDS),
        **dict.fromkeys(("periods", "units_before", "units_after", "removed"), COUNTED),
    },
    "orders_on_hand": {
        **dict.fromkeys(("sku", "due_month", "counted", "source_rows"), WORDS),
        **dict.fromkeys(("rows", "units", "money"), COUNTED),
    },
    "receipts": {
        **dict.fromkeys(("sku", "month", "source_rows"), WORDS),
        **dict.fromkeys(("rows", "units", "money"), COUNTED),
    },
    "rejected_rows": {
        "row": COUNTED,
        **dict.fromkeys(("column", "found", "expected", "remedy", "text"), WORDS),
    },
    "meanings": {
        **dict.fromkeys(("column", "role", "value", "treatment", "decided_by", "reason"), WORDS),
        **dict.fromkeys(("rows", "units", "money"), COUNTED),
    },
    "components": {
        **dict.fromkeys(("component", "use"), WORDS),
        **dict.fromkeys(("products", "kits"), COUNTED),
        **dict.fromkeys(("unit_cost", "component_lead_days"), AS_GIVEN),
        **{name: name for name in ("units_per_year", "value_per_year", "part_fill_for_95")},
    },
}  # fmt: skip

#: The numbers of `summary.json`: key -> name of the figure, one of the marks, or the path of the function that makes the block.
SUMMARY: Mapping[str, str] = {
    "seed": AS_GIVEN,
    **dict.fromkeys(("products", "ended_products", "priced_products", "recommended", "verdicts", "stages", "control_totals"), COUNTED),
    "gain_per_year": "gain_of_portfolio",
    **{name: name for name in ("gain_low", "gain_high", "profit_low", "profit_high", "products_for_80_percent")},
    "shared": "shared_components",
    "sum_of_product_gains": "gain_per_year",
    "gain_split.planning_better": "gain_by_planning",
    "gain_split.changing_strategy": "gain_by_strategy",
    "gain_split.shared": "shared_components",
    "totals": BY_ROW,
    "service": BY_ROW,
    **{f"stock.{name}": name for name in ("total", "living", "ended", "never_sold", "slow", "cash_released")},
    "stock.sold_products": "sold",
    "stock.cash_tied_up": "must_be_bought",
    "stock.months_until_released": "months",
    "stock": "analytics.writeup.stock.stock_summary",
    "waves": "waves",
    "questions": "analytics.strategy.what_if.questions.questions",
    "best_pair_of_questions": "analytics.strategy.what_if.questions.best_pair",
    "rule": "analytics.strategy.what_if.decision_tree_rule.rule_for_sales",
    "limits": "analytics.strategy.limits.report.limited_summary",
    "confidence": "analytics.strategy.portfolio.confidence.confidence",
    "margin": "analytics.demand.margin.margin_document",
    "patience_scenarios": "analytics.study_results.patience_scenarios",
}  # fmt: skip

#: Labels on the screen that say a figure in other words than its own label, or what a label of no figure counts.
LABELS: Mapping[str, str] = {
    "Units a year": "units_sold",
    "Units in stock": "units_on_hand",
    "Orders that wait": "share_waiting",
    "Orders that wait, %": "share_waiting",
    "half of them longer than": "wait_days_median",
    "1 in 10 longer than": "wait_days_p90",
    "Sales lost": "share_lost",
    "Sales lost, %": "share_lost",
    "1 year in 20 below / above": "profit_low",
    "5th to 95th percentile": "profit_low",
    "Earned": "profit",
    "Wait": "share_waiting",
    "Lost": "share_lost",
    **dict.fromkeys(("Products to order", "Products assembled", "Tested on", "Units left over"), COUNTED),
    "Plan": WORDS,
}

_BEGIN, _END = "<!-- figures: python -m analytics.naming.figures --write -->", "<!-- end of figures -->"


def figures_markdown() -> str:
    """The table "number on the screen -> function" as Markdown."""
    where = {name: f"{file}.csv" for file, columns in FILES.items() for name in columns.values()}
    measures = {*MEASURES, *COMPONENTS}
    also: dict[str, list[str]] = {}
    for label, name in LABELS.items():
        also.setdefault(name, []).append(label)
    lines = ["| number on the screen | name | unit | file | function |", "|---|---|---|---|---|"]
    for figure in FIGURES.values():
        file = where.get(figure.name) or ("strategies.csv" if figure.name in measures else "")
        function = figure.function.removeprefix("analytics.")
        labels = "; ".join([figure.label, *also.get(figure.name, [])])
        lines.append(f"| {labels} | `{figure.name}` | {figure.unit} | {file} | `{function}` |")
    return "\n".join(lines)


def readme_with(text: str) -> str:
    """A page with the table of figures between its two marks written anew. Raises ValueError where it has no such marks."""
    before, mark, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not mark or not end:
        raise ValueError(f"readme_with: the page must hold the lines {_BEGIN!r} and {_END!r}")
    return f"{before}{_BEGIN}\n\n{figures_markdown()}\n\n{_END}{after}"


def _main(arguments: list[str]) -> int:
    page = Path(__file__).parents[1] / "README.md"
    now = page.read_text(encoding="utf-8")
    if "--write" in arguments:
        page.write_text(readme_with(now), encoding="utf-8")
        return 0
    print(figures_markdown())
    return 0 if readme_with(now) == now else 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
