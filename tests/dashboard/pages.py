"""Everything that a page says, as lines of plain text: titles, sentences, figures, tables row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

__all__ = ["PAGES", "lines_of"]

PAGES = (
    "answer",
    "data",
    "compare",
    "products",
    "demand",
    "limits",
    "risk",
    "replay",
    "assumptions",
    "report",
    "help",
)
_ESCAPE = re.compile(r"\\(?=[^\w\s])")


def _plain(text: object) -> str:
    """Markdown as it is read: escapes, emphasis and badges taken away."""
    said = str(text)
    while _ESCAPE.search(said):
        said = _ESCAPE.sub("", said)
    return re.sub(r"\*\*|(?<!\w)\*|\*(?!\w)|:\w+-badge|`", "", said).replace("−", "-").replace("\u00a0", " ")


def _table(name: str, frame: Any) -> Iterator[str]:
    """A table row by row: `column = cell` parted by bars, the index first."""
    for index, row in frame.iterrows():
        yield _plain(f"{index} | " + " | ".join(f"{column} = {cell}" for column, cell in row.items()))


def lines_of(at: AppTest) -> list[str]:
    """Every line of the page on the screen."""
    lines: list[str] = []

    def walk(block: Any) -> None:
        for _, element in sorted(block.children.items()):
            if getattr(element, "children", None):
                if getattr(element, "label", ""):
                    lines.append(_plain(element.label))
                walk(element)
            elif element.type in ("arrow_data_frame", "dataframe", "table"):
                lines.extend(_table(element.type, element.value))
            elif element.type == "metric":
                lines.append(_plain(f"{element.label}: {element.value} ({element.delta})"))
            else:
                lines.extend(
                    _plain(text)
                    for text in (getattr(element, "label", ""), getattr(element, "value", ""))
                    if isinstance(text, str) and text
                )

    walk(at.main)
    return lines
