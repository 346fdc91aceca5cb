"""Answers to cases of money: profit identities, cancellations, carrying cost, excess, reserves, net realisable value."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.closed_forms.money import break_even, carrying, economics, excess, net_realisable_value, reserve
from tests.closed_forms.queues.patience_curves import patience
from tests.published.answers_service import carrying_periodic
from tests.published.inputs import RATE, SETUP, Given


def profit(case: str, given: Given) -> dict[str, Any]:
    if given.has("E_on_hand", "fill_rate") and not given.has(
        "quote_days", "lead_days", "l", "chi", "cost_premium", "kappa"
    ):
        return _from_stock(given)
    return _to_order(given)


def _from_stock(given: Given) -> dict[str, Any]:
    storage = given.any_of("storage_rate", "s", "storage_insurance_shrink", default=0.0) + given.any_of(
        "insurance_rate", default=0.0
    )
    result = economics.make_to_stock_profit(
        demand_rate=given.any_of(*RATE),
        price=given.any_of("price", "p"),
        unit_cost=given.any_of("unit_cost", "c", "cost"),
        salvage=given.any_of("salvage", "v", default=0.0),
        setup_cost=given.any_of(*SETUP, default=0.0),
        order_quantity=given.any_of("Q", "lot", default=1.0),
        carrying_rate=given.any_of("capital_rate", "i", default=0.0) + storage,
        hazard=given.any_of("hazard", "theta", default=0.0),
        on_hand=given.any_of("E_on_hand", "avg_stock_units", default=0.0),
        backorders=given.any_of("E_backorders", default=0.0),
        fill_rate=given.any_of("fill_rate", "beta", default=1.0),
        share_waiting=given.any_of("backorder_share", "share_waiting", "phi", default=1.0),
        goodwill_per_unit=given.any_of("goodwill_per_lost_unit", "goodwill", "g", default=0.0),
        backorder_cost=given.any_of("backorder_cost_per_unit_year", "backorder_cost", "b", default=0.0),
    )
    return {
        **result._asdict(),
        "profit": result.economic_profit,
        "units_lost": given.any_of(*RATE) - result.units_sold,
    }


def _to_order(given: Given) -> dict[str, Any]:
    quote = float(
        given.any_of(
            "quote_days",
            "lead_days",
            "lead_time_days",
            "quoted_lead_days",
            "l",
            "ell",
            "lead_time_days_quoted",
            "quote",
            "quoted_days",
            default=0.0,
        )
    )
    if given.has(
        "share_staying",
        "acceptance",
        "r",
        "accept_share",
        "accepted_share",
        "r_l",
        "acceptance_share",
        "share_accepted",
        "patience_share",
    ):
        share = float(
            given.any_of(
                "share_staying",
                "acceptance",
                "r",
                "accept_share",
                "accepted_share",
                "r_l",
                "acceptance_share",
                "share_accepted",
                "patience_share",
            )
        )
    elif given.has("eta"):
        share = float(
            patience("weibull", quote, given.any_of("eta"), given.any_of("patience_kappa", "shape"))
        )
    else:
        theta = given.any_of(
            "theta_per_day",
            "patience_per_day",
            "patience_theta_per_day",
            "theta_patience_per_day",
            "patience_rate_per_day",
            "vartheta",
            "theta",
            "patience",
            "patience_rate",
            default=0.0,
        )
        share = float(patience("exponential", quote, theta))
    demand = given.any_of(*RATE)
    result = economics.make_to_order_profit(
        demand_rate=demand,
        share_staying=share,
        price=given.any_of("price", "p"),
        unit_cost=given.any_of("unit_cost", "c", "cost"),
        quote_days=quote,
        capital_rate=given.any_of("capital_rate", "i", default=0.0),
        price_premium=given.any_of("price_premium", "pi", "premium_price", default=0.0),
        cost_premium=given.any_of("cost_premium", "chi", "unit_cost_premium", "premium", default=0.0),
        cancellation_share=given.any_of(
            "cancellation_share",
            "cancellation_probability",
            "cancel_probability",
            "cancellation",
            "cancel_prob",
            "p_cancel",
            "kappa",
            "k",
            default=0.0,
        ),
        order_setup_cost=given.any_of(
            "Ko",
            "K_o",
            "K_order",
            "setup_per_order",
            "order_setup_cost",
            "mto_setup_per_order",
            "Km",
            "K",
            default=0.0,
        ),
        units_per_order=given.any_of(
            "units_per_order", "qbar", "q_bar", "mean_order_size", "q", "order_size", default=1.0
        ),
        waiting_cost_per_unit_day=given.any_of(
            "wait_cost_per_unit_day",
            "waiting_cost_per_unit_day",
            "omega",
            "tardiness_cost_per_unit_day",
            "tardy_cost_per_unit_day",
            "lateness_cost_per_unit_day",
            default=0.0,
        ),
        tardy_days=given.any_of(
            "E_tardy_days",
            "E_tardy",
            "tardy_days",
            "mean_tardy_days",
            "expected_tardy_days",
            "mean_tardiness_days",
            "E_tardiness_days",
            "expected_tardiness_days",
            default=0.0,
        ),
        sunk_share=given.any_of("sunk_share", "u", default=0.0),
        part_built_salvage=given.any_of(
            "part_built_salvage",
            "salvage_part_built",
            "vw",
            "v_w",
            "salvage_wip",
            "wip_salvage",
            "salvage",
            default=0.0,
        ),
        deposit_share=given.any_of("deposit_share", "delta", "deposit", default=0.0),
        goodwill_per_unit=given.any_of("goodwill_per_lost_unit", "goodwill", "g", default=0.0),
    )
    parts = result._asdict()
    return {
        **parts,
        "accepted": result.units_accepted,
        "accepted_demand": result.units_accepted,
        "accepted_units": result.units_accepted,
        "a": result.units_accepted,
        "share_staying": share,
        "units_sold": result.units_delivered,
        "units_shipped": result.units_delivered,
        "delivered": result.units_delivered,
        "profit": result.economic_profit,
        "wip": result.work_in_process,
        "wip_capital": result.work_in_process,
        "work_in_process_capital": result.work_in_process,
        "wip_cost": result.work_in_process,
        "tardy": result.tardiness,
        "waiting": result.tardiness,
        "tardiness_cost": result.tardiness,
        "cancellation_cost": result.cancellation,
        "cancellation_loss": result.cancellation,
        "deposit_interest": result.deposit_benefit,
        "deposit_float": result.deposit_benefit,
        "deposit": result.deposit_benefit,
        "acceptance": share,
        "r": share,
        "units_accepted": result.units_accepted,
        "margin": result.contribution,
    }


def cancellation(case: str, given: Given) -> dict[str, Any]:
    price, cost = float(given.any_of("price", "p")), float(given.any_of("cost", "unit_cost", "c"))
    k, sunk = (
        float(given.any_of("k", "kappa", "cancellation_probability", "cancellation_share")),
        float(given.any_of("sunk_share", "w", "u")),
    )
    salvage, deposit = (
        float(given.any_of("salvage", "v", "part_built_salvage", default=0.0)),
        float(given.any_of("deposit_share", "d", "delta", default=0.0)),
    )
    return {
        "expected_margin": economics.cancellation_margin(price, cost, k, sunk, salvage, deposit),
        "break_even_deposit_share_for_no_cancellation_loss": economics.sparing_deposit_share(
            price, cost, sunk, salvage
        ),
        "break_even_deposit_share": economics.sparing_deposit_share(price, cost, sunk, salvage),
    }


def carry(case: str, given: Given) -> dict[str, Any]:
    if given.has("deposit_share"):
        price, share, volume = (
            given.any_of("price"),
            given.any_of("deposit_share"),
            given.any_of("volume", "annual_volume", "yearly_units", *RATE),
        )
        days, rate = (
            given.any_of("lead_time_days", "lead_days", "quote_days"),
            given.any_of("capital_rate", "i"),
        )
        return {
            "avg_cash_held": economics.deposits_held(price, share, volume, days),
            "annual_benefit": economics.deposit_benefit(price, share, volume, days, rate),
        }
    if given.has("S") and given.has("R", "review"):
        return carrying_periodic(given)
    units = carrying.average_stock(given.any_of("Q"), given.any_of("SS", "safety_stock", default=0.0))
    cost, storage = (
        given.any_of("unit_cost", "c"),
        given.any_of("storage_insurance_shrink", "storage_rate", "storage", default=0.0),
    )
    held = carrying.carrying_cost(units, cost, given.any_of("capital", "capital_rate", "i"), storage)
    write_off = carrying.expected_obsolescence(
        units, cost, given.any_of("hazard", "theta", default=0.0), given.any_of("salvage_share", default=0.0)
    )
    return {
        "avg_units": units,
        "avg_value": units * cost,
        "carrying_ex_obsolescence": held,
        "expected_obsolescence": write_off,
        "total": held + write_off,
    }


def finance(case: str, given: Given) -> dict[str, Any]:
    if given.has("value_by_age"):
        book, rates = given.any_of("value_by_age"), given.any_of("rates")
        values = list(book.values()) if isinstance(book, dict) else book
        if isinstance(rates, dict):
            rates = [rates[name] for name in book] if isinstance(book, dict) else list(rates.values())
        return {
            "reserve": reserve.aged_reserve(values, rates),
            "reserve_by_age": reserve.reserve_by_age(values, rates),
        }
    if given.has("items"):
        return _net_realisable(given)
    stock, committed = (
        given.any_of("on_hand"),
        given.any_of("open_order_non_cancellable", "committed", "open_orders", default=0.0),
    )
    months = given.prefix("forecast")
    result: dict[str, Any] = {}
    for horizon in np.atleast_1d(given.any_of("horizon_months", "horizon", default=[6, 12])).astype(int):
        result[f"forecast_{horizon}"] = excess.forecast_total(months, int(horizon))
        result[f"excess_units_{horizon}"] = excess.excess_units(stock, committed, months, int(horizon))
        result[f"excess_value_{horizon}"] = excess.excess_value(
            stock, committed, months, int(horizon), given.any_of("unit_cost", "c", default=0.0)
        )
        result |= {
            "excess_units": result[f"excess_units_{horizon}"],
            "excess_value": result[f"excess_value_{horizon}"],
        }
    return result


def _net_realisable(given: Given) -> dict[str, Any]:
    items = [Given(item) for item in given.any_of("items")]
    quantity, cost = (
        np.array([float(x.any_of("qty", "quantity")) for x in items]),
        np.array([float(x.any_of("cost", "unit_cost")) for x in items]),
    )
    value = np.array(
        [
            float(
                net_realisable_value.net_realisable_value(
                    x.any_of("price"),
                    x.any_of("cost_to_complete", "completion", default=0.0),
                    x.any_of("cost_to_sell", "selling_cost", default=0.0),
                )
            )
            for x in items
        ]
    )
    down, left = (
        net_realisable_value.write_down(quantity, cost, value),
        net_realisable_value.carrying_amount(quantity, cost, value),
    )
    result: dict[str, Any] = {"writedown": down.sum(), "carrying_total": left.sum(), "nrv": value}
    for k in range(len(items)):
        result |= {
            f"item{k + 1}_carrying": left[k],
            f"item{k + 1}_writedown": down[k],
            f"item{k + 1}_nrv": value[k],
        }
    later = [k for k in range(len(items)) if given.has(f"later_nrv_item{k + 1}")]
    back = {
        standard: sum(
            float(
                net_realisable_value.reversal(
                    standard, quantity[k], cost[k], value[k], given.any_of(f"later_nrv_item{k + 1}")
                )
            )
            for k in later
        )
        for standard in net_realisable_value.STANDARDS
    }
    return result | {
        "IFRS_reversal_when_NRV_recovers": back["IFRS"],
        "IFRS_reversal": back["IFRS"],
        "US_GAAP_reversal": back["US GAAP"],
    }


def break_evens(case: str, given: Given) -> dict[str, Any]:
    if given.has("annual_saving", "saving", "yearly_saving"):
        volume, margin, saving = (
            given.any_of("volume", "annual_volume", *RATE),
            given.any_of("margin", "m"),
            given.any_of("annual_saving", "saving", "yearly_saving"),
        )
        if given.has("eta"):
            days = break_even.break_even_quote(
                volume, margin, saving, "weibull", given.any_of("eta"), given.any_of("kappa", "k")
            )
        elif given.has("lead_days", "quote_days", "days") and not given.has("theta_per_day", "theta"):
            rate = break_even.break_even_patience(
                volume, margin, saving, given.any_of("lead_days", "quote_days", "days")
            )
            return {
                "theta_per_day": rate,
                "break_even_theta": rate,
                "theta": rate,
                "share_lost": break_even.share_lost_to_break_even(volume, margin, saving),
            }
        else:
            days = break_even.break_even_quote(
                volume, margin, saving, "exponential", given.any_of("theta_per_day", "theta")
            )
        return {
            "days": days,
            "break_even_days": days,
            "quote_days": days,
            "share_lost": break_even.share_lost_to_break_even(volume, margin, saving),
        }
    demand, cost = given.any_of(*RATE), given.any_of("unit_cost", "c")
    rate = given.any_of("holding_rate", "rate", default=0.0) + given.any_of(
        "hazard_net_of_salvage", "hazard", default=0.0
    )
    stock = break_even.yearly_cost_made_to_stock(
        demand,
        cost,
        given.any_of(*SETUP, default=0.0),
        given.any_of("Q", default=1.0),
        given.any_of("avg_stock_units", "avg_stock"),
        rate,
    )
    order = break_even.yearly_cost_made_to_order(
        demand,
        cost,
        given.any_of("mto_setup_per_order", "Km", default=0.0),
        given.any_of("units_per_order", "q", default=1.0),
        given.any_of("wait_cost_per_unit_day", "w", default=0.0),
        given.any_of("lead_days", "l", default=0.0),
    )
    premium = break_even.break_even_cost_premium(stock, order, demand * cost)
    held = given.any_of("avg_stock_units", "avg_stock")
    bare = break_even.yearly_cost_made_to_stock(
        demand, cost, given.any_of(*SETUP, default=0.0), given.any_of("Q", default=1.0), held, 0.0
    )
    limit = break_even.break_even_carrying_rate(order - bare, held, cost)
    return {
        "MTS_cost": stock,
        "MTO_cost_before_premium": order,
        "MTO_cost": order,
        "break_even_premium": premium,
        "break_even_rate": limit,
        "break_even_hazard": limit - given.any_of("holding_rate", default=0.0),
    }
