"""Why a study comes to something else than an earlier one: the change split by cause, by studies run in between.

The rule: sequential replacement. Starting from the inputs of before, one cause after another is replaced by what it is now, in the
order of CAUSES, and the study is run again after each; what a run differs by from the one before it is the part of the cause just
replaced. Demand goes first, so that it is valued at the prices of before, and prices and costs are valued at the demand of now:
the convention of volume and price variances (Horngren, Datar and Rajan, Cost Accounting, chapter 7). The parts add up because
each run is where the next one starts; they depend on the order, which is therefore fixed and said. Source: the sequential
updating decomposition, as set out by Christiansen (2022), On the decomposition of an insurer's profits and losses,
Scandinavian Actuarial Journal.

Only causes whose inputs differ are run, and the last of them needs no run: it ends at the study of now. What another version of
this program would have found cannot be run; the earlier inputs are then run by this version first, and what differs is the part
of method and version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.errors import DataError, Problem
from analytics.strategy.plans.ledgers import Progress
from analytics.study_change.causes import CAUSES, causes_at_work, mixed_inputs
from analytics.study_change.inputs import StudyInputs, run_inputs
from analytics.study_change.kept import KeptStudy
from analytics.study_change.outcome import AMOUNTS, Outcome, study_outcome
from analytics.version import __version__

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["METHOD", "NEW_OR_GONE", "PARTS", "Change", "comparable", "study_change"]

Array = NDArray[np.float64]

METHOD, NEW_OR_GONE = "method_and_version", "new_or_gone"
#: Every part of a change, in order, and how a page names it.
PARTS: Mapping[str, str] = {METHOD: "Method and version", **CAUSES, NEW_OR_GONE: "Products new or gone"}
#: Products in common, a share of the shorter list, below which two studies are of other companies.
_COMMON = 0.2


@dataclass(frozen=True, eq=False)
class Change:
    """What changed between two studies, and by which cause: arrays over `skus`, (products,), sorted.

    `before` and `now` are what the studies came to; `parts[amount][part]` money by product, `shared_parts[part]` of the shared line;
    `strategy` and `verdict` by step: what holds once a part is in, in the order of `steps`, the first of before. `there` says which
    products are sold in both (0), new (1) or gone (2). `days` lie between the two last days of sales, `runs` were made in between.
    """

    skus: NDArray[np.object_]
    there: NDArray[np.int8]
    before: Outcome
    now: Outcome
    parts: Mapping[str, Mapping[str, Array]]
    shared_parts: Mapping[str, float]
    steps: tuple[str, ...]
    strategy: tuple[NDArray[np.object_], ...]
    verdict: tuple[NDArray[np.object_], ...]
    earlier: KeptStudy
    last_date: np.datetime64
    runs: int

    @property
    def days(self) -> int:
        """Days between the last sales of the two studies."""
        return int((self.last_date - self.earlier.last_date).astype(int))

    def part(self, amount: str, part: str) -> float:
        """A part of the change of an amount of the portfolio, money: the sum over products; of the gain with the shared line."""
        own = float(np.sum(self.parts[amount][part]))
        return own + (self.shared_parts[part] if amount == "gain_per_year" else 0.0)

    def changed_by(self, what: tuple[NDArray[np.object_], ...]) -> NDArray[np.object_]:
        """By which parts a strategy or verdict became another, names joined by "; ", (products,); "" where it is as before."""
        out = np.full(len(self.skus), "", object)
        for k in np.flatnonzero(what[0] != what[-1]):
            at = [name for j, name in enumerate(self.steps) if what[j][k] != what[j + 1][k]]
            out[k] = NEW_OR_GONE if self.there[k] else "; ".join(at)
        return out


def comparable(kept: KeptStudy, history: SalesHistory, currency: str) -> None:
    """Raise DataError where an earlier study cannot be compared with these sales: other currency, other company, or a later one."""
    last = history.report.last_date.astype("datetime64[D]")
    if kept.last_date > last:
        words = f"the earlier study knows sales up to {kept.last_date}, these end on {last}"
        raise DataError(Problem("before_later", words, "exchange the two", expected="an earlier study"))
    if kept.inputs.settings.currency != currency:
        found, here = kept.inputs.settings.currency or "no currency", currency or "no currency"
        words = f"the earlier study is in {found}, this one in {here}; nothing is converted"
        raise DataError(
            Problem(
                "before_currency",
                words,
                "name the same for both: in the sidebar, or by --currency",
                found=found,
            )
        )
    were, are = set(map(str, kept.inputs.reading.history.skus)), set(map(str, history.skus))
    common = len(were & are)
    if common < _COMMON * min(len(were), len(are)):
        words = (
            f"of {len(were):,} products of the earlier study {common:,} are in these sales, of {len(are):,}"
        )
        remedy = "give the earlier study of the same company, with the same product codes"
        raise DataError(Problem("before_other", words, remedy, expected=f"at least {_COMMON:.0%} in common"))


def study_change(
    kept: KeptStudy, study: Study, inputs: StudyInputs, progress: Progress | None = None
) -> Change:
    """The change from a kept study to `study` (made from `inputs`), money (products,) by part; runs the studies in between.

    Formula: part of a cause = amount after it is replaced - amount before, in the order of PARTS; products in only one of the two
    are a part of their own. Source: sequential replacement, see above. Raises DataError where the two cannot be compared.
    """
    comparable(kept, inputs.reading.history, inputs.settings.currency)
    work = causes_at_work(kept.inputs, inputs)
    now = study_outcome(study)
    rerun = kept.version != __version__
    total = max(len(work) - 1, 0) + rerun
    done = 0

    def run(made_from: StudyInputs) -> Outcome:
        nonlocal done
        start, done = done / total, done + 1
        told = None if progress is None else lambda share, text: progress(start + share / total, f"what changed: {text}")  # fmt: skip
        return study_outcome(run_inputs(made_from, told))

    steps: list[str] = []
    outcomes = [kept.outcome]
    if rerun:
        steps.append(METHOD)
        outcomes.append(run(kept.inputs) if work else now)
    for k, cause in enumerate(work):
        last = k == len(work) - 1
        steps.append(cause)
        outcomes.append(now if last else run(mixed_inputs(kept.inputs, inputs, kept.promised, work[: k + 1])))
    if not steps:  # the very same study
        steps, outcomes = [METHOD], [kept.outcome, now]
    return _split(kept, inputs, steps, outcomes, done)


def _known(outcome: Outcome, skus: NDArray[np.object_]) -> NDArray[np.int8]:
    """How far each of these products is known: 2 it is sold, 1 it only stands in stock, 0 it is not there."""
    found = {
        str(sku): 2 if verdict else 1 for sku, verdict in zip(outcome.skus, outcome.verdict, strict=True)
    }
    return np.array([found.get(str(sku), 0) for sku in skus], np.int8)


def _moved(start: Array, end: Array) -> Array:
    """By how much each amount moved; the last digits of a sum in another order are no move."""
    return np.where(np.isclose(start, end, rtol=1e-12, atol=1e-9), 0.0, end - start)


def _split(
    kept: KeptStudy, inputs: StudyInputs, steps: list[str], outcomes: list[Outcome], runs: int
) -> Change:
    before, now = outcomes[0], outcomes[-1]
    skus = np.array(sorted({*before.skus, *now.skus}), object)
    place = {sku: i for i, sku in enumerate(skus)}

    def spread(outcome: Outcome, values: NDArray[np.generic], missing: object) -> NDArray[np.generic]:
        out = np.full(len(skus), missing, values.dtype)
        out[[place[sku] for sku in outcome.skus if sku in place]] = values[
            [i for i, sku in enumerate(outcome.skus) if sku in place]
        ]
        return out

    was, is_ = (_known(outcome, skus) for outcome in (before, now))
    there = np.where(was == is_, 0, np.where(is_ > was, 1, 2)).astype(np.int8)
    parts: dict[str, dict[str, Array]] = {}
    for amount in AMOUNTS:
        levels = [np.asarray(spread(o, o.amounts[amount], 0.0), np.float64) for o in outcomes]
        parts[amount] = {name: np.zeros(len(skus)) for name in PARTS}
        for j, name in enumerate(steps):
            parts[amount][name] = np.where(there == 0, _moved(levels[j], levels[j + 1]), 0.0)
        parts[amount][NEW_OR_GONE] = np.where(there == 0, 0.0, levels[-1] - levels[0])
    shared = dict.fromkeys(PARTS, 0.0)
    for j, name in enumerate(steps):
        shared[name] = float(_moved(np.array(outcomes[j].shared), np.array(outcomes[j + 1].shared)))
    for amount in AMOUNTS:  # nothing is lost on the way
        moved = sum(float(np.sum(parts[amount][name])) for name in PARTS)
        moved += sum(shared.values()) if amount == "gain_per_year" else 0.0
        asked = now.total(amount) - before.total(amount)
        assert abs(moved - asked) < 0.005 or not np.isfinite(asked), f"{amount}: {moved} of {asked}"
    return Change(
        skus,
        there,
        before,
        now,
        parts,
        shared,
        tuple(steps),
        tuple(np.asarray(spread(o, o.strategy, ""), object) for o in outcomes),
        tuple(np.asarray(spread(o, o.verdict, ""), object) for o in outcomes),
        kept,
        inputs.reading.history.report.last_date.astype("datetime64[D]"),
        runs,
    )
