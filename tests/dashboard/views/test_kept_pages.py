"""Links without data, work of earlier files offered, and a file forgotten: nothing of it on the disk or among the objects of the process."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.machine.kernel_cache import cache_home
from dashboard import files_in_use
from dashboard.kept.places import database_path
from dashboard.state import inputs, memory
from dashboard.state.choice import file_source
from tests.dashboard.conftest import APP, Start, items_csv, sales_csv, settled
from tests.dashboard.views.test_pages import texts as escaped
from tests.searching import files_with, kept_objects


def texts(at: AppTest) -> str:
    return escaped(at).replace("\\", "")


def at_link(data: str, state: str = "") -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["data"] = data
    if state:
        at.query_params["state"] = state
    return at.run()


def named(at: AppTest, what: str) -> str:
    value = at.query_params[what]
    return value if isinstance(value, str) else value[0]


def nothing_of_other_data(at: AppTest) -> bool:
    shown = " ".join(
        str(e.value) for kind in (at.markdown, at.caption, at.title, at.subheader, at.info) for e in kind
    )
    names = any(name in shown for name in ("Bicycles", "Household", "Servers"))
    return not (names or at.metric or at.dataframe or at.get("vega_lite_chart")) and {
        s.key for s in at.selectbox
    } == {"instead"}


def used(start: Start, name: str, content: bytes) -> AppTest:
    at = start()
    at.switch_page("views/data.py").run()
    at.file_uploader(key="sales-files").set_value([(name, content, "text/csv")])
    at.file_uploader(key="items-file").set_value(("items.csv", items_csv(), "text/csv")).run()
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/answer.py").run()
    assert not at.exception and at.selectbox(key="data").value == "own"
    return at


def test_a_link_without_its_data_shows_a_place_to_drop_them_and_no_other_figures(start: Start) -> None:
    at = at_link("00" * 16)
    assert (
        not at.exception
        and at.title[0].value == "Drop the file that this link was made with"
        and nothing_of_other_data(at)
    )
    assert (
        "restarted" not in texts(at)
        and "not held on this machine" in texts(at)
        and "still here" not in texts(at)
    )
    for page in ("products", "report", "data"):
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception and nothing_of_other_data(at) and len(at.file_uploader) == 4
    at.selectbox(key="instead").select("servers").run()
    assert not at.exception and at.selectbox(key="data").value == "servers"


def test_a_link_after_a_restart_brings_the_answers_back_with_the_file(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = sales_csv()
    at = used(start, "june.csv", content)
    data = named(at, "data")
    at.text_input(key=f"currency-{data}").set_value("CHF").run()
    state = named(at, "state")
    for file in (
        lambda: files_in_use._release(data),
        lambda: monkeypatch.setattr("dashboard.file.new.PROCESS", "another"),
    ):
        file()
    late = at_link(data, state)
    assert (
        nothing_of_other_data(late) and "server was restarted" in texts(late) and "still here" in texts(late)
    )
    late.file_uploader(key="sales-files").set_value([("june.csv", content, "text/csv")])
    late.file_uploader(key="items-file").set_value(("items.csv", items_csv(), "text/csv")).run()
    settled(late.button(key="use-file").click().run())
    assert not late.exception and late.text_input(key=f"currency-{data}").value == "CHF"


def test_scenarios_of_last_month_are_offered_and_applied_only_on_request(start: Start) -> None:
    june = used(start, "june.csv", sales_csv(weeks=70))
    data = file_source((("june.csv", sales_csv(weeks=70)),), ("items.csv", items_csv())).digest
    choice = june.session_state["choices"]["own"]
    own = (inputs.Override("A-1", "MTO", ""), inputs.Override("gone", "MTS", ""))
    kept = replace(choice, answers=choice.answers.with_general(capital_rate=0.2), overrides=own).state
    assert memory.keep_scenario(data, "Dear money", kept) and memory.keep_state(data, kept)
    july = used(start, "july.csv", sales_csv(weeks=74))
    assert "june.csv (sales until" in texts(july) and "1 scenario (Dear money)" in texts(july)
    assert "1 own choice is for a product not in this file (gone)" in texts(july)
    assert (
        july.session_state["choices"]["own"].assumptions == choice.assumptions
        and memory.scenarios(named(july, "data")) == {}
    )
    settled(july.button(key="earlier-use").click().run())
    assert not july.exception and not any(b.key == "earlier-use" for b in july.button)
    now = july.session_state["choices"]["own"]
    assert now.assumptions.of("capital_rate").value == 0.2 and [o.sku for o in now.overrides] == ["A-1"]
    assert list(memory.scenarios(named(july, "data"))) == ["Dear money"]
    other = used(start, "other.csv", sales_csv(skus=("Z-1", "Z-2", "Z-3")))
    assert not any(b.key == "earlier-use" for b in other.button)


def test_an_offer_that_is_declined_is_not_made_again(start: Start) -> None:
    june = used(start, "june.csv", sales_csv())
    assert memory.keep_scenario(named(june, "data"), "s", june.session_state["choices"]["own"].state)
    july = used(start, "july.csv", sales_csv())
    july.button(key="earlier-no").click().run()
    assert (
        not any(b.key == "earlier-use" for b in july.button) and memory.scenarios(named(july, "data")) == {}
    )
    again = used(start, "july.csv", sales_csv())
    assert not any(b.key == "earlier-use" for b in again.button)


def test_what_was_answered_about_a_file_is_remembered_said_and_can_be_asked_again(start: Start) -> None:
    def dropped(weeks: int, name: str) -> AppTest:
        lines = [
            f"{d:02d}/{m:02d}/202{y},A-{k},{1 + k}"
            for y in (3, 4)
            for m in range(1, 13)
            for d in (3, 9, 12)[: 2 + weeks]
            for k in range(3)
        ]
        at = start()
        at.switch_page("views/data.py").run()
        return (
            at.file_uploader(key="sales-files")
            .set_value([(name, "\n".join(["date,sku,quantity", *lines]).encode(), "text/csv")])
            .run()
        )

    june = dropped(0, "june.csv")
    assert not any(b.key == "use-file" for b in june.button)
    june.segmented_control(key="date-order").set_value("DMY").run()
    settled(june.button(key="use-file").click().run())
    july = dropped(1, "july.csv")
    assert any(
        b.key == "use-file" for b in july.button
    ) and "Read as you answered for an earlier file with the same columns. dates: day first." in texts(july)
    july.button(key="ask-again").click().run()
    assert (
        not july.exception
        and not any(b.key == "use-file" for b in july.button)
        and july.segmented_control(key="date-order")
    )
    assert memory.answers(("date", "sku", "quantity")) == {}


def test_forgotten_is_gone_from_the_disk_and_from_the_objects_of_the_process(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))  # a part of what is searched
    marker = "".join(["Zq7", "mark", "er"])  # put together, so that this program does not hold it by itself
    head, _, lines = sales_csv(skus=(f"{marker}-1", f"{marker}-2", "C-3")).partition(b"\n")
    content = head.replace(b"sku", f"Sku {marker}".encode()) + b"\n" + lines
    at = start()
    at.switch_page("views/data.py").run()
    at.file_uploader(key="sales-files").set_value([(f"{marker}.csv", content, "text/csv")]).run()
    if not any(b.key == "use-file" for b in at.button):
        at.text_input(key="map-sku").set_value(f"Sku {marker}").run()
        next(b for b in at.button if b.label == "Read again").click().run()
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/answer.py").run()
    data = named(at, "data")
    memory.keep_scenario(data, f"{marker} dear", at.session_state["choices"]["own"].state)
    memory.keep_naming(("date", f"Sku {marker}", "quantity", "unit_price"), {"sku": f"Sku {marker}"})
    for page in ("products", "report", "data"):
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception
    folders = [database_path().parent, cache_home(), tmp_path]
    assert files_with(marker, folders) and kept_objects(marker, set())
    next(b for b in at.button if b.label == "Forget this file").click().run()
    at.switch_page("views/answer.py").run()
    assert not at.exception and memory.scenarios(data) == {} and memory.namings() == {}
    assert files_with(marker, folders) == []
    del head, lines, content
    at.session_state  # noqa: B018
    mine = {id(marker), id(locals()), id(data)}

    def found() -> list[str]:
        return [
            words
            for words in kept_objects(marker, mine)
            if not words.startswith(("streamlit.testing", "builtins.frame", "builtins.cell"))
        ]

    until = time.monotonic() + 600.0
    while (
        left := found()
    ) and time.monotonic() < until:  # a computation that was given up ends at its next step
        time.sleep(1.0)
    assert left == [], "\n".join(left)
