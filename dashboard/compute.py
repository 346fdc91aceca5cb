"""The only place that computes and the only one that keeps results: studies and facts by the digest of what they rest on.

Keys are digests of bytes and of what was chosen, never of data frames. Everything lives in this process, a few results
at a time; `forget` drops what was found out about a file at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics.assumptions import Assumptions, assumptions_toml, read_assumptions
from dashboard.demand_facts import DemandFacts, demand_facts_of, past_of
from dashboard.facts import Facts
from dashboard.inputs import Choice, Source
from dashboard.intake import intake_of
from dashboard.shelf import Progress, Shelf, Work
from dashboard.store import kept
from dashboard.study_facts import facts_of
from sample_data import sample_paths, samples

if TYPE_CHECKING:
    from analytics.data.bom_file import BillOfMaterials
    from analytics.data.files import Reading
    from analytics.study import Study

__all__ = [
    "SAMPLE_DATES", "at_once", "base_assumptions", "cost_of_choice", "demand", "demand_is_ready", "facts", "file_intake", "file_maker", "files", "forecast_of",
    "forget", "header_of", "is_ready", "map_of", "past_replayed", "read_source", "real_sku", "remember", "remembered", "replay_csv", "replayed", "sample_study", "start", "study",
    "turning_of", "value_added", "warm",
]  # fmt: skip

#: Past dates at which a sample is replayed at set-up.
SAMPLE_DATES = 4
_MOST_STUDIES = 4
_MOST_FACTS = 16
_MOST_READ = 2


def _silent(share: float, text: str) -> None:
    pass


@dataclass(frozen=True)
class _Shelves:
    source: Shelf
    read: Shelf
    study: Shelf
    facts: Shelf
    once: Shelf


@st.cache_resource(show_spinner=False)
def _shelves() -> _Shelves:
    return _Shelves(Shelf(_MOST_READ), Shelf(_MOST_READ), Shelf(_MOST_STUDIES), Shelf(_MOST_FACTS), Shelf(2))


def remember(source: Source) -> None:
    """Keep a file that is used, so that a reload of the page finds it; it is in this process only."""
    _shelves().source.put((source.digest,), source)


def remembered(digest: str) -> Source | None:
    """A file used lately, by its digest."""
    found: Source | None = _shelves().source.find((digest,))
    return found


def forget(source: Source) -> None:
    """Drop everything that was found out about a file."""
    shelves = _shelves()
    for shelf in (shelves.source, shelves.read, shelves.study, shelves.facts, shelves.once):
        shelf.forget(source.digest)


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


def _data_key(choice: Choice) -> str:
    """The data as they are cleaned: what everything kept of them begins with."""
    return f"{choice.source.digest} {_layers(choice)}"


def _key(choice: Choice) -> tuple[str, ...]:
    own = blake2b(repr(choice.overrides).encode(), digest_size=8).hexdigest() if choice.overrides else ""
    return (_data_key(choice), _digest(choice.assumptions), choice.currency, own, "hidden names" if choice.anonymous else "")


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


def read_source(source: Source) -> Reading:
    """Sales, items and bill of materials as understood, read by a process apart. Raises DataError with every problem."""
    shelf = _shelves().read
    key = (source.digest,)
    found = shelf.find(key)
    if found is None:
        from analytics.data.files import Given
        from dashboard.reading import reader

        options: dict[str, Any] = {"date_order": source.date_order or None}
        if source.mapping:
            options["mapping"] = dict(source.mapping)
        answers = dict(source.options)
        options |= {name: answers.pop(name) for name in ("decimal", "start", "encoding") if name in answers}
        if answers:
            options["choices"] = answers
        items, bom = (Given(one[1], one[0]) if one else None for one in (source.items, source.bom))
        found = shelf.put(key, reader().read([Given(content, name) for name, content in source.sales], items, bom, options))
    result: Reading = found
    return result


def header_of(sales: tuple[tuple[str, bytes], ...]) -> tuple[str, ...]:
    """The names of the columns of the sales, as found by a process apart."""
    from analytics.data.files import Given
    from dashboard.reading import reader

    return reader().header_of([Given(content, name) for name, content in sales])


def file_intake(source: Source) -> tuple[Any, Any, Any]:
    """How the sales, the items and the bill of materials of a file were read."""
    found = read_source(source)
    further = (found.items_report, found.bom.report if found.bom is not None else None)
    items, bom = (intake_of(report) if report is not None else None for report in further)
    return intake_of(found.history.report), items, bom


def _base_study(choice: Choice, progress: Progress) -> Study:
    """The study of a source under its own base assumptions: everything else follows from it without refitting."""
    source = choice.source
    key = (_data_key(choice), _digest(base_assumptions(source.sample)))
    shelf = _shelves().study
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

            read = read_source(source)
            cleaning = None if choice.cleaning is None else Cleaning.of(choice.cleaning)
            found = run_study(read.history, read.items, Assumptions(), cleaning=cleaning, items_report=read.items_report, bom=read.bom, progress=progress)
    result: Study = shelf.put(key, found)
    return result


def _assumed_study(choice: Choice, progress: Progress) -> Study:
    """The study under the stated assumptions, from the one at hand that needs least to be done again."""
    shelf = _shelves().study
    key = (_data_key(choice), _digest(choice.assumptions))
    found: Study | None = shelf.find(key)
    if found is None:
        base = _base_study(choice, progress)
        if _digest(base.assumptions) == key[1]:
            return base
        from analytics.study_changes import reassume, reprice

        nearest = next((one for one in shelf.of(_data_key(choice)) if reprice(one, choice.assumptions) is not None), base)
        found = shelf.put(key, reassume(nearest, choice.assumptions, progress))
    return found


def _in_currency(found: Study, currency: str) -> Study:
    if found.currency == currency:
        return found
    from analytics.study_changes import with_currency

    return with_currency(found, currency)


def _chosen(choice: Choice) -> dict[str, tuple[str, str]]:
    return {one.sku: (one.strategy, one.note) for one in choice.overrides}


def study(choice: Choice, progress: Progress = _silent) -> Study:
    """The study behind the pages: under the stated assumptions, in the stated currency, own choices counted, names hidden if wished."""
    shelf = _shelves().once
    key = _key(choice)
    found: Study | None = shelf.find(key)
    if found is None:
        found = _in_currency(_assumed_study(choice, progress), choice.currency)
        if choice.overrides:
            from analytics.study_changes import with_choices

            progress(0.98, "counting your own choices")
            found = with_choices(found, _chosen(choice))
        if choice.anonymous:
            from dashboard.anonymous import anonymous_study

            found = anonymous_study(found)
        shelf.put(key, found)
    return found


def _shown(plain: Facts, choice: Choice) -> Facts:
    title = "Anonymous company" if choice.anonymous else choice.source.title
    return replace(plain, title=title, sample=bool(choice.source.sample), overrides=choice.overrides)


def _as_kept(choice: Choice) -> bool:
    """Whether it is a sample just as it was computed at set-up."""
    sample = choice.source.sample
    return bool(sample) and choice.assumptions == base_assumptions(sample) and choice.cleaning is None and not choice.overrides and not choice.anonymous


def facts(choice: Choice, progress: Progress = _silent) -> Facts:
    """What the pages show, the person's own choices included."""
    shelf = _shelves().facts
    key = _key(choice)
    found: Facts | None = shelf.find(key)
    if found is None:
        sample = choice.source.sample
        plain: Facts | None = kept(sample, "facts") if _as_kept(choice) and choice.currency == samples()[sample].currency else None
        found = shelf.put(key, _shown(facts_of(study(choice, progress)) if plain is None else plain, choice))
    return found


