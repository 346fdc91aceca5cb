"""Channels on Compare: margin, waits and how their products are run."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.results import product_results


def test_every_channel_says_margin_waits_and_choice(start: Callable[..., AppTest]) -> None:
    at = start("servers", "compare")
    found = product_results.channels_of(at.session_state["choices"]["servers"]).set_index("channel")
    assert len(found) >= 2
    shown = next(t.value for t in at.dataframe if "Channel" in t.value.columns).set_index("Channel")
    assert {"Gross margin", "Orders that wait", "Typical wait", "Products"} <= set(shown.columns)
    for name, row in found.iterrows():
        kinds = ("stocked", "assembled", "ordered", "by_size", "parted_ordered", "parted_stocked")
        counts = [int(row[kind]) for kind in kinds if row[kind]]
        said = [int(part.split()[0]) for part in str(shown.loc[name, "Products"]).split(", ")]
        assert said == counts and sum(counts) <= row["products"]
        assert str(shown.loc[name, "Orders that wait"]).endswith("%")
