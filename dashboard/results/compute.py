"""The only place that computes and the only one that keeps results: studies and facts by the digest of what they rest on.

One concept: one chain of kept results. Reading, base study, study under assumptions, held study, facts and
files each look for the one before on the same shelves; a second place that computes could keep another.

Keys are digests of bytes and of what was chosen, never of data frames. Everything lives in this process, within a
budget of memory; `forget` drops what was found out about a file at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from analytics.assumptions import Assumptions
from analytics.naming.signed import signed_words
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.valuation.valued import ValuedStock
from dashboard import sessions
from dashboard.files_in_use import forget, held, releases
from dashboard.kept.acting import acting
from dashboard.memory_release import hand_back
from dashboard.results.facts import Facts, Known, Override
from dashboard.results.intake import intake_of
from dashboard.results.keys import data_key, digest_of, held_at, key_of, result_key
from dashboard.results.made_from import made_from
from dashboard.results.result_cache import Progress, Shelf, Work
from dashboard.results.store import keep, kept
from dashboard.results.study_facts import facts_of, with_unknowns
from dashboard.state.choice import Choice, Source, base_assumptions
from sample_data import sample_paths, samples

if TYPE_CHECKING:
    import pandas as pd

    from analytics.data.items.stock_totals import StockTotals
    from analytics.data.uploads import Reading
    from analytics.study import Study
    from analytics.study_change.inputs import StudyInputs
    from analytics.study_export.settings import SettingsOfStudy
    from analytics.study_stock.answer import StockAnswer
    from analytics.writeup.register import MadeFrom

__all__ = [
    "as_kept", "at_once", "data_key", "facts", "file_apart", "file_intake", "file_maker", "file_stock",
    "files", "files_beside", "forget_company",
    "found_result", "inputs_of", "is_ready", "kept_of", "leave", "mapping_file", "may_be_kept", "read_source", "remember", "remembered", "result",
    "sample_study", "seen", "settings", "shown_policy", "start", "stock_answer", "stock_valued", "study", "todays_list",
    "todays_list_file", "warm",
]  # fmt: skip

#: Files of another kind than tables among those taken away: their names, and what `export --to` calls them.
TAKEN = {f"stock-or-order.{kind}": kind for kind in ("xlsx", "pptx", "html", "pdf")}
#: Of one data set, for each window that is open; all results together within the budget of memory.
_MOST_STUDIES = 3
_MOST_FACTS = 16
_MOST_READ = 1


def silent(share: float, text: str) -> None:
    pass


@dataclass(frozen=True)
class _Shelves:
    source: Shelf
    read: Shelf
    study: Shelf
    facts: Shelf
    once: Shelf
    expected: Shelf
    warmed: threading.Event


@st.cache_resource(show_spinner=False)
def _shelves() -> _Shelves:
    releases(_release)
    gone = held().is_forgotten  # a computation that ends later must not bring a forgotten file back

    def shelf(most: int) -> Shelf:
        return Shelf(most, gone, windows=lambda: len(sessions.every()))

    return _Shelves(
        # files that somebody has open: they go with the last window that uses them, or a reload would not find them
        Shelf(1, gone, budget=None),
        shelf(_MOST_READ),
        shelf(_MOST_STUDIES),
        shelf(_MOST_FACTS),
        shelf(2),
        shelf(1),
        threading.Event(),
    )


def remember(source: Source) -> None:
    """Keep a file that is used, so that a reload of the page finds it, for the company of this session alone; it is in this process only."""
    _shelves().source.put((source.digest, acting().company), source)


def remembered(digest: str) -> Source | None:
    """A file used lately in the company of this session, by its digest."""
    found: Source | None = _shelves().source.find((digest, acting().company))
    return found


def forget_company(company: str) -> None:
    """Forget every file of a company, in every window."""
    shelf = _shelves().source
    with shelf.lock:
        digests = [digest for digest, of in shelf.results if of == company]
    for digest in digests:
        forget(digest)


#: A page that runs while its file is released has ended by then.
_LAST_PAGE_SECONDS = 30.0


def _release(digest: str) -> None:
    """Drop everything that was found out about a file, and the process that read it."""
    from dashboard.results.reading import reader

    shelves = _shelves()
    for shelf in (shelves.source, shelves.read, shelves.study, shelves.facts, shelves.once, shelves.expected):
        shelf.forget(digest)
    reader().close()
    hand_back()
    later = threading.Timer(_LAST_PAGE_SECONDS, hand_back)  # what a page that still ran held is gone with it
    later.daemon = True
    later.start()


def found_result(choice: Choice, what: tuple[str, ...], assumed: bool = True) -> Any | None:
    """A kept result about a data set, None where it is not there; `assumed`: it rests on the assumptions too."""
    return _shelves().facts.find(result_key(choice, what, assumed))


def result(choice: Choice, what: tuple[str, ...], make: Callable[[], Any], assumed: bool = True) -> Any:
    """A kept result about a data set, made where it is not there."""
    found = found_result(choice, what, assumed)
    return _shelves().facts.put(result_key(choice, what, assumed), make()) if found is None else found


def sample_study(
    name: str, progress: Progress | None = None, layers: tuple[str, ...] | None = None, ets: int = 0
) -> Study:
    """The study of a sample, computed now."""
    from analytics.data import read_items, read_sales
    from analytics.demand.cleaning.layers import Cleaning
    from analytics.study import run_study

    cleaning = None if layers is None else Cleaning.of(layers)
    paths = sample_paths(name)
    history = read_sales(paths["sales"])
    items, report = read_items(paths["items"])
    stated = base_assumptions(name)
    return run_study(
        history,
        items,
        stated,
        currency=samples()[name].currency,
        cleaning=cleaning,
        items_report=report,
        ets=ets,
        progress=progress,
    )


#: answers about a file that are options of its reading; all others are choices about its lines
READING_ANSWERS = ("decimal", "start", "encoding", "periods", "fiscal_start", "dates", "join")


def read_source(source: Source) -> Reading:
    """Sales, items, bill of materials and receipts as understood, read by a process apart. Raises DataError with every problem."""
    shelf = _shelves().read
    key = (source.digest,)
    found = shelf.find(key)
    if found is None:
        from analytics.data.uploads import Given
        from dashboard.results.reading import reader

        options: dict[str, Any] = {"date_order": source.date_order or None}
        if source.mapping:
            options["mapping"] = dict(source.mapping)
        answers = dict(source.options)
        options |= {name: answers.pop(name) for name in READING_ANSWERS if name in answers}
        if answers:
            options["choices"] = answers
        if source.treatments:
            told: dict[str, dict[str, str]] = {}
            for column, value, treatment in source.treatments:
                told.setdefault(column, {})[value] = treatment
            options["treatments"] = told
        items, bom = (Given(one[1], one[0]) if one else None for one in (source.items, source.bom))
        sales = [Given(content, name) for name, content in source.sales]
        sales += [Given(content, name, beside=True) for name, content in source.beside]
        found = shelf.put(key, reader().read(sales, items, bom, options))
    result: Reading = found
    return result


def file_intake(source: Source) -> tuple[Any, dict[str, Any]]:
    """How the sales of a file were read, and by name how the other files were: items, stock, receipts, promotions, bill of materials."""
    shelf = _shelves().facts
    key = (source.digest, "how it was read")
    found: tuple[Any, dict[str, Any]] | None = shelf.find(key)
    if found is None:
        read = read_source(source)
        further = {
            "Items": read.list_reports.get("items"),
            "Stock": read.list_reports.get("stock"),
            "Receipts": read.receipts_report,
            "Promotions": read.promotions_report,
            "Bill of materials": read.bom.report if read.bom is not None else None,
        }
        others = {name: intake_of(report) for name, report in further.items() if report is not None}
        found = shelf.put(key, (intake_of(read.history.report), others))
    return found


def files_beside(choice: Choice) -> dict[str, Any]:
    """How the files beside the sales were read, by name; none of a sample, and none where names are hidden: rows hold them."""
    return {} if choice.source.sample or choice.anonymous else file_intake(choice.source)[1]


def promotions_known(choice: Choice) -> bool:
    """Whether the files of a choice name promotions beside the flags of sales lines."""
    return not choice.source.sample and read_source(choice.source).history.promotions is not None


def file_stock(source: Source) -> StockTotals | None:
    """What the stock in the files adds up to as they say it, before anything is decided; None where they hold none."""
    from analytics.data.items.stock_totals import stock_totals

    shelf = _shelves().facts
    key = (source.digest, "stock as read")
    found: StockTotals | None = shelf.find(key)
    if found is None and (items := read_source(source).items) is not None:
        found = shelf.put(key, stock_totals(items))
    return found if found and (found.units or found.units_below_zero or found.units_consigned) else None


def file_apart(source: Source) -> tuple[Any, Any]:
    """The orders on hand and the receipts of a file by product and month."""
    shelf = _shelves().facts
    key = (source.digest, "apart")
    found: tuple[Any, Any] | None = shelf.find(key)
    if found is None:
        from analytics.data.kept_apart import ON_HAND, RECEIPT, by_product

        apart = read_source(source).history.apart
        found = shelf.put(key, (by_product(apart, ON_HAND), by_product(apart, RECEIPT)))
    return found


def _searched(key: tuple[str, ...], found: Study, progress: Progress) -> Study:
    """The study with how far its decision holds, kept in the place of the one without."""
    if found.recommendation.flips is not None:
        return found
    from analytics.scenario.searched import searched

    kept_now: Study = _shelves().study.put(key, searched(found, progress))
    return kept_now


def _base_study(choice: Choice, progress: Progress) -> Study:
    """The study of a source under its own base assumptions, decided at least: everything else follows from it without refitting."""
    source = choice.source
    key = (data_key(choice), digest_of(base_assumptions(source.sample)))
    shelf = _shelves().study
    found = shelf.find(key)
    if found is None and source.sample and choice.as_fitted:
        progress(0.05, "opening the sample")
        found = kept(source.sample, "study")
    if found is None:
        if source.sample:
            found = sample_study(source.sample, progress, choice.cleaning, choice.ets)
            if choice.as_fitted:
                keep(source.sample, "study", found)
        else:
            from analytics.demand.cleaning.layers import Cleaning
            from analytics.study import run_study

            read = read_source(source)
            cleaning = None if choice.cleaning is None else Cleaning.of(choice.cleaning)
            found = run_study(
                read.history,
                read.items,
                Assumptions(),
                cleaning=cleaning,
                items_report=read.items_report,
                bom=read.bom,
                ets=choice.ets,
                how_sure=False,
                progress=progress,
            )
    result: Study = shelf.put(key, found)
    return result


def _holds(choice: Choice) -> bool:
    """Whether settings and strategies are held at other assumptions than those in force."""
    return choice.held is not None and held_at(choice) not in ("", digest_of(choice.assumptions))


def _assumed_study(choice: Choice, progress: Progress, sure: bool) -> Study:
    """The study under the stated assumptions, from the one at hand that needs least to be done again; `sure`: with how far its decision holds."""
    shelf = _shelves().study
    if _holds(choice):
        return _held_study(choice, progress)
    key = (data_key(choice), digest_of(choice.assumptions))
    found: Study | None = shelf.find(key)
    if found is None:
        found = _base_study(choice, progress)
        if digest_of(found.assumptions) != key[1]:
            from analytics.scenario.ranges import only_ranges_moved
            from analytics.scenario.reassume import effort, reassume
            from analytics.scenario.restated import restated_items

            near = (found, *shelf.of(data_key(choice)))
            nearest = min(near, key=lambda one: effort(one, choice.assumptions))
            # where values stay what was searched is carried over, so all of it is found in one
            whole = nearest.assumptions.what_if == choice.assumptions.what_if and only_ranges_moved(
                nearest, restated_items(nearest, choice.assumptions)
            )
            found = reassume(nearest, choice.assumptions, progress, how_sure=whole)
        found = shelf.put(key, found)
    return _searched(key, found, progress) if sure else found


def _held_study(choice: Choice, progress: Progress) -> Study:
    """The study under the stated assumptions with the settings and strategies of the assumptions at which they are held."""
    assert choice.held is not None
    shelf = _shelves().study
    key = (
        f"{data_key(choice)} held",
        digest_of(choice.assumptions),
        held_at(choice),
    )  # apart: nothing that is chosen anew may follow from it
    found: Study | None = shelf.find(key)
    if found is None:
        from analytics.scenario.reassume import reassume

        before = _assumed_study(replace(choice, answers=choice.held, levers=(), held=None), progress, False)
        found = shelf.put(key, reassume(before, choice.assumptions, progress, hold=True))
    return found


def _in_currency(found: Study, currency: str) -> Study:
    if found.currency == currency:
        return found
    from analytics.scenario.currency import with_currency

    return with_currency(found, currency)


def _chosen(choice: Choice) -> dict[str, tuple[str, str]]:
    """A person's own choices by SKU, with the reason and who gave it."""

    def why(one: Override) -> str:
        who = signed_words("name hidden" if choice.anonymous and one.by else one.by, one.data_date)
        return ". ".join(part for part in (one.note, who) if part)

    return {one.sku: (one.strategy, why(one)) for one in choice.overrides}