def demand(choice: Choice, progress: Progress = _silent) -> DemandFacts:
    """What the Demand page shows: the forecast at past dates with its money, the layers of cleaning, what is ahead."""
    if choice.anonymous:
        from dashboard.anonymous import hidden

        plain = replace(choice, anonymous=False)
        shown: DemandFacts = hidden(demand(plain, progress), study(plain))
        return shown
    shelf = _shelves().facts
    key = (_data_key(choice), "demand", _digest(choice.assumptions))
    found = shelf.find(key)
    if found is None:
        base = base_assumptions(choice.source.sample)
        kept_one: DemandFacts | None = kept(choice.source.sample, "demand") if choice.source.sample and choice.cleaning is None else None
        if kept_one is not None and choice.assumptions == base:
            return shelf.put(key, kept_one)  # type: ignore[no-any-return]
        tested = shelf.find((_data_key(choice), "past"))
        current = study(choice, lambda share, text: progress(0.6 * share, text))
        if tested is None:
            tested = kept_one.past if kept_one is not None else past_of(current, lambda share, text: progress(0.6 + 0.4 * share, text))
            shelf.put((_data_key(choice), "past"), tested)
        found = shelf.put(key, demand_facts_of(current, tested))
    result: DemandFacts = found
    return result


def value_added(choice: Choice, name: str, content: bytes, progress: Progress = _silent) -> Any:
    """An uploaded forecast beside ours and the mean of the last 12 periods. Raises DataError where it does not fit."""
    if choice.anonymous:
        from dashboard.anonymous import hidden

        plain = replace(choice, anonymous=False)
        return hidden(value_added(plain, name, content, progress), study(plain))
    shelf = _shelves().facts
    key = (_data_key(choice), "value added", blake2b(content, digest_size=16).hexdigest())
    found = shelf.find(key)
    if found is None:
        from analytics.forecast.external import read_external_forecast
        from analytics.study_results import forecast_value_added

        external = read_external_forecast(content, name=name)
        current = study(choice, lambda share, text: progress(0.5 * share, text))
        found = shelf.put(key, forecast_value_added(current, external, lambda share, text: progress(0.5 + 0.5 * share, text)))
    return found


