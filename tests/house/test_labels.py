"""Every label of a figure on a page resolves to the public function that makes the figure: boxes, tables, axes and tips of charts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from analytics.naming.columns import MARKS
from analytics.naming.figures import FIGURES
from analytics.naming.labels import COMPONENT_BLOCKS, PLANS
from analytics.naming.pages import PAGES, Page
from tests.house.test_written import not_public

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD, ANALYTICS = ROOT / "dashboard", ROOT / "analytics"
#: What shows a table on the page.
SHOWS = {"show_table", "table", "dataframe", "data_editor", "_table", "_shown"}
#: Tables and rows that are built under these names are labels by their keys.
NAMED = {"MEASURES", "row", "rows", "_WIDTHS", "widths", "lines"}


def texts_of(node: ast.expr) -> Iterator[str]:
    """The texts an expression can be; what is filled in is "…", the label of a figure asked for by name is that label."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts_of(node.body), *texts_of(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Subscript):
        asked = node.value
        if name_of(asked.value) == "FIGURES" and isinstance(asked.slice, ast.Constant):
            yield FIGURES[str(asked.slice.value)].label
    elif isinstance(node, ast.Subscript) and name_of(node.value) == "PLANS":
        plan = node.slice
        named = plan.value if isinstance(plan, ast.Constant) else name_of(plan)
        yield from [PLANS[str(named)]] if named in PLANS else []
    elif isinstance(node, ast.List | ast.Tuple):
        yield from (text for one in node.elts for text in texts_of(one))
    elif isinstance(node, ast.Dict):
        yield from (text for key in node.keys if key is not None for text in texts_of(key))


def name_of(node: ast.expr) -> str:
    """The last name of what is called or assigned to."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def shown_names(tree: ast.AST) -> set[str]:
    """Variables and functions of a file whose table is shown as it is."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in SHOWS and node.args:
            first = node.args[0]
            found |= {
                name_of(n.func) if isinstance(n, ast.Call) else n.id
                for n in ast.walk(first)
                if isinstance(n, ast.Call | ast.Name)
            }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and name_of(node.targets[0]) in found
            and isinstance(node.value, ast.Call)
        ):
            found.add(name_of(node.value.func))
    return found


def frames_of(tree: ast.AST) -> Iterator[tuple[ast.Call, bool]]:
    """Every frame that a file makes, and whether it is shown as it is: in the call that shows, as a variable or by a function that is shown."""
    shown = shown_names(tree)
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        by_name = isinstance(node, ast.FunctionDef) and node.name in shown
        by_call = isinstance(node, ast.Call) and name_of(node.func) in SHOWS
        by_value = isinstance(node, ast.Assign) and name_of(node.targets[0]) in shown
        if by_name or by_call or by_value:
            inside |= set(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) == "DataFrame":
            yield node, node in inside