def study(choice: Choice, progress: Progress = silent, sure: bool = True) -> Study:
    """The study behind the pages: under the stated assumptions, in the stated currency, own choices counted, names hidden if wished.

    Not `sure`: at least decided, whether or not it is known how far the decision holds.
    """
    shelf = _shelves().once
    key = key_of(choice)
    found: Study | None = shelf.find(key)
    if found is not None and sure and not _is_sure(choice, found):
        found = None
    if found is None:
        found = _in_currency(_assumed_study(choice, progress, sure), choice.currency)
        if choice.overrides:
            from analytics.scenario.choices import with_choices

            progress(0.98, "counting your own choices")
            found = with_choices(found, _chosen(choice))
        if choice.rule:
            from analytics.scenario.own_rule import tried_own_rule

            found = tried_own_rule(found, choice.rule)
        if choice.anonymous:
            from analytics.study_export.hidden_names import anonymous_study

            found = anonymous_study(found)
        shelf.put(key, found)
    return found


def _is_sure(choice: Choice, found: Study) -> bool:
    """Whether nothing is left to be searched: where settings are held, nothing is."""
    return found.recommendation.flips is not None or _holds(choice)


def _shown(plain: Facts, choice: Choice) -> Facts:
    title = "Anonymous company" if choice.anonymous else choice.source.title
    return replace(plain, title=title, sample=bool(choice.source.sample), overrides=choice.overrides)


