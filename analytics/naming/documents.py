"""What every written JSON document says, key by key: the figure, or the function that makes the number.

One concept: one table of keys. A key is written with its path: `a.b`; `*` stands for any name (a plan, a policy, a column), `[]` for every
entry of a list.
"""

from __future__ import annotations

from collections.abc import Mapping

from analytics.naming.columns import AS_GIVEN
from analytics.naming.labels import COMPONENTS, MEASURES, STRATEGIES

__all__ = ["DOCUMENTS", "FURTHER_FILES"]

_MONEY = ("profit", "benchmark", "revenue", "cash_tied_up", "lost_if_ended", *COMPONENTS)
_SERVICE = tuple(name for name in MEASURES if name not in {*_MONEY, "profit_against_best"})
_REPLAYED = (
    "units_demanded", "units_sold", "units_lost", "units_scrapped", "units_left", "units_cleared", "fill_rate", "share_waiting", "share_lost", "units_on_hand",
    "units_in_process",
)  # fmt: skip

_WRITEUP = "analytics.writeup.summary"
_READ = "analytics.data.sales.read_sales"
_APART = "analytics.data.kept_apart"
_LIMITS = "analytics.strategy.limits"
_CHANGE = "analytics.study_change.tables"
_GAIN_RANGE = "analytics.strategy.doubt.gain_range"
_QUESTIONS = "analytics.strategy.what_if.questions"
_MARGIN = "analytics.demand.margin"
_STOCK, _TRANSITION = "analytics.valuation.on_hand.StockFacts", "analytics.valuation.transition.Transition"


_ROLL = ("opening", "charged", "reversed", "used_on_sale", "used_on_disposal", "closing")


def _each(block: str, maker: str, *keys: str) -> dict[str, str]:
    """The keys of a block that one function makes."""
    return {f"{block}.{key}": maker for key in keys}


