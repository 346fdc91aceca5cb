"""Name on the screen = one function = its docstring: every label, column and key resolves to the public function of its name."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.answers import study_figures
from analytics.naming.figures import (
    AS_GIVEN,
    BY_ROW,
    COUNTED,
    FIGURES,
    FILES,
    LABELS,
    SUMMARY,
    WORDS,
    Figure,
    readme_with,
)
from analytics.naming.labels import COMPONENTS, MEASURES, PLANS
from analytics.study_results import study_summary, study_tables
from analytics.writeup.components import COMPONENT_COLUMNS
from tests.strategy.small import small_study

ROOT = Path(__file__).resolve().parents[2]
MARKS = {AS_GIVEN, BY_ROW, COUNTED, WORDS}


@cache
def small_summary() -> dict[str, Any]:
    """The summary of the small study, made once."""
    return study_summary(small_study())


def unresolved(figure: Figure) -> list[str]:
    """What is wrong with a figure: no function of that name, none that is public, no formula."""
    try:
        function = figure.made_by()
    except (ImportError, AttributeError, ValueError) as error:
        return [f"{figure.name}: {error}"]
    found = []
    if figure.function.rpartition(".")[2] != figure.name or function.__name__ != figure.name:
        found.append(f"{figure.name} is made by {figure.function}")
    if function.__qualname__.split(".")[0] not in getattr(inspect.getmodule(function), "__all__", ()):
        found.append(f"{figure.function} is not public")
    if not figure.formula or not figure.meaning or not figure.label or not figure.unit:
        found.append(f"{figure.name} says no formula, meaning, label or unit")
    return found


def wrong_columns(file: str, columns: Iterable[str]) -> list[str]:
    """Columns of a written table that are no figure of their name (of one strategy: its figure), and none of what is marked."""
    named = FILES.get(file, {})
    found = [f"{file}.csv: {column} is not listed" for column in columns if column not in named]
    for column, name in named.items():
        if name in MARKS:
            continue
        if name not in FIGURES or column.removesuffix(column[len(name) :]) != name:
            found.append(f"{file}.csv: {column} is said to be {name}")
    return found


def labels_of(source: str) -> Iterator[str]:
    """Labels under which a page shows figures: of `metric` boxes, and of rows that are set by name in a table of figures."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "metric":
            yield from texts_of(node.args[0])
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and getattr(target.value, "id", "") in {"row", "rows"}:
                    yield from texts_of(target.slice)
        if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Dict):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if getattr(target, "id", "") in {"MEASURES", "row"}:
                yield from (text for key in node.value.keys if key is not None for text in texts_of(key))


def texts_of(node: ast.expr) -> Iterator[str]:
    """The texts an expression can be, without what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts_of(node.body), *texts_of(node.orelse))
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield str(node.values[0].value).split(",")[0]


def unknown_labels(path: str, source: str) -> list[str]:
    """Labels of figures in a file of pages that neither a figure nor a label has."""
    known = {figure.label for figure in FIGURES.values()} | set(LABELS)
    return [f"{path}: {label}" for label in labels_of(source) if label.strip() not in known]


def number(value: object) -> bool:
    """Whether a value of a document is a number, or holds some."""
    return isinstance(value, int | float | dict) and not isinstance(value, bool)


def keys_of(document: dict[str, object]) -> Iterator[str]:
    """Keys of a document under which a number stands, down to two levels."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from (f"{key}.{name}" for name, inner in value.items() if number(inner))
        elif number(value) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            yield key


def unknown_keys(document: dict[str, object]) -> list[str]:
    """Keys of `summary.json` with a number whose figure nobody names, themselves or the block they stand in."""
    return [key for key in keys_of(document) if key not in SUMMARY and key.partition(".")[0] not in SUMMARY]


def test_every_figure_is_made_by_the_public_function_of_its_name() -> None:
    assert set(MEASURES) | set(COMPONENTS) <= set(FIGURES)
    assert [wrong for figure in FIGURES.values() for wrong in unresolved(figure)] == []


def test_every_label_of_another_wording_is_a_figure() -> None:
    assert [label for label, name in LABELS.items() if name not in FIGURES and name not in MARKS] == []
    assert not set(LABELS) & {figure.label for figure in FIGURES.values()}


def test_every_column_of_every_written_table_is_a_figure() -> None:
    tables = {name: list(make().columns) for name, make in study_tables(small_study()).items()}
    tables["components"] = list(COMPONENT_COLUMNS)
    assert set(tables) == set(FILES)
    assert [wrong for file, columns in tables.items() for wrong in wrong_columns(file, columns)] == []
    assert set(study_tables(small_study())["strategies"]()["measure"]) <= set(FIGURES)
    lines = study_tables(small_study())["shared"]()["line"]
    assert {str(line).replace(" ", "_") for line in lines} <= set(FIGURES)


