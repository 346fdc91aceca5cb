"""One word, one value: every figure that a page says under a name is the one of the files, on whichever page it stands."""

from __future__ import annotations

import io
import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import pytest

from analytics.naming.labels import number_text, percent_text, total_text
from analytics.study_change.kept import KEPT, read_kept
from dashboard.results import compute
from dashboard.state.choice import Choice, base_assumptions, sample_source
from sample_data import samples
from tests.dashboard.conftest import Start, settled
from tests.dashboard.pages import PAGES, lines_of
from tests.writeup.stock_ties import STOCK_FILES, stock_ties

Document = dict[str, Any]

#: An amount as the formatter writes it, a share, a whole number, and an amount with all digits.
A = r"([+-]?\d+(?:\.\d+)?(?: (?:k|M|bn))?)(?!\d|[.,]\d)"
P = r"([\d.]+ %)"
N = r"(\d{1,3}(?:,\d{3})*|\d+)(?!\d)"
C = r"(-?[\d,]+\.\d\d)"


def money(value: float) -> set[str]:
    """An amount in two or three digits."""
    return {number_text(value, digits) for digits in (2, 3)} | {
        number_text(abs(value), digits) for digits in (2, 3)
    }


def full(value: float) -> set[str]:
    """An amount to the cent."""
    return {f"{value:,.2f}"}


def count(value: float) -> set[str]:
    """A whole number, or a total in full."""
    return {f"{value:,.0f}", total_text(value)}


def share(value: float) -> set[str]:
    """A share as percent."""
    return {percent_text(value)}


def mix(measure: str) -> Callable[[Document], float]:
    """A total of the recommended mix."""
    return lambda d: float(d["totals"]["mix"][measure])


def written_off(d: Document, plan: str = "mix") -> float:
    """Stock written off in a year."""
    return float(sum(d["totals"][plan][part] for part in ("obsolescence", "run_off", "markdown")))


def lost(d: Document, plan: str) -> float:
    """What a plan loses against a perfect year."""
    return float(d["totals"][plan]["benchmark"] - d["totals"][plan]["profit"])


