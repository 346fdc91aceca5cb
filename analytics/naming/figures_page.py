"""The table "number on the screen -> function" as it stands in the README of analytics: by page, by file, by document."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.naming.columns import AS_GIVEN, BY_ROW, COUNTED, FILES, MARKS, WORDS, File
from analytics.naming.documents import DOCUMENTS, FURTHER_FILES
from analytics.naming.figures import FIGURES, LABELS

__all__ = ["figures_markdown", "readme_with"]

_BEGIN, _END = "<!-- figures: python -m analytics.naming.figures --write -->", "<!-- end of figures -->"
#: What is said of the columns that hold no figure of their own.
_SAID = {
    AS_GIVEN: "as in your files or assumptions",
    WORDS: "words and names",
    COUNTED: "counted or added up there",
    BY_ROW: "the figure that the row names",
}


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _function(path: str) -> str:
    return f"`{path.removeprefix('analytics.')}`"


def _gathered(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What is shown (column, label, key) by what makes it, in the order in which the makers first come."""
    found: dict[str, list[str]] = {}
    for shown, maker in names:
        found.setdefault(maker, []).append(shown)
    return found


def _labels_table() -> list[str]:
    also = _gathered(LABELS.items())
    lines = ["| number on the screen | name | unit | function |", "|---|---|---|---|"]
    for one in FIGURES.values():
        labels = "; ".join([one.label, *also.get(one.name, [])])
        lines.append(f"| {labels} | `{one.name}` | {one.unit} | {_function(one.function)} |")
    return lines


def _file_table(name: str, file: File) -> list[str]:
    by_maker = _gathered([*file.columns.items(), *file.rows.items()])
    figures = {maker: shown for maker, shown in by_maker.items() if maker not in MARKS}
    rest = "; ".join(f"{_code(by_maker[mark])} {said}" for mark, said in _SAID.items() if mark in by_maker)
    lines = [f"**{name}.csv** of `{file.by}`, made by {_function(file.made_by)}: {rest}."]
    if not figures:
        return lines
    lines += ["", "| column or row | name | unit | function |", "|---|---|---|---|"]
    for maker, shown in figures.items():
        one = FIGURES[maker]
        lines.append(f"| {_code(shown)} | `{maker}` | {one.unit} | {_function(one.function)} |")
    return lines


def _document_table(command: str) -> list[str]:
    lines = ["| key | figure | function |", "|---|---|---|"]
    for maker, keys in _gathered(DOCUMENTS[command].items()).items():
        if maker in FIGURES:
            lines.append(f"| {_code(keys)} | `{maker}` | {_function(FIGURES[maker].function)} |")
        elif maker in MARKS:
            lines.append(f"| {_code(keys)} | | {maker} |")
        else:
            lines.append(f"| {_code(keys)} | | {_function(maker)} |")
    return lines


def figures_markdown() -> str:
    """The table "number on the screen -> function" as Markdown: on the screen, in files, in documents."""
    parts = [["### On the screen"], _labels_table(), ["### In files"]]
    parts += [_file_table(name, file) for name, file in FILES.items()]
    titles = {
        "analyze": "`summary.json` of `analyze`",
        "replay": "`summary.json` of `replay`",
        "check": "`check --json`, and `summary.json` of `check`",
    }
    for command in DOCUMENTS:
        stands = (
            " `*` is any plan, policy or name, `[]` every entry of a list." if command == "analyze" else ""
        )
        if command == "check":
            stands = f" Blocks of further files ({_code(FURTHER_FILES)}) have the same keys."
        parts += [[f"### {titles[command]}"], [f"Keys that hold numbers.{stands}"], _document_table(command)]
    return "\n\n".join("\n".join(part) for part in parts)


def readme_with(text: str) -> str:
    """A page with the table of figures between its two marks written anew. Raises ValueError where it has no such marks."""
    before, mark, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not mark or not end:
        raise ValueError(f"readme_with: the page must hold the lines {_BEGIN!r} and {_END!r}")
    return f"{before}{_BEGIN}\n\n{figures_markdown()}\n\n{_END}{after}"
