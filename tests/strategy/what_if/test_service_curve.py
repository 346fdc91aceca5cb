"""Service against cost: settings taken one by one by hand, plans as the totals have them, and the order of a frontier."""

import numpy as np
import pytest

from analytics.scenario.service import price_of_service, study_service
from analytics.strategy.money.price import price
from analytics.strategy.what_if.service_curve import TARGETS
from analytics.study import Study
from tests.test_what_ifs import items, run, sales


@pytest.fixture(scope="module")
def study() -> Study:
    return run(sales(), items())


def test_a_target_is_the_cheapest_setting_that_serves_it_product_by_product(study: Study) -> None:
    """By a loop over settings: profit by the other route (`price`), cost as what the perfect year loses beside margin not earned."""
    ledger = study.ledgers["MTS"]
    profit = price(ledger, study.items).profit.mean(axis=2)
    demanded, lost, waited = (ledger.count(name).mean(axis=2) for name in ("demanded", "lost", "waited"))
    margin = (np.asarray(study.items["price"]) - np.asarray(study.items["unit_cost"]))[:, None]
    cost = margin * (demanded - lost) - profit  # no goodwill and no cost of waiting is stated
    fill = (demanded - lost - waited) / demanded
    curve = study_service(study)
    assert curve is not None and curve.without_money == 0
    for target in (0.7, 0.9, 0.97):
        served = cheapest = earned = 0.0
        for i in range(len(study.items)):
            reach = [k for k in range(fill.shape[1]) if fill[i, k] >= target]
            k = min(reach, key=lambda k: cost[i, k]) if reach else int(np.argmax(fill[i]))
            served += fill[i, k] * demanded[i].mean()
            cheapest += cost[i, k]
            earned += profit[i, k]
        point = curve.at(target)
        assert point.cost == pytest.approx(cheapest, abs=0.005)
        assert point.profit == pytest.approx(earned, abs=0.005)
        assert point.served == pytest.approx(served / demanded.mean(axis=1).sum())


def test_today_and_the_plan_are_the_totals_of_the_portfolio(study: Study) -> None:
    curve = study_service(study)
    assert curve is not None
    for point, plan in ((curve.today, "baseline"), (curve.plan, "mix")):
        money, service = study.portfolio.money[plan], study.portfolio.service[plan]
        shared = money.get("shared", 0.0)
        assert point.profit == pytest.approx(money["profit"] - shared, abs=0.005)
        lost = money["benchmark"] - money["profit"] + shared
        unearned = money["lost_margin"] + money["goodwill"] + money["waiting"]
        assert point.cost == pytest.approx(lost - unearned, abs=0.005)
        assert point.served == pytest.approx(service["fill_rate"], abs=1e-9)


def test_cost_never_falls_with_the_target_and_products_add_up_to_their_family(study: Study) -> None:
    family = study_service(study, family="F1")
    alone = [study_service(study, sku=sku) for sku in ("P1", "P3", "P5")]
    assert family is not None and all(alone)
    costs = [point.cost for point in family.points()]
    assert costs == sorted(costs) and len(costs) == len(TARGETS)
    for target in (0.8, 0.95):
        parts = [one.at(target) for one in alone if one is not None]
        assert family.at(target).cost == pytest.approx(sum(one.cost for one in parts), abs=0.005)
    price_ = price_of_service(family, 0.95)
    assert price_.costs == pytest.approx(family.at(0.95).cost - family.plan.cost)
    assert price_.earns == pytest.approx(family.at(0.95).profit - family.plan.profit)


def test_what_cannot_be_served_so_well_is_counted_and_served_as_well_as_it_can(study: Study) -> None:
    curve = study_service(study)
    assert curve is not None
    price_ = price_of_service(curve, 1.0)
    assert price_.unreached > 0 and price_.point.served <= 1.0
    with pytest.raises(ValueError, match="from 0 to 1"):
        curve.at(1.2)


def test_an_unknown_product_is_told_and_one_without_money_has_no_curve(study: Study) -> None:
    with pytest.raises(ValueError, match="nothing still sold"):
        study_service(study, sku="P9")
    plain = run(sales(), b"sku,family\nP0,F0\n")  # no cost
    assert study_service(plain, family="F0") is None
