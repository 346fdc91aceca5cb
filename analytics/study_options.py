"""What a caller may choose of a study and of a replay: each by keyword, with a meaning, a unit and a default of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypedDict

from analytics.data.history import IntakeReport
from analytics.data.items.bom_file import BillOfMaterials
from analytics.demand.cleaning.layers import Cleaning
from analytics.strategy.plans.ledgers import Progress

__all__ = [
    "DATE_DEFAULTS",
    "REPLAY_DEFAULTS",
    "STUDY_DEFAULTS",
    "DateOptions",
    "ReplayOptions",
    "StudyOptions",
]


class DateOptions(TypedDict, total=False):
    """What may be chosen of a study at one date of a replay, and of every study.

    seed: what all random numbers follow from, any integer of 0 or more (default 1): same input and seed, same cent.
    cleaning: what is taken out of the history before it is forecast (default None: the default layers).
    bom: a bill of materials, which gives the products it knows their component share and component family (default None:
    there is none).
    draws: how many draws of what is not known for sure, of eight simulated years each (default of a replay: 25; of a study
    None: 50, or 25 for a large portfolio).
    progress: called as progress(share, text) as work goes on, share of the work done from 0 to 1 (default None: nothing).
    """

    seed: int
    cleaning: Cleaning | None
    bom: BillOfMaterials | None
    draws: int | None
    progress: Progress | None


class StudyOptions(DateOptions, total=False):
    """What may be chosen of a study: these beside those of `DateOptions`.

    frequency: the periods in which demand is counted, D, W or M (default None: chosen from the data).
    currency: the currency of all money, as it is written behind a figure (default "": none).
    items_report: how the items file was read, for what is said of it (default None: nothing).
    split_orders: whether large orders may be made to order while small ones come from stock, HYBRID (default True).
    ets: how many products, those with most money, statsmodels' ETS forecasts as well (default 0).
    hold_demand: whether the demand that was drawn is kept, for what is played right afterwards; it takes memory, and no number
    changes (default False).
    how_sure: whether flip points are looked for; else what is decided, and nothing of how far it holds (default True).
    replay: at how many past dates decisions are replayed first, to measure how far gains are wrong (default 0: as stated).
    """

    frequency: str | None
    currency: str
    items_report: IntakeReport | None
    split_orders: bool
    ets: int
    hold_demand: bool
    how_sure: bool
    replay: int


class ReplayOptions(DateOptions, total=False):
    """What may be chosen of a replay: these beside those of `DateOptions`.

    frequency: the periods in which demand is counted, D, W or M (default None: as the history before the first date suggests).
    currency: the currency of all money, as it is written behind a figure (default "": none).
    patience_per_day: share of buyers lost per day of wait, by SKU, where it is known of the past (default None: of no product).
    products: how many products to replay at least, chosen by a hash of their SKUs; products that share components are
    chosen together, and everything is fitted on those chosen alone (default None: all).
    """

    frequency: str | None
    currency: str
    patience_per_day: Mapping[str, float] | None
    products: int | None


#: Parameter draws of a study at one date: half of a whole study's, as several are made.
_DRAWS_AT_A_DATE = 25

DATE_DEFAULTS: Final[DateOptions] = {
    "seed": 1,
    "cleaning": None,
    "bom": None,
    "draws": _DRAWS_AT_A_DATE,
    "progress": None,
}
STUDY_DEFAULTS: Final[StudyOptions] = {
    **DATE_DEFAULTS,
    "draws": None,
    "frequency": None,
    "currency": "",
    "items_report": None,
    "split_orders": True,
    "ets": 0,
    "hold_demand": False,
    "how_sure": True,
    "replay": 0,
}
REPLAY_DEFAULTS: Final[ReplayOptions] = {
    **DATE_DEFAULTS,
    "frequency": None,
    "currency": "",
    "patience_per_day": None,
    "products": None,
}