def as_kept(choice: Choice) -> bool:
    """Whether it is a sample just as it was computed at set-up."""
    sample = choice.source.sample
    return (
        bool(sample)
        and choice.assumptions == base_assumptions(sample)
        and choice.as_fitted
        and not choice.overrides
        and not choice.anonymous
    )


def _ruled(plain: Facts, study: Study) -> Facts:
    """The facts with the plan of a person's own rule beside the others; all else is as without it."""
    from analytics.scenario.own_rule import own_rule_document

    mine = own_rule_document(study) if study.recommendation.mine is not None else {}
    return replace(plain, portfolio=study.portfolio, notes=study.notes, own_rule=mine)


def facts(choice: Choice, progress: Progress = silent, need: Known = Known.ALL) -> Facts:
    """What the pages show as far as a page needs it, the person's own choices included.

    What is known on the way is kept at once, so that pages show it while the rest is worked out.
    """
    shelf = _shelves().facts
    key = key_of(choice)
    found: Facts | None = shelf.find(key)
    if found is not None and found.known >= need:
        return found
    if need == Known.MONEY and (quick := at_once(choice, progress)) is not None:
        return quick
    if choice.rule:
        with_plan = study(choice, progress, sure=need > Known.YEARS)
        return shelf.put(key, _ruled(facts(replace(choice, rule=""), progress, need), with_plan))  # type: ignore[no-any-return]
    sample = choice.source.sample
    at_set_up = as_kept(choice) and choice.currency == samples()[sample].currency
    plain: Facts | None = kept(sample, "facts") if at_set_up else None
    if plain is not None:
        found = shelf.put(key, _shown(plain, choice))
        return found
    if found is None:
        current = study(choice, lambda share, doing: progress(0.5 * share, doing), sure=False)
        if need <= Known.YEARS or not _is_sure(choice, current):
            known = Known.TURNS if _is_sure(choice, current) else Known.YEARS
            found = shelf.put(key, _shown(facts_of(current, known), choice))
        if found is not None and found.known >= need:
            return found
    current = study(choice, lambda share, doing: progress(0.5 + 0.45 * share, doing))
    if need == Known.TURNS:
        return shelf.put(key, _shown(facts_of(current, need), choice))  # type: ignore[no-any-return]
    progress(0.96, "moving one value in doubt at a time")
    if found is not None and found.known == Known.TURNS:
        return shelf.put(key, with_unknowns(found, current))  # type: ignore[no-any-return]
    plain = facts_of(current)
    if at_set_up:
        keep(sample, "facts", plain)
    return shelf.put(key, _shown(plain, choice))  # type: ignore[no-any-return]


