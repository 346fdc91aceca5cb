"""Whoever confirms or overrides types a name: it stands on the page, in the address and in the files, as typed and not verified, with the date of the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from streamlit.testing.v1 import AppTest

from dashboard.kept.documents.form import state_of
from dashboard.results import compute
from dashboard.state.choice import Choice
from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.pages import lines_of
from tests.dashboard.views.test_pages import with_files

Start = Callable[..., AppTest]


def chosen(at: AppTest) -> Choice:
    """The choice behind the page."""
    found: Choice = at.session_state["choices"]["servers"]
    return found


def test_a_confirmation_carries_the_name_and_the_date_of_the_data(start: Start) -> None:
    at = start("servers")
    last = compute.facts(chosen(at)).intake.last_date
    at.text_input(key="who-answers").set_value("M. *Weber*").run()
    card = next(one for one in at.get("segmented_control") if str(one.key).startswith("answer-"))
    card.set_value(card.options[0]).run()
    settled(at)
    assert not at.exception
    (name,) = {one for one, a in chosen(at).answers.general.items() if a.by} | set(chosen(at).answers.signed)
    assert chosen(at).answers.of(name).by == "M. *Weber*" and chosen(at).answers.of(name).data_date == last
    assert f"M. *Weber*, data of {last} (as typed, not verified)" in "\n".join(
        line.replace("\\", "") for line in raw(at)
    )
    register = compute.files(chosen(at))["register.csv"]().decode()
    assert "M. *Weber* (as typed, not verified)" in register and last in register


def raw(at: AppTest) -> list[str]:
    """Every caption as it was written."""
    return [str(one.value) for one in at.caption]


def test_an_own_choice_and_a_reserve_set_by_hand_carry_them_too(start: Start) -> None:
    at = start("servers", "risk")
    mark = chosen(at).source.digest[:8]
    at.text_input(key="who-books").set_value("A. Keller").run()
    at.number_input(key=f"books-ledger-{mark}").set_value(2_800_000.0).run()
    day = str(compute.facts(chosen(at)).valued.as_of)
    assert chosen(at).policy.signed["ledger"] == ("A. Keller", day)
    assert f"ledger: A. Keller, stock of {day} (as typed, not verified)" in lines_of(at)
    assert "standard" not in chosen(at).policy.signed  # only what was set is signed
    at.switch_page("views/products.py").run()
    sku = at.selectbox(key="product-open").options[0].split("(")[-1].rstrip(")")
    at.selectbox(key="product-open").select_index(0).run()
    at.radio(key=f"instead-{sku}").set_value("MTS").run()
    assert at.text_input(key=f"who-{sku}").value == "A. Keller"
    at.text_input(key=f"note-{sku}").set_value("show in May").run()
    settled(at.button(key=f"count-{sku}").click().run())
    (own,) = chosen(at).overrides
    last = compute.facts(chosen(at)).intake.last_date
    assert (own.by, own.data_date, own.note) == ("A. Keller", last, "show in May")
    assert f"A. Keller, data of {last} (as typed, not verified)" in lines_of(at)
    made = compute.files(chosen(at))
    assert f"A. Keller, data of {last} (as typed, not verified)" in made["recommendation.csv"]().decode()


def test_without_a_name_an_answer_waits_and_counts_once_it_is_typed(start: Start) -> None:
    """Own files: nothing is confirmed by nobody, and nothing answered is lost."""
    at = with_files(start(), sales_csv(), items_csv())
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/answer.py").run()
    card = next(one for one in at.get("segmented_control") if str(one.key).startswith("answer-"))
    before = at.session_state["choices"]["own"]
    settled(card.set_value(card.options[0]).run())
    assert not at.exception and at.session_state["choices"]["own"].answers == before.answers
    (words,) = (str(one.value).replace("\\", "") for one in at.warning)
    assert words.startswith("Not counted yet: ") and "Type your name here, once" in words
    at.text_input(key="who-answers").set_value("K. Braun").run()
    settled(at)
    after = at.session_state["choices"]["own"].answers
    (name,) = {one for one, a in after.general.items() if a.by} | set(after.signed)
    assert after.of(name).by == "K. Braun" and after.of(name).data_date and not at.warning
    again = next(
        one
        for one in at.get("segmented_control")
        if str(one.key).startswith("answer-") and one.key != card.key
    )
    settled(again.set_value(again.options[0]).run())  # typed once: what follows counts at once
    assert not at.warning and len(signed_in(at)) == 2


def test_settings_of_stock_wait_for_a_name_and_none_is_lost(start: Start) -> None:
    """Day, ledger, standard, buckets, months, cost to sell and of switching: set by nobody they move nothing; typed once, all count.

    What is put back meanwhile waits no more, what cannot be is said at once, and what is taken back later needs no name.
    """
    stock = b"as of,sku,quantity\n2025-05-05,A-1,500\n2025-05-05,B-2,7\n"
    at = with_files(start(), sales_csv(), items_csv())
    at.file_uploader(key="beside-files").set_value([("stock.csv", stock, "text/csv")]).run()
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/risk.py").run()
    before = at.session_state["choices"]["own"]
    mark, asked = before.source.digest[:8], compute.stock_answer(before).valued.reserve_total
    at.number_input(key=f"books-ledger-{mark}").set_value(5_000.0).run()
    at.radio(key=f"books-standard-{mark}").set_value("usgaap").run()
    at.text_input(key=f"books-buckets-{mark}").set_value("60, 365").run()
    at.text_input(key=f"books-buckets-{mark}").set_value("60, 30").run()
    assert "These settings cannot be used" in " ".join(str(one.value) for one in at.error)
    at.text_input(key=f"books-buckets-{mark}").set_value("60, 365").run()
    for name, value in (("new", 0.0), ("selling", 0.1), ("dead", 9.0), ("excess", 6.0), ("one-off", 70.0)):
        at.number_input(key=f"books-{name}-{mark}").set_value(value).run()
    at.date_input(key=f"books-as-of-{mark}").set_value(date(2025, 5, 4)).run()
    at.number_input(key=f"books-excess-{mark}").set_value(12.0).run()  # put back
    assert not at.exception and at.session_state["choices"]["own"].policy == before.policy
    (words,) = (str(one.value).replace("\\", "") for one in at.warning)
    assert "Not counted yet: " in words and "months of excess" not in words
    for one in ("ledger", "standard", "buckets of age", "months of new products", "cost to sell"):
        assert one in words, one
    at.text_input(key="who-books").set_value("K. Braun").run()
    policy = at.session_state["choices"]["own"].policy
    assert not at.exception and not at.warning
    assert (policy.ledger, policy.standard, policy.bucket_days) == (5_000.0, "usgaap", (60.0, 365.0))
    assert (policy.new_months, policy.selling_share, policy.dead_months) == (0.0, 0.1, 9.0)
    assert (policy.one_off, policy.excess_months, str(policy.as_of)) == (70.0, 12.0, "2025-05-04")
    assert {one.by for one in policy.signed.values()} == {"K. Braun"} and len(policy.signed) == 8
    at.text_input(key="who-books").set_value("").run()
    at.radio(key=f"books-standard-{mark}").set_value("ifrs").run()
    policy = at.session_state["choices"]["own"].policy
    assert policy.standard == "ifrs" and "standard" not in policy.signed and not at.warning
    assert policy.ledger == 5_000.0 and asked > 0.0


def test_the_cost_of_switching_of_two_products_waits_for_each() -> None:
    """Typed one after the other before any name: both count under it."""

    def page() -> None:
        import streamlit as st

        from analytics.assumptions import Assumptions
        from dashboard.books.settings import product_cost_setting
        from dashboard.state import inputs
        from dashboard.state.choice import Choice, file_source
        from dashboard.state.who import name_part
        from tests.dashboard.conftest import items_csv, sales_csv

        if "choices" not in st.session_state:
            source = file_source((("sales.csv", sales_csv()),), ("items.csv", items_csv()))
            st.session_state["choices"] = {"own": Choice(source, Assumptions())}
            st.session_state["data"] = "own"
        product_cost_setting("A-1")
        product_cost_setting("B-2")
        name_part("who", inputs.choice().source.digest)

    at = AppTest.from_function(page).run()
    for k, cost in enumerate((12.0, 3.5)):
        at.number_input[k].set_value(cost).run()
        assert not at.exception and not at.session_state["choices"]["own"].policy.one_off_of
    at.text_input[0].set_value("K. Braun").run()
    policy = at.session_state["choices"]["own"].policy
    assert not at.exception and dict(policy.one_off_of) == {"A-1": 12.0, "B-2": 3.5}
    assert policy.signed["one_off_of"].by == "K. Braun"


def signed_in(at: AppTest) -> set[str]:
    """Fields confirmed under a name."""
    answers = at.session_state["choices"]["own"].answers
    return {one for one, a in answers.general.items() if a.by} | set(answers.signed)


def test_what_was_kept_before_names_were_is_read() -> None:
    """A document without names gives the same state as one with empty ones."""
    at = {"form": 1, "general": {"capital_rate": [0.1, 0.1, 0.1, "confirmed"]}, "family": {}, "product": {},
          "limits": "", "currency": "", "own": [["A", "MTS", "why"]], "anonymous": False, "cleaning": None}  # fmt: skip
    state, left = state_of(at)
    assert state[0].of("capital_rate").by == "" and state[2][0].by == "" and not left
