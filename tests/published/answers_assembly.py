"""Answers to cases of pooling and of assembling to order."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.policy import commonality
from tests.closed_forms.queues import kits
from tests.closed_forms.stock import pooling
from tests.published.inputs import LEAD, RATE, Given


def pool(case: str, given: Given) -> dict[str, Any]:
    deviation, rho = (
        given.any_of("sd", "sds", "sigma", "sd_per_week"),
        given.any_of("rho", "correlation", "corr", default=0.0),
    )
    if np.ndim(deviation) == 1:
        n = len(deviation)
        matrix = (
            np.asarray(rho, float)
            if np.ndim(rho) == 2
            else np.full((n, n), float(rho)) + (1.0 - float(rho)) * np.eye(n)
        )
        pooled = pooling.pooled_deviation(deviation, matrix)
        return {
            "pooled_sd": pooled,
            "ratio_to_separate": pooled / float(np.sum(deviation)),
            "ratio": pooled / float(np.sum(deviation)),
            "sum_of_sds": float(np.sum(deviation)),
        }
    n = given.any_of("n", "n_skus", "products")
    ratio = pooling.pooling_ratio(n, rho)
    return {
        "pooled_sd": pooling.equicorrelated_pooled_deviation(n, deviation, rho),
        "ratio_to_separate": ratio,
        "ratio": ratio,
        "saving": 1.0 - ratio,
    }


def assemble(case: str, given: Given) -> dict[str, Any]:
    if given.has("component_lead_weeks", "n_skus"):
        n, deviation, rho = (
            given.any_of("n_skus", "n"),
            given.any_of("sd_per_week", "sd"),
            given.any_of("rho", default=0.0),
        )
        z, cost, share = (
            given.any_of("z"),
            given.any_of("unit_cost", "c"),
            given.any_of("common_cost_share", "alpha", "component_share"),
        )
        parts, assembly, review = (
            given.any_of("component_lead_weeks"),
            given.any_of("assembly_weeks", default=0.0),
            given.any_of("review_weeks", default=0.0),
        )
        stock = n * pooling.safety_stock_value(z, deviation, parts + assembly + review, cost)
        common = pooling.safety_stock_value(
            z, pooling.equicorrelated_pooled_deviation(n, deviation, rho), parts + review, cost, share
        )
        return {
            "MTS_safety_stock_value": stock,
            "ATO_component_safety_stock_value": common,
            "ratio": common / stock,
        }
    if given.has("alpha", "service") and not given.has(
        "item_fills", "fill_rates", "item_fill", "n_components", "components"
    ):
        apart, shared = kits.stocks_with_commonality(float(given.any_of("alpha", "service")))
        return {
            "unique_without_commonality": apart.unique,
            "common_total_without": apart.common,
            "unique_with": shared.unique,
            "common_with": shared.common,
            "total_without": apart.total,
            "total_with": shared.total,
        }
    return _order_fill(given)


def _order_fill(given: Given) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if given.has("S", "base_stocks", "base_stock", "S1") and given.has(*RATE):
        stocks = np.atleast_1d(
            given.any_of("S", "base_stocks", "base_stock", default=None)
            if not given.has("S1")
            else [given.any_of("S1"), given.any_of("S2")]
        )
        leads = np.broadcast_to(
            np.asarray(
                given.any_of(*LEAD, "lead_times", default=None)
                if not given.has("L1")
                else [given.any_of("L1"), given.any_of("L2")],
                float,
            ),
            stocks.shape,
        )
        rate = float(np.atleast_1d(given.any_of(*RATE))[0])
        joint = kits.order_fill_shared_stream(rate, leads, stocks)
        fills = np.array(
            [
                kits.order_fill_shared_stream(rate, [lead], [stock])
                for lead, stock in zip(leads, stocks, strict=True)
            ]
        )
        result |= {
            "order_fill": joint,
            "order_fill_rate": joint,
            "order_fill_exact": joint,
            "exact": joint,
            "joint": joint,
        }
    else:
        fill = given.any_of(
            "item_fills",
            "fill_rates",
            "item_fill",
            "item_fill_rates",
            "component_fill",
            "fill",
            "item_fill_rate",
            "beta",
            "betas",
            "p",
            "availability",
            "component_availability",
        )
        count = given.any_of("n_components", "n", "components", "number_of_components", default=None)
        fills = (
            np.repeat(np.atleast_1d(fill), 1 if np.ndim(fill) or count is None else int(count))
            if np.ndim(count) == 0
            else np.atleast_1d(fill)
        )
        if np.ndim(count):
            powers = np.array(
                [kits.order_fill_independent(np.repeat(fill, int(k))) for k in np.atleast_1d(count)]
            )
            return {
                "order_fill": powers,
                "order_fill_if_independent": powers,
                "order_fill_independent": powers,
                "product": powers,
            }
        result["order_fill"] = kits.order_fill_independent(fills)
    low, high = kits.order_fill_bounds(fills)
    result |= {
        "item_fills": fills,
        "item_fill": fills,
        "lower_bound": low,
        "upper_bound": high,
        "product": low,
        "product_bound": low,
        "minimum": high,
        "min": high,
        "min_bound": high,
        "order_fill_if_independent": low,
        "order_fill_independent": low,
        "independent": low,
        "bounds": [low, high],
    }
    if given.has("target", "target_order_fill"):
        needed = commonality.item_fill_for_order_fill(
            float(given.any_of("target", "target_order_fill")), len(fills)
        )
        result |= {"required_item_fill": needed, "item_fill_needed": needed}
    return result
