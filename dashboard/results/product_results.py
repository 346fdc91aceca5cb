"""What the pages show of one product beyond its facts, computed when it is opened: forecast, flip points, map, cost of an own choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dashboard.results.compute import facts, found_result, is_ready, result, silent, study
from dashboard.results.facts import Known
from dashboard.results.result_cache import Progress
from dashboard.state.choice import Choice

if TYPE_CHECKING:
    from analytics.strategy.flips.two_together import TwoTogether
    from analytics.strategy.portfolio.confidence import Confidence
    from analytics.strategy.what_if.service_curve import ServiceCurve
    from analytics.study_stock.product import ProductStock
    from analytics.valuation.valued import ValuedStock

__all__ = [
    "channels_of",
    "cost_of_choice",
    "forecast_of",
    "found_pairs",
    "found_together",
    "made_of_parts",
    "map_of",
    "pairs_of",
    "real_names",
    "real_sku",
    "service_of",
    "stock_of",
    "together_of",
    "turning_is_ready",
    "turning_of",
]


def forecast_of(choice: Choice, sku: str, periods: int, progress: Progress = silent) -> Any:
    """Forecast of one product: period, mean and quantiles, as `stock-or-order forecast` writes them."""

    def make() -> Any:
        import numpy as np

        from analytics.forecast import forecast_table

        progress(0.3, "drawing the futures of this product")
        base = study(choice, sure=False)
        i = int(np.flatnonzero(base.forecast.skus == sku)[0])
        n = len(base.forecast.skus)
        one: dict[str, Any] = {
            k: v[i : i + 1]
            for k, v in vars(base.forecast).items()
            if isinstance(v, np.ndarray | tuple) and k != "total_levels" and len(v) == n
        }
        return forecast_table(replace(base.forecast, **one), base.panel, periods)

    return result(choice, ("forecast", sku, str(periods)), make, assumed=False)


def turning_of(choice: Choice, sku: str, progress: Progress = silent) -> tuple[Any, Any]:
    """What would turn a product's choice: the flip of every lever, by the rule that decides, and the tornado of its lead."""
    from analytics.strategy.what_if.tornado import tornado
    from analytics.study_product import product_case, product_flips, product_turns

    current = study(choice, sure=False)
    flips: Any = result(choice, ("flips", sku), lambda: product_flips(current, sku, progress))
    # where the choice turns within its range is marked once it was searched
    known = "searched" if is_ready(choice, Known.TURNS) else ""
    return flips, result(
        choice,
        ("tornado", sku, known),
        lambda: tornado(product_case(current, sku), product_turns(current, sku)),
    )


def _own(choice: Choice) -> str:
    """Own choices as part of a key."""
    return repr([(one.sku, one.strategy) for one in choice.overrides]) if choice.overrides else ""


def together_of(choice: Choice, progress: Progress = silent) -> Confidence:
    """How sure the whole answer is with every pair of prices tried together."""

    def make() -> Confidence:
        from analytics.study_doubt import study_confidence, study_together

        current = study(choice)
        return study_confidence(current, study_together(current, progress))

    found: Confidence = result(choice, ("two together", _own(choice)), make)
    return found


def found_together(choice: Choice) -> Confidence | None:
    """The same where it was asked for at this very setting; nothing is computed."""
    return found_result(choice, ("two together", _own(choice)))


def pairs_of(choice: Choice, sku: str, progress: Progress = silent) -> TwoTogether:
    """What pairs of values turn of one product (see `product_together`)."""

    def make() -> TwoTogether:
        from analytics.study_product import product_together

        return product_together(study(choice), sku, progress)

    found: TwoTogether = result(choice, ("two together", sku), make)
    return found


def found_pairs(choice: Choice, sku: str) -> TwoTogether | None:
    """The same where it was asked for; nothing is computed."""
    return found_result(choice, ("two together", sku))


def turning_is_ready(choice: Choice, sku: str) -> bool:
    """Whether what would turn a product is at hand."""
    return found_result(choice, ("flips", sku)) is not None


def map_of(choice: Choice, sku: str, across: str, up: str, progress: Progress = silent) -> Any:
    """The map of two levers of a product: what is done at each pair, by the rule that decides."""

    def make() -> Any:
        from analytics.study_product import product_map

        turns = {flip.lever: flip.turns for flip in turning_of(choice, sku)[0]}
        return product_map(study(choice, sure=False), sku, (across, up), turns, progress)

    return result(choice, ("map", sku, across, up), make)


def service_of(choice: Choice, sku: str = "", family: str = "") -> ServiceCurve | None:
    """What service costs a product, else a family, else all, by the names that are shown (see `study_service`)."""

    def make() -> Any:
        from analytics.scenario.service import study_service

        return study_service(study(choice, sure=False), sku, family)

    found: ServiceCurve | None = result(choice, ("service", sku, family, _own(choice)), make)
    return found


def channels_of(choice: Choice) -> Any:
    """What waits of every channel under the mix, and by what strategies its products are run (see `study_waiting_channels`)."""

    def make() -> Any:
        from analytics.study_results import study_waiting_channels

        return study_waiting_channels(study(choice, sure=False))

    return result(choice, ("channels", _own(choice)), make)


def stock_of(choice: Choice, valued: ValuedStock, i: int) -> ProductStock:
    """What may be left of the stock of a row when its model ends, and its write-down by quarter."""
    from analytics.study_stock.product import product_stock

    return product_stock(study(choice, sure=False), valued, i)


def real_sku(choice: Choice, i: int) -> str:
    """The SKU of a row, also where names are hidden (made-up names keep the order)."""
    return (
        str(study(replace(choice, anonymous=False), sure=False).items.skus[i])
        if choice.anonymous
        else str(facts(choice, need=Known.YEARS).products.at[i, "sku"])
    )


def real_names(choice: Choice, i: int) -> tuple[str, str]:
    """SKU and family of a row as the files have them, also where names are hidden."""
    items = study(replace(choice, anonymous=False), sure=False).items
    return str(items.skus[i]), str(items["family"][i])


def made_of_parts(choice: Choice, i: int) -> bool:
    """Whether the files give the cost of parts of a row's product, and its own unit cost."""
    import numpy as np

    base = study(replace(choice, anonymous=False), sure=False)
    parts, given = base.parts, base.given_items
    if parts is None or given is None or "unit_cost" not in given.values:
        return False
    known = np.isfinite(parts.part_cost[parts.part[parts.product == i]]).any()
    at = np.flatnonzero(given.skus == base.items.skus[i])
    return bool(known and len(at) and np.isfinite(float(given["unit_cost"][at[0]])))


def cost_of_choice(choice: Choice, rows: Sequence[int], strategy: str) -> tuple[float, float]:
    """What an own choice for these rows changes: their own gains, and the shared line (pooled components simulated again)."""
    from analytics.scenario.choices import with_choices

    before = study(replace(choice, anonymous=False), sure=False)
    at = list(rows)
    after = with_choices(before, {str(before.items.skus[i]): (strategy, "") for i in at}).recommendation
    return float(
        after.gain[at].sum() - before.recommendation.gain[at].sum()
    ), after.shared - before.recommendation.shared
