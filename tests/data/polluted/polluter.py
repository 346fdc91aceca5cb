"""A clean sales table, every way to damage it, and the bookkeeping to tell whether a reader lost or changed anything."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import random
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

COLUMNS = ("date", "order", "sku", "name", "quantity", "price", "revenue", "customer", "channel")
HEADERS = {
    "en": (
        "Order Date",
        "Order No",
        "SKU",
        "Description",
        "Quantity",
        "Unit Price",
        "Net Amount",
        "Customer",
        "Channel",
    ),
    "short": ("date", "order_id", "sku", "description", "qty", "price", "revenue", "customer", "channel"),
    "caps": (
        "DATE",
        "ORDERNUMBER",
        "PRODUCTID",
        "PRODUCTDESCRIPTION",
        "QTY",
        "UNITPRICE",
        "LINETOTAL",
        "CUSTOMERID",
        "CHANNEL",
    ),
    "de": (
        "Bestelldatum",
        "Auftragsnummer",
        "Artikelnummer",
        "Bezeichnung",
        "Menge",
        "Einzelpreis",
        "Umsatz",
        "Kunde",
        "Vertriebsweg",
    ),
    "fr": (
        "Date de commande",
        "N° commande",
        "Référence",
        "Désignation",
        "Quantité",
        "Prix unitaire",
        "Montant HT",
        "Client",
        "Canal",
    ),
    "es": (
        "Fecha",
        "Pedido",
        "Código artículo",
        "Descripción",
        "Cantidad",
        "Precio unitario",
        "Importe",
        "Cliente",
        "Canal",
    ),
    "it": (
        "Data",
        "Ordine",
        "Codice articolo",
        "Descrizione",
        "Quantità",
        "Prezzo unitario",
        "Importo",
        "Cliente",
        "Canale",
    ),
    "nl": (
        "Orderdatum",
        "Ordernummer",
        "Artikelcode",
        "Omschrijving",
        "Aantal",
        "Prijs",
        "Omzet",
        "Klant",
        "Kanaal",
    ),
}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "es": (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
}
DATES: dict[str, Callable[[dt.date], str]] = {
    "iso": lambda d: d.isoformat(),
    "dmy.": lambda d: d.strftime("%d.%m.%Y"),
    "dmy/": lambda d: d.strftime("%d/%m/%Y"),
    "mdy/": lambda d: d.strftime("%m/%d/%Y"),
    "short mdy": lambda d: f"{d.month}/{d.day}/{d.year}",
    "dmy-": lambda d: d.strftime("%d-%m-%Y"),
    "two-digit": lambda d: d.strftime("%d.%m.%y"),
    "ymd/": lambda d: d.strftime("%Y/%m/%d"),
    "compact": lambda d: d.strftime("%Y%m%d"),
    "stamp": lambda d: d.strftime("%Y-%m-%d 13:45:00"),
    "zone": lambda d: d.strftime("%Y-%m-%dT08:15:00Z"),
    "us stamp": lambda d: d.strftime("%m/%d/%Y 01:45 PM"),
    "en name": lambda d: f"{d.day}-{MONTHS['en'][d.month - 1]}-{d.year}",
    "en long": lambda d: f"{MONTHS['en'][d.month - 1]} {d.day}, {d.year}",
    "de name": lambda d: f"{d.day}. {MONTHS['de'][d.month - 1]} {d.year}",
    "fr name": lambda d: f"{d.day} {MONTHS['fr'][d.month - 1]} {d.year}",
    "es name": lambda d: f"{d.day} de {MONTHS['es'][d.month - 1]} de {d.year}",
    "weekday": lambda d: d.strftime("%a ") + d.strftime("%d/%m/%Y"),
    "serial": lambda d: str((d - dt.date(1899, 12, 30)).days),
    "swapped": lambda d: (
        dt.date(d.year, d.day, d.month).isoformat() if d.day <= 12 else d.strftime("%d/%m/%Y")
    ),
}


def _grouped(number: float, places: int, mark: str, group: str) -> str:
    text = f"{abs(number):,.{places}f}"
    return text.replace(",", "\0").replace(".", mark).replace("\0", group)


def _indian(number: float, places: int, *_: str) -> str:
    whole, _, rest = f"{abs(number):.{places}f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail]) + ("." + rest if rest else "")


@dataclass
class Draft:
    """A file about to be written: its rows as values, the way to write them, and the damages done to single lines."""

    rows: list[list[object]]
    language: str = "en"
    order: list[int] = field(default_factory=lambda: list(range(len(COLUMNS))))
    delimiter: str = ","
    quote: str = '"'
    quote_all: bool = False
    escape: str = ""
    newline: str = "\n"
    encoding: str = "utf-8"
    mark: str = "."
    group: str = ""
    indian: bool = False
    negative: str = "-{}"
    money: str = "{}"
    date: str = "iso"
    preamble: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    header_copies: int = 1
    no_header: bool = False
    repeat_header_at: int = -1
    blank_after: set[int] = field(default_factory=set)
    blank_columns: int = 0
    pad: bool = False
    trailing: bool = False
    line_break_in: int = -1
    pack: str = ""
    line_damage: dict[int, Callable[[str, Draft], str]] = field(default_factory=dict)
    row_newline: dict[int, str] = field(default_factory=dict)
    second_table: bool = False
    sep_line: bool = False
    #: columns behind the others (name by language, cell of a row), values of a row written otherwise, texts of cells, and lines behind a row
    extra: list[tuple[Callable[[str], str], Callable[[list[object]], str]]] = field(default_factory=list)
    written: list[Callable[[list[object]], list[object]]] = field(default_factory=list)
    spelled: dict[str, Callable[[str], str]] = field(default_factory=dict)
    behind: list[Callable[[list[object]], list[object]]] = field(default_factory=list)
    may_refuse: bool = False
    may_reject: bool = False
    #: the names of the columns by language: of sales, or of another file with as many columns of the same kinds
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: HEADERS)

    def number(self, value: float, places: int, money: bool) -> str:
        text = _indian(value, places) if self.indian else _grouped(value, places, self.mark, self.group)
        if money:
            text = self.money.format(text)
        return self.negative.format(text) if value < 0 else text

    def cells(self, row: list[object]) -> list[str]:
        out = []
        more = [make(row) for _, make in self.extra]
        for change in self.written:
            row = change(row)
        for name, value in zip(COLUMNS, row, strict=True):
            if isinstance(value, dt.date):
                out.append(DATES[self.date](value))
            elif isinstance(value, (int, float)) and name == "quantity":
                out.append(self.number(value, 0, False))
            elif isinstance(value, (int, float)):
                out.append(self.number(value, 2, True))
            else:
                out.append(str(value))
        for name, spell in self.spelled.items():
            out[COLUMNS.index(name)] = spell(out[COLUMNS.index(name)])
        out = [out[i] for i in self.order]
        return out + more + [""] * self.blank_columns

    def line(self, cells: list[str], quote_all: bool | None = None) -> str:
        out = []
        for cell in cells:
            if self.pad:
                cell = f" {cell} "
            special = (
                any(mark in cell for mark in (self.delimiter, self.quote, "\n", "\r"))
                or (cell != cell.strip() and self.delimiter == " ")
                or cell == ""
            )
            special = (special and cell != "") or (self.delimiter == " " and cell == "")
            if (self.quote and (self.quote_all if quote_all is None else quote_all)) or (
                self.quote and special
            ):
                inner = cell.replace("\\", "\\\\") if self.escape else cell
                inner = inner.replace(self.quote, (self.escape or self.quote) + self.quote)
                cell = f"{self.quote}{inner}{self.quote}"
            out.append(cell)
        return self.delimiter.join(out) + (self.delimiter if self.trailing else "")

    def write(self) -> tuple[bytes, dict[int, list[object]]]:
        """The bytes, and for every data row its physical line number."""
        lines: list[tuple[str, str]] = []
        where: dict[int, list[object]] = {}

        def put(text: str, newline: str | None = None) -> int:
            first = 1 + sum(1 + t.count("\n") for t, _ in lines)
            lines.append((text, self.newline if newline is None else newline))
            return first

        if self.sep_line:
            put(f"sep={self.delimiter}")
        for text in self.preamble:
            put(text)
        header = (
            [self.headers[self.language][i] for i in self.order]
            + [name(self.language) for name, _ in self.extra]
            + [""] * self.blank_columns
        )
        if not self.no_header:
            for _ in range(self.header_copies):
                put(self.line(header))
        for number, row in enumerate(self.rows):
            if number == self.repeat_header_at:
                put(self.line(header))
            cells = self.cells(row)
            if number == self.line_break_in:
                at = self.order.index(COLUMNS.index("name"))
                cells[at] = cells[at] + "\nsecond line"
            text = self.line(cells)
            if number in self.line_damage:
                text = self.line_damage[number](text, self)
            where[put(text, self.row_newline.get(number))] = row
            for make in self.behind:
                put(self.line(self.cells(make(row))))
            if number in self.blank_after:
                put("")
        if self.second_table:
            put("")
            put(
                self.delimiter.join(
                    ("Region", "Manager", "Sales", "Quantity", "SKU", "Date", "Channel", "Customer", "Price")
                )
            )
            put(self.delimiter.join(("North", "Smith", "12", "5", "X", "2012-05-05", "web", "C", "7")))
        for text in self.footer:
            put(text)
        body = "".join(text + newline for text, newline in lines)
        data = body.encode(self.encoding, "replace")
        if self.pack == "gzip":
            data = gzip.compress(data, 1, mtime=0)
        elif self.pack == "zip":
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as archive:
                archive.writestr("sales.csv", data)
            data = stream.getvalue()
        return data, where


def clean_rows(seed: int, count: int = 40) -> list[list[object]]:
    """Order lines over four months with days above 12, returns, prices above 1,000, names with commas, quotes and accents."""
    draw = random.Random(seed)
    skus = ["007", "0123", "A-100", "a-100", "B.200/X", "BK-M82B-42", "Z9"]
    names = {
        "007": "Bolt, 10 mm",
        "0123": "Nut",
        "A-100": 'Table 48" round',
        "a-100": "Table small",
        "B.200/X": "Größe Ü, blue",
        "BK-M82B-42": "Café chair",
        "Z9": "Hinge; left",
    }
    prices = {
        "007": 1.25,
        "0123": 0.75,
        "A-100": 1204.5,
        "a-100": 87.4,
        "B.200/X": 19.99,
        "BK-M82B-42": 2319.95,
        "Z9": 3.1,
    }
    rows: list[list[object]] = []
    for number in range(count):
        sku = draw.choice(skus)
        quantity = -draw.randint(1, 3) if number % 13 == 7 else draw.choice((1, 2, 3, 5, 12, 40, 1250))
        day = dt.date(2012, 1, 13) + dt.timedelta(days=draw.randint(0, 110))
        rows.append(
            [
                day,
                f"SO{4000 + number}",
                sku,
                names[sku],
                quantity,
                prices[sku],
                round(quantity * prices[sku], 2),
                f"C{draw.randint(1, 9)}",
                draw.choice(("web", "shop")),
            ]
        )
    rows[0][0], rows[1][0] = dt.date(2012, 1, 28), dt.date(2012, 4, 30)
    rows[2][4], rows[2][6] = 1250, round(1250 * float(rows[2][5]), 2)  # type: ignore[arg-type]
    return rows


def totals(rows: list[list[object]]) -> dict[tuple[str, str], tuple[float, float]]:
    """Units and revenue per SKU and month."""
    out: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        cell = out[(str(row[2]), str(row[0])[:7])]
        cell[0] += float(row[4])  # type: ignore[arg-type]
        cell[1] += float(row[6])  # type: ignore[arg-type]
    return {key: (value[0], value[1]) for key, value in out.items()}


Pollution = Callable[[Draft, random.Random], None]


def _set(**values: object) -> Pollution:
    def change(draft: Draft, draw: random.Random) -> None:
        for name, value in values.items():
            setattr(draft, name, value)

    return change


def _damage(make: Callable[[str, Draft, random.Random], str]) -> Pollution:
    def change(draft: Draft, draw: random.Random) -> None:
        number = draw.randrange(len(draft.rows))
        local = random.Random(draw.random())
        before = draft.line_damage.get(number)
        draft.line_damage[number] = lambda text, d: make(before(text, d) if before else text, d, local)
        draft.may_reject = True

    return change


def _extra_quote(text: str, draft: Draft, draw: random.Random) -> str:
    at = draw.randrange(len(text) + 1)
    return text[:at] + (draft.quote or '"') + text[at:]


def _places(text: str, draft: Draft) -> list[int]:
    return [i for i in range(len(text)) if text.startswith(draft.delimiter, i)]


def _lost_delimiter(text: str, draft: Draft, draw: random.Random) -> str:
    places = _places(text, draft)
    at = draw.choice(places)
    return text[:at] + text[at + len(draft.delimiter) :]


def _extra_delimiter(text: str, draft: Draft, draw: random.Random) -> str:
    at = draw.choice(_places(text, draft))
    return text[:at] + draft.delimiter + text[at:]


def _other_delimiter(text: str, draft: Draft, draw: random.Random) -> str:
    other = ";" if draft.delimiter != ";" else "|"
    return text.replace(draft.delimiter, other)


def _cut(text: str, draft: Draft, draw: random.Random) -> str:
    return text[: draw.choice(_places(text, draft))]


def _single_quotes(text: str, draft: Draft, draw: random.Random) -> str:
    return text.replace('"', "'")


def _raw(text: str, draft: Draft, row: list[object], column: str, make: Callable[[str], str]) -> str:
    """A row without any quote, one of its cells written otherwise."""
    cells = draft.cells(row)
    at = draft.order.index(COLUMNS.index(column))
    cells[at] = make(cells[at])
    return draft.delimiter.join(cell for cell in cells if cell != "\0")


def _unquoted(column: str, make: Callable[[str, Draft], str]) -> Pollution:
    """A cell that holds the delimiter and stands without quotes."""

    def change(draft: Draft, draw: random.Random) -> None:
        number = draw.randrange(len(draft.rows))
        row = draft.rows[number]
        draft.line_damage[number] = lambda text, d: _raw(text, d, row, column, lambda cell: make(cell, d))
        draft.may_reject = True

    return change


def _mistyped_year(draft: Draft, draw: random.Random) -> None:
    number = draw.randrange(len(draft.rows))
    broken = list(draft.rows[number])
    day = broken[0]
    if isinstance(day, dt.date):
        broken[0] = day.replace(year=day.year + draw.choice((-20, -8, 8, 16)))
        draft.line_damage[number] = lambda text, d: d.line(d.cells(broken))
        draft.may_reject = True


def _mixed_ends(draft: Draft, draw: random.Random) -> None:
    draft.row_newline = {number: draw.choice(("\r", "\n", "\r\n")) for number in range(len(draft.rows))}


def _cell(column: str, values: tuple[object, ...]) -> Pollution:
    def change(draft: Draft, draw: random.Random) -> None:
        number = draw.randrange(len(draft.rows))
        value = draw.choice(values)
        row = list(draft.rows[number])
        row[COLUMNS.index(column)] = value
        original = draft.rows[number]
        position = COLUMNS.index(column)

        def damaged(text: str, d: Draft) -> str:
            broken = list(original)
            broken[position] = value
            return d.line(d.cells(broken))

        draft.line_damage[number] = damaged
        draft.may_reject = True

    return change


def _blank_rows(draft: Draft, draw: random.Random) -> None:
    draft.blank_after |= set(draw.sample(range(len(draft.rows)), 3))


def _shuffled(draft: Draft, draw: random.Random) -> None:
    draw.shuffle(draft.order)


def _repeat_header(draft: Draft, draw: random.Random) -> None:
    draft.repeat_header_at = draw.randrange(5, len(draft.rows))


def _duplicate(draft: Draft, draw: random.Random) -> None:
    number = draw.randrange(len(draft.rows))
    draft.rows.insert(number, draft.rows[number])


def _line_break(draft: Draft, draw: random.Random) -> None:
    draft.line_break_in = draw.randrange(len(draft.rows))


def _row_newline(newline: str) -> Pollution:
    def change(draft: Draft, draw: random.Random) -> None:
        draft.row_newline[draw.randrange(len(draft.rows))] = newline

    return change


def _preamble(texts: list[str]) -> Pollution:
    return lambda draft, draw: draft.preamble.extend(texts)


def _footer(make: Callable[[Draft], list[str]]) -> Pollution:
    def change(draft: Draft, draw: random.Random) -> None:
        draft.footer.extend(make(draft))

    return change


def _wide_blank(draft: Draft, text: str) -> str:
    return draft.delimiter.join([text] + [""] * (len(COLUMNS) - 1))


#: name -> pollution. The first block changes the form only: nothing may be lost.
FORMS: dict[str, Pollution] = {
    **{f"delimiter {d!r}": _set(delimiter=d) for d in (";", "\t", "|", "||", "::", "~", "^", ", ", "\x1f")},
    "quote all": _set(quote_all=True),
    "single quotes": _set(quote="'", quote_all=True),
    "backslash": _set(escape="\\", quote_all=True),
    "space delimited": _set(delimiter=" ", quote_all=True),
    **{f"newline {n!r}": _set(newline=n) for n in ("\r\n", "\r")},
    **{f"encoding {e}": _set(encoding=e) for e in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1")},
    **{f"header {name}": _set(language=name) for name in HEADERS if name != "en"},
    **{f"date {name}": _set(date=name) for name in DATES if name != "iso"},
    "decimal comma": _set(mark=",", delimiter=";"),
    "comma and dots": _set(mark=",", group=".", delimiter=";"),
    "comma and spaces": _set(mark=",", group=" ", delimiter=";"),
    "comma and thin spaces": _set(mark=",", group="\u202f", delimiter=";"),
    "commas grouped": _set(group=","),
    "apostrophes": _set(group="'", delimiter=";"),
    "indian": _set(indian=True),
    "accounting": _set(negative="({})"),
    "trailing minus": _set(negative="{}-"),
    "unicode minus": _set(negative="\u2212{}"),
    "dollar": _set(money="${}"),
    "euro behind": _set(money="{} €", mark=",", delimiter=";"),
    "currency code": _set(money="USD {}"),
    "title": _preamble(["Sales report"]),
    "title and blank": _preamble(["Sales report 2012", "Printed by: Smith", ""]),
    "blank first": _preamble(["", ""]),
    "sep line": _set(sep_line=True, delimiter=";"),
    "header twice": _set(header_copies=2),
    "header three times": _set(header_copies=3),
    "header again": _repeat_header,
    "blank rows": _blank_rows,
    "blank columns": _set(blank_columns=2),
    "padded": _set(pad=True),
    "trailing delimiter": _set(trailing=True),
    "columns shuffled": _shuffled,
    "line break in cell": _line_break,
    "row newline mixed": _mixed_ends,
    "date swapped": _set(date="swapped"),
    "row newline CRLF": _row_newline("\r\n"),
    "row newline LF": _row_newline("\n"),
    "gzip": _set(pack="gzip"),
    "zip": _set(pack="zip"),
    "duplicate row": _duplicate,
    "footnote": _footer(lambda d: ["Source: ERP"]),
    "footnote cells": _footer(lambda d: [_wide_blank(d, "Source: ERP")]),
    "blank and footnote": _footer(lambda d: ["", "Printed on 3 May"]),
    "total": _footer(
        lambda d: [
            d.line(
                [
                    "Total",
                    "",
                    "",
                    "",
                    d.number(sum(r[4] for r in d.rows), 0, False),
                    "",
                    d.number(sum(r[6] for r in d.rows), 2, True),
                    "",
                    "",
                ]
            )
        ]
    ),  # type: ignore[misc]
    "total in sku": _footer(
        lambda d: [
            d.line([("Total" if i == 2 else d.number(999, 0, False) if i == 4 else "") for i in d.order])
        ]
    ),
    "second table": _set(second_table=True),
}
#: damages to single rows: that row may be rejected by its number, and nothing else may change.
DAMAGES: dict[str, Pollution] = {
    "extra quote": _damage(_extra_quote),
    "lost delimiter": _damage(_lost_delimiter),
    "extra delimiter": _damage(_extra_delimiter),
    "other delimiter": _damage(_other_delimiter),
    "cut row": _damage(_cut),
    "single quoted row": _damage(_single_quotes),
    "blank quantity": _cell("quantity", ("", "n/a", "-")),
    "text quantity": _cell("quantity", ("three", "#REF!", "12:30", "Jan-12", "1.2.3")),
    "bad date": _cell("date", ("31.02.2012", "n/a", "", "tomorrow", "00/00/0000", "2012-13-45")),
    "blank sku": _cell("sku", ("", "  ")),
    "unquoted name": _unquoted("name", lambda cell, d: f"{cell}{d.delimiter} blue"),
    "unquoted price": _unquoted(
        "price", lambda cell, d: cell.replace(".", ",") if d.delimiter == "," else cell
    ),
    "lost name": _unquoted("name", lambda cell, d: "\0"),
    "mistyped year": _mistyped_year,
    "bad revenue": _cell("revenue", ("12,34,5.6.7", "abc", "#VALUE!")),
}
POLLUTIONS: dict[str, Pollution] = {**FORMS, **DAMAGES}
