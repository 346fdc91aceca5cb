"""What a study can be written to as one file: a writer by name, each from the same study to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from analytics.naming.systems import SYSTEMS, System
from analytics.study_stock.parts import StockParts
from analytics.valuation.policy import StockPolicy
from analytics.writeup.register import MadeFrom

if TYPE_CHECKING:
    from analytics.naming.number_form import Names
    from analytics.strategy.what_if.gain_sensitivity import GainMove
    from analytics.study import Study
    from analytics.writeup.takeaway.findings import TakeAway

__all__ = ["WRITERS", "Taken", "written"]


@dataclass(frozen=True, eq=False)
class Taken:
    """What is taken away: a study (under made-up names where names are hidden), its stock under `policy`, and what it was `made_from`.

    `template` is a company's own presentation to put slides on (None: the house's look); `moves` what moves the gain and `unseen` what is said of
    demand that was never seen, where they are at hand (None: worked out where a file needs them).
    `systems` are the columns and words of the systems that settings are written for, `locale` the form of numbers and dates, in a CSV file and in words.
    """

    study: Study
    policy: StockPolicy
    made_from: MadeFrom
    stock: StockParts
    template: bytes | None = None
    moves: Sequence[GainMove] | None = None
    unseen: str | None = None
    systems: Mapping[str, System] = field(default_factory=lambda: SYSTEMS)
    locale: str = "en"

    def findings(self) -> TakeAway:
        """What slides and page are written from."""
        from analytics.study_export.findings import study_findings

        return study_findings(self.study, self.stock, self.moves, self.unseen)

    def names(self) -> Names:
        """Names of the file that look like numbers: they stay as the file has them in whatever form the rest is."""
        from html import escape

        from analytics.naming.number_form import like_numbers

        items = self.study.items
        return like_numbers(
            (str(one) for name in (items.skus, items["name"], items["family"]) for one in name), escape
        )

    def table(self, name: str) -> pd.DataFrame:
        """A table of the study by the name of its file, such as register."""
        from analytics.study_results import study_tables

        return study_tables(self.study, self.policy, self.made_from, stock=self.stock)[name]()


def _workbook(taken: Taken) -> bytes:
    from analytics.study_export.workbook import study_workbook

    return study_workbook(taken.study, taken.stock, taken.table("register"))


def _slides(taken: Taken) -> bytes:
    from analytics.writeup.slides.slides import slides_bytes
    from analytics.writeup.takeaway.form import slides_in_form

    return slides_in_form(slides_bytes(taken.findings(), taken.template), taken.locale, taken.names())


def _page(taken: Taken) -> bytes:
    from analytics.writeup.page.page import page_bytes
    from analytics.writeup.takeaway.form import page_in_form

    return page_in_form(page_bytes(taken.findings()), taken.locale, taken.names())


def _printed(taken: Taken) -> bytes:
    from analytics.machine.printed_page import printed

    return printed(_page(taken))


def _settings(name: str, taken: Taken) -> bytes:
    from analytics.study_export.settings import study_settings

    return study_settings(taken.study, taken.systems[name]).file(taken.locale)


def _todays_list(taken: Taken) -> bytes:
    from analytics.study_stock.todays_list import todays_list
    from analytics.writeup.files import csv_bytes

    return csv_bytes(todays_list(taken.study, taken.stock.valued(), taken.stock.runs_out()), taken.locale)


#: By the name that `export --to` takes (`analytics.cli.arguments.EXPORTS` says each in words).
WRITERS: Mapping[str, Callable[[Taken], bytes]] = {
    "xlsx": _workbook,
    "pptx": _slides,
    "html": _page,
    "pdf": _printed,
    "today": _todays_list,
    **{name: partial(_settings, name) for name in SYSTEMS},
}


def written(kind: str, taken: Taken) -> bytes:
    """One file as bytes, `kind` a name of WRITERS. Raises DataError where it would hold more than such a file can."""
    return WRITERS[kind](taken)
