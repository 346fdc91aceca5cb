"""Exports as programs really write them, each read to the unit or refused for the reason that stands beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.data.files.markup import rows_of_markup
from analytics.data.values.dates import period_of
from analytics.errors import DataError

DAYS = [dt.date(2023, 1, 2) + dt.timedelta(days=3 * k) for k in range(30)]
SKUS = ("000100", "000200", "A-7")
LINES = [(day, SKUS[k % 3], 1 + k % 5, 10.5 * (1 + k % 5)) for k, day in enumerate(DAYS)]
UNITS, MONEY = float(sum(q for _, _, q, _ in LINES)), float(sum(r for *_, r in LINES))
MONTHS = ("2023-01", "2023-02", "2023-03")


def _by_month(sku: str, month: str) -> int:
    return sum(q for day, s, q, _ in LINES if s == sku and f"{day:%Y-%m}" == month)


def _products_across() -> str:
    body = "".join(
        f"{m}," + ",".join(str(_by_month(s, m)) for s in SKUS) + f",{sum(_by_month(s, m) for s in SKUS)}\n"
        for m in MONTHS
    )
    return f"Month,{','.join(SKUS)},Total\n{body}Grand Total,{','.join(str(sum(_by_month(s, m) for m in MONTHS)) for s in SKUS)},{UNITS:g}\n"


def _quickbooks() -> str:
    out = "Acme Inc\nSales by Product/Service Detail\nJanuary - April 2023\n\n,Date,Transaction Type,Num,Customer,Memo/Description,Qty,Sales Price,Amount,Balance\n"
    for sku in SKUS:
        mine = [line for line in LINES if line[1] == sku]
        out += f"{sku},,,,,,,,,\n"
        out += "".join(
            f',{d:%m/%d/%Y},Invoice,{k},Cust,,{q:.2f},10.50,"{r:,.2f}","{r:,.2f}"\n'
            for k, (d, _, q, r) in enumerate(mine)
        )
        out += f'Total for {sku},,,,,,{sum(x[2] for x in mine)}.00,,"${sum(x[3] for x in mine):,.2f}",\n'
    return out + f'TOTAL,,,,,,{UNITS:.2f},,"${MONEY:,.2f}",\n'


def _ledger() -> str:
    body = "".join(
        f"{d:%d.%m.%y};Sale;{s};{-q};{r:.2f}\n".replace(".50\n", ",50\n").replace(".00\n", ",00\n")
        for d, s, q, r in LINES
    )
    return f"Posting Date;Entry Type;Item No.;Quantity;Sales Amount (Actual)\n{body}05.04.23;Purchase;A-7;100;0,00\n"


def _page(table: str, row: str, cell: str, around: str = "{}") -> str:
    rows = "".join(
        f"<{row}>" + "".join(f"<{cell}>{around.format(v)}</{cell}>" for v in line[:3]) + f"</{row}>\n"
        for line in [("Date", "SKU", "Qty"), *LINES]
    )
    return f"<{table}>{rows}</{table}>"


WELL: dict[str, tuple[Callable[[], str], float]] = {
    "months down, codes of digits across": (_products_across, UNITS),
    "QuickBooks writes the product above its lines": (_quickbooks, UNITS),
    "a stock ledger issues what is sold": (_ledger, UNITS),
    "months down, years across": (
        lambda: (
            "SKU,Month,2021,2022\n"
            + "".join(
                f"{s},{m},{k + 1},{k + 2}\n"
                for s in SKUS
                for k, m in enumerate(("January", "February", "March", "April"))
            )
        ),
        72.0,
    ),
    "weeks as six digits": (
        lambda: (
            "week,sku,qty\n"
            + "".join(f"{d.isocalendar()[0]}{d.isocalendar()[1]:02d},{s},{q}\n" for d, s, q, _ in LINES)
            + "202351,A-7,4\n"
        ),
        UNITS + 4,
    ),
    "weeks as six digits across": (
        lambda: (
            "sku,"
            + ",".join(f"2023{w:02d}" for w in range(1, 21))
            + "\n"
            + "".join(f"{s}{',2' * 20}\n" for s in SKUS)
        ),
        120.0,
    ),
    "returns with a minus in a column of their own": (
        lambda: (
            "date,sku,sold,returns\n"
            + "".join(f"{d},{s},{q},{-1 if k % 7 == 0 else ''}\n" for k, (d, s, q, _) in enumerate(LINES))
        ),
        UNITS - 5,
    ),
    "WooCommerce marks its states": (
        lambda: (
            "Order ID,Order Date,Order Status,SKU,Quantity,Item Cost\n"
            + "".join(
                f"{k},{d} 10:00,{'wc-completed' if k % 9 else 'wc-cancelled'},{s},{q},10.5\n"
                for k, (d, s, q, _) in enumerate(LINES)
            )
        ),
        UNITS - sum(line[2] for line in LINES[::9]),
    ),
    "quarters by name": (
        lambda: (
            "Artikel;1. Quartal 2022;2. Quartal 2022;3. Quartal 2022\n"
            + "".join(f"{s};1;2;3\n" for s in SKUS)
        ),
        18.0,
    ),
    "only the day of delivery": (
        lambda: (
            "Item description,Item,Date shipped,Qty shipped\n"
            + "".join(f"Bolt,{s},{d},{q}\n" for d, s, q, _ in LINES)
        ),
        UNITS,
    ),
    "weekday, date and time": (
        lambda: "when,sku,qty\n" + "".join(f"{d:%A %d %B %Y} 10:22:31,{s},{q}\n" for d, s, q, _ in LINES),
        UNITS,
    ),
    "a web page called xls": (
        lambda: (
            "<html><body><table><tr><td>Report</td></tr></table>"
            + _page("table", "tr", "td")
            + "</body></html>"
        ),
        UNITS,
    ),
    "XML of Excel 2003": (
        lambda: (
            '<?xml version="1.0"?>\n<Workbook xmlns:ss="x">'
            + _page("ss:Table", "Row", "Cell", '<Data ss:Type="String">{}</Data>')
            + "</Workbook>"
        ),
        UNITS,
    ),
}


@pytest.mark.parametrize("name", sorted(WELL))
def test_every_unit_is_read(name: str) -> None:
    make, units = WELL[name]
    history = read_sales(make().encode())
    assert history.quantity.sum() == pytest.approx(units)
    assert history.skus.tolist() == sorted(SKUS)
    assert history.report.rows_used + history.report.rows_rejected == history.report.rows_read


def test_units_stand_under_their_product_and_month() -> None:
    for make in (_products_across, _quickbooks, _ledger):
        history = read_sales(make().encode())
        month = history.date.astype("datetime64[M]").astype(str)
        for k, sku in enumerate(history.skus):
            for wanted in MONTHS:
                assert history.quantity[(history.sku == k) & (month == wanted)].sum() == _by_month(
                    sku, wanted
                )


def test_what_was_done_is_said() -> None:
    ledger = read_sales(_ledger().encode()).report
    assert {p.code for p in ledger.problems} >= {"receipt"} and any(
        "issues from stock" in line for line in ledger.assumed
    )
    groups = read_sales(_quickbooks().encode()).report
    assert {p.code for p in groups.problems} >= {"headed_groups", "group_heading", "total_row"}
    shipped = read_sales(WELL["only the day of delivery"][0]().encode()).report
    assert any("'Date shipped' (by content" in line for line in shipped.assumed)


def test_months_and_weeks_of_six_digits_are_told_apart() -> None:
    months = read_sales(("month,sku,qty\n" + "".join(f"2023{m:02d},A,1\n" for m in range(1, 13))).encode())
    assert months.report.frequency == "M" and str(months.report.last_date) == "2023-12-01"
    weeks = read_sales(
        ("Kalenderwoche;Artikel;Menge\n" + "".join(f"2023{w:02d};A;1\n" for w in range(1, 13))).encode()
    )
    assert weeks.report.frequency == "W" and str(weeks.report.last_date) == "2023-03-20"


def test_cells_of_a_page_keep_their_places() -> None:
    rows, lines = rows_of_markup(
        '<table><tr><td colspan="2">a<td>b<table><tr><td>in</table></tr>\n<Row><ss:Cell ss:Index="3">c</ss:Cell></Row></table>'
    )
    assert rows == [["a", "", "b in"], ["", "", "c"]] and lines == [1, 2]
    assert rows_of_markup("<p>no table</p>") == ([], [])


@pytest.mark.parametrize(
    "data",
    [
        b"<" * 300_000,
        b"<table><tr><td>" * 60_000,
        b"<!--" * 100_000,
        b"<a b=" * 100_000,
        b'<?xml <!DOCTYPE x [<!ENTITY a "b">]><table><tr><td>&a;',
    ],
)
def test_pages_that_are_none_are_refused(data: bytes) -> None:
    with pytest.raises(DataError):
        read_sales(b"<table>" + data)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3rd quarter 2022", "2022-07-01"),
        ("2e trimestre 2021", "2021-04-01"),
        ("Kwartaal 4 2020", "2020-10-01"),
        ("4Q19", "2019-10-01"),
    ],
)
def test_quarters_in_words(text: str, day: str) -> None:
    assert period_of(text) == (day, "Q")
    assert np.datetime64(period_of(text)[0]).astype("datetime64[M]").astype(int) % 3 == 0
