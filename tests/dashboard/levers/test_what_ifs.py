"""What-ifs as levers: said on every page, on top of what the file gives, undone apart, kept in the address."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.kept.documents.form import read_state, text_of
from dashboard.results import compute
from dashboard.state import memory
from dashboard.state.choice import WHAT_IF, Choice, base_assumptions, moved, sample_source

SAID = "What if: Price +10 % on top of what the file says."


def _field(at: AppTest, label: str) -> object:
    return next(one for one in at.number_input if one.label == label)


def _texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.caption, *at.markdown]).replace("\\", "")


def test_a_price_is_moved_said_kept_and_undone(start: Callable[..., AppTest]) -> None:
    """The expected money is there at once; the state that the address names holds the lever, and its own button takes it back."""
    at = start("servers", "compare")
    before = compute.at_once(at.session_state["choices"]["servers"])
    assert SAID not in _texts(at) and before is not None
    _field(at, "Price, %").set_value(10.0).run()
    assert not at.exception and SAID in _texts(at)
    choice = at.session_state["choices"]["servers"]
    after = compute.at_once(choice)
    assert (
        after is not None
        and after.portfolio.money["mix"]["revenue"] > before.portfolio.money["mix"]["revenue"]
    )
    assert any(b.label == "Reset 1 lever" for b in at.button)
    name = "".join(at.query_params["state"])
    kept = memory.state(choice.source.digest, name)
    assert kept is not None and kept[6] == ((f"{WHAT_IF}price", 0.1),)
    next(b for b in at.button if b.label == "Undo" and str(b.key).startswith("what-if-undo")).click().run()
    assert SAID not in _texts(at) and _field(at, "Price, %").value == 0.0


def test_a_family_is_moved_alone(start: Callable[..., AppTest]) -> None:
    at = start("servers", "compare")
    next(s for s in at.selectbox if s.label == "What if, for").set_value("A family").run()
    family = next(s for s in at.selectbox if s.label == "Family").value
    _field(at, "Unit cost, %").set_value(-5.0).run()
    assert not at.exception
    assert f"Unit cost of {family} -5 % on top of what the file says" in _texts(at)


def test_a_what_if_is_no_confirmation_and_is_kept_beside_other_levers() -> None:
    choice = Choice(sample_source("servers"), base_assumptions("servers"))
    levers = {f"{WHAT_IF}family.A.B.demand": 0.1, "capital_rate": 0.2, f"{WHAT_IF}capital_rate": -0.1}
    stated = moved(choice.answers, levers)
    assert [one.name for one in stated.what_if] == ["family.A.B.demand", "capital_rate"]
    assert stated.of("capital_rate").value == 0.2 and stated.of("capital_rate").origin == "assumed"
    one = (stated, "USD", (), False, None, 0, tuple(levers.items()), None, choice.policy, "")
    found = read_state(text_of(one))
    assert found is not None and found[6] == one[6] and found[0].what_if == stated.what_if
