"""A page and slides in the German form: the same words, each number and date as German writes it, drawings and code untouched."""

from __future__ import annotations

import io
import re
import zipfile
from html import escape
from html.parser import HTMLParser

import pytest
from pptx import Presentation

from analytics.naming.number_form import in_form, like_numbers
from analytics.study_export.findings import study_findings
from analytics.writeup.page.page import page_bytes
from analytics.writeup.slides.slides import slides_bytes
from analytics.writeup.takeaway.form import page_in_form, slides_in_form
from tests.writeup.takeaway.figures import changing, the_stock

_ENGLISH = re.compile(
    r"(?<![\w.,/-])\d{1,3}(?:,\d{3})+(?!\w)|(?<![\w.,/-])\d+\.\d{1,2}(?![\w.])|\d{4}-\d\d-\d\d"
)


class _Read(HTMLParser):
    """What a reader reads of a page, and what is read out of its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.marks: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.marks.append((tag, tuple(one for one in attrs if one[0] != "aria-label")))
        self.words += [value for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style and data.strip():
            self.words.append(data)


def _read(page: bytes) -> _Read:
    found = _Read()
    found.feed(page.decode())
    return found


@pytest.mark.parametrize("form", ["en", "de"])
def test_a_page_has_the_same_words_and_marks_in_its_form(form: str) -> None:
    page = page_bytes(study_findings(changing(), the_stock()))
    english, told = _read(page), _read(page_in_form(page, form))
    assert told.words == [in_form(words, form) for words in english.words] and told.marks == english.marks
    assert (told.words == english.words) == (form == "en")
    assert any(_ENGLISH.search(words) for words in told.words) == (form == "en")


def _runs(packed: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as read:
        return [
            words for name in read.namelist() if re.fullmatch(r"ppt/(slides|charts|notesSlides)/[^/]*\.xml", name)
            for words in re.findall(r"<a:t>([^<]*)</a:t>", read.read(name).decode())
        ]  # fmt: skip


def test_slides_their_charts_and_notes_have_the_same_words_in_their_form() -> None:
    packed = slides_bytes(study_findings(changing(), the_stock()))
    told = slides_in_form(packed, "de")
    assert _runs(told) == [in_form(words, "de") for words in _runs(packed)] != _runs(packed)
    assert not any(_ENGLISH.search(words) for words in _runs(told)) and any(_ENGLISH.search(words) for words in _runs(packed))  # fmt: skip
    assert slides_in_form(packed, "en") == packed
    again = Presentation(io.BytesIO(told))
    assert len(again.slides) == len(Presentation(io.BytesIO(packed)).slides)
    with zipfile.ZipFile(io.BytesIO(told)) as new, zipfile.ZipFile(io.BytesIO(packed)) as old:
        assert new.namelist() == old.namelist()
        assert [new.read(n) for n in new.namelist() if n.endswith(".xlsx")] == [old.read(n) for n in old.namelist() if n.endswith(".xlsx")]  # fmt: skip


def test_a_name_of_the_file_stays_in_a_page() -> None:
    page = b"<p>Tube 1.5 &amp; more: 1.5 k</p>"
    assert (
        page_in_form(page, "de", like_numbers(["Tube 1.5 & more"], escape))
        == b"<p>Tube 1.5 &amp; more: 1,5 k</p>"
    )
