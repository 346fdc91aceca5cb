"""The table "number on the screen -> function" as it stands in the README of analytics: by page, by file, by document."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.naming.columns import AS_GIVEN, BY_ROW, COUNTED, FILES, MARKS, WORDS, File
from analytics.naming.documents import DOCUMENTS, FURTHER_FILES
from analytics.naming.figures import FIGURES
from analytics.naming.pages import PAGES, Page

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


def _made(maker: str) -> str:
    """The last cells of a row: name and unit where what makes it is a figure, and the function."""
    if maker not in FIGURES and " / " not in maker:
        return f" | | {_function(maker)}"
    both = [FIGURES[name] for name in maker.split(" / ")]
    functions = ", ".join(_function(one.function) for one in both)
    return f"{_code(one.name for one in both)} | {both[0].unit} | {functions}"


def _page_table(name: str, page: Page) -> list[str]:
    lines = [f"**{name}**", "", "| on the page | name | unit | function |", "|---|---|---|---|"]
    shown = _gathered(
        [*page.labels.items(), *((f"... {words} ...", maker) for words, maker in page.said.items())]
    )
    lines += [
        f"| {'; '.join(labels)} | {_made(maker)} |" for maker, labels in shown.items() if maker not in MARKS
    ]
    rest = "; ".join(f"{', '.join(shown[mark])}: {said}" for mark, said in _SAID.items() if mark in shown)
    return [*lines, "", f"{rest[:1].upper()}{rest[1:]}."] if rest else lines


def _other_table() -> list[str]:
    """Figures that no page calls by name in a box, a table or a sentence: by their own label."""
    every = (maker for page in PAGES.values() for maker in (*page.labels.values(), *page.said.values()))
    listed = {name for maker in every for name in maker.split(" / ")}
    lines = ["| number | name | unit | function |", "|---|---|---|---|"]
    return lines + [f"| {one.label} | {_made(name)} |" for name, one in FIGURES.items() if name not in listed]


def _file_table(name: str, file: File) -> list[str]:
    by_maker = _gathered([*file.columns.items(), *file.rows.items()])
    figures = {maker: shown for maker, shown in by_maker.items() if maker not in MARKS}
    rest = "; ".join(f"{_code(by_maker[mark])} {said}" for mark, said in _SAID.items() if mark in by_maker)
    lines = [f"**{name}.csv** of `{file.by}`, made by {_function(file.made_by)}: {rest}."]
    if not figures:
        return lines
    lines += ["", "| column or row | name | unit | function |", "|---|---|---|---|"]
    return [*lines, *(f"| {_code(shown)} | {_made(maker)} |" for maker, shown in figures.items())]


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
    how = "A label is listed to its first comma, what is filled in as …; between dots stand words of a sentence."
    parts = [["### On the screen"], [how], *(_page_table(name, page) for name, page in PAGES.items())]
    parts += [["### Figures in charts, in explanations and in files"], _other_table(), ["### In files"]]
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