#: Word -> value in summary.json, how it is written, and the sentences in which pages say it (the first group is the figure).
FIGURES: dict[str, tuple[Callable[[Document], float], Callable[[float], set[str]], tuple[str, ...]]] = {
    "gain": (
        lambda d: d["gain_per_year"], money,
        (rf"about {A}(?: \w+)? (?:better|worse) over the next 12 months", rf"the gain is {A}", rf"^Contribution after stock costs: .*\(\+?{A}\)", rf"make the headline \({A}"),
    ),
    "low end of the gain": (lambda d: d["gain_low"], money, (rf"Likely between {A} and",)),
    "high end of the gain": (lambda d: d["gain_high"], money, (rf"Likely between \S+(?: [kM])? and {A}",)),
    "gain by planning better": (lambda d: d["gain_split"]["planning_better"], money, (rf"planning better [^;.:]*?\+?{A}(?: \w+)?[;.,]",)),
    "gain by changing strategy": (lambda d: d["gain_split"]["changing_strategy"], money, (rf"changing strategy \+?{A}",)),
    "contribution": (
        mix("profit"), money,
        (rf"^Contribution after stock costs: {A}", rf"= Contribution after stock costs .*The mix = {A}", rf"^The mix \| Contribution after stock costs = {A}"),
    ),
    "contribution as today": (
        lambda d: d["totals"]["baseline"]["profit"], money, (rf"= Contribution after stock costs \| Today's way = {A}", rf"^Today's way \| Contribution after stock costs = {A}"),
    ),
    "cash in stock": (
        mix("cash_tied_up"), money,
        (rf"^Cash in stock: {A}", rf"= Cash in stock .*The mix = {A}", rf"^The mix \|.* Cash in stock = {A}"),
    ),
    "write-off": (written_off, money, (rf"^Expected write-off: {A}", rf"^Expected write-off over 12 months: {A}")),
    "lost by the mix": (lambda d: lost(d, "mix"), money, (rf"waiting cost {A} [A-Z]+ under the plan", rf"= What stocking and waiting cost .*The mix = {A}")),
    "lost by today's way": (lambda d: lost(d, "baseline"), money, (rf"under the plan, {A} [A-Z]+ today", rf"= What stocking and waiting cost \| Today's way = {A}")),
    "cost of capital": (
        mix("capital"), money, (rf"= Cost of capital \(not booked\) .*The mix = {A}", rf"^The mix \|.* Cost of capital \(not booked\) = {A}"),
    ),
    "share that waits": (
        lambda d: d["service"]["mix"]["share_waiting"], share,
        (rf"^Orders that wait[^:]*: {P}", rf"= Orders that wait .*The mix = {P}", rf"^The mix \|.* Wait = {P}"),
    ),
    "share quoted a wait": (
        lambda d: d["service"]["mix"]["share_quoted_a_wait"], share,
        (rf"{P} of orders are quoted a wait", rf"quoted a wait \|.*The mix = {P}", rf"^The mix \|.* Quoted a wait = {P}"),
    ),
    "share that finds the shelf empty": (
        lambda d: d["service"]["mix"]["share_shelf_empty"], share,
        (rf"{P} find the shelf empty and wait", rf"find the shelf empty \|.*The mix = {P}", rf"^The mix \|.* Find the shelf empty = {P}"),
    ),
    "share lost": (
        lambda d: d["service"]["mix"]["share_lost"], share,
        (rf"{P} of sales are lost", rf"= Sales lost .*The mix = {P}", rf"^The mix \|.* Lost = {P}"),
    ),
    "stock today": (
        lambda d: d["stock"]["total"], money, (rf"{A}(?: \w+)? in stock today", rf"of the {A}(?: \w+)? in stock today"),
    ),
    "stock today, to the cent": (
        lambda d: d["stock"]["total"], full, (rf"from your items file: {C}", rf"in stock today \|.*At unit cost = {C}"),
    ),
    "stock of ended products": (lambda d: d["stock"]["ended"], money, (rf"{A}(?: \w+)? of stock of \d+ ended", rf"{A}(?: \w+)? lies on ended products")),
    "stock of ended products, to the cent": (lambda d: d["stock"]["ended"], full, (rf"\+ {C} on ended products", rf"ended products.*At unit cost = {C}")),
    "stock of living products": (lambda d: d["stock"]["living"], full, (rf"{C} on products still sold", rf"products still sold .*At unit cost = {C}")),
    "stock that becomes cash": (
        lambda d: d["stock"]["cash_released"], money, (rf"Once, {A}(?: \w+)? of", rf"^{A}(?: \w+)? of today's stock becomes cash"),
    ),
    "ended products": (lambda d: d["ended_products"], count, (rf"; {N} ended$", rf"{N} of [\d,]+ products have ended")),
    "products to stock": (lambda d: d["recommended"]["MTS"], count, (rf"(?:and| )stock {N}(?: products)?:", rf"^{N} to stock")),
    "products to order": (lambda d: d["recommended"]["MTO"], count, (rf"^(?:Make|Buy) {N} products? to order", rf"(?:^|, ){N} to order")),
    "products assembled": (lambda d: d["recommended"].get("ATO", 0), count, (rf"assemble {N}(?: products)?[ :,]", rf"(?:^|, ){N} to assemble")),
    "below cost": (lambda d: d["margin"]["below_cost"]["living"], count, (rf"{N} products? sells? below cost",)),
    "gross margin at the items' costs": (lambda d: d["margin"]["at_items"], full, (rf"gross margin at the items' costs \| \w+ = {C}",)),
    "gross margin of the program": (lambda d: d["margin"]["at_program"], full, (rf"the same units at our prices and costs \| \w+ = {C}",)),
    "rows read": (lambda d: d["control_totals"]["rows_read"], count, (rf"what = rows read \| in the file = {N}", rf"^{N} rows read")),
    "units sold": (lambda d: d["control_totals"]["gross_units"], count, (rf"what = units sold \| in the file = {N}$", rf"{N} units sold,")),
    "units, net": (lambda d: d["control_totals"]["units_used"], count, (rf"what = units, net \| in the file = {N}$", rf"The whole file \|.* units = {N}")),
    "revenue": (
        lambda d: d["control_totals"]["revenue_used"], full,
        (rf"what = revenue, net \| in the file = {C}", rf"returned; revenue {C}", rf"The whole file \|.* revenue = {C}"),
    ),
}  # fmt: skip

