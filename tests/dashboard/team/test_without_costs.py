"""Without the right to see costs nothing that the server sends depends on money: pages, tables, files, titles, for every page.

Two companies sell the same units. One has every price and cost eight times as high (a power of two, so that sums and
comparisons come out the same to the last bit and the same mix is chosen). Whatever is sent of the one must be sent of the other,
byte for byte but for the names that are made from digests of the files. With the right to see costs nearly every page differs.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from inspect import unwrap
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from analytics.naming.figures import FIGURES
from analytics.naming.glossary import makers_of
from dashboard.kept.acting import acting_for
from dashboard.results import compute
from dashboard.state.choice import file_source
from dashboard.team import session, units_only
from dashboard.team.configuration import Configuration
from dashboard.team.rights import Right
from dashboard.team.session import SignedIn
from tests.dashboard.conftest import APP
from tests.dashboard.pages import PAGES

Sent = Callable[..., dict[str, str]]
COMPANY = "Muster GmbH"
#: Digits that stand in no count, no date and no size of the page's own.
PRICE, COST = 73.8125, 29.40625
SKUS = ("A-1", "B-2", "C-3", "D-4", "E-5")


def _files(factor: int) -> tuple[bytes, bytes]:
    lines, items = ["date,sku,quantity,unit_price"], ["sku,unit_cost,make"]
    for k, sku in enumerate(SKUS):
        items.append(f"{sku},{COST * (k + 1) * factor},1")
        for week in range(70):
            day = (
                f"2024-{1 + week // 5:02d}-{1 + 6 * (week % 5):02d}"
                if week < 60
                else f"2025-{1 + (week - 60) // 5:02d}-{1 + 6 * (week % 5):02d}"
            )
            if (week + k) % (1 + 2 * k) == 0:
                lines.append(f"{day},{sku},{1 + (week * (k + 2)) % (4 + k)},{PRICE * (k + 1) * factor}")
    return "\n".join(lines).encode(), "\n".join(items).encode()


def _text(data: Any) -> str:
    """What a file holds, whatever it is packed in."""
    made = data() if callable(data) else data
    if not isinstance(made, bytes):
        return str(made)
    if made[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(made)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return made.decode("utf-8", "replace")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    """All that is sent to a browser for each page with some rights, and every file that can be taken from it."""
    configuration = Configuration("https://x.example", "c", {COMPANY: ()}, "s", "k")
    gone: list[str] = []
    kept: list[str] = []

    def send(self: ScriptRunContext, message: Any) -> None:
        if message.WhichOneof("type") != "delta" or session.sendable():
            if message.WhichOneof("type") != "page_profile":  # how many microseconds it took
                kept.append(str(message))
            enqueue(self, message)
        else:
            gone.append(str(message)[:400])

    def button(label: str, data: Any, *given: Any, **named: Any) -> Any:
        kept.append(f"file {label}: {_text(data)}")
        return download(label, data, *given, **named)

    enqueue, download = ScriptRunContext.enqueue, st.download_button
    monkeypatch.setattr(ScriptRunContext, "enqueue", send)
    monkeypatch.setattr(st, "download_button", button)

    def all_of(factor: int, rights: frozenset[Right], pages: Sequence[str] = PAGES) -> dict[str, str]:
        session.serve_with(configuration)
        one = SignedIn("a@muster.example", "A", COMPANY, rights)
        monkeypatch.setattr(session, "person", lambda _="": one)
        sales, items = _files(factor)
        source = file_source((("sales.csv", sales),), ("items.csv", items))
        with acting_for(COMPANY, "a@muster.example"):
            compute.remember(source)
        at = AppTest.from_file(str(APP), default_timeout=300)
        at.query_params["data"] = source.digest
        out: dict[str, str] = {}
        at.run()
        for page in pages:
            kept.clear()
            at.switch_page(f"views/{page}.py").run()
            assert not at.exception
            out[page] = re.sub(r"[0-9a-f]{8,}", "#", "\n".join(kept))
        assert Right.SEE_COSTS in rights or not gone, "something was drawn that may not be sent"
        return out

    yield all_of
    session.serve_with(None)


@pytest.mark.usefixtures("side_by_side")
def test_nothing_that_is_sent_depends_on_money(
    sent: Sent,
) -> None:
    little = {factor: sent(factor, frozenset({Right.SEE})) for factor in (1, 8)}
    for page in PAGES:
        assert little[1][page] == little[8][page], page
    everything = "\n".join(little[1].values())
    assert "Units sold a year" in everything and "file These products" in everything and "A-1" in everything
    assert everything.count("you have no right to see costs") == len(PAGES) - 2
    for page in ("answer", "products"):
        assert "How is this computed? " in little[1][page] and "Figure of this page" in little[1][page]
    for digits in (str(PRICE), str(COST), "73.8", "29.4", "147.6", "58.8"):
        assert digits not in everything
    much = {factor: sent(factor, frozenset({Right.SEE, Right.SEE_COSTS}), ["products"]) for factor in (1, 8)}
    assert much[1]["products"] != much[8]["products"]  # so the test sees money where there is some


def test_how_a_figure_is_computed_is_sent_when_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice runs that part alone, with nothing around it that marks it; and no amount of any plan is told there."""
    told: list[tuple[bool, str, object]] = []
    monkeypatch.setattr(
        units_only, "computed_part", lambda title, facts: told.append((session.sendable(), title, facts))
    )
    session.serve_with(Configuration("https://x.example", "c", {COMPANY: ()}, "s", "k"))
    one = SignedIn("a@b.example", "A", COMPANY, frozenset({Right.SEE}))
    monkeypatch.setattr(session, "person", lambda _="": one)
    try:
        unwrap(units_only._computed)()
        assert not session.sendable()
    finally:
        session.serve_with(None)
    assert told == [(True, "Without costs", None)]
    assert not any(
        FIGURES[name].unit.startswith("money")
        for names in makers_of("Without costs").values()
        for name in names
        if name in FIGURES
    )


def test_what_a_page_forgets_to_mark_counts_as_money(monkeypatch: pytest.MonkeyPatch) -> None:
    session.serve_with(Configuration("https://x.example", "c", {COMPANY: ()}, "s", "k"))
    rights = frozenset({Right.SEE})
    monkeypatch.setattr(session, "person", lambda _="": SignedIn("a@b.example", "A", COMPANY, rights))
    try:
        assert not session.sendable()
        with session.without_money():
            assert session.sendable()
            with session.only_words():
                assert session.sendable()
        rights = frozenset()
        with session.without_money():
            assert not session.sendable()
        with session.only_words():
            assert session.sendable()
        rights = frozenset({Right.SEE, Right.SEE_COSTS})
        assert session.sendable()
    finally:
        session.serve_with(None)
    assert session.sendable() and session.may(Right.ADMINISTER)  # one desk
