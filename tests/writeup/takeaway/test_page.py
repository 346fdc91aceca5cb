"""The page to send: one file that asks for nothing, every number from the tables, names as texts, the same bytes, and its print."""

from __future__ import annotations

import html
import os
import re
import stat
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from analytics.errors import DataError
from analytics.machine.printed_page import browser_here, find_browser, printed
from analytics.naming.labels import Verdict, money_text
from analytics.scenario.choices import with_choices
from analytics.scenario.own_rule import tried_own_rule
from analytics.study_export.findings import study_findings
from analytics.study_export.hidden_names import anonymous_study, hidden_policy, made_up_names
from analytics.study_stock.parts import stock_parts
from analytics.writeup.page.page import ORDER, page_bytes
from analytics.writeup.takeaway.findings import TakeAway
from tests.writeup.takeaway.figures import changing, numbers_in, said, the_stock
from tests.writeup.takeaway.test_slides import HOSTILE, WORDS, taken
from tests.writeup.workbook.company import POLICY, company

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium, Chrome or Edge found")


@cache
def page() -> str:
    return page_bytes(taken()).decode()


def read(text: str) -> str:
    """What is read on a page: no style, no markup, no numbers of drawings, nothing of the list of sources."""
    text = re.sub(r"<(style|details)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(
        r'<g class="mark-text role-axis-label".*?</g>', " ", text, flags=re.DOTALL
    )  # ticks are no figures
    text = re.sub(r"<svg\b.*?</svg>", lambda one: " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", one.group())), text, flags=re.DOTALL)  # fmt: skip
    return html.unescape(re.sub(r"<wbr>", "", re.sub(r"<(?!wbr)[^>]*>", "\n", text)))


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    text = page().replace("&quot;http://x&quot;", "")  # in the name of a product, shown as text
    assert not re.search(r"https?://|//[a-z]|<script|<link|<img|<iframe|@import|url\((?!#)| on\w+=|javascript:", text, re.IGNORECASE)  # fmt: skip
    assert "default-src 'none'" in text and text.count("<svg") == 2 * text.count("<figure")


def test_findings_stand_in_the_order_of_the_report() -> None:
    at = [page().index(f">{_shown(key)}<") for key in ORDER if key in taken().findings]
    assert at == sorted(at) and len(at) >= 8


def _shown(key: str) -> str:
    title = html.escape(" ".join(taken().findings[key].title.split()), quote=True)
    return re.sub(r"(?<=\d) (?=(?:k|M|bn)\b|%)", "\u00a0", title)


def test_every_number_on_the_page_stands_in_the_tables() -> None:
    names = sorted({str(v) for v in (*company().items.skus, *company().items["name"]) if str(v)}, key=len)
    strange, count = [], 0
    for line in read(page()).split("\n"):
        text = line
        for name in reversed(names):
            text = text.replace(name, " ")
        text = re.sub(r"stock-or-order [\d.]+, seed \d+, data \w+", " ", text)
        for number in numbers_in(text):
            count += 1
            if number not in said() | WORDS:
                strange.append((number, text[:120]))
    assert strange == []
    assert count > 250


def test_the_same_study_gives_the_same_page() -> None:
    assert page_bytes(study_findings(changing(), the_stock())).decode() == page()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_texts(name: str) -> None:
    # no other picture holds the name: it is not drawn anew for each of them
    found = {key: replace(one, pictures=()) for key, one in taken().findings.items()}
    step, families = found["from_to"], taken().findings["families"]
    assert step.table is not None
    drawn = replace(families.pictures[0], rows=families.pictures[0].rows.assign(family=name), words=name)
    found["families"] = replace(families, title=name, pictures=(drawn,))
    found["from_to"] = replace(step, table=step.table.assign(Product=name), sentences=(name,), origin=(name,))
    text = page_bytes(TakeAway(found, name, (name,), name)).decode()
    assert "<script" not in text and "alert(1)<" not in text.replace("&lt;", "")
    assert not re.search(r"[\x00-\x08\x0b\x1f\x7f\u202e]", text)
    assert len(text) < 4_000_000


def test_hidden_names_leave_none_on_page_and_slides() -> None:
    from analytics.writeup.slides.slides import slides_bytes
    from tests.writeup.takeaway.test_slides import opened, texts_of

    names = made_up_names(company())
    hidden = anonymous_study(changing())
    found = study_findings(hidden, stock_parts(hidden, hidden_policy(POLICY, names)))
    slides = opened(slides_bytes(found)).slides
    words = "\n".join([read(page_bytes(found).decode()), *(t for s in slides for t in (*texts_of(s), s.notes_slide.notes_text_frame.text))])  # fmt: skip
    real = {str(v) for v in (*company().items["name"], "sales.csv", "lamps", "tables", "HYPERLINK") if str(v)}
    assert [name for name in real if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)] == []
    assert "file 1" in words and "Product" in words
    assert found.findings["answer"].cards == taken().findings["answer"].cards


