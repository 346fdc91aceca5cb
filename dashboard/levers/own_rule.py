"""A rule of one's own as a plan beside the others: asked in a form, its price said in a sentence, taken away again."""

from __future__ import annotations

import streamlit as st

from analytics.errors import DataError
from analytics.naming.labels import Strategy
from analytics.scenario.own_rule import rule_match
from analytics.strategy.what_if.own_rule import LARGEST, read_rule
from analytics.writeup.words.own_rule import own_rule_words
from dashboard.results import compute
from dashboard.results.facts import Facts
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.text.words import plain

__all__ = ["own_rule_part", "words_of_rule"]

_VALUES = {"price": "in price", "unit_cost": "in unit cost"}
_HOW_OFTEN = {
    "orders_per_month": "orders a month",
    "orders_per_year": "orders a year",
    "units_per_month": "units a month",
    "units_per_year": "units a year",
}
_SIDES = {">": "over", "<": "under"}
#: The two questions of the form: key, label, what may be asked, the side at first.
_QUESTIONS = (("value", "Products", _VALUES, 1), ("often", "and", _HOW_OFTEN, 0))
_DOES = {"order": "to order", "stock": "to stock", "assemble": "assembled to order"}


def words_of_rule(facts: Facts) -> str:
    """What the plan of one's own rule earns, in words."""
    return own_rule_words(facts.own_rule, facts.has_money, facts.baseline_name, facts.currency)


def _text(digest: str) -> str:
    """The rule as the fields of the form say it; a limit that is left empty is not asked for."""
    said = {name: st.session_state.get(f"rule-{name}-{digest}") for name in ("value", "often")}
    asked = [
        f"{st.session_state[f'rule-{name}-of-{digest}']} {st.session_state[f'rule-{name}-side-{digest}']} {limit:.15g}"
        for name, limit in said.items()
        if limit is not None
    ]
    return f"{' and '.join(asked)}: {st.session_state[f'rule-do-{digest}']}"


def _form(choice: Choice, facts: Facts) -> bool:
    """The fields; whether they were sent."""
    digest = choice.source.digest[:8]
    with st.form(f"rule-{digest}", border=False):
        for name, label, options, first in _QUESTIONS:
            side, limit, of = st.columns([1, 1.2, 1.4])
            side.selectbox(
                label,
                ["<", ">"],
                index=first,
                format_func=_SIDES.__getitem__,
                key=f"rule-{name}-side-{digest}",
            )
            limit.number_input(
                "limit", 0.0, LARGEST, value=None, format="%g", key=f"rule-{name}-{digest}", placeholder="any"
            )
            of.selectbox("what", [*options], format_func=options.__getitem__, key=f"rule-{name}-of-{digest}")
        st.radio(
            "are made, all others the other way (to stock, where these are assembled)"
            if Strategy.ATO in facts.strategies
            else "are made, all others the other way",
            [does for does in _DOES if does != "assemble" or Strategy.ATO in facts.strategies],
            format_func=_DOES.__getitem__,
            horizontal=True,
            key=f"rule-do-{digest}",
        )
        return st.form_submit_button("Show it as the plan Mine", icon=":material/rule:")


def own_rule_part(choice: Choice, facts: Facts | None) -> None:
    """The form, what the rule in force brings, and the way back."""
    if facts is None or Strategy.MTO not in facts.strategies:
        return
    with st.expander("A rule of your own", expanded=bool(choice.rule)):
        if _form(choice, facts):
            wrong = ""
            try:
                rule = read_rule(_text(choice.source.digest[:8]))
                if not facts.pending:
                    rule_match(compute.study(choice, sure=False), rule)
            except DataError as error:
                wrong = " ".join(problem.sentence() for problem in error.problems)
            else:
                inputs.use_rule(rule.text)
                st.rerun()
            st.error(plain(f"This rule cannot be used yet: {wrong}."), icon=":material/error:")
        if choice.rule:
            words = (
                words_of_rule(facts)
                if facts.own_rule
                else "Recomputing"
                if facts.pending
                else next((n for n in facts.notes if n.startswith("There is no plan of your own")), "")
            )
            st.markdown(plain(words))
            st.button(
                "Take the rule away",
                on_click=inputs.use_rule,
                args=("",),
                key=f"rule-away-{choice.source.digest[:8]}",
                icon=":material/undo:",
            )