#: Sentences that no sample happens to say.
_RARE = {
    rf"the gain is {A}",
    rf"^(?:Make|Buy) {N} products? to order",
    rf"make the headline \({A}",
    rf"{N} products? sells? below cost",
}


def found(pattern: str, lines: Iterable[str]) -> set[str]:
    """What stands in the first group of a pattern, on any of the lines."""
    return {match[1].lstrip("+").rstrip(",") for line in lines for match in re.finditer(pattern, line)}


def compared(pages: dict[str, list[str]], document: Document) -> tuple[list[str], set[str]]:
    """Figures that differ from the document, in words, and the patterns that were met."""
    wrong, met = [], set()
    for word, (value_of, written, patterns) in FIGURES.items():
        value = value_of(document)
        allowed = (
            {text.lstrip("+-") for text in written(float(value))}
            if value is not None and math.isfinite(value)
            else {"unknown"}
        )
        for pattern in patterns:
            for page, lines in pages.items():
                figures = found(pattern, lines)
                if figures:
                    met.add(pattern)
                wrong += [
                    f"{word}: {figure} on {page}, {sorted(allowed)} in summary.json"
                    for figure in figures
                    if figure.lstrip("-") not in allowed
                ]
    return wrong, met


def files_of(choice: Choice) -> dict[str, bytes]:
    """The files of a choice as they are taken away."""
    return {name: make() for name, make in compute.files(choice).items()}


def every_file_says_the_same(files: dict[str, bytes], document: Document, table: pd.DataFrame) -> None:
    """No file holds another value of what a file beside it holds; `table` is recommendation.csv. A file that nobody compares is named."""
    assert set(files) - {KEPT} == {
        "recommendation.csv", "shared.csv", "strategies.csv", "assumptions.csv", *STOCK_FILES, "cleaning.csv", "rejected_rows.csv", "meanings.csv",
        "orders_on_hand.csv", "receipts.csv", "summary.json",
    }, "compare the new file with the others"  # fmt: skip
    read = {
        name: pd.read_csv(io.BytesIO(content), dtype={"sku": str}, keep_default_na=False, na_values=[""])
        for name, content in files.items()
        if name.endswith(".csv")
    }
    products = table.set_index("sku")
    kept = read_kept(files[KEPT]).outcome
    assert kept.total("gain_per_year") == pytest.approx(document["gain_per_year"], abs=0.005)
    assert kept.total("cash_tied_up") == pytest.approx(document["totals"]["mix"]["cash_tied_up"], abs=0.005)
    assert kept.total("book_value") == pytest.approx(document["stock"]["total"], abs=0.005)
    assert kept.total("becomes_cash") == pytest.approx(document["stock"]["cash_released"], abs=0.005)
    stock_ties(read, document)
    stock = read["stock.csv"].iloc[:-2].set_index("sku")
    assert float(stock["book_value"].sum()) == pytest.approx(document["stock"]["total"], abs=0.005)
    both = stock.index.intersection(products.index)
    for one, other in (("quantity", "on_hand"), ("unit_cost", "unit_cost")):
        assert stock.loc[both, one].astype(float).to_numpy() == pytest.approx(
            products.loc[both, other].astype(float).to_numpy(), rel=1e-9, nan_ok=True
        ), one
    listed = read["todays_list.csv"]
    rows = listed[listed["sku"] != "total"].set_index("sku")
    switched = rows[rows["action"] == "switch"]
    assert set(switched.index) == set(products.index[products["change"].isin(["switch", "stop"])])
    assert switched["money"].to_numpy() == pytest.approx(products.loc[switched.index, "gain_per_year"].to_numpy(), abs=0.005, nan_ok=True)  # fmt: skip
    held = rows[rows.index.isin(products.index) & rows["on_hand"].notna()]
    assert held["on_hand"].to_numpy() == pytest.approx(products.loc[held.index, "on_hand"].to_numpy())
    values = read["assumptions.csv"]
    for field in ("unit_cost", "price", "on_hand"):
        own = (
            values[(values["field"] == field) & values["sku"].notna()].set_index("sku")["value"].astype(float)
        )
        same = own.index.intersection(products.index)
        assert own.loc[same].to_numpy() == pytest.approx(
            products.loc[same, field].astype(float).to_numpy(), rel=1e-9, nan_ok=True
        ), field
    plans = read["strategies.csv"]
    sums = plans.groupby(["strategy", "measure"])["value"].sum()
    for plan, totals in document["totals"].items():
        for measure, total in totals.items():
            if measure != "shared" and (plan, measure) != ("mix", "profit"):
                assert float(sums[plan, measure]) == pytest.approx(total, abs=0.005), (plan, measure)
    chosen = plans[
        (plans["measure"] == "profit") & plans["strategy"].isin(["MTS", "ATO", "MTO", "HYBRID"])
    ].pivot(index="sku", columns="strategy", values="value")
    for name in chosen.columns:
        column = products[f"profit_{name.lower()}"].astype(float)
        offered = column.index[column.notna()]
        assert chosen.loc[offered, name].to_numpy() == pytest.approx(
            column.loc[offered].to_numpy(), abs=0.005
        ), name
    control = document["control_totals"]
    assert (
        len(
            read["rejected_rows.csv"].drop_duplicates(
                subset=[c for c in ("row", "file") if c in read["rejected_rows.csv"]]
            )
        )
        == control["rows_rejected"]
    )


