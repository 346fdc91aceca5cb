"""What the pages Answer and Report show of the change since an earlier study, and where such a study is kept or brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analytics.errors import DataError
from analytics.naming.labels import money_text
from analytics.study_change.outcome import AMOUNTS
from dashboard.month.compared import Earlier, compared, earlier, key_of_change, looked_at, set_earlier
from dashboard.month.store import keep_study, kept_studies, remove_study
from dashboard.month.words import (
    AMOUNT_LABELS,
    change_sentence,
    mix_sentence,
    realised_sentence,
    realised_shown,
    switched_shown,
    why_it_changed,
)
from dashboard.parts.frame import beside, data_error, small
from dashboard.parts.gain_pictures import signed_text
from dashboard.parts.tables import show_table
from dashboard.results import compute
from dashboard.results.facts import Facts
from dashboard.state.choice import Choice
from dashboard.team.session import changes, served, this_place
from dashboard.text.words import plain

if TYPE_CHECKING:
    from analytics.study_change.attribution import Change
    from analytics.study_change.realised import Realised

__all__ = ["again_part", "since_last_part"]

#: An earlier study that is dropped has at most so many megabytes.
_MOST_MB = 200
_REFUSED = "The earlier study cannot be compared with these data."


def _found(choice: Choice) -> tuple[Change, Realised] | None:
    """The comparison, where one is asked for; computed beside the page with its progress, or told why it cannot be."""
    one = earlier(choice)
    if one is None:
        return None
    found = compared(choice, one)
    if found is None:
        beside("change", key_of_change(choice, one), lambda progress: compared(choice, one, progress))
    if isinstance(found, DataError):
        set_earlier(choice, None)
        data_error(found, _REFUSED)
        return None
    return found


def _compare(choice: Choice, one: Earlier) -> None:
    """Compare with this one from now on, where that can be; else say why not."""
    try:
        looked_at(choice, one)
    except DataError as error:
        data_error(error, _REFUSED)
        return
    set_earlier(choice, one)
    st.rerun()


def since_last_part(choice: Choice, facts: Facts) -> None:
    """Arrows against the earlier study, and why it changed; nothing where none is compared with."""
    found = _found(choice)
    if found is None:
        return
    change, _ = found
    st.subheader(plain(change_sentence(change, facts.currency)), anchor=False)
    columns = [st.grid(4, min_column_width=200)] * len(AMOUNTS)
    for column, name in zip(columns, AMOUNTS, strict=True):
        before, now = change.before.total(name), change.now.total(name)
        moved = now - before
        column.metric(
            AMOUNT_LABELS[name],
            money_text(now, facts.currency),
            signed_text(moved) if abs(moved) >= 0.5 else None,
            delta_color="normal" if name in ("gain_per_year", "becomes_cash") else "inverse",
            delta_description=f"since {change.earlier.last_date}" if abs(moved) >= 0.5 else "as before",
            border=True,
        )
    small(mix_sentence(change))
    with st.expander("Why it changed"):
        _why(change)


def _why(change: Change) -> None:
    show_table(why_it_changed(change), hide_index=True, width="stretch", alt="Why it changed, by cause")
    small(
        "Causes are replaced one after another in this order and the study is run again after each, so the rows add up; in another order the parts would be others. "
        "Demand is valued at the prices of before, prices and costs at the demand of now."
    )
    if len(switched := switched_shown(change)):
        st.markdown("**Strategies that turned**")
        show_table(switched, hide_index=True, width="stretch", alt="Strategies that turned, and by what")


def again_part(choice: Choice, facts: Facts) -> None:
    """The section of the page Report: what changed since the earlier study, or where one is brought, and this one kept."""
    found = _found(choice)
    if found is not None:
        change, realised = found
        st.subheader(plain(change_sentence(change, facts.currency)), anchor=False)
        small(mix_sentence(change))
        _why(change)
        st.markdown(f"**Promised against realised.** {plain(realised_sentence(realised))}")
        if len(realised.skus):
            shown = realised_shown(realised)
            show_table(shown, hide_index=True, width="stretch", alt="Promised against realised")
            small(
                f"Promised for the {realised.days} days in between; stock promised is the average of a year."
            )
        with st.container(key="no-print-compared"):
            st.button("Stop comparing", on_click=set_earlier, args=(choice, None), key="stop-comparing")
    if compute.may_be_kept(choice):
        with st.container(key="no-print-again"), st.expander("Again next month: compare with an earlier study, keep this one"):  # fmt: skip
            _bring(choice, facts)
            _keep(choice)


def _bring(choice: Choice, facts: Facts) -> None:
    dropped = st.file_uploader(
        "Earlier study: the file kept_study.bin of its folder, or the folder as a zip archive",
        type=["bin", "zip"],
        key="earlier-study",
        max_upload_size=_MOST_MB,
    )
    if dropped is not None and st.button("Compare with this study", type="primary", key="compare-dropped"):
        _compare(choice, Earlier(dropped.name, dropped.getvalue()))
    kept = kept_studies([str(sku) for sku in facts.products["sku"]])
    if not kept:
        return
    titles = {one.file: one.title for one in kept}
    file = st.selectbox(
        f"Kept on {this_place()}",
        list(titles),
        format_func=lambda name: plain(titles[name]),
        key="kept-studies",
    )
    with st.container(horizontal=True):
        if st.button("Compare with the kept one", key="compare-kept"):
            one = next(one for one in kept if one.file == file)
            _compare(choice, Earlier(one.title, one.data))
        if st.button("Delete the kept one", key="delete-kept", icon=":material/delete:"):
            changes(remove_study)(file)
            st.rerun()


def _keep(choice: Choice) -> None:
    folder = (
        f"your own data folder on {this_place()}"
        if served() is None
        else f"the folder of your company on {this_place()}"
    )
    small(
        f"Kept is the study itself: the sales as they were understood, products, answers and what was decided, in one file in {folder}. "
        "It is deleted when you forget these data, or by the button beside the list of kept ones; a backup holds it too. Or take it along: it is among the files of this page."
    )
    if st.button("Keep this study to compare next month", key="keep-study", icon=":material/save:"):
        _kept(choice)


@changes
def _kept(choice: Choice) -> None:
    current = compute.study(choice)
    make = next(iter(compute.kept_of(choice, current).values()))
    why = keep_study(choice.source.digest, make())
    st.toast(plain(f"Not kept: {why}." if why else f"Kept on {this_place()}."))