def demand_is_ready(choice: Choice) -> bool:
    """Whether the Demand page needs no computing."""
    return _shelves().facts.find((_data_key(choice), "demand", _digest(choice.assumptions))) is not None


def is_ready(choice: Choice) -> bool:
    """Whether the facts are there without computing."""
    return _shelves().facts.find(_key(choice)) is not None


def at_once(choice: Choice) -> Facts | None:
    """What can be shown now: the facts if they are there, expected money where only prices differ from a study at hand, else None."""
    sample = choice.source.sample
    if is_ready(choice) or _as_kept(choice):
        return facts(choice) if is_ready(choice) or kept(sample, "facts") is not None else None
    shelves = _shelves()
    key = (*_key(choice), "expected")
    found: Facts | None = shelves.facts.find(key)
    if found is not None:
        return found
    near = shelves.study.of(_data_key(choice))
    if not near and sample and choice.cleaning is None and kept(sample, "study") is not None:
        near = [_base_study(choice, _silent)]
    if not near:
        return None
    from analytics.study_changes import reprice, with_choices

    for one in near:
        quick = reprice(replace(one, currency=choice.currency), choice.assumptions)
        if quick is None:
            continue
        if choice.overrides:
            quick = with_choices(quick, _chosen(choice), pooled=False)
        if choice.anonymous:
            from dashboard.anonymous import anonymous_study

            quick = anonymous_study(quick)
        return _shown(shelves.facts.put(key, replace(facts_of(quick, pending=True), overrides=choice.overrides)), choice)
    return None


def start(choice: Choice) -> Work:
    """Compute the facts beside the page; what this session waited for before is given up."""
    key = _key(choice)
    now: Work | None = st.session_state.get("_work")
    if now is None or now.key != key or (now.done and now.error is None and not is_ready(choice)):
        if now is not None:
            now.give_up()
        now = st.session_state["_work"] = Work(key, lambda progress: facts(choice, progress))
    return now


def real_sku(choice: Choice, i: int) -> str:
    """The SKU of a row, also where names are hidden (made-up names keep the order)."""
    return str(study(replace(choice, anonymous=False)).items.skus[i]) if choice.anonymous else str(facts(choice).products.at[i, "sku"])


def cost_of_choice(choice: Choice, i: int, strategy: str) -> tuple[float, float]:
    """What an own choice for a row changes: its own expected profit, and the shared line (pooled components simulated again)."""
    from analytics.study_changes import with_choices

    before = study(replace(choice, anonymous=False))
    after = with_choices(before, {str(before.items.skus[i]): (strategy, "")})
    k = before.comparison.strategies.index(strategy)
    own = float(before.comparison.profit[i, k] - before.comparison.profit[i, before.recommendation.recommended[i]])
    return own, after.recommendation.shared - before.recommendation.shared


