"""What the owner of a file may say about it: the options of reading, and Told, the record that goes through its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypedDict

from analytics.data.columns.item_facts import ItemFacts
from analytics.data.lines.line_kinds import Choices

__all__ = ["ITEMS_DEFAULTS", "SALES_DEFAULTS", "FileOptions", "ItemsOptions", "SalesOptions", "Told"]


class FileOptions(TypedDict, total=False):
    """What may be said of any file; it overrules what was found (default None, or "" of an encoding: as found).

    date_order: DMY or MDY, whether the day or the month comes first. decimal: the decimal mark, "." or ",".
    delimiter: what stands between two cells of a text file. encoding: the encoding of a text file, such as cp1252.
    header_rows: how many rows the names of the columns take, 0 where there are none.
    mapping: columns by name or position for roles, as in a former report's `mapping`; of sales `quantity` may be
    "one unit a row" where every row is one unit sold.
    """

    date_order: str | None
    decimal: str | None
    delimiter: str | None
    encoding: str
    header_rows: int | None
    mapping: Mapping[str, str | int] | None


class ItemsOptions(FileOptions, total=False):
    """What may be said of a list of products: these beside those of `FileOptions`.

    sheet: the sheet of a workbook, by name or position (default None: the largest).
    stock_list: whether the file is a list of stock, whose quantity is what is on hand (default False).
    """

    sheet: str | int | None
    stock_list: bool


class SalesOptions(FileOptions, total=False):
    """What may be said of sales: these beside those of `FileOptions`; default None everywhere: as found, or nothing.

    sheet: the sheet of a workbook by name or position, one for all sources or a list with the sheets of each.
    start: the first day of columns named W0, W1, ..., such as 2012-01-02.
    periods: weeks or months, what numbers such as 2024-03 are.
    fiscal_start: in which month fiscal years begin: 4, 2023-04 for the first one of the file, its first day where weeks
    count from it, or several starts.
    dates: swapped or as written, whether a spreadsheet has swapped day and month.
    choices: what happens to lines that are not sales (see `analytics.data.lines.line_kinds.Choices`).
    treatments: what the rows of a value of a column are, as {"Status": {"Sent": "leave out"}} (see
    `analytics.data.meaning.treatments`), compared without case and accents; in a column of units of measure it is how many
    of the product's other unit one is, {"UoM": {"box": "12", "box of SKU1": "24"}}.
    item_facts: what a list of items says of units and costs.
    """

    sheet: str | int | Sequence[str | Sequence[str] | None] | None
    start: str | None
    periods: str | None
    fiscal_start: str | int | None
    dates: str | None
    choices: Choices | Mapping[str, str] | None
    treatments: Mapping[str, Mapping[str, str]] | None
    item_facts: ItemFacts | None


_FILE_DEFAULTS: Final[FileOptions] = {
    "date_order": None,
    "decimal": None,
    "delimiter": None,
    "encoding": "",
    "header_rows": None,
    "mapping": None,
}
ITEMS_DEFAULTS: Final[ItemsOptions] = {**_FILE_DEFAULTS, "sheet": None, "stock_list": False}
SALES_DEFAULTS: Final[SalesOptions] = {
    **_FILE_DEFAULTS,
    "sheet": None,
    "start": None,
    "periods": None,
    "fiscal_start": None,
    "dates": None,
    "choices": None,
    "treatments": None,
    "item_facts": None,
}


@dataclass(frozen=True)
class Told:
    """Answers that overrule what a file seems to say; None or "" where nothing was told. They are those of `SalesOptions` that concern the rows."""

    date_order: str | None = None
    decimal: str | None = None
    #: first day of periods that have numbers only
    start: str | None = None
    #: whether numbers such as 2024-03 are weeks or months
    periods: str | None = None
    #: when fiscal years begin: 4, 2023-04 for the first one of the file, a day or several starts, see `fiscal_start`
    fiscal_start: str | None = None
    #: whether day and month of dates that part at day 12 were swapped by a spreadsheet: swapped, or as written
    dates: str | None = None
    mapping: Mapping[str, str | int] | None = None
    choices: Choices = field(default_factory=Choices)
    #: what the rows of a value of a column are, see `analytics.data.meaning.treatments`
    treatments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: what a list of items says of units of measure and of costs
    item_facts: ItemFacts | None = None
