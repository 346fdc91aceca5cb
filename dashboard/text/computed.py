"""How every figure of a page is computed, at its foot: formula, source and function from the docstrings, with the amounts of the plans on the screen."""

from __future__ import annotations

import streamlit as st

from analytics.naming.figures import FIGURES
from analytics.naming.glossary import Entry, how_made, makers_of
from analytics.naming.labels import PLANS, number_text, percent_text
from dashboard.results.facts import Facts
from dashboard.text.words import plain

__all__ = ["computed_of_page", "computed_part", "parts_of_page"]

_STOCK = "Stock on hand (Answer, Data, Stock and risk)"
_MONTH = "Again next month"
#: What each tab draws besides the part that bears its name.
_FURTHER = {
    "Answer": (_STOCK, _MONTH),
    "Data": (_STOCK,),
    "Stock and risk": (_STOCK,),
    "Limits": (),
    "Report": ("Answer", "Compare", _MONTH),
}
#: Tabs that show no figure of their own.
_WITHOUT = ("Help",)


def parts_of_page(title: str, product_open: bool = False) -> tuple[str, ...]:
    """The parts of `PAGES` that a tab shows; a product that is open is a page of its own.

    >>> parts_of_page("Products", True), parts_of_page("Help")
    (('One product',), ())
    """
    if title in _WITHOUT:
        return ()
    if title == "Products" and product_open:
        return ("One product",)
    return (title, *_FURTHER.get(title, ()))


def _one(entry: Entry) -> None:
    st.markdown(plain(entry.meaning))
    if entry.formula:
        st.code(entry.formula, language=None, wrap_lines=True)
    source = f"Source: {entry.source}. " if entry.source else ""
    st.caption(f"{plain(source)}In the code: `{entry.function}`")


def plans_said(facts: Facts | None, name: str) -> str:
    """What a figure is under each plan on the screen; "" where it is no figure of plans."""
    if facts is None or name not in FIGURES:
        return ""
    said = []
    for plan, words in PLANS.items():
        money, service = facts.portfolio.money.get(plan, {}), facts.portfolio.service.get(plan, {})
        if name in money and money[name] == money[name] and facts.has_money:
            said.append(f"{words} {money[name]:,.2f}")
        elif name in service and service[name] == service[name]:
            value = float(service[name])
            share = FIGURES[name].unit == "share"
            said.append(f"{words} {percent_text(value) if share else number_text(value)}")
    if not said:
        return ""
    count = int((~facts.products["ended"]).sum())
    unit = f", {facts.currency or 'money'}" if FIGURES[name].unit.startswith("money") else ""
    how = (
        f"a total over {count:,} living products" if unit else f"over the orders of {count:,} living products"
    )
    return f"On the screen{unit}: {'; '.join(said)}; {how}."


def computed_part(title: str, facts: Facts | None, product_open: bool = False) -> None:
    """Any figure of a page, and how it comes about; without `facts` no amount on the screen is told."""
    makers = makers_of(*parts_of_page(title, product_open))
    if not makers:
        return
    with (
        st.container(key="no-print-computed"),
        st.expander(f"How is this computed? {len(makers)} figures of this page"),
    ):
        label = st.selectbox(
            "Figure of this page",
            sorted(makers, key=str.lower),
            index=None,
            placeholder="choose a figure",
            format_func=lambda one: one[:1].upper() + one[1:],
            key=f"computed-{title}-{product_open}",
        )
        for name in makers.get(label or "", ()):
            if len(makers[str(label)]) > 1:
                st.markdown(f"**{plain(how_made(name).label)}**")
            _one(how_made(name))
            if said := plans_said(facts, name):
                st.caption(plain(said))


@st.fragment
def computed_of_page(title: str, facts: Facts | None, product_open: bool = False) -> None:
    """At the foot of a page: any of its figures, and how it comes about."""
    computed_part(title, facts, product_open)
