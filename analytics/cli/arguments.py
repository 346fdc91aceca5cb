"""The commands of `stock-or-order` and their options.

One concept: what may be typed; an option that several commands share is written once, so all of them stand together.
"""

from __future__ import annotations

import argparse
import math
import re
from datetime import date

from analytics.version import __version__

__all__ = ["EXPORTS", "argument_parser"]

#: What a study can be written to as one file.
EXPORTS = {
    "xlsx": "a workbook that recomputes, every sheet with its formulas",
    "pptx": "slides with charts that can be edited",
    "html": "one page to send, which asks for nothing",
    "pdf": "that page, printed by a Chromium, Chrome or Edge of this machine",
    "today": "what to expedite, order, stop, sell off and switch today",
    "odoo": "reordering rules and routes that change, for Odoo",
    "businesscentral": "planning fields of items that change, for Business Central",
    "sap": "plant data of materials that change, for SAP",
    "erpnext": "reorder levels of items that change, for ERPNext",
    "minmax": "strategy, minimum and maximum of products that change, for any other system",
}


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _amount(text: str) -> float:
    try:
        value = float(text.replace("_", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount such as 20100000.00")
    return value


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2013-12-31")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day of the calendar: {error}") from None


def _studied(one: argparse.ArgumentParser) -> None:
    """What a study is asked for beside its files: what-ifs, a rule, what is held, how stock is valued, a register, a replay."""
    help = "items file to decide with: strategies, settings and simulated counts are held as decided there, and the prices, costs and rates of --items applied to them"
    one.add_argument("--hold", metavar="ITEMS", help=help)
    one.add_argument(
        "--what-if",
        action="append",
        metavar="NAME=CHANGE%",
        help="what if demand, lead_time, unit_cost, price or part_cost (of all bought parts) were otherwise than the files say, such as demand=+10%%; for a family or a "
        "product family.NAME.price=-5%% or product.SKU.lead_time=+20%%; may be repeated",
    )
    one.add_argument(
        "--rule",
        metavar="CONDITIONS:DO",
        help="a rule of your own as a plan beside the others, such as 'price > 1500 and orders_per_month < 6: order' (all others to stock; also stock, or assemble); by "
        "unit_cost, orders_per_year, units_per_month, units_per_year, lead_weeks",
    )
    one.add_argument(
        "--as-of",
        type=_day,
        metavar="DAY",
        help="day of the stock, YYYY-MM-DD (default: of the file, else its last sale)",
    )
    one.add_argument(
        "--ledger",
        type=_amount,
        metavar="AMOUNT",
        help="balance of stock in your ledger, to tie the file's stock to",
    )
    one.add_argument(
        "--standard",
        choices=("ifrs", "usgaap", "hgb"),
        help="accounting standard of the reserve (default ifrs)",
    )
    one.add_argument(
        "--ledger-of",
        action="append",
        metavar="ACCOUNT=AMOUNT",
        help="balance of an account (a column account of the items or stock file), else of a family; may be repeated",
    )
    one.add_argument(
        "--account",
        action="append",
        metavar="FAMILY=ACCOUNT",
        help="account of the ledger that a family stands in, where the files name none; may be repeated",
    )
    help = "TOML file of how stock is valued: ladders, buckets, cost to sell, months, balances, reserves set by hand; see 'stock-or-order policy'"
    one.add_argument("--policy", metavar="FILE", help=help)
    help = "your name, kept as typed with what is stated of stock here and in the file of --policy"
    one.add_argument("--by", default="", metavar="NAME", help=help)
    one.add_argument(
        "--one-off",
        type=_amount,
        metavar="AMOUNT",
        help="what switching costs once, for the programme; beside it the items file may state products' own (one_off_cost); "
        "until they are stated, cash and pay-back are said to be before one-off costs",
    )
    one.add_argument(
        "--register",
        metavar="FILE",
        help="register.csv of an earlier analyze: what was stated and chosen there holds again, so that the same files give the "
        "same results; what is said beside it goes first",
    )
    one.add_argument(
        "--replay",
        action="store_true",
        help="replay four past dates first, to measure how far stated gains are wrong (else as stated: 45 %%; takes about three times as long)",
    )
    one.add_argument(
        "--forecast",
        help="your own past forecast: sku, period, mean and, where known, origin; compared in forecast_value_added.csv",
    )


def argument_parser() -> argparse.ArgumentParser:
    """All commands with their options; the name of the one that was called is in `command`."""
    parser = argparse.ArgumentParser(
        prog="stock-or-order",
        description="Which products to make to stock, assemble to order or make to order, and what that is worth.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    def serving(one: argparse.ArgumentParser) -> None:
        one.add_argument("--port", type=int, default=8501, help="port on this machine (default 8501)")
        one.add_argument("--no-browser", action="store_true", help="only print the address")
        one.add_argument(
            "--public-url",
            action="append",
            default=[],
            metavar="ADDRESS",
            help="address (https://name) under which a proxy shows the app; may be repeated",
        )

    def reading(one: argparse.ArgumentParser) -> None:
        one.add_argument("--items", help="items file")
        one.add_argument(
            "--date-order", choices=("DMY", "MDY"), help="day or month first, where the file cannot tell"
        )
        one.add_argument(
            "--encoding",
            default="",
            help="encoding of a text file, where its letters cannot tell, such as cp1251 or cp932",
        )
        one.add_argument("--decimal", choices=(".", ","), help="decimal mark, where the file cannot tell")
        one.add_argument(
            "--start", help="first day (YYYY-MM-DD) of periods that have numbers only (W0, W1, ...)"
        )
        one.add_argument(
            "--periods",
            choices=("weeks", "months"),
            help="what numbers such as 2024-03 are, where neither header nor file can tell",
        )
        one.add_argument(
            "--fiscal-start",
            metavar="MONTH",
            help="month in which fiscal years begin: 4, 2023-04 for the first of the file, 2023-10-01 where weeks count from a "
            "day, or several where a year was short: 2022-04,2024-01",
        )
        one.add_argument(
            "--dates",
            choices=("swapped", "as written"),
            help="whether a spreadsheet has swapped day and month of the dates up to the 12th, where it is asked",
        )
        one.add_argument(
            "--join",
            metavar="CHANGES",
            help="differences of writing over which codes of the items are joined to those sold: zeros, case, blanks, dashes, names",
        )
        one.add_argument(
            "--mapping",
            action="append",
            metavar="ROLE=COLUMN",
            help="column of a role (sku, date, quantity, price, revenue, ...); quantity=one unit a row where every row is one unit sold; may be repeated",
        )
        one.add_argument(
            "--choices",
            action="append",
            metavar="KIND=keep|reject",
            help="what to do with lines that are not sales: service_lines, cancelled_orders, ...",
        )
        help = "what the rows of a value are (count, return, leave out, on hand, receipt; for a unit of measure a factor); may be repeated"
        one.add_argument("--treat", action="append", metavar="COLUMN:VALUE=TREATMENT", help=help)
        one.add_argument("--sheet", help="sheet of a workbook")

    def writing(one: argparse.ArgumentParser) -> None:
        help = "en (default): columns parted by commas, decimal point; de: semicolons and decimal comma in tables, numbers and dates of pages and slides as German writes them"
        one.add_argument("--locale", choices=("en", "de"), default="en", help=help)

    def receiving(one: argparse.ArgumentParser) -> None:
        help = "receipts of goods (sku, date, quantity): their median is the lot in use today where no order quantity is given; stock is aged by them"
        one.add_argument("--receipts", help=help)

    def stocked(one: argparse.ArgumentParser) -> None:
        help = "stock on hand (sku, quantity, and where known as of, location, value, unit cost, lot, receipt date, status)"
        one.add_argument("--stock", help=help)

    def as_set(one: argparse.ArgumentParser) -> None:
        help = (
            "today's strategies and levels as your system has them, by export --to or a list of products: in place of those of the items, "
            "for the products it names"
        )
        one.add_argument("--settings", metavar="FILE", help=help)

    def promoted(one: argparse.ArgumentParser) -> None:
        help = "promotions past and ahead (sku, from, to): what they brought in the past is put where they are planned"
        one.add_argument("--promotions", metavar="FILE", help=help)

    def ets(one: argparse.ArgumentParser) -> None:
        help = "the N products with most money: statsmodels' ETS, chosen by AICc, joins their forecast (about a second a product; default 0)"
        one.add_argument("--ets", type=_count, default=0, metavar="N", help=help)

    serving(command("demo", "open the app on the sample data"))
    team = command("serve", "serve a team that signs in: rights, companies apart; needs the extra [team]")
    team.add_argument("--config", required=True, metavar="FILE", help="configuration (TOML), see the README")
    team.add_argument(
        "--host", default="127.0.0.1", metavar="NAME", help="address to listen on (default 127.0.0.1)"
    )
    team.add_argument("--port", type=int, default=8501, help="port to listen on (default 8501)")
    team.add_argument(
        "--public-url",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="address (https://name) under which people open it; may be repeated, the first is where sign-in comes back",
    )
    help = "where work is kept: postgresql://host/name (passwords belong into STOCK_OR_ORDER_DATABASE or the file of secrets) or a file"
    team.add_argument("--database", default="", metavar="URL", help=help)
    app = command("app", "open the app, on your own file if given")
    app.add_argument("sales", nargs="?", help="sales file")
    app.add_argument("--items", help="items file")
    stocked(app)
    receiving(app)
    promoted(app)
    app.add_argument(
        "--bom", help="bill of materials: parent, component, quantity; several levels by chaining"
    )
    serving(app)
    check = command("check", "read files and say what was used and rejected")
    check.add_argument("sales", nargs="+", help="sales files")
    reading(check)
    receiving(check)
    stocked(check)
    promoted(check)
    check.add_argument("--json", action="store_true", help="one JSON line per file")
    check.add_argument(
        "--out",
        help="folder for sales.csv as understood, rejected_rows.csv, meanings.csv, orders_on_hand.csv, receipts.csv, and rejected_rows_items.csv, "
        "rejected_rows_stock.csv, rejected_rows_receipts.csv and rejected_rows_promotions.csv for the files given beside it",
    )
    writing(check)
    forecast = command("forecast", "forecast every product as a distribution")
    forecast.add_argument("sales", help="sales file")
    reading(forecast)
    forecast.add_argument("--horizon", type=int, required=True, help="number of future periods")
    forecast.add_argument(
        "--frequency", choices=("D", "W", "M"), help="days, weeks or months (default: chosen from the data)"
    )
    forecast.add_argument(
        "--clean",
        metavar="LAYERS",
        help="layers of history cleaning, parted by commas, or none (default: see the Demand page)",
    )
    forecast.add_argument(
        "--total", action="store_true", help="one row per product for demand summed over the horizon"
    )
    promoted(forecast)
    ets(forecast)
    writing(forecast)
    forecast.add_argument("--out", required=True, help="CSV file to write")

    def deciding(one: argparse.ArgumentParser, needed: bool = True) -> None:
        one.add_argument("sales", nargs=None if needed else "?", help="sales file")
        reading(one)
        one.add_argument(
            "--bom", help="bill of materials: parent, component, quantity; several levels by chaining"
        )
        receiving(one)
        as_set(one)
        promoted(one)
        one.add_argument("--assumptions", help="TOML file, see 'stock-or-order assumptions'")
        one.add_argument(
            "--frequency",
            choices=("D", "W", "M"),
            help="days, weeks or months (default: chosen from the data)",
        )
        one.add_argument(
            "--clean",
            metavar="LAYERS",
            help="layers of history cleaning, parted by commas, or none (default: see the Demand page)",
        )
        one.add_argument("--seed", type=int, default=1, help="seed of the simulation (default 1)")
        one.add_argument(
            "--currency", default="", help="name of the currency, for words and files; nothing is converted"
        )
        writing(one)

    def into_folder(one: argparse.ArgumentParser) -> None:
        one.add_argument("--out", required=True, help="folder to write to")

    analyze = command("analyze", "decide for every product and write the tables")
    export = command("export", "decide for every product and write one file to take away")
    for one in (analyze, export):
        deciding(one, needed=one is analyze)
        ets(one)
        stocked(one)
        _studied(one)
    into_folder(analyze)
    help = "folder written by an earlier analyze (or its kept_study.bin): what changed since then and why, and what became of what was promised"
    analyze.add_argument("--before", metavar="FOLDER", help=help)
    export.add_argument(
        "--to",
        choices=tuple(EXPORTS),
        required=True,
        help="; ".join(f"{name}: {words}" for name, words in EXPORTS.items()),
    )
    help = "folder written by an earlier analyze, in place of the sales: its study is made again from what it keeps"
    export.add_argument("--result", metavar="FOLDER", help=help)
    export.add_argument("--out", help="file to write; needed but for --dry-run")
    export.add_argument(
        "--mapping-file",
        metavar="FILE",
        help="TOML file of what your system calls a setting: columns, words, location or plant; see 'stock-or-order settings'",
    )
    export.add_argument(
        "--dry-run",
        action="store_true",
        help="of settings for a system: print every one that changes, today's and the new one, and write no file",
    )
    export.add_argument(
        "--template",
        metavar="FILE",
        help="of slides: your company's own presentation (.pptx), whose masters they take; its slides are left out",
    )
    export.add_argument(
        "--hide-names",
        action="store_true",
        help="made-up names of products, families, customers and files; every figure stays",
    )
    replay = command("replay", "what would have happened had it been followed at past dates")
    deciding(replay)
    into_folder(replay)
    replay.add_argument("--origins", type=int, required=True, help="number of past dates at which to decide")
    replay.add_argument(
        "--products",
        type=int,
        help="number of products to replay at least, chosen by a hash of their SKUs (default all)",
    )
    template = command(
        "template",
        "write a workbook to fill in: sheets for sales, items, stock, receipts, promotions and bill of materials",
    )
    template.add_argument("file", help="workbook to write (.xlsx)")
    command("assumptions", "print the table of assumptions as TOML")
    command("settings", "print what systems call a setting, as TOML for export --mapping-file")
    command("policy", "print how stock is valued, as TOML for analyze --policy")
    backup = command("backup", "write scenarios, answers, links and studies kept on this machine to a file")
    backup.add_argument("file", help="file to write")
    restore = command("restore", "put a backup in the place of what is kept; that stays beside it")
    restore.add_argument("file", help="file that backup wrote")
    restore.add_argument(
        "--other-company",
        action="store_true",
        help="also where it is of another company or machine than what is kept here",
    )
    log = command("log", "write the log of changes (who changed what from what to what, when) to a file")
    log.add_argument("file", help="file to write (.csv or .json)")
    log.add_argument("--company", help="of which company, where a team's database is named")
    command(
        "doctor",
        "look at everything this program keeps and needs, and say what to do; exit code 1 where something is wrong",
    )
    return parser
