"""Speed of the choice: `python -m benchmarks.choice [--products 1000]`.

Processor time of what a person waits for, all cores together, and for one product the time on the clock as well: its flip points, tornado
and map (median and worst of the products with most at stake in each sample), the questions that matter and the rule for sales for a
portfolio of a thousand products (a sample's products, repeated).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, process_time
from typing import Any

import numpy as np

from analytics.strategy.what_if.decision_tree_rule import rule_features, rule_for_sales
from analytics.strategy.what_if.questions import best_pair, questions
from analytics.strategy.what_if.simulated_range_ends import MOST_PRODUCTS
from analytics.strategy.what_if.tornado import tornado
from analytics.study import Study
from analytics.study_doubt import study_unknowns
from analytics.study_product import product_case, product_flips, product_map
from dashboard.results.compute import sample_study
from dashboard.results.store import keep, kept


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time of one call, and its result."""
    start = process_time()
    result = work()
    return process_time() - start, result


def of_products(study: Study, most: int = 12) -> dict[str, list[float]]:
    """Seconds per step for the products with the largest perfect year."""
    size = np.where(
        study.recommendation.ended, -np.inf, np.nan_to_num(study.comparison.profit[:, 0], nan=-np.inf)
    )
    spent: dict[str, list[float]] = {
        "opening": [],
        "flip points": [],
        "tornado": [],
        "map": [],
        "all but the map, on the clock": [],
    }
    for i in np.argsort(-size)[:most]:
        begin = perf_counter()
        took, case = seconds(lambda i=i: product_case(study, str(study.items.skus[i])))  # type: ignore[misc]
        spent["opening"].append(took)
        spent["flip points"].append(seconds(lambda i=i: product_flips(study, str(study.items.skus[i])))[0])  # type: ignore[misc]
        spent["tornado"].append(seconds(lambda case=case: tornado(case))[0])  # type: ignore[misc]
        spent["all but the map, on the clock"].append(perf_counter() - begin)
        if "MTO" in case.strategies:
            sku = str(study.items.skus[i])
            spent["map"].append(
                seconds(lambda sku=sku: product_map(study, sku, ("quote_days", "cost_premium"), {}))[0]  # type: ignore[misc]
            )
    spent["all but the map"] = [
        sum(parts) for parts in zip(spent["opening"], spent["flip points"], spent["tornado"], strict=True)
    ]
    return spent


def of_portfolio(study: Study, products: int) -> dict[str, float]:
    """Seconds for the questions, the best pair and the rule on so many products."""
    live = np.flatnonzero(~study.recommendation.ended)
    times = -(-products // len(live))
    took, known = seconds(lambda: study_unknowns(study))
    index = np.resize(live, products)
    comparison = replace(
        study.comparison, by_draw=study.comparison.by_draw[index], profit=study.comparison.profit[index],
        chosen={name: replace(c, counts=c.counts[index]) for name, c in study.comparison.chosen.items()},
    )  # fmt: skip
    items, recommendation, ended = study.items.take(index), study.recommendation, np.zeros(products, bool)
    ends = {field: (below[index], above[index]) for field, (below, above) in known.ends.items()}
    doubt = {field: some[index] for field, some in known.doubt.items()}
    features = rule_features(comparison, items)
    return {
        f"both ends of every value ({len(live)} products, times {min(times, MOST_PRODUCTS / len(live)):.1f})": took
        * min(times, MOST_PRODUCTS / len(live)),
        "questions": seconds(lambda: questions(comparison, items, doubt, ends))[0],
        "best pair of questions": seconds(lambda: best_pair(comparison, doubt, ends))[0],
        "rule for sales": seconds(
            lambda: rule_for_sales(
                features,
                comparison.profit,
                recommendation.recommended[index],
                recommendation.baseline[index],
                ~ended,
                comparison.strategies,
            )
        )[0],
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1000, help="products of the portfolio")
    asked = parser.parse_args()
    print(f"{'processor time, seconds':<48}{'median':>10}{'worst':>10}")
    for name in ("household", "bicycles", "servers"):
        study = kept(name, "study")
        if study is None:
            study = sample_study(name)
            keep(name, "study", study)
        of_products(study, 1)
        for step, values in of_products(study).items():
            if values:
                print(f"{f'{name}: one product, {step}':<48}{np.median(values):>10.3f}{max(values):>10.3f}")
        if name == "bicycles":
            for step, value in of_portfolio(study, asked.products).items():
                print(f"{f'{asked.products} products, {step}':<48}{value:>10.3f}")


if __name__ == "__main__":
    main()
