"""What-ifs as levers: said on every page, on top of what the file gives, undone apart, kept in the address."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.kept.form import read_state, text_of
from dashboard.state.choice import WHAT_IF, Choice, base_assumptions, moved, sample_source
from tests.dashboard.conftest import settled

SAID = "What if: Price +10 % on top of what the file says."


def _field(at: AppTest, label: str) -> object:
    return next(one for one in at.number_input if one.label == label)


def _texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.caption, *at.markdown]).replace("\\", "")


def test_a_price_is_moved_said_everywhere_kept_and_undone(start: Callable[..., AppTest]) -> None:
    at = start("servers", "compare")
    assert SAID not in _texts(at)
    settled(_field(at, "Price, %").set_value(10.0).run())
    assert not at.exception and SAID in _texts(at)
    kept = dict(at.query_params)
    assert kept["state"] and any(b.label == "Reset 1 lever" for b in at.button)
    at.switch_page("views/answer.py").run()
    assert SAID in _texts(at)
    again = AppTest.from_file(at._script_path, default_timeout=180)
    for name, value in kept.items():
        again.query_params[name] = value
    again.run()
    settled(again.switch_page("views/compare.py").run())
    assert _field(again, "Price, %").value == 10.0 and SAID in _texts(again)
    next(b for b in again.button if b.label == "Undo" and str(b.key).startswith("what-if-undo")).click().run()
    settled(again)
    assert SAID not in _texts(again) and _field(again, "Price, %").value == 0.0


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