_ANALYZE: Mapping[str, str] = {
    "seed": AS_GIVEN,
    "products": f"{_WRITEUP}.summary",
    "ended_products": "analytics.demand.life.life_cycle.life_cycle",
    "priced_products": "analytics.strategy.portfolio.sums.portfolio_totals",
    "recommended.*": "analytics.strategy.recommend.recommend",
    "verdicts.*": "verdict",
    "stages.*": "analytics.demand.life.life_cycle.life_cycle",
    "gain_per_year": "gain_of_portfolio",
    "gain_low": "gain_low",
    "gain_high": "gain_high",
    **_each("gain_error", "analytics.strategy.doubt.gain_doubt.gain_error_said", "value", "low", "high"),
    "gain_error.by_class.*": f"{_GAIN_RANGE}.relative_error_of_gains",
    "gain_error.correlation": f"{_GAIN_RANGE}.correlation_of_errors",
    "gain_change_if_a_tenth_was_never_seen": "analytics.strategy.what_if.unseen_demand.gain_if_unseen",
    "shared": "shared_components",
    "stopping_saves": "stopping_saves",
    "sum_of_product_gains": "gain_per_year",
    "gain_split.planning_better": "gain_by_planning",
    "gain_split.changing_strategy": "gain_by_strategy",
    "gain_split.shared": "shared_components",
    **{f"totals.*.{name}": name for name in _MONEY},
    "totals.*.shared": "shared_components",
    **{f"service.*.{name}": name for name in _SERVICE},
    "profit_low.*": "profit_low",
    "profit_high.*": "profit_high",
    "products_for_80_percent": "products_for_80_percent",
    "waves[].wave": "waves",
    "waves[].products": "waves",
    "waves[].gain_per_year": "gain_per_year",
    "questions[].worth": f"{_QUESTIONS}.partial_information_value",
    "questions[].adds": f"{_QUESTIONS}.questions",
    **_each("questions[]", f"{_QUESTIONS}.question_of", "assumed", "low", "high", "products"),
    "best_pair_of_questions.worth": f"{_QUESTIONS}.partial_information_value",
    **_each(
        "rule", "analytics.strategy.what_if.decision_tree_rule.rule_for_sales",
        "share_of_gain_kept", "share_of_gain_kept_in_sample", "products", "products_wrong", "lost_per_year",
    ),
    "confidence.turning[].products": "analytics.strategy.portfolio.confidence.turned_by",
    **_each("confidence", "analytics.strategy.portfolio.confidence.confidence", "turning[].money", "at_stake"),
    **_each(
        "control_totals", _READ,
        "rows_read", "rows_used", "rows_rejected", "units_used", "units_rejected", "revenue_used", "gross_units", "returned_units",
    ),
    "stock.total": "total",
    "stock.sold_products": "sold",
    **{f"stock.{name}": name for name in ("living", "ended", "never_sold", "unknown_sku", "slow", "cash_released")},
    "stock.cash_tied_up": "must_be_bought",
    **_each("stock", f"{_STOCK}.value_of", "blocked", "in_quality", "on_order", "reserved", "contracted"),
    "stock.excess_on_order": "excess_on_order",
    "stock.kept_by_plan": "kept_by_plan",
    "stock.not_sold_before_known_end": "not_sold_before_known_end",
    "stock.not_sold_within_24_months": "not_sold_within_24_months",
    "stock.months_until_released": "months",
    "stock.cash_released_by_month[]": f"{_TRANSITION}.by_month",
    **_each("stock.parts[]", f"{_STOCK}.parts", "products", "units", "money"),
    "stock.sold_products_without_record": f"{_STOCK}.unknown_sold",
    "stock.slow_products": f"{_STOCK}.slowest",
    **{f"valuation.{name}": name for name in ("reserve_total", "ended_reserve", "net_value")},
    "valuation.by_age.*": "analytics.valuation.ageing.Ageing.value",
    **_each("valuation", "analytics.valuation.ageing.ageing", "receipts_below_stock", "receipts_after_day"),
    **{f"valuation.roll_forward.{name}": "analytics.valuation.books.standards.roll_step" for name in _ROLL},
    **{f"valuation.{name}": name for name in ("policy_reserve", "nrv_write_down", "change")},
    "valuation.booked_so_far": AS_GIVEN,
    "valuation.journal_total": "analytics.writeup.reserves.journal_total",
    **_each("exposure[]", "analytics.valuation.exposure.exposure_of", "expected", "p95", "cvar95", "probability_of_loss"),
    **_each("working_capital[]", "analytics.valuation.working_capital.CapitalOfPlan", "components", "in_process", "finished", "deposits", "gross_margin"),
    **{f"working_capital[].{name}": name for name in ("net", "dio", "turns", "gmroi", "cost_of_sales")},
    **_each("carrying[]", "analytics.valuation.carrying.carrying_cost", "average_stock", "storage_handling", "insurance", "shrinkage"),
    **{f"carrying[].{name}": name for name in ("capital", "booked", "economic")},
    **_each(
        "transition", "analytics.writeup.cash.way_total",
        "stock", "purchases_saved", "served_from_stock", "write_down", "capital_saved", "one_off", "cumulative",
    ),
    "transition.cash_released": "cash_released",
    **_each("attention[]", "analytics.writeup.cash.watched_totals", "products", "money"),
    "valuation.not_reversed": "analytics.valuation.valued.ValuedStock.no_reversal",
    "valuation.pay_back_months": "analytics.valuation.run_down.pay_back_months",
    "valuation.one_off": "analytics.valuation.policy.StockPolicy.one_off_stated",
    "valuation.first_year_cash": "analytics.valuation.run_down.less_once",
    "valuation.ledger.balance": AS_GIVEN,
    "valuation.ledger.difference": "difference",
    **_each("valuation.ledger.candidates[]", "analytics.valuation.balance.ledger_tie", "products", "money", "remains"),
    "valuation.classes[].balance": AS_GIVEN,
    **_each("valuation.classes[]", "analytics.valuation.balance.class_ties", "file", "difference"),
    **_each("valuation.classes[].candidates[]", "analytics.valuation.balance.class_ties", "products", "money", "remains"),
    **_each("margin", f"{_MARGIN}.margin_document", "products", "units", "revenue"),
    **{f"margin.{name}": f"{_MARGIN}.MarginControl.{name}" for name in ("at_lines", "at_items", "at_program")},
    **_each("margin", f"{_MARGIN}.margin_gap", "lines_less_items", "program_less_items"),
    **_each("margin.below_cost", "analytics.demand.from_sales.below_cost.below_cost", "living", "ended"),
    **_each("margin.parts[]", f"{_MARGIN}.margin_control", "lines", "units", "revenue"),
    **_each("margin.without_cost[]", f"{_MARGIN}.margin_control", "units", "revenue"),
    "margin.free_cost": f"{_MARGIN}.margin_control",
    **_each("margin.channels[]", "analytics.demand.from_sales.sold.sold_by_channel", "units", "revenue"),
    "margin.channels[].priced": f"{_MARGIN}.margin_by_channel",
    "margin.channels[].margin": f"{_MARGIN}.margin_at_cost",
    "margin.channels[].price": f"{_MARGIN}.revenue_per_unit",
    **_each("margin.prices_by_channel[]", f"{_MARGIN}.prices_by_channel", "units", "price", "mixed"),
    **_each(
        "batches", "analytics.strategy.minimum_lots.batches_recommended",
        "minimum_above_an_order", "wait_for_the_batch", "start_the_batch",
    ),
    "patience_scenarios[].profit_to_order": "analytics.strategy.what_if.scenarios.profit_to_order_by_patience",
    "patience_scenarios[].products_better_to_order": "analytics.study_results.patience_scenarios",
    **_each(
        "limits", f"{_LIMITS}.limited_portfolio.under_limits",
        "cost_per_year", "gap", "utilisation", "products_changed", "products_moved", "rows[].worth", "rows[].step", "rows[].needed",
    ),
    **_each("change", f"{_CHANGE}.change_document", "days", "runs", "products_in_both", "products_new", "products_gone"),
    **{f"change.parts[].{name}": name for name in ("gain_per_year", "cash_tied_up", "becomes_cash", "book_value")},
    **_each("change.parts[]", f"{_CHANGE}.change_table", *(f"products_{one.lower()}" for one in STRATEGIES), "strategies_changed", "verdicts_changed"),
    **_each("change.realised", f"{_CHANGE}.change_document", "switched_as_said", "switched_otherwise", "not_known"),
    **_each(
        "change.realised", f"{_CHANGE}.realised_table",
        "promised_units", "units_sold", "promised_margin", "margin", "promised_stock", "stock_at_cost", "promised_gain",
    ),
    "limits.rows[].limit": AS_GIVEN,
    "limits.rows[].used": f"{_LIMITS}.limited_portfolio.expected_use",
    "limits.rows[].bad_year": f"{_LIMITS}.limited_portfolio.in_bad_years",
}  # fmt: skip

