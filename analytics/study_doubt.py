"""How sure the answer of a study is: what each unknown value changes, what is worth asking for, and what moves the gain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.demand.panel import PERIOD_WEEKS
from analytics.naming.labels import Strategy
from analytics.scenario.limited import without_limits
from analytics.scenario.restated import study_standing
from analytics.strategy.flips.two_together import TwoTogether, priced_together
from analytics.strategy.money.thresholds import worth_asking
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.portfolio.confidence import Confidence, confidence, turned_by
from analytics.strategy.reasons import turns_text
from analytics.strategy.what_if.gain_sensitivity import GainMove, gain_moves, price_ends
from analytics.strategy.what_if.questions import Question, open_values, question_of, questions
from analytics.strategy.what_if.simulated_range_ends import PlayedEnds, played_ends
from analytics.strategy.what_if.unseen_demand import gain_if_unseen, unseen_words

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = [
    "Unknowns",
    "asked_questions",
    "study_confidence",
    "study_moves",
    "study_questions",
    "study_together",
    "study_unknowns",
    "unseen_change",
    "unseen_sentence",
]


@dataclass(frozen=True, eq=False)
class Unknowns:
    """What every value in doubt changes.

    What every value in doubt changes: `ends[field]` expected profit (products, strategies) at the low and the high end of its range, prices priced
    again and physics `played` again; `unseen` by how much the gain would be another had a tenth of demand never been seen, NaN where all stock is on
    record or no gain is stated; `doubt[field]` the products (products,) on which it is worth asking for, `least` the least worth of an answer.
    """

    ends: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    played: PlayedEnds
    doubt: Mapping[str, NDArray[np.bool_]]
    least: float
    unseen: float = float("nan")


def study_unknowns(study: Study) -> Unknowns:
    """Both ends of every value in doubt, found once for the questions and for what moves the gain."""
    live = ~study.recommendation.ended
    played = played_ends(study.setup, study.comparison, study.items, live)
    ends = {**price_ends(study.comparison, study.ledgers, study.items, live), **played.strategies}
    return Unknowns(
        ends,
        played,
        open_values(study.comparison, study.items, live, ends),
        1e-5 * abs(study.portfolio.money[Strategy.MTS]["benchmark"]),
        unseen_change(study),
    )


def unseen_change(study: Study) -> float:
    """By how much the gain would be another had a tenth of the demand of products without stock records never been seen, money a year.

    NaN where the past stock of every product is on record (`CleanedDemand.recorded`), or nothing is gained.
    """
    without = _without_record(study)
    if not without.any() or not study.portfolio.gain:
        return float("nan")
    return gain_if_unseen(study.setup, study.comparison, study.recommendation, study.items, without)


def _without_record(study: Study) -> NDArray[np.bool_]:
    """Products on sale whose past stock is not on record, (products,)."""
    return ~study.cleaned.recorded & ~study.recommendation.ended


def unseen_sentence(study: Study, unknowns: Unknowns) -> str:
    """What the gain would be had a tenth of demand never been seen, in words; nothing where all stock is on record or nothing is gained."""
    without, products = int(_without_record(study).sum()), int((~study.recommendation.ended).sum())
    return unseen_words(study.portfolio.gain, unknowns.unseen, study.currency, without, products)


def study_questions(study: Study, unknowns: Unknowns | None = None) -> tuple[Question, ...]:
    """The assumed values worth asking about, most valuable first: those worth more than a hundred-thousandth of the perfect year."""
    known = study_unknowns(study) if unknowns is None else unknowns
    return questions(
        study.comparison, study.items, known.doubt, known.ends, known.least, live=~study.recommendation.ended
    )


def asked_questions(study: Study, unknowns: Unknowns | None = None) -> tuple[Question, ...]:
    """The questions that are asked: those whose answer can move the gain by 2 %, or turns a product (see `worth_asking`); those that decide most money first.

    A value that changes no choice but what the choice is compared with, as the service of today, is worth nothing to the decision and is asked all the same;
    and so is every value that turns a product.
    """
    known = study_unknowns(study) if unknowns is None else unknowns
    moves = {
        move.field: max(abs(move.at_low - study.portfolio.gain), abs(move.at_high - study.portfolio.gain))
        for move in study_moves(study, known)
    }
    found = {q.field: q for q in study_questions(study, known)}
    live = ~study.recommendation.ended
    turned = {one.field: one.products for one in study_confidence(study).turning}
    for field in [*(name for name in moves if FIELDS[name].question), *turned]:
        if field not in found:
            low, high = study.items.range(field)
            found[field] = question_of(study.items, field, live & (high > low), live)
    gain, earned = study.portfolio.gain, study.portfolio.money["mix"]["profit"]
    asked = [
        q
        for q in found.values()
        if worth_asking(moves.get(q.field, 0.0), q.adds, turned.get(q.field, 0), gain, earned)
    ]
    return tuple(
        sorted(asked, key=lambda q: (-max(q.adds, moves.get(q.field, 0.0)), list(FIELDS).index(q.field)))
    )


def study_moves(study: Study, unknowns: Unknowns | None = None) -> tuple[GainMove, ...]:
    """How far each value in doubt moves the gain, largest swing first."""
    known = study_unknowns(study) if unknowns is None else unknowns
    return gain_moves(
        study.comparison, study.recommendation, study.items, study.portfolio.gain, known.ends, known.played
    )


def study_together(study: Study, progress: Progress | None = None) -> TwoTogether:
    """What pairs of prices turn that neither turns alone, over the usual ranges, by the rule that decides; limits that products share are not applied.

    Raises ValueError where what one assumption turns is not known yet.
    """
    if study.recommendation.flips is None:
        raise ValueError("study_together: what one assumption turns is not known yet")
    standing = study_standing(without_limits(study))
    return priced_together(standing, study.recommendation.flips, None, progress)


def study_confidence(study: Study, together: TwoTogether | None = None) -> Confidence:
    """How sure the answer is, named by the money that turns; with the product of most gain as an example of what the answer depends on.

    `together` is what pairs of assumptions turn (`study_together`; None: not tried).
    """
    r, items = study.recommendation, study.items
    names = np.array(
        [str(name) or str(sku) for name, sku in zip(items["name"], items.skus, strict=True)], object
    )
    periods = study.panel.units.shape[1] - np.maximum(study.panel.first, 0)
    months = np.where(
        study.panel.first >= 0, periods * PERIOD_WEEKS[study.panel.frequency] / PERIOD_WEEKS["M"], 0.0
    )
    found = confidence(
        r,
        (study.portfolio.gain, study.portfolio.gain_low, study.portfolio.gain_high),
        months,
        names,
        study.currency,
        together,
    )
    if found.kind != "depends" or r.flips is None:
        return found
    field = found.turning[0].field
    i = int(np.argmax(np.where(turned_by(r, field), np.abs(np.nan_to_num(r.gain)), -1.0)))
    return replace(
        found,
        sentences=(
            *found.sentences,
            f"For {names[i]} {turns_text(r.flips, r.strategies, r.baseline, items, i, field)}.",
        ),
    )
