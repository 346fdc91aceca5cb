"""What a session without the right to see costs is shown: the mix, units and waits. No amount of money is read here.

Nothing is taken out of the other pages, whose sentences, charts and files all hold money: they are withheld whole, with a
sentence that says so. What stands here is made of strategies, units, days and shares alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.naming.labels import number_text, percent_text, strategy_text
from dashboard.files_in_use import use
from dashboard.number_form import form_part, keep_names
from dashboard.parts.frame import PATIENCE_SECONDS, waiting
from dashboard.parts.tables import XLSX, new_page, show_table, sparklines, take_tables, workbook_of
from dashboard.results import compute
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs
from dashboard.team import session
from dashboard.team.entrance import signed_in_part
from dashboard.text.computed import computed_part
from dashboard.text.words import counts_of, plain, waits_of, ways_of
from sample_data import samples

__all__ = ["OF_A_TEAM", "PAGES", "mix_table", "run"]

#: Pages that have something without money, by their path; all others are withheld.
PAGES = ("", "products")
#: Pages about people and the server, where there are no figures of the company.
OF_A_TEAM = ("people", "changes", "operations")


def sidebar() -> None:
    """The data on the screen and the form of numbers; no scenario, whose name may hold an amount."""
    choices = inputs.choices()
    use(*(choices[name].source.digest for name in (inputs.OWN,) if name in choices))
    if "_open" in st.session_state:
        st.session_state["data"] = st.session_state.pop("_open")
    titles = {name: sample.title for name, sample in samples().items()}
    if inputs.OWN in choices:
        titles[inputs.OWN] = "Your company's file"
    with st.sidebar:
        st.markdown("**stock-or-order**")
        st.selectbox("Data", list(titles), format_func=lambda name: titles[name], key="data")
        form_part("number-form")


def _facts() -> Facts:
    choice = inputs.choice()
    found = compute.at_once(choice)
    if found is None or found.known < Known.YEARS:
        work = compute.start(choice, Known.YEARS)
        if not work.wait(PATIENCE_SECONDS):
            with waiting("Working it out") as progress:
                while not work.wait(0.5) and not compute.is_ready(choice, Known.YEARS):
                    progress(work.share, work.doing)
        if work.error is not None:
            st.title("These data cannot be shown", anchor=False)
            st.error(
                "What is wrong with them is on the page Data, for those who may see costs.",
                icon=":material/error:",
            )
            st.stop()
        found = compute.facts(choice, need=Known.YEARS)
    keep_names(found.digest, lambda: found.products["name"].astype(str))
    return found


def mix_table(facts: Facts) -> pd.DataFrame:
    """One row per living product, by name: what is done, units a year and in stock, levels, and who waits."""
    live = np.flatnonzero(~facts.products["ended"].to_numpy(bool))
    way = ways_of(facts)
    products = facts.products.iloc[live]
    table = pd.DataFrame(
        {
            "SKU": products["sku"].to_numpy(),
            "Product": products["name"].to_numpy(),
            "Family": products["family"].to_numpy(),
            "Do": [
                strategy_text(way[i], facts.products["make_or_buy"].iloc[i] == "make").capitalize()
                for i in live
            ],
            "Units a year": facts.mix_units("units_demanded")[live].round(1),
            "In stock": facts.mix_units("units_on_hand")[live].round(1),
            "Reorder point": products["reorder_point"].to_numpy(),
            "Order up to": products["order_up_to_level"].to_numpy(),
            "Days quoted": products["quote_days"].to_numpy(),
            "Who waits": waits_of(products),
            "Sales": sparklines(facts, live),
        }
    )
    return table.sort_values(["Product", "SKU"], kind="stable").reset_index(drop=True)


def _mix(facts: Facts) -> None:
    service, count = facts.portfolio.service["mix"], counts_of(facts)
    live = sum(count.values())
    kinds = [f"{number_text(n, 6)} {strategy_text(str(name))}" for name, n in count.items() if n]
    st.title(
        plain(f"{number_text(live, 6)} living products: {', '.join(kinds) or 'nothing to decide'}"),
        anchor=False,
    )
    if not live:
        return
    rows = np.flatnonzero(~facts.products["ended"].to_numpy(bool))
    sold, stock = (float(np.nansum(facts.mix_units(name)[rows])) for name in ("units_sold", "units_on_hand"))
    columns = [st.grid(4, min_column_width=230)] * 4
    columns[0].metric("Units sold a year", number_text(sold), border=True)
    columns[1].metric("Units in stock", number_text(stock), border=True, help="Average of the year")
    columns[2].metric("Orders that wait", percent_text(service["share_waiting"]), border=True)
    columns[3].metric("Sales lost", percent_text(service["share_lost"]), border=True)
    st.caption("Expected over the next 12 months, by the mix that is recommended or was chosen.")


def _products(facts: Facts) -> None:
    table = mix_table(facts)
    st.title(f"{len(table):,} living products: what is done, in units and days", anchor=False)
    show_table(
        table,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * max(len(table), 1), 668),
        column_config={
            "Product": st.column_config.TextColumn(pinned=True, width=208),
            "Sales": st.column_config.AreaChartColumn("Sales, by month", width=110, color="gray"),
        },
        alt=f"{len(table)} living products with strategy, units, levels and waits",
    )
    st.download_button(
        "These products (XLSX)",
        lambda: workbook_of([("Products", lambda: table.drop(columns="Sales"))]),
        "products.xlsx",
        XLSX,
        on_click="ignore",
        key="units-products",
        icon=":material/download:",
        type="tertiary",
    )


@st.fragment
def _computed() -> None:
    """How the figures of these pages are computed; a choice there runs this alone, so that it is marked anew."""
    with session.without_money():
        computed_part("Without costs", None)


def run(page: StreamlitPage) -> None:
    """A run of a page for a session without the right to see costs."""
    new_page()
    if not inputs.lost():
        sidebar()
    signed_in_part()
    if page.url_path in OF_A_TEAM:
        page.run()
    elif page.url_path not in PAGES:
        _withheld(page.title)
    elif inputs.lost():
        st.title("These data are not open", anchor=False)
        st.info(
            "The file that the address names is not in use now. Ask who sent you the link to open it, then load this page again.",
            icon=":material/info:",
        )
    else:
        facts = _facts()
        (_mix if page.url_path == "" else _products)(facts)
        _computed()
    take_tables()


def _withheld(title: str) -> None:
    st.title(plain(title), anchor=False)
    st.info(
        f"The page {plain(title)} is made of amounts of money, and you have no right to see costs. "
        "The mix, units and waits are on the pages Answer and Products. "
        "An administrator of your company can give the right on the page People.",
        icon=":material/lock:",
    )
