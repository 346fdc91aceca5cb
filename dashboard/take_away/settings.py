"""Settings for the system of the person: what changes there, today's beside the new, and the file that it imports."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.labels import number_text
from analytics.naming.systems import SYSTEMS
from dashboard.number_form import locale
from dashboard.parts.tables import show_table
from dashboard.results import compute
from dashboard.state.choice import Choice
from dashboard.text.words import plain

__all__ = ["MAPPING", "settings_part"]

#: The file of what systems call a setting.
MAPPING = "settings.toml"
_SYSTEM, _PLACE = "settings-system", "settings-place-"
#: So many settings stand on the page; all are in the files.
_MOST = 200


def settings_part(choice: Choice, has_money: bool) -> None:
    """The settings that the study on the screen changes: the system and its place chosen, the dry run, and the files."""
    st.subheader("Settings for your system", anchor=False)
    with st.container(horizontal=True):
        name = st.selectbox(
            "System", list(SYSTEMS), format_func=lambda one: SYSTEMS[one].title, key=_SYSTEM, width=260
        )
        place = SYSTEMS[name].place
        if "place" in SYSTEMS[name].columns:
            place = st.text_input("Location, plant or warehouse", place, key=f"{_PLACE}{name}", max_chars=100, width=260,
                                  help="Written in every row: reorder rules are for one place.")  # fmt: skip
    found = compute.settings(choice, name, place)
    changes = found.changes
    count = changes["sku"].nunique()
    st.caption(
        plain(
            f"{len(changes):,} settings of {count:,} {'product' if count == 1 else 'products'} change"
            + (f"; the first {_MOST:,} are here" if len(changes) > _MOST else "")
            + ". Only what changes is in the file; an empty cell there is not known here."
        )
    )
    here = changes.head(_MOST)
    shown = pd.DataFrame(
        {
            "SKU": here["sku"], "Product": here["name"], "Setting": here["setting"], "Today": here["today"], "New": here["new"],
            "Gain": [number_text(gain, 3) if np.isfinite(gain) else "" for gain in here["gain_per_year"]],
        }
    )  # fmt: skip
    if len(shown):
        show_table(
            shown if has_money else shown.drop(columns="Gain"),
            alt=f"Settings that change in {found.system.title}",
            hide_index=True,
        )
    for note in found.notes:
        st.markdown(f"- {plain(note)}.")
    form = locale()
    with st.container(horizontal=True):
        if len(found.rules) and not choice.anonymous:
            st.download_button(
                f"Settings for {found.system.title} (CSV)", lambda: found.file(form), f"{name}.csv", "text/csv", on_click="ignore",
                key=f"settings-file-{name}", icon=":material/download:",
            )  # fmt: skip
        st.download_button(
            "What systems call a setting (TOML)", compute.mapping_file, MAPPING, "application/toml", on_click="ignore", key="settings-mapping",
            icon=":material/download:", help="Edit it for your own columns and words, and give it as stock-or-order export --mapping-file.",
        )  # fmt: skip
    if choice.anonymous:
        st.caption(
            "Names are hidden: a file under made-up codes would match no product of your system. Show the names to take it."
        )
        return
    st.caption(
        "Load the file, or an export of the same columns, beside the sales next month (page Data): it is read as what is set today."
    )
