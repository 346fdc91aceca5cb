"""Risk says which family carries most, and nothing of families where the file names none."""

import pandas as pd
import pytest

from analytics.writeup.words.stock import NO_FAMILY, most_written_off


@pytest.mark.parametrize(
    ("families", "money", "said"),
    [
        ([NO_FAMILY], [900.0], "The file names no families: write-off of all products"),
        (
            [NO_FAMILY, "Bikes", "Caps"],
            [900.0, 300.0, 20.0],
            "Of the families most is to be written off in Bikes: 300 of 1.2 k of the expected write-off lie there",
        ),
        (
            ["Bikes", "Caps"],
            [300.0, 20.0],
            "Most is to be written off in Bikes: 300 of 320 of the expected write-off lie there",
        ),
        (["Bikes", "Caps"], [0.2, 0.0], "No family has a write-off to speak of"),
    ],
)
def test_the_heading_is_true(families: list[str], money: list[float], said: str) -> None:
    assert most_written_off(pd.DataFrame({"family": families, "mix": money})) == said
