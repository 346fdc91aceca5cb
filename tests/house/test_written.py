"""Every column of a written file and every key of a written document resolves to the public function that makes it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.data import check_report, sales_frame
from analytics.data.uploads import Reading
from analytics.forecast.judged.external import read_external_forecast
from analytics.forecast.promotions_ahead import PromotionPlan, promotions_table
from analytics.forecast.spread.totals import forecast_table, forecast_total_table
from analytics.limits import Limits
from analytics.naming.columns import COUNTED, FILES, MARKS, File
from analytics.naming.documents import DOCUMENTS, FURTHER_FILES
from analytics.naming.figures import FIGURES, function_at
from analytics.simulation.ledger import COUNTS
from analytics.strategy.limits.report import LimitRow, limited_summary
from analytics.study_change.attribution import Change, study_change
from analytics.study_change.inputs import StudyInputs
from analytics.study_change.kept import kept_study
from analytics.study_change.realised import Realised, study_realised
from analytics.study_change.tables import change_document, change_tables
from analytics.study_results import forecast_value_added, study_tables
from analytics.validation.compared import policies_table, products_table
from analytics.validation.leftover import VALUATIONS
from analytics.validation.report import replay_summary, replay_table
from analytics.validation.schedule import Schedule
from analytics.validation.score import Replayed
from analytics.writeup.components import COMPONENT_COLUMNS
from analytics.writeup.summary import plain_values
from dashboard.kept.documents.log import log_csv
from tests.house.test_figures import small_summary
from tests.strategy.small import small_study

ROOT = Path(__file__).resolve().parents[2]


#: The one part of the dashboard that makes a table: the log of who changed what, which the core knows nothing of.
_LOG = "dashboard.kept.documents.log."


def same_name(shown: str, name: str) -> bool:
    """Whether a column or a row bears the name of a figure: the words of one stand in the other; q05 to q95 are quantiles."""
    column, figure = shown.replace(" ", "_"), name
    if re.fullmatch(r"q\d\d", column):
        return figure.startswith("quantiles_")
    return f"_{column}_" in f"_{figure}_" or f"_{figure}_" in f"_{column}_"


def not_public(path: str, of: tuple[str, ...] = ("analytics.",)) -> list[str]:
    """Why a dotted path is no public function, method or property of analytics (or of another part in `of`); empty where it is one."""
    try:
        function = function_at(path)
    except (ImportError, AttributeError, ValueError) as error:
        return [f"{path}: {error}"]
    if not path.startswith(of) or not callable(function) or not inspect.getdoc(function):
        return [f"{path} is no documented function of analytics"]
    public = getattr(inspect.getmodule(function), "__all__", ())
    return [] if function.__qualname__.split(".")[0] in public else [f"{path} is not public"]


def wrong_file(name: str, file: File, columns: Iterable[str] | None = None) -> list[str]:
    """What a written table holds that resolves to no function: a column not listed, a name that is none, a count nobody speaks of."""
    found = [f"{name}.csv: {column} is not listed" for column in columns or () if column not in file.columns]
    found += [
        f"{name}.csv: {column} is not written" for column in file.columns if columns and column not in columns
    ]
    found += not_public(file.made_by, ("analytics.", _LOG))
    for column, figure in [*file.columns.items(), *file.rows.items()]:
        if figure not in MARKS and (figure not in FIGURES or not same_name(column, figure)):
            found.append(f"{name}.csv: {column} is said to be {figure}")
        if (
            figure == COUNTED
            and not found
            and column not in (inspect.getdoc(function_at(file.made_by)) or "")
        ):
            found.append(f"{file.made_by} does not say what {column} counts")
    return found


def keys_of(document: object, path: str = "") -> Iterator[tuple[str, bool]]:
    """The path of every number of a document, at any depth, and whether it is null; entries of a list are `[]`."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from keys_of(value, f"{path}.{key}".removeprefix("."))
    elif isinstance(document, list | tuple):
        for value in document:
            yield from keys_of(value, f"{path}[]")
    elif document is None or (isinstance(document, int | float) and not isinstance(document, bool)):
        yield path, document is None


def fits(pattern: list[str], key: list[str]) -> bool:
    return len(pattern) == len(key) and all(p in ("*", k) for p, k in zip(pattern, key, strict=True))


