"""The only place that computes and the only one that keeps results: studies and facts by the digest of what they rest on.

Samples are shared by all who look at them. A person's own data stay in the session and go with it. Keys are digests
of bytes and of stated assumptions, never of data frames.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics.assumptions import Assumptions, assumptions_toml, read_assumptions
from dashboard.demand_facts import DemandFacts, demand_facts_of, past_of
from dashboard.facts import Facts, facts_of, intake_of, overridden
from dashboard.inputs import Choice, Source
from dashboard.store import kept
from sample_data import sample_paths, samples

if TYPE_CHECKING:
    from analytics.data import SalesHistory
    from analytics.items import Items
    from analytics.study import Study

__all__ = [
    "base_assumptions", "demand", "demand_is_ready", "facts", "file_intake", "file_maker", "files", "forecast_of", "is_ready",
    "quick_profit", "read_source", "replay_csv", "replayed", "sample_study", "study", "turning_of", "value_added", "warm",
]  # fmt: skip

Progress = Callable[[float, str], None]
_MOST_STUDIES = 4
_MOST_FACTS = 12


def _silent(share: float, text: str) -> None:
    pass


class Shelf:
    """A few results by key; the one not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.results: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self.lock = threading.Lock()

    def find(self, key: tuple[str, ...]) -> Any | None:
        """The result under this key, None where it is not there (any more)."""
        with self.lock:
            if key in self.results:
                self.results.move_to_end(key)
            return self.results.get(key)

    def put(self, key: tuple[str, ...], result: Any) -> Any:
        """Keep a result and give it back."""
        with self.lock:
            self.results[key] = result
            self.results.move_to_end(key)
            while len(self.results) > self.most:
                self.results.popitem(last=False)
        return result


@st.cache_resource(show_spinner=False, max_entries=4)
def _shared(most: int, kind: str) -> Shelf:
    return Shelf(most)


def _shelf(source: Source, kind: str) -> Shelf:
    """Samples are everybody's; a person's own data are the session's."""
    most = _MOST_STUDIES if kind == "study" else _MOST_FACTS
    if source.sample:
        return _shared(most, kind)
    name = f"_shelf_{kind}"
    if name not in st.session_state:
        st.session_state[name] = Shelf(most)
    shelf: Shelf = st.session_state[name]
    return shelf


@cache
def base_assumptions(sample: str) -> Assumptions:
    """What a sample company has confirmed; nothing for a file of one's own."""
    paths = sample_paths(sample) if sample else {}
    return read_assumptions(paths["assumptions"].read_text(encoding="utf-8")) if "assumptions" in paths else Assumptions()


def _digest(assumptions: Assumptions) -> str:
    origins = ",".join(f"{name}:{a.origin}" for name, a in sorted(assumptions.general.items()))
    return blake2b((assumptions_toml(assumptions) + origins).encode(), digest_size=12).hexdigest()


def _layers(choice: Choice) -> str:
    """The layers of cleaning as part of a key."""
    return "default" if choice.cleaning is None else ",".join(choice.cleaning)


def sample_study(name: str, progress: Progress | None = None, layers: tuple[str, ...] | None = None) -> Study:
    """The study of a sample, computed now."""
    from analytics.data import read_items, read_sales
    from analytics.demand.cleaning import Cleaning
    from analytics.study import run_study

    cleaning = None if layers is None else Cleaning.of(layers)
    paths = sample_paths(name)
    history = read_sales(paths["sales"])
    items, report = read_items(paths["items"])
    return run_study(history, items, base_assumptions(name), currency=samples()[name].currency, cleaning=cleaning, items_report=report, progress=progress)


