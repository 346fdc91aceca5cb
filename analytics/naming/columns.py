"""What every written file holds, column by column: the figure that stands in it, or what else does.

One concept: one table of files. A column that holds no figure of its own says what it holds instead, by one of the marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.naming.labels import COMPONENTS, MEASURES, STRATEGIES

__all__ = ["AS_GIVEN", "BY_ROW", "COUNTED", "FILES", "MARKS", "WORDS", "File"]

#: What stands in a column that holds no figure of its own: a value of the customer's file or of the table of assumptions, words, a count
#: of lines, units or periods made by the function that makes the file, or the figure that another column of the row names.
AS_GIVEN, WORDS, COUNTED, BY_ROW = "as given", "words", "counted", "as the row names it"
MARKS = frozenset({AS_GIVEN, WORDS, COUNTED, BY_ROW})


@dataclass(frozen=True)
class File:
    """One written file: the dotted path of the function that makes it, `by` which command, its columns and its rows.

    `columns`: column -> name of its figure, or one of MARKS. `rows`: what a column that names figures may say -> name of that figure.
    """

    made_by: str
    by: str
    columns: Mapping[str, str]
    rows: Mapping[str, str] = field(default_factory=dict)


_ANALYZE = "analyze"
_RESERVES, _CASH = "analytics.writeup.reserves", "analytics.writeup.cash"
_CHANGE, _BEFORE = "analytics.study_change.tables", f"{_ANALYZE} --before"
_CHANGED = ("gain_per_year", "cash_tied_up", "becomes_cash", "book_value")
_SETTINGS = ("reorder_point", "order_up_to_level", "order_quantity", "quote_days")
_REJECTED = {
    "row": AS_GIVEN,
    **dict.fromkeys(("column", "found", "expected", "remedy", "text"), WORDS),
}
_LEVELS = ("q05", "q10", "q25", "q50", "q75", "q90", "q95")
_WHOSE = ("yours", "ours", "naive")


def _same(*names: str) -> dict[str, str]:
    """Columns that bear the names of their figures."""
    return {name: name for name in names}


#: Every file that a command writes or a page gives away, by its name without ending.
FILES: Mapping[str, File] = {
    "recommendation": File(
        "analytics.writeup.tables.recommendation_table",
        _ANALYZE,
        {
            **dict.fromkeys(("sku", "make_or_buy", "today", "counted_as", "recommended", "availability", "order_way", "change", "from_to"), WORDS),
            **dict.fromkeys(("runner_up", "grid_end", "reason", "why_not", "notes", "orders_due"), WORDS),
            "orders_on_hand": COUNTED,
            **dict.fromkeys(("price", "unit_cost", "on_hand"), AS_GIVEN),
            **{f"profit_{strategy.lower()}": "profit" for strategy in STRATEGIES},
            **_same(
                "cost_of_sales", "profit_today", *(f"today_{name}" for name in _SETTINGS), "gain_per_year", "gain_by_planning",
                "gain_by_strategy", "verdict", "lead_over_runner_up", "probability_best", "share_waiting", "share_quoted_a_wait",
                "share_shelf_empty", "wait_days_median", "wait_days_p90",
                *_SETTINGS,
            ),
        },
    ),
    "shared": File(
        "analytics.writeup.tables.shared_table",
        _ANALYZE,
        {"line": WORDS, "amount_per_year": BY_ROW, "what_it_is": WORDS},
        {"shared components": "shared_components", "too close to count": "too_close_to_count"},
    ),
    "strategies": File(
        "analytics.writeup.tables.strategies_table",
        _ANALYZE,
        {
            **dict.fromkeys(("sku", "strategy", "measure", "run_as"), WORDS),
            **dict.fromkeys(("value", "low", "high"), BY_ROW),
        },
        _same(*MEASURES, *COMPONENTS),
    ),
    "stock": File(
        "analytics.writeup.stock.stock_table",
        _ANALYZE,
        {
            **dict.fromkeys(("sku", "name", "family", "status", "as_of", "last_sale", "age_origin", "arrives_first"), WORDS),
            **dict.fromkeys(
                ("quantity", "below_zero", "unit_cost", "blocked", "in_quality", "on_order", "reserved", "contracted"), AS_GIVEN
            ),
            **_same(
                "average_age_days", "monthly_demand", "excess_over_quantile", "excess_on_order",
                "book_value", "expected_12_months", "cover_months", "runs_out", "excess_units", "excess_value", "plan_holds",
                "becomes_cash", "ties_up", "not_cash",
            ),
        },
    ),
    "ageing": File(
        f"{_RESERVES}.ageing_table",
        _ANALYZE,
        {
            "sku": WORDS,
            "quantity": AS_GIVEN,
            "book_value": "book_value",
            **{f"{kind}_{bucket}": COUNTED for kind in "qv" for bucket in ("0_90", "91_180", "181_365", "over_365", "older_than_records")},
        },
    ),
    "reserve": File(
        f"{_RESERVES}.reserve_table",
        _ANALYZE,
        {
            **dict.fromkeys(("sku", "rule_applied", "override_by", "override_note", "standard"), WORDS),
            **dict.fromkeys(("override", "booked_so_far"), AS_GIVEN),
            **_same("book_value", "age_rate", "cover_rate", "ended_rate", "policy_reserve", "nrv_write_down", "reserve", "net_value", "change"),
        },
    ),
    "nrv": File(
        f"{_RESERVES}.nrv_table",
        _ANALYZE,
        {
            "sku": WORDS,
            **dict.fromkeys(("quantity", "unit_cost", "price"), AS_GIVEN),
            **dict.fromkeys(("cost_to_complete", "cost_to_sell", "contract_units", "contract_price", "price_after"), COUNTED),
            **_same("nrv", "contract_nrv", "nrv_write_down"),
        },
    ),
    "ledger": File(
        "analytics.writeup.ledger.ledger_table",
        _ANALYZE,
        {**dict.fromkeys(("account", "line"), WORDS), **dict.fromkeys(("products", "amount", "remains"), COUNTED)},
    ),
    "roll_forward": File(
        f"{_RESERVES}.roll_forward_table",
        _ANALYZE,
        {
            "sku": WORDS,
            **dict.fromkeys(("opening", "charged", "reversed", "used_on_sale", "used_on_disposal"), COUNTED),
            "closing": "closing_reserve",
        },
    ),
    "journal": File(
        f"{_RESERVES}.journal_table",
        _ANALYZE,
        {**dict.fromkeys(("account", "text"), WORDS), **dict.fromkeys(("debit", "credit"), COUNTED)},
    ),
    "exposure": File(
        f"{_CASH}.exposure_table",
        _ANALYZE,
        {
            **dict.fromkeys(("scope", "measure"), WORDS),
            **dict.fromkeys(("expected", "p95", "cvar95"), BY_ROW),
            "probability_of_loss": COUNTED,
        },
        {name.replace("_", " "): name for name in ("written_off", "units_lost", "units_waited", "margin_not_earned")},
    ),
    "exposure_curve": File(
        f"{_CASH}.exposure_curve_table",
        _ANALYZE,
        {"scope": WORDS, "loss": COUNTED, "probability_of_more": COUNTED},
    ),
    "working_capital": File(
        f"{_CASH}.working_capital_table",
        _ANALYZE,
        {
            "scope": WORDS,
            **dict.fromkeys(("components", "in_process", "finished", "deposits", "gross_margin"), COUNTED),
            **_same("net", "dio", "turns", "gmroi", "cost_of_sales"),
        },
    ),
    "carrying": File(
        f"{_CASH}.carrying_table",
        _ANALYZE,
        {
            "scope": WORDS,
            **dict.fromkeys(("average_stock", "storage_handling", "insurance", "shrinkage"), COUNTED),
            **_same("capital", "booked", "economic"),
        },
    ),
    "transition": File(
        f"{_CASH}.transition_table",
        _ANALYZE,
        {
            **dict.fromkeys(("month", "scope"), WORDS),
            **dict.fromkeys(("stock", "purchases_saved", "served_from_stock", "write_down", "capital_saved", "cumulative"), COUNTED),
            "cash_released": "cash_released",
            "one_off": AS_GIVEN,
        },
    ),
    "bridge": File(
        f"{_CASH}.bridge_table",
        _ANALYZE,
        {"order": COUNTED, **dict.fromkeys(("step", "group", "block"), WORDS), **dict.fromkeys(("amount", "cumulative"), BY_ROW)},
        {**_same(*COMPONENTS), "shared components": "shared_components"},
    ),
    "bridge_by_product": File(
        f"{_CASH}.bridge_by_product_table",
        _ANALYZE,
        {"sku": WORDS, **_same("profit_today", *COMPONENTS, "profit")},
    ),
    "todays_list": File(
        "analytics.study_stock.todays_list.todays_list",
        _ANALYZE,
        {
            **dict.fromkeys(("sku", "name", "action", "by", "money_is", "why"), WORDS),
            "units": COUNTED,
            "money": COUNTED,
            "on_hand": AS_GIVEN,
            "on_order": AS_GIVEN,
            "open_orders": COUNTED,
            "position": COUNTED,
        },
    ),
    "attention": File(
        f"{_CASH}.attention_table",
        _ANALYZE,
        {**dict.fromkeys(("sku", "name", "why", "day", "remedy"), WORDS), "money": COUNTED, "chance": COUNTED},
    ),
    "change": File(
        f"{_CHANGE}.change_table",
        _BEFORE,
        {
            "part": WORDS,
            **_same(*_CHANGED),
            **{f"products_{strategy.lower()}": COUNTED for strategy in STRATEGIES},
            **dict.fromkeys(("strategies_changed", "verdicts_changed"), COUNTED),
        },
    ),
    "change_by_product": File(
        f"{_CHANGE}.change_by_product_table",
        _BEFORE,
        {
            **dict.fromkeys(("sku", "amount", "there"), WORDS),
            **dict.fromkeys(
                (
                    "before", "method_and_version", "demand", "prices_and_costs", "supply", "stock", "done_today", "assumptions", "answers",
                    "new_or_gone", "now",
                ),
                BY_ROW,
            ),
        },
        _same(*_CHANGED),
    ),
    "strategy_changes": File(
        f"{_CHANGE}.strategy_changes_table",
        _BEFORE,
        {
            **dict.fromkeys(("sku", "there"), WORDS),
            **dict.fromkeys((f"{kind}_{when}" for kind in ("strategy", "verdict") for when in ("before", "now", "changed_by")), WORDS),
        },
    ),
    "realised": File(
        f"{_CHANGE}.realised_table",
        _BEFORE,
        {
            **dict.fromkeys(("sku", "was_run", "run_as"), WORDS),
            **dict.fromkeys(
                ("promised_units", "units_sold", "promised_margin", "margin", "promised_stock", "stock_at_cost", "promised_gain"), COUNTED
            ),
        },
    ),
    "register": File(
        "analytics.writeup.register.register_table",
        _ANALYZE,
        {
            **dict.fromkeys(("id", "field", "scope", "unit", "origin", "by", "data_date", "source", "effect_on"), WORDS),
            **dict.fromkeys(("value", "default", "low", "high"), AS_GIVEN),
            **dict.fromkeys(("effect", "products_turned"), COUNTED),
        },
    ),
    "assumptions": File(
        "analytics.writeup.tables.assumptions_table",
        _ANALYZE,
        {
            **dict.fromkeys(("field", "sku", "unit", "origin", "source"), WORDS),
            **dict.fromkeys(("value", "low", "high"), AS_GIVEN),
        },
    ),
    "cleaning": File(
        "analytics.demand.cleaning.layers.cleaned_demand",
        _ANALYZE,
        {
            **dict.fromkeys(("layer", "sku", "first_period", "last_period", "why"), WORDS),
            **dict.fromkeys(("periods", "units_before", "units_after"), COUNTED),
            "removed": "units_removed",
        },
    ),
    "components": File(
        "analytics.writeup.components.components_table",
        _ANALYZE,
        {
            **dict.fromkeys(("component", "use"), WORDS),
            **dict.fromkeys(("products", "kits"), COUNTED),
            **dict.fromkeys(("unit_cost", "component_lead_days"), AS_GIVEN),
            **_same("units_per_year", "value_per_year", "part_fill_for_95"),
        },
    ),
    "forecast_value_added": File(
        "analytics.forecast.judged.external.value_added",
        f"{_ANALYZE} --forecast",
        {
            "sku": WORDS,
            "sums": COUNTED,
            "actual_units": COUNTED,
            **{f"{who}_units": COUNTED for who in _WHOSE},
            **{f"{who}_{name}": name for who in _WHOSE for name in ("bias", "wape")},
            **{f"{who}_pinball_90": "pinball" for who in _WHOSE},
            "your_value_added_units": "value_added_units",
            "our_value_added_units": "value_added_units",
        },
    ),
    "orders_on_hand": File(
        "analytics.data.kept_apart.by_product",
        f"{_ANALYZE}, check",
        {
            **dict.fromkeys(("sku", "due_month", "counted", "source_rows"), WORDS),
            **dict.fromkeys(("rows", "units", "money"), COUNTED),
        },
    ),
    "receipts": File(
        "analytics.data.kept_apart.by_product",
        f"{_ANALYZE}, check",
        {
            **dict.fromkeys(("sku", "month", "source_rows"), WORDS),
            **dict.fromkeys(("rows", "units", "money"), COUNTED),
        },
    ),
    "promotions": File(
        "analytics.forecast.promotions_ahead.promotions_table",
        _ANALYZE,
        {
            "sku": WORDS,
            **dict.fromkeys(("promoted_days", "promoted_days_ahead"), COUNTED),
            "promotion_effect": "promotion_effect",
            "units_by_promotions": "units_by_promotions",
        },
    ),
    "rejected_rows": File("analytics.data.lines.rejections.RowFilter.finish", f"{_ANALYZE}, check", _REJECTED),
    "rejected_rows_items": File("analytics.data.lines.rejections.RowFilter.finish", "check", _REJECTED),
    **{
        f"rejected_rows_{kind}": File(
            "analytics.data.lines.rejections.RowFilter.finish", f"{_ANALYZE}, check", _REJECTED
        )
        for kind in ("stock", "receipts", "promotions")
    },
    "meanings": File(
        "analytics.data.meaning.listed_meanings.meanings_table",
        f"{_ANALYZE}, check",
        {
            **dict.fromkeys(("column", "role", "value", "treatment", "decided_by", "reason"), WORDS),
            **dict.fromkeys(("rows", "units", "money"), COUNTED),
        },
    ),
    "sales": File(
        "analytics.data.export.sales_frame",
        "check",
        {"sku": WORDS, "date": WORDS, "quantity": AS_GIVEN, "revenue": AS_GIVEN},
    ),
    "forecast": File(
        "analytics.forecast.spread.totals.forecast_table",
        "forecast",
        {
            **dict.fromkeys(("sku", "period", "method"), WORDS),
            "mean": "mean_by_period",
            **dict.fromkeys(_LEVELS, "quantiles_by_period"),
        },
    ),
    "forecast_total": File(
        "analytics.forecast.spread.totals.forecast_total_table",
        "forecast --total",
        {
            **dict.fromkeys(("sku", "method"), WORDS),
            "periods": COUNTED,
            "mean": "mean_in_total",
            **dict.fromkeys(_LEVELS, "quantiles_in_total"),
        },
    ),
    "replay": File(
        "analytics.validation.report.replay_table",
        "replay",
        {**dict.fromkeys(("origin", "sku", "policy", "strategy", "measure"), WORDS), "value": BY_ROW},
        {
            **{
                name: f"units_{name}"
                for name in (
                    "opening", "ordered", "demanded", "sold", "lost", "waited", "scrapped", "cleared", "closing", "left", "on_hand",
                )
            },
            **_same("orders", "profit", "ordered_less_sold"),
        },
    ),
    "replay_policies": File(
        "analytics.validation.compared.policies_table",
        "replay",
        {
            **dict.fromkeys(("leftovers", "part", "policy", "outcome"), WORDS),
            "products": COUNTED,
            **_same("profit", "mix_gain"),
            **dict.fromkeys(("mix_gain_low", "mix_gain_high"), "mix_gain"),
        },
    ),
    "replay_products": File(
        "analytics.validation.compared.products_table",
        "replay",
        {
            **dict.fromkeys(("sku", "judged"), WORDS),
            **dict.fromkeys(("lead_weeks", "weeks_played"), COUNTED),
            **_same("weeks_between_sales"),
        },
    ),
    "changes": File(
        "dashboard.kept.documents.log.log_csv",
        "log",
        dict.fromkeys(("at", "person", "file", "kind", "what", "before", "after"), WORDS),
    ),
}  # fmt: skip