def is_ready(choice: Choice, need: Known = Known.ALL) -> bool:
    """Whether the facts are there without computing, as far as a page needs them."""
    found: Facts | None = _shelves().facts.find(key_of(choice))
    return found is not None and found.known >= need


def seen(choice: Choice) -> Facts | None:
    """The facts of a choice as far as they are at hand: nothing is computed."""
    shelf, key = _shelves().facts, key_of(choice)
    found: Facts | None = shelf.find(key)
    return found or shelf.find((*key, "expected"))


def at_once(choice: Choice, progress: Progress | None = None) -> Facts | None:
    """What can be shown now: the facts as far as they are there, expected money where little differs from a study at hand, else None.

    Where there is `progress` to tell, expected money that takes seconds, too.
    """
    sample = choice.source.sample
    shelves = _shelves()
    found: Facts | None = shelves.facts.find(key_of(choice))
    if found is not None:
        return found
    if choice.rule:
        near_by = at_once(replace(choice, rule=""), progress)
        return near_by if near_by is None or near_by.pending else facts(choice, silent, near_by.known)
    if as_kept(choice):
        return facts(choice) if kept(sample, "facts") is not None else None
    key = (*key_of(choice), "expected")
    found = shelves.facts.find(key)
    return _expected(choice, progress) if found is None else found