def read_source(source: Source) -> tuple[SalesHistory, Items | None, Any]:
    """Sales and items of a file as understood. Raises DataError with every problem."""
    shelf = _shelf(source, "read")
    key = (source.digest,)
    found = shelf.find(key)
    if found is None:
        from analytics.data import read_items, read_sales

        contents = [content for _, content in source.sales]
        name = source.sales[0][0] if len(source.sales) == 1 else ""
        options: dict[str, Any] = {"date_order": source.date_order or None}
        if source.mapping:
            options["mapping"] = dict(source.mapping)
        answers = dict(source.options)
        options |= {name: answers.pop(name) for name in ("decimal", "start") if name in answers}
        if answers:
            options["choices"] = answers
        history = read_sales(contents[0] if len(contents) == 1 else contents, name=name, **options)
        items, report = read_items(source.items[1], name=source.items[0]) if source.items else (None, None)
        found = shelf.put(key, (history, items, report))
    result: tuple[SalesHistory, Items | None, Any] = found
    return result


def file_intake(source: Source) -> tuple[Any, Any]:
    """How the sales and the items of a file were read."""
    history, _, report = read_source(source)
    return intake_of(history.report), intake_of(report) if report is not None else None


def _base_study(choice: Choice, progress: Progress) -> Study:
    """The study of a source under its own base assumptions: everything else follows from it without refitting."""
    source = choice.source
    key = (source.digest, "base", _layers(choice))
    shelf = _shelf(source, "study")
    found = shelf.find(key)
    if found is None and source.sample and choice.cleaning is None:
        progress(0.05, "opening the sample")
        found = kept(source.sample, "study")
    if found is None:
        if source.sample:
            found = sample_study(source.sample, progress, choice.cleaning)
        else:
            from analytics.demand.cleaning import Cleaning
            from analytics.study import run_study

            history, items, report = read_source(source)
            cleaning = None if choice.cleaning is None else Cleaning.of(choice.cleaning)
            found = run_study(history, items, Assumptions(), cleaning=cleaning, items_report=report, progress=progress)
    result: Study = shelf.put(key, found)
    return result


def study(choice: Choice, progress: Progress = _silent) -> Study:
    """The study behind the pages: the source's own, under the stated assumptions, in the stated currency."""
    shelf = _shelf(choice.source, "study")
    key = (choice.source.digest, _digest(choice.assumptions), _layers(choice))
    found: Study | None = shelf.find(key)
    if found is None:
        base = _base_study(choice, progress)
        if _digest(base.assumptions) == key[1]:
            found = base
        else:
            from analytics.study import reassume

            found = reassume(base, choice.assumptions, progress)
        shelf.put(key, found)
    if found.currency != choice.currency:
        from analytics.study import with_currency

        found = with_currency(found, choice.currency)
    return found


def _facts_key(choice: Choice) -> tuple[str, ...]:
    return (choice.source.digest, _digest(choice.assumptions), choice.currency, _layers(choice))


def facts(choice: Choice, progress: Progress = _silent) -> Facts:
    """What the pages show, the person's own choices included."""
    shelf = _shelf(choice.source, "facts")
    key = _facts_key(choice)
    found: Facts | None = shelf.find(key)
    if found is None:
        plainly = choice.source.sample and choice.cleaning is None
        stored = plainly and choice.currency == samples()[choice.source.sample].currency and choice.assumptions == base_assumptions(choice.source.sample)
        plain: Facts | None = kept(choice.source.sample, "facts") if stored else None
        if plain is None:
            plain = facts_of(study(choice, progress))
        found = shelf.put(key, replace(plain, title=choice.source.title, sample=bool(choice.source.sample)))
    return overridden(found, choice.overrides) if choice.overrides else found


