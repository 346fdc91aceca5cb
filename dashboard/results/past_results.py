"""What the past says: the forecast at past dates with its money, an outside forecast beside it, decisions replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.assumptions import Assumptions
from dashboard.results.compute import as_kept, found_result, read_source, result, silent, study
from dashboard.results.demand_facts import DemandFacts, demand_facts_of, past_of
from dashboard.results.result_cache import Progress
from dashboard.results.store import keep, kept
from dashboard.state.choice import Choice, base_assumptions
from sample_data import samples

if TYPE_CHECKING:
    from analytics.data.items.bom_file import BillOfMaterials
    from analytics.study import Study

__all__ = [
    "DATES_KEPT",
    "SAMPLE_DATES",
    "demand",
    "demand_is_ready",
    "past_replayed",
    "replay_csv",
    "replayed",
    "stock_replayed",
    "value_added",
]

#: Past dates at which a sample is replayed at set-up.
SAMPLE_DATES = 4
#: Where a session keeps how many dates it last replayed.
DATES_KEPT = "dates of the replay"


def _names_hidden(find: Callable[..., Any]) -> Callable[..., Any]:
    """The same under made-up names where names are hidden; random numbers are keyed by the real ones."""

    @wraps(find)
    def shown(choice: Choice, *rest: Any) -> Any:
        if not choice.anonymous:
            return find(choice, *rest)
        from analytics.study_export.hidden_names import hidden

        plain = replace(choice, anonymous=False)
        found = find(plain, *rest)
        return None if found is None else hidden(found, study(plain, sure=False))

    return shown


def _stored(choice: Choice) -> DemandFacts | None:
    """What was kept of a sample at set-up, where history is cleaned as it was then."""
    sample = choice.source.sample
    return kept(sample, "demand") if sample and choice.cleaning is None else None


def _at_set_up(choice: Choice) -> bool:
    """Whether it is a sample as it was fitted and assumed at set-up."""
    sample = choice.source.sample
    return bool(sample) and choice.as_fitted and choice.assumptions == base_assumptions(sample)


@_names_hidden
def _demand(choice: Choice, progress: Progress) -> DemandFacts:
    def make() -> DemandFacts:
        stored = _stored(choice)
        at_set_up = _at_set_up(choice)
        if stored is not None and at_set_up:
            return stored
        current = study(choice, lambda share, text: progress(0.6 * share, text), sure=False)
        later: Progress = lambda share, text: progress(0.6 + 0.4 * share, text)  # noqa: E731
        tested = result(
            replace(choice, ets=0),
            ("past",),
            lambda: past_of(current, later) if stored is None else stored.past,
            assumed=False,
        )
        made = demand_facts_of(current, tested)
        if at_set_up and not choice.overrides and choice.currency == samples()[choice.source.sample].currency:
            keep(choice.source.sample, "demand", made)
        return made

    found: DemandFacts = result(choice, ("demand",), make)
    return found


def demand(choice: Choice, progress: Progress = silent) -> DemandFacts:
    """What the Demand page shows: the forecast at past dates with its money, the layers of cleaning, what is ahead."""
    found: DemandFacts = _demand(choice, progress)
    return found


def demand_is_ready(choice: Choice) -> bool:
    """Whether the Demand page needs no computing."""
    there = found_result(replace(choice, anonymous=False), ("demand",)) is not None
    return there or (_at_set_up(choice) and _stored(choice) is not None)


@_names_hidden
def _value_added(choice: Choice, name: str, content: bytes, progress: Progress) -> Any:
    def make() -> Any:
        from analytics.forecast.judged.external import read_external_forecast
        from analytics.study_results import forecast_value_added

        current = study(choice, lambda share, text: progress(0.5 * share, text), sure=False)
        order = current.history.report.date_order
        external = read_external_forecast(content, name=name, date_order=order)
        return forecast_value_added(current, external, lambda share, text: progress(0.5 + 0.5 * share, text))

    return result(choice, ("value added", blake2b(content, digest_size=16).hexdigest()), make, assumed=False)


def value_added(choice: Choice, name: str, content: bytes, progress: Progress = silent) -> Any:
    """An uploaded forecast beside ours and the mean of the last 12 periods. Raises DataError where it does not fit."""
    return _value_added(choice, name, content, progress)


def past_replayed(
    current: Study,
    assumptions: Assumptions,
    dates: int,
    bom: BillOfMaterials | None = None,
    progress: Progress | None = None,
) -> tuple[Any, dict[str, Any]]:
    """The replay of a study's past at so many dates, and its document."""
    from analytics.replay import replay_summary, run_replay

    result = run_replay(
        current.history,
        current.given_items,
        assumptions,
        origins=dates,
        seed=current.seed,
        currency=current.currency,
        bom=bom,
        progress=progress,
    )
    return result, replay_summary(result)


@_names_hidden
def _replay(choice: Choice, dates: int, progress: Progress | None) -> Any:
    """The replay of a choice and its document; None where it is not there and no progress is given to compute it with."""
    what = ("replay", choice.currency, str(dates))
    sample = choice.source.sample
    at_set_up = dates == SAMPLE_DATES and as_kept(choice) and choice.currency == samples()[sample].currency
    stored = kept(sample, "replay") if at_set_up and found_result(choice, what) is None else None
    if stored is not None:
        return result(choice, what, lambda: stored)
    if progress is None:
        return found_result(choice, what)

    def make() -> Any:
        base = study(choice, lambda share, text: progress(0.05 * share, text), sure=False)
        bom = None if sample else read_source(choice.source).bom
        made = past_replayed(
            base, choice.assumptions, dates, bom, lambda share, text: progress(0.05 + 0.95 * share, text)
        )
        if at_set_up:
            keep(sample, "replay", made)
        return made

    return result(choice, what, make)


def replayed(
    choice: Choice, dates: int, progress: Progress = silent, compute_it: bool = True
) -> dict[str, Any] | None:
    """What would have happened with decisions at so many past dates; None where it is not computed and shall not be."""
    found = _replay(choice, dates, progress if compute_it else None)
    return None if found is None else found[1]


def replay_csv(choice: Choice, dates: int, name: str = "replay", locale: str = "en") -> Callable[[], bytes]:
    """The maker of a file of the replay, `replay`, `replay_policies` or `replay_products`, for a button that asks for it later."""

    def make() -> bytes:
        from analytics.replay import policies_table, products_table, replay_table
        from analytics.writeup.files import csv_bytes

        tables = {
            "replay": replay_table,
            "replay_policies": policies_table,
            "replay_products": products_table,
        }
        return csv_bytes(tables[name](_replay(choice, dates, silent)[0]), locale)

    return make


def stock_replayed(choice: Choice, dates: int, sku: str) -> pd.DataFrame | None:
    """A product's stock in the replay of the mix: period, on_hand, short; None where the past is not replayed or the product was not known."""
    found = _replay(choice, dates, None)
    if found is None:
        return None
    replay = found[0]
    row = np.flatnonzero(replay.skus == sku)
    if not len(row) or not replay.known[:, row[0]].any():
        return None
    weeks = np.repeat(replay.known[:, row[0]], replay.schedule.window_weeks)
    columns = {
        "period": replay.schedule.week_starts,
        "on_hand": replay.mix_stock[row[0]].astype(float),
        "short": replay.mix_short[row[0]].astype(float),
    }
    return pd.DataFrame(columns)[weeks].reset_index(drop=True)