@pytest.mark.browser
@pytest.mark.parametrize(("wide", "scheme"), [(1100, "light"), (1100, "dark"), (390, "light")])
def test_a_browser_without_network_shows_it_and_asks_for_nothing(browser: Browser, tmp_path: Path, wide: int, scheme: str) -> None:  # fmt: skip
    place = tmp_path / "page.html"
    place.write_bytes(page().encode())
    context = browser.new_context(viewport={"width": wide, "height": 900}, color_scheme=scheme, offline=True, java_script_enabled=True)  # type: ignore[arg-type]  # fmt: skip
    shown, asked, said_of = context.new_page(), [], []  # type: ignore[var-annotated]
    shown.on("request", lambda one: asked.append(one.url))
    shown.on("console", lambda one: said_of.append(one.text))
    shown.goto(place.as_uri())
    assert asked == [place.as_uri()] and said_of == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= wide
    text, back = shown.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")  # fmt: skip
    assert (text, back) == (("rgb(22, 32, 44)", "rgb(255, 255, 255)") if scheme == "light" else ("rgb(255, 255, 255)", "rgb(16, 22, 30)"))  # fmt: skip
    seen = shown.evaluate("[...document.querySelectorAll('figure svg')].filter(one => one.checkVisibility()).length")  # fmt: skip
    assert seen == page().count("<figure")
    letters = "[...document.querySelectorAll('svg text')].filter(one => one.checkVisibility())"
    small = shown.evaluate(f"Math.min(...{letters}.map(one => one.getBoundingClientRect().height))")
    assert small > 8.0  # of every letter in a picture
    context.close()


@needs_browser
def test_the_print_is_a_pdf_of_a4_and_the_same_twice() -> None:
    one = printed(page().encode())
    assert one.startswith(b"%PDF") and b"/CreationDate (D:20000101000000" in one
    boxes = {tuple(float(v) for v in box.split()) for box in re.findall(rb"/MediaBox ?\[([\d. ]+)\]", one)}
    assert boxes and all(abs(w - 595.0) < 1.0 and abs(h - 842.0) < 1.0 for _, _, w, h in boxes)
    assert printed(page().encode()) == one


def test_what_is_folded_on_the_screen_is_printed(browser: Browser) -> None:
    """Where figures come from is folded away on a screen; on paper nobody can open it."""
    shown = browser.new_page()
    shown.set_content(page())
    seen = "() => document.querySelector('details ul').checkVisibility()"
    assert not shown.evaluate(seen)
    shown.emulate_media(media="print")
    assert shown.evaluate(seen)
    shown.close()


def test_without_a_browser_words_say_how_to_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCK_OR_ORDER_BROWSER", "none")
    assert find_browser() is None
    with pytest.raises(DataError) as told:
        browser_here()
    assert "open it in a browser and print it there" in told.value.problems[0].remedy


@pytest.mark.skipif(sys.platform == "win32", reason="a script in place of a browser")
@pytest.mark.parametrize(
    ("does", "words"), [("sleep 30", "longer than 0.5 seconds"), ("exit 3", "printed nothing")]
)
def test_a_browser_that_hangs_or_fails_is_told(tmp_path: Path, does: str, words: str) -> None:
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\n{does}\n")
    os.chmod(program, program.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(DataError) as told:
        printed(b"<p>page</p>", str(program), 0.5 if "sleep" in does else 30.0)
    assert words in told.value.problems[0].sentence()


def test_own_choices_own_rule_and_notes_stand_on_the_page() -> None:
    """As on the page Report: what a rule of one's own earns, each product chosen by hand with its reason, and every note of the study."""
    study = tried_own_rule(
        with_choices(changing(), {"B1": ("MTO", "a customer waits")}), "price > 300: order"
    )
    found = study_findings(study, the_stock(), (), "")
    words = " ".join(read(page_bytes(found).decode()).replace("\u00a0", " ").split())
    r, mine = (
        study.recommendation,
        study.portfolio.money["mine"]["profit"] - study.portfolio.money["mix"]["profit"],
    )
    assert "Mine: Over 300 EUR in price: make to order; all others: make to stock." in words
    side = "more" if mine > 0.0 else "less"
    assert f"{money_text(abs(mine), 'EUR')} {side} than the mix" in words
    i = list(study.items.skus).index("B1")
    assert r.verdict[i] == Verdict.CHOSEN_BY_YOU
    assert f"{study.items['name'][i]}: make to order. {r.reason[i]}" in words and "a customer waits" in words
    assert study.notes and all(" ".join(note.split()) in words for note in study.notes)