def demand(choice: Choice, progress: Progress = _silent) -> DemandFacts:
    """What the Demand page shows: the forecast at past dates with its money, the layers of cleaning, what is ahead."""
    shelf = _shelf(choice.source, "facts")
    key = (choice.source.digest, "demand", _digest(choice.assumptions), _layers(choice))
    found = shelf.find(key)
    if found is None:
        base = base_assumptions(choice.source.sample)
        kept_one: DemandFacts | None = kept(choice.source.sample, "demand") if choice.source.sample and choice.cleaning is None else None
        if kept_one is not None and choice.assumptions == base:
            return shelf.put(key, kept_one)  # type: ignore[no-any-return]
        tested = shelf.find((choice.source.digest, "past", _layers(choice)))
        current = study(choice, lambda share, text: progress(0.6 * share, text))
        if tested is None:
            tested = kept_one.past if kept_one is not None else past_of(current, lambda share, text: progress(0.6 + 0.4 * share, text))
            shelf.put((choice.source.digest, "past", _layers(choice)), tested)
        found = shelf.put(key, demand_facts_of(current, tested))
    result: DemandFacts = found
    return result


def value_added(choice: Choice, name: str, content: bytes, progress: Progress = _silent) -> Any:
    """An uploaded forecast beside ours and the mean of the last 12 periods. Raises DataError where it does not fit."""
    shelf = _shelf(choice.source, "facts")
    key = (choice.source.digest, "value added", blake2b(content, digest_size=16).hexdigest(), _layers(choice))
    found = shelf.find(key)
    if found is None:
        from analytics.forecast.external import read_external_forecast
        from analytics.study import forecast_value_added

        external = read_external_forecast(content, name=name)
        current = study(choice, lambda share, text: progress(0.5 * share, text))
        found = shelf.put(key, forecast_value_added(current, external, lambda share, text: progress(0.5 + 0.5 * share, text)))
    return found


def demand_is_ready(choice: Choice) -> bool:
    """Whether the Demand page needs no computing."""
    return _shelf(choice.source, "facts").find((choice.source.digest, "demand", _digest(choice.assumptions), _layers(choice))) is not None


def is_ready(choice: Choice) -> bool:
    """Whether the facts are there without computing."""
    return _shelf(choice.source, "facts").find(_facts_key(choice)) is not None


def quick_profit(choice: Choice, assumptions: Assumptions) -> tuple[float, float]:
    """Expected profit of the mix and of the baseline at other prices, at once and before ranges are known again.

    The mix takes the best strategy of every living product at these prices where the recommendation is not to stay.
    """
    import numpy as np

    from analytics.study import reprice

    base = study(choice)
    profit, best = reprice(base, assumptions)
    rows = np.arange(len(best))
    verdict = base.recommendation.verdict
    stays = (verdict == "too_close") | (verdict == "not_decidable")
    mix = np.where(stays, base.recommendation.recommended, best)
    known = np.isfinite(profit[:, base.comparison.strategies.index("MTS")])
    return float(profit[rows, mix][known].sum() + base.recommendation.shared), float(profit[rows, base.recommendation.baseline][known].sum())


def warm() -> None:
    """Load the engines beside the first page, so that the first lever does not wait for them."""

    def load() -> None:
        import analytics.study  # noqa: F401

    if not _shared(1, "warm").find(("started",)):
        _shared(1, "warm").put(("started",), True)
        threading.Timer(4.0, load).start()


def files(choice: Choice) -> dict[str, Callable[[], bytes]]:
    """The files people take away, each made when asked for; the person's own choices are in the recommendation."""
    import pandas as pd

    from analytics.study import study_summary, study_tables
    from analytics.writeup.files import csv_bytes, study_files
    from analytics.writeup.tables import RECOMMENDATION_COLUMNS

    current = study(choice)
    made = study_files(study_tables(current), study_summary(current))
    if choice.overrides:
        shown = facts(choice)
        whole = study_tables(current)["recommendation"]()
        chosen = pd.concat([shown.products[list(RECOMMENDATION_COLUMNS)], whole.iloc[len(shown.products) :]], ignore_index=True)
        made["recommendation.csv"] = lambda: csv_bytes(chosen)
    return made


def file_maker(choice: Choice, name: str) -> Callable[[], bytes]:
    """The maker of one file, for a button that asks for it later."""

    def make() -> bytes:
        return files(choice)[name]()

    return make