_SUMS = {"mix_gain": "mix_gain", "first_half_of_products": "mix_gain", "second_half_of_products": "mix_gain"}
_PARTS = ("judged", "too_short_to_judge")
_BLOCKS = ("", *(f"{part}." for part in _PARTS))

_REPLAY: Mapping[str, str] = {
    "seed": AS_GIVEN,
    "weeks": "analytics.validation.schedule.schedule",
    "weeks_after_for_closing_stock": "analytics.validation.schedule.schedule",
    "products": "analytics.validation.report.replay_summary",
    "products_with_money": "analytics.validation.score.Replayed.priced",
    "products_with_known_present_strategy": "analytics.replay.run_replay",
    **{f"service.*.{name}": name for name in _REPLAYED},
    "money.profit.*": "profit",
    "money.cash_tied_up.*": "cash_tied_up",
    "products_in_file": "analytics.replay.run_replay",
    **dict.fromkeys((f"{part}.products" for part in _PARTS), "analytics.validation.score.Replayed.too_short"),
    "money.ordered_less_sold.*.*": "ordered_less_sold",
    **{f"money.{block}mix_against.*.{key}": name for block in _BLOCKS for key, name in _SUMS.items()},
    **{
        f"money.{block}mix_against.*.{end}": "range_over_products"
        for block in _BLOCKS
        for end in ("low", "high")
    },
    **{f"money.{part}.profit.*": "profit" for part in _PARTS},
    **dict.fromkeys((f"money.{part}.products" for part in _PARTS), "analytics.validation.compared.part_of"),
    **{f"money.closing_valued.*.{block}profit.*": "profit" for block in _BLOCKS},
    **{
        f"money.closing_valued.*.{block}mix_against.*.{key}": name
        for block in _BLOCKS
        for key, name in _SUMS.items()
    },
    **{
        f"money.closing_valued.*.{block}mix_against.*.{end}": "range_over_products"
        for block in _BLOCKS
        for end in ("low", "high")
    },
    **dict.fromkeys(
        (f"money.closing_valued.*.{part}.products" for part in _PARTS),
        "analytics.validation.compared.part_of",
    ),
    **{f"money.{name}": name for name in ("hindsight_gain", "repeatable_gain")},
    **{f"money.{name}": name for name in ("share_of_hindsight_kept", "share_of_luck_in_hindsight")},
    "money.share_kept_low_high[]": "range_over_products",
    "money.share_of_luck_low_high[]": "range_over_products",
    "fill_rate_planned_when_stocking": "fill_rate_planned",
    "fill_rate_achieved_when_stocking": "fill_rate",
}

_READING: Mapping[str, str] = {
    **dict.fromkeys(("rows_read", "rows_used", "rows_rejected", "units_used", "units_rejected", "revenue_used"), _READ),
    **dict.fromkeys(("gross_units", "returned_units", "skus"), _READ),
    **_each("dialect", _READ, "header_rows", "skipped_rows"),
    "confidence.*": _READ,
    **_each("channels[]", "analytics.data.columns.attributes.channel_table", "lines", "units", "revenue"),
    **_each("problems[]", _READ, "count", "first_row"),
    **_each("meanings[]", "analytics.data.meaning.listed_meanings.Meaning", "rows", "units", "money"),
    **dict.fromkeys(("units_on_hand", "units_received", "on_hand_in_demand"), f"{_APART}.units_apart"),
    **{f"{table}.{key}": f"{_APART}.apart_totals" for table in ("orders_on_hand", "receipts") for key in ("rows", "units", "money")},
    **_each("orders_on_hand", f"{_APART}.apart_totals", "rows_in_demand", "units_in_demand"),
    **{f"{table}.products[].{key}": f"{_APART}.by_product" for table in ("orders_on_hand", "receipts") for key in ("rows", "units", "money")},
}  # fmt: skip

_JOINING = "analytics.data.items.joining.joining_of"

#: In the document of `check` every further file has a block of its own, with the same keys.
FURTHER_FILES = ("items", "stock_file", "receipts_file", "promotions_file")

#: Every document that a command writes or prints: command -> key -> name of the figure, the path of a function, or "as given".
DOCUMENTS: Mapping[str, Mapping[str, str]] = {
    "analyze": _ANALYZE,
    "replay": _REPLAY,
    "check": {
        **_READING,
        **dict.fromkeys(("joined_products", "listed_products", "join_proposal.joins"), _JOINING),
        "balance.*": "analytics.data.items.stock_totals.stock_totals",
    },
}