def _near(choice: Choice) -> list[Study]:
    """The studies at hand of which the expected money of another setting can follow, the one under base assumptions first: so it hangs on no lever that was moved before."""
    shelves, source, data = _shelves(), choice.source, data_key(choice)
    base: Study | None = shelves.study.find((data, digest_of(base_assumptions(source.sample))))
    if base is None and source.sample and choice.as_fitted and kept(source.sample, "study") is not None:
        base = _base_study(choice, silent)
    if _holds(choice) and choice.held is not None:
        at = held_at(choice)
        if base is not None and digest_of(base.assumptions) == at:
            return [base]
        before: Study | None = shelves.study.find((data, at))
        return [] if before is None else [before]
    every = [*([] if base is None else [base]), *shelves.study.of(data), *shelves.expected.of(data)]
    return [one for k, one in enumerate(every) if not any(one is other for other in every[:k])]


def _expected(choice: Choice, progress: Progress | None) -> Facts | None:
    """Expected money of a setting from a study at hand; None where there is none from which it follows at once or, where there is `progress` to tell, in seconds."""
    from analytics.scenario.choices import with_choices
    from analytics.scenario.reassume import reprice

    shelves, near, quick = _shelves(), _near(choice), None
    for one in near:
        quick = reprice(replace(one, currency=choice.currency), choice.assumptions, _holds(choice))
        if quick is not None:
            break
    if quick is None and near and progress is not None:
        base = replace(near[0], currency=choice.currency)
        quick = reprice(base, choice.assumptions, _holds(choice), patient=True, progress=progress)
        if quick is not None:
            shelves.expected.put((data_key(choice), digest_of(choice.assumptions)), quick)
    if quick is None:
        return None
    if choice.overrides:
        quick = with_choices(quick, _chosen(choice), pooled=False)
    if choice.anonymous:
        from analytics.study_export.hidden_names import anonymous_study

        quick = anonymous_study(quick)
    key = (*key_of(choice), "expected")
    return shelves.facts.put(key, _shown(facts_of(quick, Known.MONEY), choice))  # type: ignore[no-any-return]


def start(choice: Choice, need: Known = Known.ALL) -> Work:
    """Compute the facts beside the page as far as it needs them; what this session waited for of another setting of the data is given up.

    Work that is under way for the same goes on, and further where this page needs more: neither leaving the page nor looking at other data loses it.
    """
    key = key_of(choice)
    works: dict[str, Work] = st.session_state.setdefault("_works", {})
    now = works.get(key[0])
    if now is None or now.key != key or (now.done and now.error is None and not is_ready(choice, need)):
        if now is not None:
            now.give_up()

        def settle(work: Work, progress: Progress) -> None:
            done = 0
            while done < work.need:
                done = work.need
                facts(choice, progress, Known(done))

        now = works[key[0]] = Work(key, settle, need)
    now.need = max(now.need, need)
    st.session_state["_work"] = now
    return now


def leave(choice: Choice) -> None:
    """Give up what this session waited for where it is of another setting of the data than the one on the screen."""
    key = key_of(choice)
    works: dict[str, Work] = st.session_state.get("_works", {})
    now = works.get(key[0])
    if now is not None and now.key != key:
        now.give_up()
        del works[key[0]]
        if st.session_state.get("_work") is now:
            del st.session_state["_work"]