def turning_of(choice: Choice, sku: str, progress: Progress = _silent) -> tuple[Any, Any, Any]:
    """What would turn a product's choice: flip points, tornado, and the map of quote against premium (None without making to order)."""
    shelf = _shelf(choice.source, "facts")
    key = (choice.source.digest, _digest(choice.assumptions), "turning", sku)
    found = shelf.find(key)
    if found is None:
        import numpy as np

        progress(0.2, "moving one assumption at a time")
        from analytics.strategy.flip_points import decision_map, flip_points
        from analytics.strategy.tornado import tornado
        from analytics.study import product_case

        case = product_case(study(choice), sku)
        flips = flip_points(case)
        chart = None
        if "MTO" in case.strategies:
            row = next(f for f in flips if f.lever == "quote_days")
            premium = next(f for f in flips if f.lever == "cost_premium")
            days = max(1.6 * row.now, 1.25 * row.turns if row.turns == row.turns and row.turns < 4.0 * max(row.now, 7.0) else 0.0, 14.0)
            up = max(0.2, 1.25 * premium.turns if premium.turns == premium.turns and premium.turns < 0.8 else 0.0, 2.0 * premium.now)
            chart = decision_map(case, list(np.linspace(0.0, days, 25)), list(np.linspace(0.0, up, 21)))
        found = shelf.put(key, (flips, tornado(case), chart))
    result: tuple[Any, Any, Any] = found
    return result


def forecast_of(choice: Choice, sku: str, periods: int, progress: Progress = _silent) -> Any:
    """Forecast of one product: period, mean and quantiles, as `stock-or-order forecast` writes them."""
    shelf = _shelf(choice.source, "facts")
    key = (choice.source.digest, "forecast", sku, str(periods), _layers(choice))
    found = shelf.find(key)
    if found is None:
        import numpy as np

        progress(0.3, "drawing the futures of this product")
        from analytics.forecast import forecast_table

        base = study(choice)
        i = int(np.flatnonzero(base.forecast.skus == sku)[0])
        n = len(base.forecast.skus)
        one: dict[str, Any] = {k: v[i : i + 1] for k, v in vars(base.forecast).items() if isinstance(v, np.ndarray | tuple) and k != "total_levels" and len(v) == n}
        found = shelf.put(key, forecast_table(replace(base.forecast, **one), base.panel, periods))
    return found


def _replay(choice: Choice, dates: int, progress: Progress | None) -> Any:
    """The replay of a choice and its document; None where it is not there and no progress is given to compute it with."""
    shelf = _shelf(choice.source, "facts")
    key = (choice.source.digest, "replay", _digest(choice.assumptions), choice.currency, str(dates))
    found = shelf.find(key)
    if found is None and progress is not None:
        from analytics.replay import replay_summary, run_replay

        base = study(choice, lambda share, text: progress(0.05 * share, text))
        result = run_replay(
            base.history, base.given_items, choice.assumptions, origins=dates, seed=base.seed, currency=choice.currency,
            progress=lambda share, text: progress(0.05 + 0.95 * share, text),
        )  # fmt: skip
        found = shelf.put(key, (result, replay_summary(result)))
    return found


def replayed(choice: Choice, dates: int, progress: Progress = _silent, compute_it: bool = True) -> dict[str, Any] | None:
    """What would have happened with decisions at so many past dates; None where it is not computed and shall not be."""
    found = _replay(choice, dates, progress if compute_it else None)
    return None if found is None else found[1]


def replay_csv(choice: Choice, dates: int) -> Callable[[], bytes]:
    """The maker of `replay.csv`, for a button that asks for it later."""

    def make() -> bytes:
        from analytics.replay import replay_table
        from analytics.writeup.files import csv_bytes

        return csv_bytes(replay_table(_replay(choice, dates, _silent)[0]))

    return make
