"""Every page in every state of the data: each opens with one finding as its title, says no `nan`, shows no exception, and money only where there is some."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.pages import PAGES, lines_of
from tests.dashboard.views.test_pages import with_files
from tests.faults.damage import ALL

Start = Callable[..., AppTest]
#: A number that is none, as a word of its own.
_NOT_A_NUMBER = re.compile(r"(?<![\w.])(?:nan|inf|NaT|None)(?![\w.])")
_SKUS = ("A-1", "B-2", "C-3", "D-4")


def everything_ended() -> tuple[bytes, bytes]:
    """Sales of a year, and an end on the day of the last of them for every product."""
    items = [
        "sku,unit_cost,make,end_date",
        *(f"{sku},{10 * (k + 1)},1,2025-01-06" for k, sku in enumerate(_SKUS)),
    ]
    return sales_csv(weeks=54), "\n".join(items).encode()


def nothing_worth_a_change() -> tuple[bytes, bytes]:
    """Cheap goods that sell alike every week and are there the next day: the shelf is the answer, as it is today."""
    first = date(2024, 1, 1)
    sales = ["date,sku,quantity,unit_price"]
    items = ["sku,unit_cost,make,lead_time_days,current_mode"]
    for k, sku in enumerate(_SKUS):
        sales += [
            f"{first + timedelta(weeks=week)},{sku},{40 + (week * (k + 3)) % 3},2.50" for week in range(80)
        ]
        items.append(f"{sku},2.30,0,1,MTS")
    return "\n".join(sales).encode(), "\n".join(items).encode()


def many(products: int) -> tuple[bytes, bytes]:
    """A year and more of sales by month of so many products."""
    first = date(2024, 1, 8)
    days = [first + timedelta(days=28 * month) for month in range(16)]
    skus = [f"P-{k:05d}" for k in range(products)]
    sales = ["date,sku,quantity,unit_price"]
    sales += [
        f"{day},{sku},{1 + (k * 7 + month * (k % 5 + 1)) % 9},{5 + k % 90}.00"
        for k, sku in enumerate(skus)
        for month, day in enumerate(days)
        if (k + month) % (1 + k % 4) == 0
    ]
    items = ["sku,unit_cost,make", *(f"{sku},{(5 + k % 90) * 0.6:.2f},{k % 2}" for k, sku in enumerate(skus))]
    return "\n".join(sales).encode(), "\n".join(items).encode()


def told(at: AppTest) -> list[str]:
    """All words of a page; of tables the cells that are words: a number that is not known is an empty cell."""
    lines = [line for line in lines_of(at) if " | " not in line]
    for table in at.dataframe:
        lines += [
            cell for column in table.value.columns for cell in table.value[column] if isinstance(cell, str)
        ]
    return lines


#: State -> the files that make it (None: the sample itself), and whether there is money.
STATES: dict[str, tuple[Callable[[], tuple[bytes, bytes | None]] | None, bool]] = {
    "sample": (None, True),
    "upload": (lambda: (sales_csv(), items_csv()), True),
    "no money": (lambda: (sales_csv(price=False), None), False),
    "one product": (lambda: (sales_csv(("A-1",)), items_csv(("A-1",))), True),
    "nothing worth a change": (nothing_worth_a_change, True),
    "everything ended": (everything_ended, True),
    **({"5,000 products": (lambda: many(5_000), True)} if ALL else {}),
}


@pytest.mark.parametrize("state", STATES)
def test_every_page_holds_in_every_state(start: Start, state: str) -> None:
    make, money = STATES[state]
    at = start("servers")
    if make is not None:
        at = with_files(at, *make())
        settled(at.button(key="use-file").click().run())
    wrong: list[str] = []
    for page in PAGES:
        at.switch_page(f"views/{page}.py").run()
        settled(at)
        if at.exception:
            wrong.append(f"{page}: {at.exception[0].value}")
            continue
        if len(at.title) != 1 or len(at.title[0].value) < 8:
            wrong.append(f"{page}: title {[one.value for one in at.title]}")
        if page != "help":  # what the functions say of themselves may name what is not known
            wrong += [f"{page}: {line[:120]}" for line in told(at) if _NOT_A_NUMBER.search(line)]
        if not money and page in ("answer", "compare", "products", "limits"):
            wrong += [
                f"{page}: {one.label}" for one in at.metric if "Cash" in one.label or "write-off" in one.label
            ]
    assert wrong == []
    at.switch_page("views/answer.py").run()
    title = at.title[0].value.replace("\\", "")
    if state == "everything ended":
        assert "ended" in title.lower() or "nothing" in title.lower()
    if state == "nothing worth a change":
        assert title.startswith(("Keep what you do", "Everything to stock", "Nothing"))
    if state == "no money":
        assert "units and days only" in title