def warm(choice: Choice) -> None:
    """Load the engines and the study beside the first page, so that the first lever does not wait for them; once in the life of the process."""
    sample = (
        choice if choice.source.sample and choice.as_fitted else None
    )  # an own file is not held while this waits and loads

    def load() -> None:
        import analytics.scenario.reassume
        import analytics.strategy.cross_check
        import analytics.study_doubt
        import analytics.study_results  # noqa: F401
        from analytics.warm_up import warm_up_learning, warm_up_simulation

        warm_up_simulation()
        warm_up_learning()
        if sample is not None and kept(sample.source.sample, "study") is not None:
            _base_study(sample, silent)
        hand_back()

    if not _shelves().warmed.is_set():
        _shelves().warmed.set()
        threading.Timer(4.0, load).start()


def stock_valued(choice: Choice, known: Facts) -> ValuedStock:
    """The stock of the facts on the screen under the policy that is set: nothing is simulated, and only another day of the stock ages it anew."""
    policy = shown_policy(choice)
    if np.isnat(policy.as_of) or policy.as_of == known.valued.as_of:
        return known.valued.under(policy)
    from analytics.study_stock.valuation import study_valuation

    def make() -> ValuedStock:
        return study_valuation(study(choice, sure=False), replace(DEFAULT_POLICY, as_of=policy.as_of))

    of_day: ValuedStock = result(choice, ("stock of a day", str(policy.as_of), *key_of(choice)), make)
    return of_day.under(policy)


def stock_answer(choice: Choice) -> StockAnswer:
    """The stock of the study behind the pages in the books, its exposure and cash, under the policy that is set.

    What is simulated is kept with the facts, whatever the policy; the rest follows from it.
    """
    from analytics.study_stock.answer import answer_under
    from analytics.study_stock.answer import stock_answer as answer_of

    current, policy = study(choice), shown_policy(choice)
    base: StockAnswer = result(choice, ("stock in the books", *key_of(choice)), lambda: answer_of(current))
    if policy == DEFAULT_POLICY:
        return base
    key = (*key_of(choice), "stock in the books as set", repr(policy))
    found: StockAnswer | None = _shelves().once.find(key)
    return _shelves().once.put(key, answer_under(current, base, policy)) if found is None else found


def shown_policy(choice: Choice) -> StockPolicy:
    """The policy that is set, by the codes that are shown: made-up ones where names are hidden, then without what was typed."""
    policy = choice.policy
    typed = policy.overrides or policy.one_off_of or policy.ledger_of or policy.account_of
    if not choice.anonymous or not typed:
        return policy
    real, made_up = (
        facts(one, need=Known.YEARS).valued for one in (replace(choice, anonymous=False), choice)
    )
    code = dict(zip(real.stock.skus.astype(str), made_up.stock.skus.astype(str), strict=True))
    family = dict(zip(real.sold.family.astype(str), made_up.sold.family.astype(str), strict=True))
    account = {name: f"Account {k:02d}" for k, name in enumerate(sorted(set(policy.account_of.values())), 1)}
    shown = {**dict(zip(real.classes.astype(str), made_up.classes.astype(str), strict=True)), **account}
    return replace(
        policy,
        account_of={family[name]: account[one] for name, one in policy.account_of.items() if name in family},
        overrides={
            code[sku]: one._replace(by="name hidden", note="")
            for sku, one in policy.overrides.items()
            if sku in code
        },
        one_off_of={code[sku]: cost for sku, cost in policy.one_off_of.items() if sku in code},
        ledger_of={shown[name]: one for name, one in policy.ledger_of.items() if name in shown},
    )


def files(choice: Choice, locale: str = "en") -> dict[str, Callable[[], bytes]]:
    """The files people take away, each made when asked for, byte for byte as `analyze` writes them; the person's own choices, and how stock is valued, are in them."""
    from analytics.study_results import study_summary, study_tables
    from analytics.study_stock.parts import stock_parts
    from analytics.writeup.files import study_files

    current, how = study(choice), shown_policy(choice)
    stock = stock_parts(current, how)
    others = files_beside(choice)
    origin = _origin(choice, locale, current)
    rejected = {
        f"rejected_rows_{kind.lower()}": partial(getattr, others[kind].report, "rejected")
        for kind in ("Stock", "Receipts", "Promotions")
        if kind in others
    }

    def document() -> dict[str, Any]:
        here = [others[kind].report for kind in ("Receipts", "Promotions") if kind in others]
        return study_summary(current, how, came=[p for r in here for p in r.problems], stock=stock)

    tables: dict[str, Callable[[], Any]] = {
        **study_tables(current, how, origin, stock=stock),
        **rejected,
    }
    return study_files(tables, document, locale, kept_of(choice, current))


