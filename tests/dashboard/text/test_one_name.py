"""One name for one thing: what the glossary forbids stands on no page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import settled
from tests.dashboard.pages import PAGES, lines_of

Start = Callable[..., AppTest]
README = Path(__file__).resolve().parents[3] / "analytics" / "README.md"


def forbidden() -> dict[str, str]:
    """Synonym -> the one name, from the glossary."""
    table = README.read_text(encoding="utf-8").split("### One name for one thing")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in table.splitlines()
        if line.startswith("| ") and "---" not in line
    ]
    return {re.sub(r" \(.*\)", "", word).strip(): row[0] for row in rows[1:] for word in row[2].split(",")}


def charts_of(at: AppTest) -> list[str]:
    """Every text of the data behind the charts of a page."""
    return [
        json.dumps(json.loads(chart.proto.spec).get("datasets", {}), ensure_ascii=False)
        for chart in at.get("vega_lite_chart")
        if chart.proto.spec
    ]


def test_the_glossary_names_what_is_never_said() -> None:
    names = forbidden()
    assert {"Baseline", "As today", "today's strategies", "Pooling shared by fewer", "Cash tied up"} <= set(
        names
    ) and "" not in names
    assert not set(names) & set(names.values())


@pytest.mark.parametrize("data", ["servers", "household"])
def test_no_page_calls_one_thing_by_two_names(start: Start, data: str) -> None:
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in forbidden()))
    for page in PAGES:
        at = settled(start(data, "" if page == "answer" else page))
        assert not at.exception
        said = [f"{page}: {line}" for line in (*lines_of(at), *charts_of(at)) if words.search(line)]
        assert not said, said[:3]