def maker_of(command: str, key: str, null: bool = False) -> str:
    """What makes the number at the path `key` of a document: its figure, a function or "as given"; "" where nobody says.

    A block or list that is `null` has a maker where any key within it has one.
    """
    keys, parts = DOCUMENTS[command], key.split(".")
    if command == "check" and parts[0] in FURTHER_FILES:
        parts = parts[1:]
    for known, maker in keys.items():
        pattern = known.removesuffix("[]").split(".") if null else known.split(".")
        if fits(pattern, parts) or (null and fits(pattern[: len(parts)], parts)):
            return maker
    return ""


#: Keys that hold words, a day or nothing.
NO_NUMBERS = {"first_date", "last_date", "join_proposal"}


def unknown_keys(command: str, document: dict[str, Any]) -> list[str]:
    """Keys of a document with a number that nobody is said to make."""
    keys = dict(keys_of(document))
    return [
        k
        for k, null in keys.items()
        if not maker_of(command, k, null) and k.rpartition(".")[2] not in NO_NUMBERS
    ]


def written_tables() -> dict[str, list[str]]:
    """The columns of every file that a command writes, as it writes them."""
    study = small_study()
    tables = {name: list(make().columns) for name, make in study_tables(study).items()}
    tables["components"] = list(COMPONENT_COLUMNS)
    none = np.zeros(len(study.panel.skus))
    past = study.cleaned.promoted
    plan = PromotionPlan(0.0 * study.forecast.mean, past, none, none, ())
    tables["promotions"] = list(promotions_table(study.forecast, plan).columns)
    beside = (f"rejected_rows_{kind}" for kind in ("items", "stock", "receipts", "promotions"))
    tables |= dict.fromkeys(("rejected_rows", *beside), tables["rejected_rows"])
    tables["sales"] = list(sales_frame(study.history).columns)
    tables["forecast"] = list(forecast_table(study.forecast, study.panel, 3).columns)
    tables["forecast_total"] = list(forecast_total_table(study.forecast, study.panel, 3).columns)
    tables["replay"] = list(replay_table(small_replay()).columns)
    tables["replay_policies"] = list(policies_table(small_replay()).columns)
    tables["replay_products"] = list(products_table(small_replay()).columns)
    tables["forecast_value_added"] = list(small_value_added().columns)
    tables["changes"] = list(pd.read_csv(BytesIO(log_csv([]))).columns)
    change, realised = small_change()
    return tables | {name: list(make().columns) for name, make in change_tables(change, realised).items()}


@cache
def small_change() -> tuple[Change, Realised]:
    """The small study compared with itself: every table and document of a change holds its columns and keys."""
    study = small_study()
    inputs = StudyInputs(Reading(study.history, study.given_items, study.items_report), study.assumptions)
    kept = kept_study(study, inputs)
    return study_change(kept, study, inputs), study_realised(kept, study)


@cache
def small_replay() -> Replayed:
    """What a replay of two products over two windows found, made up: every table and document of a replay holds its keys."""
    rng = np.random.default_rng(5)
    policies, windows = ("mix", "all_mts", "all_mto"), 2
    shape = (windows, len(policies), 2)
    days = np.array(["2024-01-01", "2024-07-01"], "datetime64[D]")
    plan = Schedule("W", days, np.datetime64("2024-12-30"), 26, 8)
    return Replayed(
        np.array(["A", "B"], object), plan, policies, np.zeros(shape, np.int8), rng.random((*shape, 3, len(COUNTS))),
        rng.random(shape), rng.random(shape), np.ones((windows, 2), bool), np.array([1, 2]), "all_mts", 0, 0.9, 1, "EUR", (),
        np.zeros((2, 4), np.float32), np.zeros((2, 4), np.float32), rng.random(shape), np.arange(2), np.full(2, 3.0),
        np.array([5.0, np.inf]), 2,
        {how: rng.random((len(policies), 2)) for how in VALUATIONS if how != "rule"},
    )  # fmt: skip


@cache
def small_value_added() -> pd.DataFrame:
    """A forecast of a tenth more than was sold, set beside ours."""
    panel = small_study().panel
    at = slice(len(panel.starts) - 8, None)
    rows = [
        (sku, str(day), 1.1 * units)
        for i, sku in enumerate(panel.skus)
        for day, units in zip(panel.starts[at], panel.units[i, at], strict=True)
    ]
    text = pd.DataFrame(rows, columns=["sku", "period", "mean"]).to_csv(index=False)
    return forecast_value_added(small_study(), read_external_forecast(text.encode())).table