def may_be_kept(choice: Choice) -> bool:
    """Whether the study behind the pages can be made again from what is kept of it: not with names hidden, nor with settings held."""
    return not choice.anonymous and not _holds(choice)


def inputs_of(choice: Choice, current: Study) -> StudyInputs:
    """What the study behind the pages was made from."""
    from analytics.data.uploads import Reading
    from analytics.demand.cleaning.layers import Cleaning
    from analytics.study_change.inputs import RunSettings, StudyInputs

    bom = None if choice.source.sample else read_source(choice.source).bom
    layers = None if choice.cleaning is None else Cleaning.of(choice.cleaning).names
    return StudyInputs(
        Reading(current.history, current.given_items, current.items_report, bom),
        choice.assumptions,
        RunSettings(cleaning=layers, ets=choice.ets, currency=choice.currency),
        _chosen(choice),
    )


def kept_of(choice: Choice, current: Study) -> dict[str, Callable[[], bytes]]:
    """The study as a file to compare with next month, by its name; nothing where it cannot be made again."""
    from analytics.study_change.kept import KEPT, kept_bytes, kept_study

    if not may_be_kept(choice):
        return {}
    return {KEPT: lambda: kept_bytes(kept_study(current, inputs_of(choice, current)))}


def _origin(choice: Choice, locale: str, current: Study) -> MadeFrom:
    """What the files taken away were made from, as the register says it."""
    listed = "" if current.items_report is None else current.items_report.digest
    return made_from(choice, locale, READING_ANSWERS, listed, files_beside(choice))


def taken(choice: Choice, kind: str, template: bytes | None = None, locale: str = "en") -> bytes:
    """The study behind the pages as one file to take away, under the policy that is set, as `export --to` writes that kind of file.

    What moves the gain is taken from the facts, where it is worked out already. Raises DataError where such a file cannot be written.
    """
    from analytics.strategy.what_if.gain_sensitivity import GainMove
    from analytics.study_export.writers import Taken, written
    from analytics.study_stock.parts import stock_parts

    current, how = study(choice), shown_policy(choice)
    origin, moves, unseen = _origin(choice, locale, current), None, None
    if (known := seen(choice)) is not None and known.known == Known.ALL:
        moves = [GainMove(*row) for row in known.sensitivity.itertuples(index=False)]
        unseen = known.unseen
    return written(kind, Taken(current, how, origin, stock_parts(current, how), template=template, moves=moves, unseen=unseen, locale=locale))  # fmt: skip


def settings(choice: Choice, name: str, place: str) -> SettingsOfStudy:
    """The settings that the study behind the pages changes in a system, by its name in SYSTEMS, for one place."""
    from analytics.naming.systems import SYSTEMS
    from analytics.study_export.settings import study_settings

    return study_settings(study(choice), SYSTEMS[name]._replace(place=place))


def mapping_file() -> bytes:
    """What systems call a setting, as `stock-or-order settings` prints it."""
    from analytics.writeup.systems.mapping_file import mapping_toml

    return mapping_toml().encode("utf-8")


def todays_list(choice: Choice) -> pd.DataFrame:
    """The table todays_list.csv of the study behind the pages, under the policy that is set."""
    from analytics.study_stock.todays_list import todays_list as listed

    found = stock_answer(choice)
    return listed(study(choice), found.valued, found.runs_out)


def todays_list_file(choice: Choice, locale: str) -> bytes:
    """The same as bytes, as `analyze` writes it."""
    from analytics.writeup.files import csv_bytes

    return csv_bytes(todays_list(choice), locale)


def file_maker(
    choice: Choice, name: str, locale: str = "en", template: bytes | None = None
) -> Callable[[], bytes]:
    """The maker of one file, for a button that asks for it later; slides on a company's `template`, if given."""

    def make() -> bytes:
        kind = TAKEN.get(name)
        return files(choice, locale)[name]() if kind is None else taken(choice, kind, template, locale)

    return make