@pytest.fixture(scope="module")
def met() -> dict[str, set[str]]:
    """Which patterns were met, by sample."""
    return defaultdict(set)


@pytest.mark.parametrize("name", ["bicycles", "household", "servers"])
def test_no_word_has_two_values(start: Start, met: dict[str, set[str]], name: str) -> None:
    at = start(name)
    pages = {}
    for page in PAGES:
        settled(at.switch_page(f"views/{page}.py").run())
        assert not at.exception, page
        pages[page] = lines_of(at)
    files = files_of(Choice(sample_source(name), base_assumptions(name), samples()[name].currency))
    document = json.loads(files["summary.json"])
    wrong, met[name] = compared(pages, document)
    assert not wrong
    assert len(met[name]) > 40
    table = pd.read_csv(
        io.BytesIO(files["recommendation.csv"]), dtype={"sku": str}, keep_default_na=False, na_values=[""]
    )
    live = table[table["verdict"].ne("not_decidable") | ~table["reason"].str.startswith("Ended")]
    assert len(table) - len(live) == document["ended_products"]
    assert live["recommended"].value_counts().to_dict() == {
        k: v for k, v in document["recommended"].items() if v
    }
    assert float((table["on_hand"] * table["unit_cost"]).sum()) == pytest.approx(
        document["stock"]["living"] + document["stock"]["ended"], abs=0.005
    )
    every_file_says_the_same(files, document, table)
    answer = document["answer"]["title"]
    assert (
        pages["answer"][0] == pages["report"][0] == answer
        and document["answer"]["badge"] == document["confidence"]["badge"]
    )
    shared = pd.read_csv(io.BytesIO(files["shared.csv"]))["amount_per_year"].sum()
    assert float(table["gain_per_year"].sum() + shared) == pytest.approx(document["gain_per_year"], abs=0.005)


def test_every_sentence_of_the_table_is_said_by_some_sample(met: dict[str, set[str]]) -> None:
    if len(met) < 3:
        pytest.skip("needs the samples before")
    said = set().union(*met.values())
    silent = [
        f"{word}: {pattern}"
        for word, (_, _, patterns) in FIGURES.items()
        for pattern in patterns
        if pattern not in said | _RARE
    ]
    assert not silent


def test_a_second_value_is_found() -> None:
    """The test sees what it is there for."""
    pages = {
        "answer": ["Make 3 products to order and stock 2: about 1.2 M USD better over the next 12 months"],
        "report": ["5 to stock, 3 to order; 9 ended"],
    }
    document = {"gain_per_year": 1_210_000.0, "recommended": {"MTS": 2, "MTO": 3}, "ended_products": 9}
    some = {
        word: FIGURES[word] for word in ("gain", "products to stock", "products to order", "ended products")
    }
    wrong = []
    for word, (value_of, written, patterns) in some.items():
        allowed = written(float(value_of(document)))
        wrong += [
            word
            for pattern in patterns
            for lines in pages.values()
            for figure in found(pattern, lines)
            if figure not in allowed
        ]
    assert wrong == ["products to stock"]
