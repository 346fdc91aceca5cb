"""A study as the command line asks for it: files read, options and policy found, everything decided."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.cli.arguments import argument_parser
from analytics.cli.beside import digests_beside
from analytics.cli.given import (
    as_registered,
    assumptions_at,
    chosen_layers,
    file_at,
    options_of,
    read_given,
    reading_process,
    registered_at,
    what_ifs_of,
)
from analytics.cli.stated import stock_policy
from analytics.cli.terminal import progress, solver_silent, tell
from analytics.errors import DataError, Problem
from analytics.machine.c_library import few_pools

if TYPE_CHECKING:
    from analytics.cli.given import Reading
    from analytics.forecast.judged.external import ExternalForecast
    from analytics.study import Study
    from analytics.valuation.policy import StockPolicy
    from analytics.writeup.register import MadeFrom
    from analytics.writeup.register_stated import Registered

__all__ = ["REPLAYED", "Decided", "decided"]

#: Past dates at which gains are measured where that is asked for.
REPLAYED = 4


@dataclass(frozen=True)
class Decided:
    """What a command was given and what was decided from it; `others` are sentences on files that are not those of the register `found`."""

    given: Reading
    study: Study
    policy: StockPolicy
    made_from: MadeFrom
    found: Registered | None
    others: list[str]
    external: ExternalForecast | None


def _load_engines() -> None:
    from analytics.study import load_engines

    load_engines()


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded here stays to the end: it is not searched for unused cycles, now or later, which takes half a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def decided(arguments: argparse.Namespace, ready: Callable[[Reading], object]) -> Decided:
    """Read what the command line names and decide; the engines load beside the reading.

    `ready` looks whether what comes can be written, once all is read (it is given that) and before anything is computed. Raises DataError where
    something cannot be read or decided.
    """
    few_pools()
    usual = argument_parser().parse_args(["analyze", arguments.sales, "--out", "."])
    found = registered_at(arguments.register) if arguments.register else None
    if found is not None:
        as_registered(arguments, usual, found)
    with _loading(), closing(reading_process()) as apart, ThreadPoolExecutor(1) as beside:
        # only now, when all that reading needs is loaded: of two threads that import one package, one may meet a module half loaded
        stated = assumptions_at(arguments.assumptions)
        assumptions = stated if found is None or arguments.assumptions else found.assumptions
        assumptions = assumptions.with_what_if(*what_ifs_of(arguments.what_if))
        beside.submit(_load_engines)
        edited = None
        if arguments.hold:  # decided with that file, at the prices of the other
            edited = read_given(arguments, apart).items
            if edited is None:
                words = "--hold needs the edited items beside it"
                raise DataError(Problem("hold", words, "give them as --items"))
            arguments.items = arguments.hold
        given = read_given(arguments, apart)

    from analytics.forecast.judged.external import read_external_forecast
    from analytics.scenario.held import held_at
    from analytics.scenario.own_rule import with_own_rule
    from analytics.strategy.what_if.own_rule import read_rule
    from analytics.study import run_study
    from analytics.version import __version__
    from analytics.writeup.register import MadeFrom, differing

    external = (
        read_external_forecast(
            file_at(arguments.forecast), date_order=arguments.date_order or given.history.report.date_order
        )
        if arguments.forecast
        else None
    )
    policy = stock_policy(arguments, None if found is None else found.policy)
    made_from = MadeFrom(options_of(arguments, usual), digests_beside(given, arguments))
    others: list[str] = []
    if found is not None:
        digests = {"input": given.history.report.digest, **made_from.digests}
        others = differing(found, digests, __version__)
        for words in others:
            tell(words)
    ready(given)
    rule = read_rule(arguments.rule) if arguments.rule else None  # before anything is computed
    with solver_silent():
        study = run_study(
            given.history, given.items, assumptions, frequency=arguments.frequency, seed=arguments.seed, currency=arguments.currency, cleaning=chosen_layers(arguments.clean),
            items_report=given.items_report, bom=given.bom, ets=arguments.ets, hold_demand=True, replay=REPLAYED if arguments.replay else 0,
            progress=progress(),
        )  # fmt: skip
    if edited is not None:
        study = held_at(study, edited, progress())
    if rule is not None:
        study = with_own_rule(study, rule)
    return Decided(given, study, policy, made_from, found, others, external)