def test_every_column_of_every_written_table_is_a_figure() -> None:
    tables = written_tables()
    assert set(tables) == set(FILES)
    assert [
        wrong for name, columns in tables.items() for wrong in wrong_file(name, FILES[name], columns)
    ] == []
    for name, column in (("strategies", "measure"), ("replay", "measure"), ("shared", "line")):
        table = replay_table(small_replay()) if name == "replay" else study_tables(small_study())[name]()
        assert set(table[column].astype(str)) <= set(FILES[name].rows)


def test_every_file_that_is_written_is_listed() -> None:
    """What is handed to the writers of files by name, on the command line and on the pages."""
    named = re.compile(r'"([a-z_]+)\.csv"|tables\["([a-z_]+)"\] =')
    sources = [*(ROOT / "analytics" / "cli").glob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
    sources = [path for path in sources if path.parent.name != "kept"]  # what the app keeps for itself
    lines = [line for path in sources for line in path.read_text(encoding="utf-8").splitlines()]
    found = {a or b for line in lines if ">>>" not in line for a, b in named.findall(line)}
    assert found >= {"replay", "forecast_value_added", "rejected_rows_items", "rejected_rows"}
    assert found <= set(FILES)


def test_every_number_of_every_document_is_made_by_a_function() -> None:
    assert unknown_keys("analyze", small_summary()) == []
    row = LimitRow("working_capital", 9.0, 8.0, 8.5, 0.1, 1.0, True, float("nan"))
    none = np.zeros(2, bool)
    limited: Any = SimpleNamespace(
        cost=1.0, gap=0.0, utilisation=0.5, changed=none, moved=none, rows=(row,), limits=Limits(), notes=()
    )
    assert unknown_keys("analyze", {"change": change_document(*small_change())}) == []
    assert unknown_keys("analyze", {"limits": limited_summary(limited, "EUR")}) == []
    assert unknown_keys("replay", plain_values(replay_summary(small_replay()))) == []
    assert unknown_keys("check", check_report(small_study().history)) == []
    makers = {maker for keys in DOCUMENTS.values() for maker in keys.values()} - MARKS
    assert [wrong for maker in sorted(makers - set(FIGURES)) for wrong in not_public(maker)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"worth": "book_value"},  # a column with another's name
        {"ties_up": "money"},  # a name that is no figure
        {"sold_in_march": COUNTED},  # a count that the maker of the file does not speak of
    ],
)
def test_a_column_without_function_is_found(change: dict[str, str]) -> None:
    stock = FILES["stock"]
    assert wrong_file("stock", stock, stock.columns) == []
    assert wrong_file("stock", stock, [*stock.columns, "worth"]) == ["stock.csv: worth is not listed"]
    assert wrong_file("stock", stock, list(stock.columns)[1:]) == ["stock.csv: sku is not written"]
    assert len(wrong_file("stock", replace(stock, columns={**stock.columns, **change}))) == 1
    assert wrong_file("stock", replace(stock, made_by="analytics.writeup.stock.no_table"))


def test_a_key_without_function_is_found() -> None:
    document = {"gain_per_year": 1.0, "happiness": 2.0, "stock": {"total": 1.0, "joy": 3.0}, "rule": None}
    assert unknown_keys("analyze", document) == ["happiness", "stock.joy"]
    assert unknown_keys("analyze", {"questions": [{"worth": 1.0}, {"mood": None}]}) == ["questions[].mood"]
    assert unknown_keys("replay", {"money": {"profit": {"mix": 1.0}, "luck": 2.0}}) == ["money.luck"]
    assert unknown_keys("check", {"items": {"rows_read": 1, "rows_lost": 2}}) == ["items.rows_lost"]
    assert not_public("analytics.demand.margin.margin_control") == []
    assert not_public(f"{_LOG}log_csv", (_LOG,)) == [] != not_public(f"{_LOG}log_csv")
    for path in ("analytics.demand.margin.no_such", "analytics.demand.margin._parts", "json.dumps"):
        assert not_public(path)