def test_every_number_of_the_summary_is_a_figure() -> None:
    document = small_summary()
    assert unknown_keys(document) == []
    for plan in document["totals"].values():
        assert set(plan) - {"shared"} <= set(FIGURES)
    for plan in document["service"].values():
        assert set(plan) <= set(FIGURES)
    blocks = [name for name in SUMMARY.values() if name not in FIGURES and name not in MARKS]
    for block in blocks:
        module, _, name = block.rpartition(".")
        assert not unresolved_block(module, name)


def test_the_table_of_figures_says_what_the_summary_says() -> None:
    study = small_study()
    table, document = study_figures(study), small_summary()
    value = {(row.figure, row.plan): row.value for row in table.itertuples()}
    assert len(value) == len(table) > 200 and (table["formula"] != "").all()
    for key in ("totals", "service"):
        for plan, measures in document[key].items():
            for name, number_ in measures.items():
                figure = "shared_components" if name == "shared" else name
                assert value[figure, PLANS[plan]] == pytest.approx(number_, nan_ok=True), (plan, name)
    assert value["gain_of_portfolio", "The mix"] == document["gain_per_year"]
    mix, today = (document["totals"][plan] for plan in ("mix", "baseline"))
    assert value["written_off", "The mix"] == pytest.approx(mix["obsolescence"] + mix["markdown"])
    assert value["lost_against_perfect_year", "The mix"] == pytest.approx(mix["benchmark"] - mix["profit"])
    shown = document["gain_per_year"] + mix["capital"] - today["capital"]
    assert value["gain_in_operating_profit", "The mix"] == pytest.approx(shown)


def test_the_figures_of_products_add_up_to_those_of_the_portfolio() -> None:
    study = small_study()
    whole = study_figures(study).set_index(["figure", "plan"])["value"]
    every = [study_figures(study, sku).set_index(["figure", "plan"])["value"] for sku in study.items.skus]
    for name in ("capital", "obsolescence", "units_sold"):
        for plan in ("The mix", "Today's way", "Everything to order"):
            assert sum(np.nan_to_num(one[name, plan]) for one in every) == pytest.approx(whole[name, plan])
    with pytest.raises(ValueError, match="no product"):
        study_figures(study, "none such")


def unresolved_block(module: str, name: str) -> str:
    """Why a block of the summary has no public function; "" where it has."""
    found = __import__(module, fromlist=[name])
    return "" if name in found.__all__ and callable(getattr(found, name)) else f"{module}.{name}"


def test_every_label_of_a_figure_on_the_screen_is_a_figure() -> None:
    pages = sorted((ROOT / "dashboard" / "views").rglob("*.py"))
    pages.append(ROOT / "dashboard" / "text" / "demand_words.py")
    found = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in pages]
    assert sum(len(list(labels_of(source))) for _, source in found) > 15
    assert [wrong for path, source in found for wrong in unknown_labels(path, source)] == []


def test_the_table_of_the_page_is_current() -> None:
    text = (ROOT / "analytics" / "README.md").read_text(encoding="utf-8")
    assert readme_with(text) == text, "run: python -m analytics.naming.figures --write"


@pytest.mark.parametrize(
    "change",
    [
        {"function": "analytics.strategy.money.price.profit_money"},
        {"function": "analytics.strategy.money.formulas.capital"},
        {"name": "storage_cost"},
        {"label": ""},
    ],
)
def test_a_figure_without_its_function_is_found(change: dict[str, str]) -> None:
    assert unresolved(FIGURES["storage"]) == []
    assert unresolved(replace(FIGURES["storage"], **change))


def test_a_label_a_column_and_a_key_without_figure_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    page = 'st.metric("Cash in stock", 1)\nst.metric("Cash tied up", 2)\nrows["Lost sales"] = 3'
    assert sorted(unknown_labels("views/x.py", page)) == [
        "views/x.py: Cash tied up",
        "views/x.py: Lost sales",
    ]
    assert wrong_columns("stock", ["sku", "book_value", "worth"]) == ["stock.csv: worth is not listed"]
    monkeypatch.setitem(FILES, "stock", {**FILES["stock"], "worth": "book_value", "ties_up": "money"})  # type: ignore[arg-type]
    assert len(wrong_columns("stock", ["sku"])) == 2
    assert unknown_keys({"gain_per_year": 1.0, "happiness": 2.0, "stock": {"total": 1.0}}) == ["happiness"]
    with pytest.raises(ValueError, match="must hold the lines"):
        readme_with("no marks")
