"""What was changed last and from what to what: every lever, answer, choice and further file is a step, and the last one can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from analytics.assumptions import FIELDS
from dashboard.results import compute
from dashboard.results.facts import Facts
from dashboard.state.choice import Choice
from dashboard.text.words import field_words, value_text

__all__ = ["Step", "drop_steps", "facts_before", "last_step", "noted", "step_words", "taken_off"]

_KEY = "_steps"
_MOST = 20
#: What of a choice moves a figure.
_PARTS = ("answers", "levers", "overrides", "cleaning", "ets", "held", "rule")


@dataclass(frozen=True)
class Step:
    """One change: the choice before and after it, and the figures of before as they stood on the screen (None: they were not known)."""

    before: Choice
    after: Choice
    figures: Mapping[str, float] | None


def _same(one: Choice, other: Choice) -> bool:
    return one.source.digest == other.source.digest and all(
        getattr(one, name) == getattr(other, name) for name in _PARTS
    )


def figures_of(facts: Facts) -> dict[str, float]:
    """The figures that every change is told by: gain, profit of the mix, cash tied up in it."""
    mix = facts.portfolio.money["mix"]
    return {
        "gain": facts.portfolio.gain,
        "profit": float(mix["profit"]),
        "cash_tied_up": float(mix["cash_tied_up"]),
    }


def noted(before: Choice | None, after: Choice) -> None:
    """Note a step where something changed that moves a figure."""
    if before is None or _same(before, after):
        return
    steps: list[Step] = st.session_state.setdefault(_KEY, [])
    seen = compute.seen(before)
    known = None if seen is None or not seen.has_money else figures_of(seen)
    steps.append(Step(before, after, known))
    del steps[:-_MOST]


def last_step(now: Choice) -> Step | None:
    """The step that led to what is on the screen; None where there is none."""
    steps: list[Step] = st.session_state.get(_KEY, [])
    return steps[-1] if steps and _same(steps[-1].after, now) else None


def taken_off(now: Choice) -> Choice | None:
    """The choice before the last step, with the currency and the names as they are now; the step is gone. None where there is none."""
    step = last_step(now)
    if step is None:
        return None
    st.session_state[_KEY].pop()
    if step.before.source.digest != now.source.digest:
        return step.before
    return replace(now, **{name: getattr(step.before, name) for name in _PARTS})


def facts_before(now: Choice) -> Facts | None:
    """What was on the screen before the last step, while that is still at hand."""
    step = last_step(now)
    return None if step is None else compute.seen(replace(step.before, currency=now.currency))


def drop_steps(data: str) -> None:
    """Forget the steps of a data set (its digest)."""
    steps: list[Step] = st.session_state.get(_KEY, [])
    st.session_state[_KEY] = [
        one for one in steps if data not in (one.before.source.digest, one.after.source.digest)
    ]


def _moved(before: Choice, after: Choice, name: str) -> str:
    values = [value_text(name, one.assumptions.of(name).value, after.currency) for one in (before, after)]
    words = field_words(name)
    return (
        f"{words} confirmed as it stands" if values[0] == values[1] else f"{words} {values[0]} -> {values[1]}"
    )


def _what_ifs(before: Choice, after: Choice) -> list[str]:
    """What-ifs that were moved or taken back, in words; of single products none by name where names are hidden."""
    was, now = ({one.name: one for one in choice.assumptions.what_if} for choice in (before, after))
    parts = []
    for name in [*now, *(name for name in was if name not in now)]:
        if name in was and name in now and was[name].change == now[name].change:
            continue
        one = now.get(name) or was[name]
        words = (
            one.short_words if not after.anonymous or one.name == one.what else "a what-if for some products"
        )
        parts.append(words if name in now else f"taken back: {words}")
    return parts


def step_words(step: Step) -> str:
    """What was changed, in words."""
    before, after = step.before, step.after
    if before.source.digest != after.source.digest:
        names = ", ".join(name for name, _ in after.source.beside) or after.source.title
        return f"files brought: {names}"
    told = {name for name, _ in {*before.levers} ^ {*after.levers}}
    one, other = before.answers, after.answers
    told |= {name for name in FIELDS if one.of(name) != other.of(name)}
    told |= {*one.as_assumed} ^ {*other.as_assumed}
    parts = [_moved(before, after, name) for name in FIELDS if name in told]
    parts += _what_ifs(before, after)
    if one.family != other.family:
        parts.append("answers for a family")
    if one.product != other.product:
        parts.append("answers for a product")
    if one.limits != other.limits:
        parts.append("limits")
    if before.overrides != after.overrides:
        skus = {o.sku for o in {*before.overrides} ^ {*after.overrides}}
        parts.append(f"own choice for {len(skus):,} product{'' if len(skus) == 1 else 's'}")
    if before.cleaning != after.cleaning:
        parts.append("what is taken out of the history")
    if before.ets != after.ets:
        parts.append("which methods forecast")
    if before.held != after.held:
        parts.append("service levels chosen anew" if after.held is None else "service levels held")
    if before.rule != after.rule:
        parts.append("a rule of your own" if after.rule else "your rule taken away")
    return ", ".join(parts) or "the assumptions"