def warm(choice: Choice) -> None:
    """Load the engines and the study beside the first page, so that the first lever does not wait for them."""
    import threading

    def load() -> None:
        import analytics.study  # noqa: F401

        if choice.source.sample and choice.cleaning is None and kept(choice.source.sample, "study") is not None:
            _base_study(choice, _silent)

    if _shelves().once.find(("warm",)) is None:
        _shelves().once.put(("warm",), True)
        threading.Timer(4.0, load).start()


def files(choice: Choice) -> dict[str, Callable[[], bytes]]:
    """The files people take away, each made when asked for; the person's own choices are in them."""
    from analytics.study_results import study_summary, study_tables
    from analytics.writeup.files import study_files

    current = study(choice)
    return study_files(study_tables(current), study_summary(current))


def file_maker(choice: Choice, name: str) -> Callable[[], bytes]:
    """The maker of one file, for a button that asks for it later."""

    def make() -> bytes:
        return files(choice)[name]()

    return make


def turning_of(choice: Choice, sku: str, progress: Progress = _silent) -> tuple[Any, Any]:
    """What would turn a product's choice: flip points and tornado."""
    shelf = _shelves().facts
    key = (_data_key(choice), _digest(choice.assumptions), "turning", sku, "hidden names" if choice.anonymous else "")
    found = shelf.find(key)
    if found is None:
        progress(0.2, "moving one assumption at a time")
        from analytics.strategy.flip_points import flip_points
        from analytics.strategy.tornado import tornado
        from analytics.study_results import product_case

        case = product_case(study(choice), sku)
        found = shelf.put(key, (flip_points(case), tornado(case)))
    result: tuple[Any, Any] = found
    return result


def map_of(choice: Choice, sku: str, across: str, up: str, progress: Progress = _silent) -> Any:
    """The map of two levers of a product: which strategy earns most at each pair."""
    shelf = _shelves().facts
    key = (_data_key(choice), _digest(choice.assumptions), "map", sku, across, up, "hidden names" if choice.anonymous else "")
    found = shelf.find(key)
    if found is None:
        from analytics.strategy.decision_map import axis_values, decision_map
        from analytics.study_results import product_case

        turns = {flip.lever: flip.turns for flip in turning_of(choice, sku)[0]}
        case = product_case(study(choice), sku)
        sideways, upward = (list(axis_values(case, lever, other, turns.get(lever, float("nan")))) for lever, other in ((across, up), (up, across)))
        found = shelf.put(key, decision_map(case, across, up, sideways, upward, progress))
    return found


def forecast_of(choice: Choice, sku: str, periods: int, progress: Progress = _silent) -> Any:
    """Forecast of one product: period, mean and quantiles, as `stock-or-order forecast` writes them."""
    shelf = _shelves().facts
    key = (_data_key(choice), "forecast", sku, str(periods), "hidden names" if choice.anonymous else "")
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
    if choice.anonymous:
        from dashboard.anonymous import hidden

        plain = replace(choice, anonymous=False)
        found = _replay(plain, dates, progress)
        return None if found is None else hidden(found, study(plain))
    shelf = _shelves().facts
    key = (_data_key(choice), "replay", _digest(choice.assumptions), choice.currency, str(dates))
    found = shelf.find(key)
    sample = choice.source.sample
    if found is None and dates == SAMPLE_DATES and _as_kept(choice) and choice.currency == samples()[sample].currency:
        found = kept(sample, "replay")
        if found is not None:
            shelf.put(key, found)
    if found is None and progress is not None:
        base = study(choice, lambda share, text: progress(0.05 * share, text))
        bom = None if sample else read_source(choice.source).bom
        found = shelf.put(key, past_replayed(base, choice.assumptions, dates, bom, lambda share, text: progress(0.05 + 0.95 * share, text)))
    return found


def past_replayed(current: Study, assumptions: Assumptions, dates: int, bom: BillOfMaterials | None = None, progress: Progress | None = None) -> tuple[Any, dict[str, Any]]:
    """The replay of a study's past at so many dates, and its document."""
    from analytics.replay import replay_summary, run_replay

    result = run_replay(current.history, current.given_items, assumptions, origins=dates, seed=current.seed, currency=current.currency, bom=bom, progress=progress)
    return result, replay_summary(result)


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
