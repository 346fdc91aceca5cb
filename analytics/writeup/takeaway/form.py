"""A page or slides that are written, in the form of numbers and dates that their readers know: what is read is put in it, marks and drawings stay."""

from __future__ import annotations

import io
import re
import zipfile

from analytics.naming.number_form import Names, in_form

__all__ = ["page_in_form", "slides_in_form"]

_STYLE = re.compile(r"(<style>.*?</style>|<[^>]*>)", re.S)
_READ_OUT = re.compile(r'(?<=aria-label=")[^"]*(?=")')
#: Where words stand in the files of slides: runs of text, and what a picture says instead of itself.
_RUNS = re.compile(r'(?<=<a:t>)[^<]*(?=</a:t>)|(?<= descr=")[^"]*(?=")')
_WORDED = re.compile(r"ppt/(?:slides|charts|notesSlides)/[^/]*\.xml")


def page_in_form(page: bytes, form: str, names: Names | None = None) -> bytes:
    """A page with its words in a form of `FORMS`; `names` (of `like_numbers`) stay.

    >>> page_in_form(b'<style>a { width: 1.5em }</style><p title="1.5">About 1,250.5 k</p>', "de")
    b'<style>a { width: 1.5em }</style><p title="1.5">About 1.250,5 k</p>'
    """
    parts = _STYLE.split(page.decode())
    for k, part in enumerate(parts):
        parts[k] = _READ_OUT.sub(lambda found: in_form(found.group(), form, names), part) if k % 2 else in_form(part, form, names)  # fmt: skip
    return "".join(parts).encode()


def slides_in_form(packed: bytes, form: str, names: Names | None = None) -> bytes:
    """Slides with their words, and those of their charts and notes, in a form of `FORMS`; `names` (of `like_numbers`) stay."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as write:  # fmt: skip
        for one in read.infolist():
            data = read.read(one)
            if _WORDED.fullmatch(one.filename):
                data = _RUNS.sub(lambda found: in_form(found.group(), form, names), data.decode()).encode()
            write.writestr(one, data)
    return out.getvalue()
