"""What every page shows, label by label: the figure, the function that makes the number, or what stands there instead.

One concept: one table of labels. A label is listed to its first comma; "…" is what is filled in. `said` are the words of sentences around a
figure that stands in no box and no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.naming.columns import AS_GIVEN, BY_ROW, COUNTED, WORDS

__all__ = ["PAGES", "Page"]


@dataclass(frozen=True)
class Page:
    """One page: the `files` that draw it (of the dashboard, and charts that files show too), its `labels`, and the words of its sentences (`said`).

    Both: what is read on the screen -> name of a figure (of two, where a cell shows two: "low / high"), the dotted path of a function, or
    one of the marks.
    """

    files: tuple[str, ...]
    labels: Mapping[str, str]
    said: Mapping[str, str] = field(default_factory=dict)


def _all(mark: str, *labels: str) -> dict[str, str]:
    return dict.fromkeys(labels, mark)


_WAITING = "analytics.strategy.portfolio.waiting_customers"
_CHANNELS = "analytics.demand.margin"
_SERVING = "analytics.strategy.what_if.service_curve.cost_of_serving"
_TODAYS_LIST = "analytics.study_stock.todays_list.todays_list"
_BACKTEST = "analytics.forecast.judged"
_ERRORS = "analytics.strategy.money.forecast_value"
_MONTHS = "analytics.demand.months.last_months"
_ORDERS = "analytics.data.kept_apart.orders_columns"
_BY_PRODUCT = "analytics.data.kept_apart.by_product"
_READ = "analytics.data.sales.read_sales"
_STOCK_READ = "analytics.data.items.stock_totals.stock_totals"
_PRODUCT_STOCK = "analytics.study_stock.product.product_stock"
_MEANINGS = "analytics.data.meaning.listed_meanings.Meaning"
_MARGIN = "analytics.demand.margin.margin_control"
_PARTS = "analytics.valuation.on_hand.StockFacts.parts"
_CASH = "analytics.valuation.transition.Transition.by_month"
_BALANCE, _BOOKS = "analytics.valuation.balance", "analytics.valuation.books.standards"
_EXPOSURE = "analytics.valuation.exposure"
_STOP = "analytics.study_stock.answer.stop_ordering_text"
_MAP = "analytics.strategy.portfolio.map.portfolio_map"
_VARIATION = "analytics.strategy.portfolio.map.variation"
_SURE = "analytics.strategy.portfolio.confidence.confidence"
_LIMITS = "analytics.strategy.limits.limited_portfolio"
_REPLAY = "analytics.replay.run_replay"

#: What stands beside a product in every table of products.
_DO = {
    **_all(WORDS, "Product", "Today", "Today -> what to do"),
    "Confidence": "verdict",
    "Gain": "gain_per_year",
    "by planning": "gain_by_planning",
    "by strategy": "gain_by_strategy",
}

#: The three blocks of what is lost.
_BLOCKS = {
    "Booked cost": "booked_cost",
    "Cost of capital (not booked)": "cost_of_capital",
    "Margin not earned": "margin_not_earned",
}

#: Every page by the name of its tab; stock on hand is drawn by Answer, Data and Stock and risk.
PAGES: Mapping[str, Page] = {
    "Answer": Page(
        (
            "views/answer.py", "analytics/writeup/charts/families.py", "text/headline.py", "text/words.py", "analytics/writeup/words/answer.py", "analytics/writeup/words/waits.py",
            "parts/question_cards.py", "parts/gain_pictures.py",
        ),
        {
            **_DO,
            "Contribution after stock costs": "profit",
            "Cash in stock": "cash_tied_up",
            "Orders that wait": "share_waiting",
            "Expected write-off": "written_off",
            "Units a year": "units_sold",
            "Units in stock": "units_on_hand",
            "Sales lost": "share_lost",
            "Today counted as": WORDS,
            "Who waits": "share_waiting",
            "Sales": _MONTHS,
            "Family": WORDS,
            "To order minus to stock": "order_over_stock",
            "Products": COUNTED,
        },
        {
            "better over the next 12 months": "gain_of_portfolio",
            "vs": "profit_over / orders_waiting_over / written_off_over",
            "planning better with the same strategies": "gain_by_planning",
            "changing strategy": "gain_by_strategy",
            "Knowing it is worth": "analytics.strategy.what_if.questions.partial_information_value",
            "Likely between": "gain_low / gain_high",
            "The range takes each product’s gain to be wrong by": "analytics.strategy.doubt.gain_doubt.gain_error_said",
            "of it visible in operating profit": "gain_in_operating_profit",
            **_all("share_quoted_a_wait", "of orders are quoted a wait", "nobody is quoted a wait"),
            **_all("share_shelf_empty", "find the shelf empty and wait", "nobody finds the shelf empty and waits"),
            "typically": "wait_days_median",
            "(1 in 10 over": "wait_days_p90",
            "The gain moves most with": "analytics.strategy.what_if.gain_sensitivity.gain_moves",
            "Holds": _SURE,
            "Depends on": _SURE,
            "Not searched to the end": _SURE,
            **_all("analytics.strategy.portfolio.answer.whole_answer", "Too close", "Nothing to gain"),
            "bring 80 % of the gain": "products_for_80_percent",
        },
    ),
    "Data": Page(
        ("views/data.py", "file/kept_apart.py", "file/meanings.py", "file/report.py", "text/margin_words.py"),
        {
            **_all(WORDS, "SKU", "Due", "Received", "Units are", "column", "value", "treated", "why", "what they are", "answer", "product"),
            **_all(WORDS, "column of the file", "read as", "for example", "what", "what to do", "in the file", "first day", "last day"),
            **_all(_BY_PRODUCT, "Lines", "Units", "Money"),
            **_all(_MEANINGS, "rows", "units", "money"),
            **_all(AS_GIVEN, "how many single units are in one", "in one", "row", "date", "quantity", "first row"),
            **_all(_READ, "rows read", "rows used", "rows set aside", "units sold", "units returned"),
            **_all(_MARGIN, "lines", "revenue"),
            **_all(_STOCK_READ, "products with stock", "at the unit costs of these files", "units of products without a cost in them"),
            **_all(_STOCK_READ, "units booked below zero", "units on consignment", "products listed without a figure"),
            **_all("analytics.demand.margin.prices_by_channel", "price there", "price mixed by what each sold"),
        },
        {
            "units, net": _READ,
            "revenue, net": _READ,
            "gross margin at the costs of the lines": "analytics.demand.margin.MarginControl.at_lines",
            "gross margin at the items' costs": "analytics.demand.margin.MarginControl.at_items",
            "the same units at our prices and costs": "analytics.demand.margin.MarginControl.at_program",
            "ours less items": "analytics.demand.margin.margin_gap",
            "lines less items": "analytics.demand.margin.margin_gap",
        },
    ),
    "Stock on hand (Answer, Data, Stock and risk)": Page(
        ("parts/stock.py", "analytics/writeup/words/stock.py"),
        {
            **_all(WORDS, "Stock of", "Product", "Of today's stock", "Month", "SKU", "Sold without a stock record"),
            **_all(_PARTS, "Products", "Units"),
            "At unit cost": "book_value",
            "On hand": AS_GIVEN,
            "At cost": "book_value",
            "Lasts": "cover_months",
            "Runs out": "runs_out",
            "Beyond a year": "excess_value",
            "becomes cash within … months": "cash_released",
            "becomes cash within 1 month": "cash_released",
            "stays": "kept_by_plan",
            "does not sell within 24 months": "not_sold_within_24_months",
            "does not sell before a known end": "not_sold_before_known_end",
            "lies on ended products": "ended",
            "is taken by firm orders": "analytics.valuation.transition.Transition.with_contracts",
            "was never sold": "never_sold",
            "is of an unknown SKU": "unknown_sku",
            **_all(_CASH, "Becomes cash", "Until then"),
        },
        {
            "in stock today": "total",
            "of today's stock becomes cash": "cash_released",
            "must be bought": "must_be_bought",
            "more than a year of sales": "slow",
        },
    ),
    "Compare": Page(
        ("views/compare.py", "charts/components.py", "charts/service.py", "levers/service.py"),
        {
            "What stocking and waiting cost": "lost_against_perfect_year",
            "Contribution after stock costs": "profit",
            "1 year in 20 below / above": "profit_low / profit_high",
            "Shared components": "shared_components",
            "Cash in stock": "cash_tied_up",
            "Orders that wait": "share_waiting",
            **_all("share_quoted_a_wait", "quoted a wait", "Quoted a wait"),
            **_all("share_shelf_empty", "find the shelf empty", "Find the shelf empty"),
            "Units a year": "units_sold",
            "half of them longer than": "wait_days_median",
            "1 in 10 longer than": "wait_days_p90",
            "Sales lost": "share_lost",
            **_all(WORDS, "Plan", "Component", "Channel", "Customer", "Family", "Last day", "What", "How it is run"),
            **_all("fill_rate", "Served at once", "served at once"),
            **_all(_SERVING, "Cost", "Cost over 12 months"),
            "Products": COUNTED,
            "Over 12 months": BY_ROW,
            **_BLOCKS,
            "Served": "served_within",
            **_all(AS_GIVEN, "Days", "days after ordering"),
            "Bought": f"{_WAITING}.bought_value",
            "Of it delayed": f"{_WAITING}.delayed_value",
            "Share": f"{_WAITING}.share_delayed",
            "Typical wait": f"{_WAITING}.typical_wait",
            **_all("analytics.demand.from_sales.sold.sold_by_channel", "Revenue", "Units"),
            "Revenue per unit": f"{_CHANNELS}.revenue_per_unit",
            "Gross margin": f"{_CHANNELS}.margin_at_cost",
        },
        {"within two weeks": "served_within", "The mix earns": "profit_over"},
    ),
    "Products": Page(
        ("views/products.py", "product/portfolio.py", "charts/portfolio.py"),
        {
            **_DO,
            **_all(_MAP, "Margin", "margin"),
            **_all(_VARIATION, "Variation", "variation of sales from month to month", "Months with sales"),
            **_all(WORDS, "SKU", "Family", "Do", "Today counted as"),
            "Planning": "gain_by_planning",
            "Strategy": "gain_by_strategy",
            "Lead": "lead_over_runner_up",
            "Wave": "waves",
            "Who waits": "share_waiting",
            **_all(_ORDERS, "Orders", "Orders on hand", "Due", "First due"),
            **_all(_STOP, "Stop", "Stop ordering"),
            **{"Stock": "book_value", "Excess": "excess_value", "Reserve": "reserve"},
            "Sales": _MONTHS,
        },
        {
            "it keeps": "analytics.strategy.what_if.decision_tree_rule.rule_for_sales",
            "Most money at stake first": "money_at_stake",
        },
    ),
    "Help": Page(
        ("views/help.py",),
        _all(WORDS, "Figure", "What it is", "Formula", "On the pages"),
    ),
    "One product": Page(
        ("product/page.py", "product/stock.py", "product/turning.py", "charts/stock.py", "charts/quotes.py", "charts/decision.py", "analytics/writeup/charts/tornado.py"),
        {
            "Contribution after stock costs": "profit",
            "1 year in 20 below / above": "profit_low / profit_high",
            "Against the best": "profit_against_best",
            "−": BY_ROW,
            "Best in ... of all variations": "probability_best",
            "Cash in stock": "cash_tied_up",
            "Orders that wait": "share_waiting",
            "quoted a wait": "share_quoted_a_wait",
            "find the shelf empty": "share_shelf_empty",
            "Sales lost": "share_lost",
            **_all(WORDS, "Way", "Today", "What to do", "what", "unit", "origin", "Week of"),
            **_all(AS_GIVEN, "value", "range"),
            "Reorder point": "reorder_point",
            "Order up to": "order_up_to_level",
            "Lot": "order_quantity",
            "Days quoted": "quote_days",
            "days quoted to the customer": "quote_days",
            **_all(WORDS, "Stock in the books", "As of", "Status", "Reserve set by", "Write-down left"),
            "Average age": "average_age_days",
            "Excess over … months of demand": "excess_units / excess_value",
            "Reserve": "reserve",
            "Net value": "net_value",
            "A unit costs": AS_GIVEN,
            "A unit fetches": "nrv",
            **_all(_REPLAY, "In stock after it", "Not served at once"),
        },
        {"by planning": "gain_by_planning", "by the strategy": "gain_by_strategy"},
    ),
    "Demand": Page(
        (
            "views/demand.py", "text/demand_words.py", "parts/demand_ahead.py", "parts/demand_cleaning.py", "charts/demand.py", "charts/past.py",
            "charts/season.py",
        ),
        {
            "Units forecast wrongly": "wape",
            "Forecast in total": "bias",
            "A promise of 90 % held": "randomised_coverage",
            "Misplanned stock a year": "planning_regret",
            "Tested on": COUNTED,
            "Times as much": "promotion_effect",
            "Units added": "units_by_promotions",
            **_all(COUNTED, "Promoted days", "Days ahead"),
            **_all(WORDS, "Product", "Class", "Layer", "From", "To", "Why", "Own season", "As of", "Month", "Year"),
            **_all(COUNTED, "Products", "Sold", "Units before", "Units after", "Counted in the forecast", "Units", "Tests", "…s"),
            "Value": f"{_ERRORS}.error_value",
            "Error": f"{_ERRORS}.usual_error",
            **_all(f"{_ERRORS}.mean_over_dates", "Said", "Said → came"),
            **_all("wape", "Off", "12-… mean", "Yours off", "Ours off", "12-mean off"),
            "In total": "bias",
            "90 % held": "randomised_coverage",
            "Yours adds": "value_added_units",
            "Expected": "mean_by_period",
            **_all("quantiles_by_period", "1 in 20 below", "1 in 20 above"),
            "Came": f"{_BACKTEST}.backtest.units_that_came",
            "Forecast": "mean_in_total",
            "Mean of the last 12": f"{_BACKTEST}.backtest.twelve_period_mean",
        },
        {
            "of units come otherwise than forecast": "wape",
            "Planning by this forecast misplans stock of": "planning_regret",
            "not knowing demand still costs": "analytics.strategy.money.forecast_value.cost_of_not_knowing",
            "no fewer": "fewer_wrong",
            "Promotions ahead add": "units_by_promotions",
        },
    ),
    "Limits": Page(
        ("views/limits.py", "parts/capacity.py", "charts/capacity.py"),
        {
            **_all(WORDS, "Product", "SKU", "Limit", "Without limits", "Now", "Month", "Work"),
            "Gain counted now": "gain_per_year",
            "At most": AS_GIVEN,
            "Expected": f"{_LIMITS}.expected_use",
            "95 of 100 years below": f"{_LIMITS}.in_bad_years",
            "Cash in stock": "cash_tied_up",
            "Orders that wait": "share_waiting",
            "Sales lost": "share_lost",
            "Costs a year": "cost_of_limits",
            "… a month": "analytics.strategy.limits.capacity_load.load_by_month",
        },
        {"the busiest month": "load_share", "Beyond it:": "beyond_capacity"},
    ),
    "Stock and risk": Page(
        ("views/risk.py", "books/sections.py", "books/classes.py", "books/settings.py", "analytics/writeup/charts/books.py", "analytics/writeup/words/books.py"),
        {
            **_all(WORDS, "Product", "Family", "Ledger and file", "Rule", "Account", "Scope", "Largest reserves", "Reserve by", "What", "Why", "What to do", "Step", "Month"),
            **_all(WORDS, "Working capital of", "Written off by", "Expected / 1 year in 20 above", "Months of cover", "Came in", "Rate"),
            "Ends": AS_GIVEN,
            **_all("units_scrapped", "Stranded units a year", "Stranded units"),
            **_all("written_off", "Write-off", "If to stock", "Everything to stock", "Today's way", "The mix", "Written off"),
            "Products": f"{_BALANCE}.ledger_tie",
            **_all(f"{_BALANCE}.class_ties", "In the file", "Ledger", "Open"),
            **_all("analytics.study_stock.exposure.study_runs_out", "Short from", "Chance"),
            "Roll-forward of the reserve": BY_ROW,
            "Amount": BY_ROW,
            **_all("book_value", "At cost", "At unit cost"),
            "Share": "analytics.valuation.bands.share_of_stock",
            "Reserve": "reserve",
            **_all(f"{_BOOKS}.roll_step", "Opening", "Charged", "Reversed", "Used on sale", "Used on disposal"),
            "Closing": "closing_reserve",
            **_all(f"{_BOOKS}.journal_lines", "Debit", "Credit"),
            "Expected": f"{_EXPOSURE}.exposure_of",
            "1 year in 20 above": f"{_EXPOSURE}.loss_quantile",
            "Mean of those": f"{_EXPOSURE}.conditional_value_at_risk",
            "Years with any": f"{_EXPOSURE}.exposure_of",
            **_all(f"{_EXPOSURE}.loss_curve", "Written off within twelve months", "of 100 years"),
            "Units lost": "units_lost",
            "Units that wait": f"{_EXPOSURE}.exposure_of",
            "Margin not earned": "margin_not_earned",
            "Net": "net",
            "Days of stock": "dio",
            "Turns": "turns",
            "Margin per money in stock": "gmroi",
            "A year": "economic",
            **_all(_CASH, "Becomes cash", "Until then"),
            "Over 12 months": BY_ROW,
        },
        {"The gain lies likely between": "gain_low / gain_high", "on the books": "total", "came in over a year ago": "analytics.valuation.bands.older_than"},
    ),
    "Past": Page(
        ("views/replay.py", "charts/replay.py"),
        {
            **_all(WORDS, "Policy", "Compared with", "What it does at each date"),
            "Earned": "profit",
            "Earned a year": "earned_a_year",
            "Cash in stock": "cash_tied_up",
            "Served at once": "fill_rate",
            "Lost": "share_lost",
            "Units in stock": "units_on_hand",
            "Units stranded": "units_scrapped",
            "Units left over": "units_left",
            "The mix": "mix_gain",
            **dict.fromkeys(("From", "Together"), "ordered_less_sold"),
            **dict.fromkeys(("Judged", "Too short to judge", "All"), "mix_gain"),
        },
        {
            "are too short to judge": "too_short_to_judge",
            "likely between": "range_over_products",
            "would have gained": "hindsight_gain",
            "the mix keeps": "share_of_hindsight_kept",
            "the strategy that was best at the other dates would have gained": "repeatable_gain",
            "(luck:": "share_of_luck_in_hindsight",
            "were expected to be served at once": "fill_rate_planned",
        },
    ),
    "Assumptions": Page(
        ("views/assumptions.py",),
        {
            "over 12 months": WORDS,
            "Gain": "gain_of_portfolio",
            "Contribution after stock costs": "profit",
            "Cash in stock": "cash_tied_up",
            "Expected write-off": "written_off",
            **_all(COUNTED, "Products to order", "Products assembled"),
            "Orders that wait": "share_waiting",
            "Sales lost": "share_lost",
            **_all(BY_ROW, "A:", "B:"),
            "B minus A": "plan_difference",
        },
    ),
    "Again next month": Page(
        ("month/words.py", "month/part.py"),
        {
            **_all(WORDS, "SKU", "Before", "Now", "Turned by", "Was run", "Run as"),
            "Units promised": "analytics.study_change.promised.Promised.expected",
            **_all(
                "analytics.study_change.realised.study_realised",
                "Units sold", "Margin promised", "Margin", "Stock promised", "Stock at cost",
            ),
        },
    ),
    "Report": Page(
        ("views/report.py", "take_away/settings.py", "take_away/todays_list.py", "analytics/writeup/takeaway/tables.py"),
        {
            **_DO,
            **_all(WORDS, "Setting", "New", "By", "Why"),
            **_all(_TODAYS_LIST, "Units", "Money", "On hand", "On order", "Customers ordered"),
            **_all(WORDS, "Plan", "SKU", "Assumption", "Source"),
            **_all(AS_GIVEN, "Value", "Range"),
            "Products": COUNTED,
            "Contribution after stock costs": "profit",
            "5th to 95th percentile": "profit_low / profit_high",
            **_BLOCKS,
            "Cash in stock": "cash_tied_up",
            "Wait": "share_waiting",
            "Quoted a wait": "share_quoted_a_wait",
            "Find the shelf empty": "share_shelf_empty",
            "Lost": "share_lost",
        },
    ),
    "Without costs": Page(
        ("team/units_only.py",),
        {
            **_all(WORDS, "SKU", "Product", "Family", "Do"),
            "Units a year": "units_demanded",
            "Units sold a year": "units_sold",
            **_all("units_on_hand", "In stock", "Units in stock"),
            "Reorder point": "reorder_point",
            "Order up to": "order_up_to_level",
            "Days quoted": "quote_days",
            **_all("share_waiting", "Orders that wait", "Who waits"),
            "Sales lost": "share_lost",
            "Sales": _MONTHS,
        },
    ),
    "People": Page(("views/people.py",), _all(WORDS, "Address")),
    "Changes": Page(
        ("views/changes.py",),
        _all(WORDS, "When (UTC)", "Who", "File", "Kind", "What changed", "From", "To"),
    ),
    "Operations": Page(("views/operations.py",), _all(WORDS, "What", "Is")),
}  # fmt: skip
