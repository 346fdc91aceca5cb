"""What service costs, of a product or a family: the curve with today and the plan on it, a target that can be set, and its price."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.naming.labels import Strategy, money_text, number_text, percent_text
from analytics.naming.scales import of_percent
from analytics.scenario.service import price_of_service
from analytics.strategy.what_if.service_curve import TARGETS, ServiceCurve, ServicePoint
from analytics.writeup.charts.theme import ink
from dashboard.charts.service import service_cost_chart
from dashboard.number_form import slider_format
from dashboard.parts.frame import draw, small
from dashboard.parts.tables import show_table
from dashboard.results import product_results
from dashboard.results.facts import Facts
from dashboard.state.choice import Choice
from dashboard.text.words import plain

__all__ = ["family_service_part", "finding", "price_words", "service_cost_part"]


def _said(point: ServicePoint, currency: str) -> str:
    return f"{percent_text(point.served)} at once for {money_text(point.cost, currency)}"


def finding(curve: ServiceCurve, facts: Facts) -> str:
    """Today and the plan in a sentence: what each serves at once, and what that costs."""
    today, plan = _said(curve.today, facts.currency), _said(curve.plan, facts.currency)
    if today == plan:
        return f"Service and its cost: today as in the plan {plan}"
    return f"Service and its cost: today {today}, the plan {plan}"


def price_words(curve: ServiceCurve, target: float, currency: str) -> str:
    """What a target service costs and brings beside the plan, in words."""
    price = price_of_service(curve, target)
    more = "more" if price.costs >= 0.0 else "less"
    gains = "more" if price.earns >= 0.0 else "less"
    one = len(curve.units) == 1
    who = "Stocked to serve" if one else "With every product stocked to serve"
    cannot = ""
    if price.unreached:
        cannot = (
            " No setting that was simulated serves it so well: it is the best there is."
            if one
            else f" {price.unreached:,} of {len(curve.units):,} cannot be served so well from stock and are served as well as they can be."
        )
    return (
        f"{who} at least {percent_text(target)} at once, {percent_text(price.point.served)} is served: "
        f"{money_text(abs(price.costs), currency)} {more} cost than the plan, and {money_text(abs(price.earns), currency)} {gains} contribution "
        f"after stock costs over 12 months.{cannot}"
    )


@st.fragment
def _curve(curve: ServiceCurve, facts: Facts, key: str) -> None:
    """The picture, the target and its price, the table behind."""
    st.subheader(plain(finding(curve, facts)), anchor=False)
    target = of_percent(
        st.slider(
            "Serve at once at least, %",
            50.0,
            99.9,
            95.0,
            step=0.5,
            format=slider_format(),
            key=f"service-{key}",
        )
    )
    asked = curve.at(target)
    points = curve.points()
    marks = pd.DataFrame(
        [
            {"plan": plan, "name": name, **point._asdict(), "amount": number_text(point.cost, 3)}
            for plan, name, point in (
                ("baseline", "today", curve.today),
                ("mix", "plan", curve.plan),
                (Strategy.MTS, "your target", asked),
            )
        ]
    )
    words = price_words(curve, target, facts.currency)
    draw(
        service_cost_chart(
            pd.DataFrame([point._asdict() for point in points]), marks, ink(st.context.theme.type)
        ),
        alt=f"{finding(curve, facts)}. {words}",
    )
    st.markdown(plain(words))
    left = f" {curve.without_money:,} without price or cost are not in it." if curve.without_money else ""
    small(
        f"{facts.currency or 'Money'} over 12 months: booked cost and cost of capital, margin not earned apart. The line stocks every product at its cheapest "
        f"setting that serves so much; it is picked on the same simulated years, so that what can be had may lie a little above it.{left}"
    )
    with st.expander("The curve in figures"):
        rows = [
            *((f"from stock, at least {percent_text(t)}", p) for t, p in zip(TARGETS, points, strict=True)),
            ("today", curve.today),
            ("plan", curve.plan),
        ]
        show_table(
            pd.DataFrame(
                [
                    [name, percent_text(p.served), number_text(p.cost, 3), number_text(p.profit, 3)]
                    for name, p in rows
                ],
                columns=["How it is run", "Served at once", "Cost", "Contribution after stock costs"],
            ),
            hide_index=True,
            width="stretch",
            alt="Service, cost and contribution for every target, today and in the plan",
        )


def service_cost_part(choice: Choice, facts: Facts, sku: str) -> None:
    """The curve of one product by its code as it is shown; nothing where no money is known of it or all is being worked out."""
    if facts.pending or not facts.has_money:
        return
    if not st.toggle("What would another service cost?", key=f"service-of-{facts.digest[:8]}-{sku}"):
        return
    curve = product_results.service_of(choice, sku=sku)
    if curve is not None:
        _curve(curve, facts, f"{facts.digest[:8]}-{sku}")


def family_service_part(choice: Choice, facts: Facts) -> None:
    """The curve of a family that is chosen; nothing where the files name none."""
    if not facts.has_money:
        return
    if facts.pending:
        small("What another service would cost is said once the ranges are worked out.")
        return
    live = facts.products[~facts.products["ended"]]
    families = sorted({str(name) for name in live["family"] if str(name)})
    if not families:
        return
    family = st.selectbox(
        "What would another service cost?",
        families,
        index=None,
        placeholder="choose a family",
        format_func=plain,
        key=f"service-family-{facts.digest[:8]}",
    )
    if family is None:
        return
    curve = product_results.service_of(choice, family=str(family))
    if curve is None:
        small("No money is known of this family.")
        return
    _curve(curve, facts, f"{facts.digest[:8]}-family-{family}")