def labels_in(tree: ast.AST) -> Iterator[str]:
    """Labels of a file of pages: of boxes, columns, rows set by name, axes, legends and tips."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = name_of(node.func)
            if called == "metric" or (called.endswith("Column") and node.args):
                yield from texts_of(node.args[0])
            if called in {"Axis", "Tooltip", "Legend", "X", "Y"}:
                yield from (text for k in node.keywords if k.arg == "title" for text in texts_of(k.value))
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Subscript) and name_of(target.value) in NAMED:
                yield from texts_of(target.slice)
            if name_of(target) in NAMED and isinstance(node.value, ast.Dict):
                yield from texts_of(node.value)
        if (
            isinstance(node, ast.For)
            and isinstance(node.target, ast.Tuple)
            and isinstance(node.iter, ast.Tuple)
        ):
            at = [name_of(one) for one in node.target.elts]
            if "label" in at:
                yield from (text for row in node.iter.elts for text in texts_of(row.elts[at.index("label")]))  # type: ignore[attr-defined]
        if (
            isinstance(node, ast.comprehension | ast.For)
            and ast.unparse(node.iter) == "BLOCK_FORMULAS.items()"
        ):
            yield from (FIGURES[name].label for name in COMPONENT_BLOCKS)
    for frame, shown in frames_of(tree):
        titles = [text for one in frame.args[:1] if isinstance(one, ast.Dict) for text in texts_of(one)]
        titles += [
            text for k in frame.keywords if k.arg in ("columns", "index") for text in texts_of(k.value)
        ]
        plain = [title for title in titles if title.isidentifier() and title.islower()]
        if shown or len(plain) < len(titles):  # what feeds a chart has plain names only
            yield from (
                title for title in titles if (shown and len(plain) == len(titles)) or title not in plain
            )


def labels_of(source: str) -> set[str]:
    """The labels of a source, as they are listed: to the first comma, without what is filled in at the end."""
    found = {text.split(",")[0].strip().removesuffix("…").strip() for text in labels_in(ast.parse(source))}
    return found - {""}


def wrong_page(name: str, page: Page, sources: dict[str, str]) -> list[str]:
    """What a page shows that nobody makes, lists and does not show, or says to be made by what is none; `sources`: file -> text."""
    shown = {label for source in sources.values() for label in labels_of(source)}
    found = [f"{name}: {label} is not listed" for label in sorted(shown - set(page.labels))]
    found += [f"{name}: {label} is not shown" for label in sorted(set(page.labels) - shown)]
    for label, makers in [*page.labels.items(), *page.said.items()]:
        unknown = [maker for maker in makers.split(" / ") if maker not in {*FIGURES, *MARKS}]
        found += [f"{name}: {label}: {wrong}" for maker in unknown for wrong in not_public(maker)]
    words = "\n".join([*sources.values(), *written_words()])
    return found + [f"{name}: no sentence says {said!r}" for said in page.said if said not in words]


@cache
def written_words() -> list[str]:
    """The texts of analytics, where sentences that pages print are made."""
    return [
        path.read_text(encoding="utf-8")
        for path in sorted(ANALYTICS.rglob("*.py"))
        if path.parent.name != "naming"
    ]


def sources_of(page: Page) -> dict[str, str]:
    """The files of a page with their texts."""
    return {file: place_of(file).read_text(encoding="utf-8") for file in page.files}


def place_of(file: str) -> Path:
    """Where a file of a page lies: in the dashboard, but for charts that files of analytics show too."""
    return (ROOT if file.startswith("analytics/") else DASHBOARD) / file


def test_every_label_on_the_screen_is_made_by_a_function() -> None:
    assert [wrong for name, page in PAGES.items() for wrong in wrong_page(name, page, sources_of(page))] == []
    assert sum(len(page.labels) for page in PAGES.values()) > 200


def test_every_file_with_a_label_belongs_to_one_page() -> None:
    placed = [file for page in PAGES.values() for file in page.files]
    assert len(placed) == len(set(placed))
    every = {path.relative_to(DASHBOARD).as_posix(): path for path in DASHBOARD.rglob("*.py")}
    shared = [
        path
        for room in ("charts", "takeaway", "words")
        for path in (ANALYTICS / "writeup" / room).glob("[a-z]*.py")
    ]
    every |= {path.relative_to(ROOT).as_posix(): path for path in shared}
    # what the app keeps for itself has tables of a database
    pages = {file: path for file, path in every.items() if not file.startswith("kept/")}
    with_labels = {file for file, path in pages.items() if labels_of(path.read_text(encoding="utf-8"))}
    assert with_labels <= set(placed)
    assert {f"views/{path.name}" for path in (DASHBOARD / "views").glob("[a-z]*.py")} <= set(placed)


@pytest.mark.parametrize(
    "planted",
    [
        'st.metric("Cash at risk", 1)',
        'st.metric(f"Cash at risk, {unit}" if money else "Gain", 1)',
        'shown = pd.DataFrame({"Cash at risk": [1]})\nshow_table(shown)',
        'def made():\n    return pd.DataFrame(rows, columns=["cash_at_risk", "what"])\nshow_table(made())',
        'rows["Cash at risk"] = 3',
        'alt.Y("x:Q", axis=alt.Axis(title="Cash at risk"))',
        'tips = [alt.Tooltip("x:Q", title="Cash at risk")]',
        'c = {"Gain": st.column_config.NumberColumn("Cash at risk", width=80)}',
    ],
)
def test_a_label_without_function_is_found(planted: str) -> None:
    page = PAGES["Answer"]
    sources = {**sources_of(page), "views/planted.py": planted}
    found = [wrong for wrong in wrong_page("Answer", page, sources) if "what" not in wrong]
    assert [wrong.lower().replace("_", " ") for wrong in found] == ["answer: cash at risk is not listed"]


@pytest.mark.parametrize(
    "maker", ["happiness", "analytics.strategy.gains.no_such", "analytics.strategy.gains._bounds"]
)
def test_a_label_said_to_be_made_by_no_function_is_found(maker: str) -> None:
    page = PAGES["Answer"]
    (wrong,) = wrong_page("Answer", replace(page, labels={**page.labels, "Gain": maker}), sources_of(page))
    assert wrong.startswith("Answer: Gain: ")
    gone = replace(
        page, labels={**page.labels, "Old box": "profit"}, said={"words that nobody says": "profit"}
    )
    assert wrong_page("Answer", gone, sources_of(page)) == [
        "Answer: Old box is not shown",
        "Answer: no sentence says 'words that nobody says'",
    ]
    # a frame that feeds a chart has plain names, and is no table
    assert labels_of('frame = pd.DataFrame({"period": x, "units": y})\ndraw(chart(frame))') == set()
