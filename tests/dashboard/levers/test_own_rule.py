"""A rule of one's own on Compare and Report: asked in the form, shown as Mine, kept in the address, refused in words."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.results import compute


def _ask(at: AppTest, over: float, fewer: float | None) -> AppTest:
    fields = [one for one in at.number_input if one.label == "limit"]
    fields[0].set_value(over)
    if fewer is not None:
        fields[1].set_value(fewer)
    return next(b for b in at.button if b.label == "Show it as the plan Mine").click().run()


def _texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.caption, *at.markdown]).replace("\\", "")


def test_mine_stands_beside_today_and_the_mix_and_is_taken_away(start: Callable[..., AppTest]) -> None:
    at = start("servers", "compare")
    _ask(at, 1e9, None)
    assert "matches none of" in "".join(one.value for one in at.error).replace("\\", "")
    assert not at.session_state["choices"]["servers"].rule
    _ask(at, 5000.0, 3.0)
    assert not at.exception and not at.error
    choice = at.session_state["choices"]["servers"]
    assert choice.rule == "price > 5000 and orders_per_month < 3: order" and at.query_params["state"]
    facts = compute.facts(choice)
    assert (
        facts.own_rule["gain_over_mix"]
        == facts.portfolio.money["mine"]["profit"] - facts.portfolio.money["mix"]["profit"]
    )
    said = (
        "Over 5,000 USD in price and fewer than 3 orders a month: make to order; all others: make to stock."
    )
    assert said in _texts(at)
    at.switch_page("views/report.py").run()
    assert not at.exception and f"Mine: {said}" in _texts(at)
    assert any("Mine" in table.value.index for table in at.table)
    at.switch_page("views/compare.py").run()
    next(b for b in at.button if b.label == "Take the rule away").click().run()
    assert said not in _texts(at) and not at.session_state["choices"]["servers"].rule
