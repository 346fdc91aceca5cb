"""Files given beside the sales: how each was read, its rows that are not used, and its digest."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from analytics.cli.given import file_at

if TYPE_CHECKING:
    import pandas as pd

    from analytics.data.history import IntakeReport
    from analytics.data.uploads import Reading

__all__ = ["digests_beside", "rejected_beside", "reports_beside"]

_REJECTED = {
    "items": "rejected_rows_items.csv",
    "stock": "rejected_rows_stock.csv",
    "receipts": "rejected_rows_receipts.csv",
    "promotions": "rejected_rows_promotions.csv",
}


def reports_beside(given: Reading) -> dict[str, IntakeReport]:
    """How each file beside the sales was read, by its kind: items, stock, receipts, promotions."""
    found = {
        "items": given.items_report,
        **given.list_reports,
        "receipts": given.receipts_report,
        "promotions": given.promotions_report,
    }
    if "items" not in given.list_reports and "stock" in given.list_reports:
        del found["items"]  # there is a list of stock alone
    return {kind: report for kind, report in found.items() if report is not None}


def rejected_beside(reports: Mapping[str, IntakeReport]) -> dict[str, Callable[[], pd.DataFrame]]:
    """The rows of each such file that are not used, as tables by file name."""
    return {
        _REJECTED[kind].removesuffix(".csv"): partial(getattr, report, "rejected")
        for kind, report in reports.items()
    }


def digests_beside(given: Reading, arguments: argparse.Namespace) -> dict[str, str]:
    """The digests of the files beside the sales, by kind, as they were read."""
    found = {kind: report.digest for kind, report in reports_beside(given).items()}
    for kind, path in {"bom": arguments.bom, "forecast": arguments.forecast}.items():
        if path:
            found[kind] = sha256(file_at(path).read_bytes()).hexdigest()
    return found
