"""Findings as slides: which come in which order, and where title, figures, chart and table stand on each."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Inches, Pt

from analytics.writeup.charts.theme import ink
from analytics.writeup.slides.native import Box, add_chart
from analytics.writeup.slides.same_bytes import same_bytes
from analytics.writeup.slides.template import Ground, ground
from analytics.writeup.takeaway.findings import Card, Finding, TakeAway
from analytics.writeup.takeaway.text import fitted, safe_text

__all__ = ["ORDER", "slides_bytes"]

#: The findings that slides show, in order.
ORDER = ("answer", "from_to", "bridge", "cash", "risk", "depends", "not_confirmed")
#: Rows of a table on a slide.
_STEPS, _ROWS = 8, 12
_INK, _SECOND, _PRIMARY = ink("light"), "#f4f6f9", "#2f6fc0"
_MADE = datetime.datetime(2000, 1, 1)
_EDIT = "The chart can be edited (Edit data); its labels are texts as the app says them and do not follow an edit."  # fmt: skip


def _colour(hexadecimal: str) -> RGBColor:
    return RGBColor.from_string(hexadecimal.lstrip("#").upper())


class _Deck:
    """Slides under way: the ground, and the room that titles leave on it."""

    def __init__(self, on: Ground, taken: TakeAway) -> None:
        self.on, self.taken = on, taken
        self.wide, self.high = on.size
        self.scale = self.high / 7.5
        self.left = 0.045 * self.wide
        self.room = self.wide - 2.0 * self.left
        self.count = 0

    def titled(self, title: str, finding: Finding) -> tuple[Any, Box]:
        """A slide with its title, footer and notes; the room below the title and above the footer, in inches."""
        slide = self.on.slide()
        self.count += 1
        words = safe_text(title, 400)
        shape = slide.shapes.title
        if not self.on.own:
            shape.left, shape.top, shape.width, shape.height = (
                Inches(v) for v in (self.left, 0.32, self.room, 1.05)
            )
            shape.text_frame.word_wrap = True
            shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            shape.text_frame.margin_left = Emu(0)
        shape.text_frame.text = words
        wide, high = shape.width / Inches(1), shape.height / Inches(1)
        run = shape.text_frame.paragraphs[0]
        size = fitted([words], wide - 0.2, high, (26.0, 24.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.0))
        run.font.size = Pt(size)
        if not self.on.own:
            run.font.bold, run.font.color.rgb, run.alignment = True, _colour(_INK.text), 1
        top = (shape.top + shape.height) / Inches(1) + 0.12
        bottom = self.high - 0.5 * self.scale
        self._footer(slide, bottom)
        notes = [safe_text(one) for one in finding.origin]
        notes += [_EDIT] if finding.pictures else []
        slide.notes_slide.notes_text_frame.text = "\n".join([*notes, safe_text(self.taken.of), safe_text(self.taken.made_by)])  # fmt: skip
        return slide, (self.left, top, self.room, bottom - top - 0.08)

    def _footer(self, slide: Any, top: float) -> None:
        of = safe_text(self.taken.of, 150)
        self.text(slide, [f"{of}   ·   {self.count}"], (self.left, top, self.room, 0.3), (9.0,), _INK.muted)

    def text(self, slide: Any, paragraphs: Sequence[str], box: Box, sizes: tuple[float, ...], colour: str = _INK.text, bold: bool = False) -> None:  # fmt: skip
        """Paragraphs in a box, in the largest size that fits."""
        said = [safe_text(one) for one in paragraphs if one.strip()]
        if not said:
            return
        shape = slide.shapes.add_textbox(*(Inches(edge) for edge in box))
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
        size = fitted(said, box[2], box[3], sizes)
        for k, one in enumerate(said):
            paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(0.4 * size)
            run = paragraph.add_run()
            run.text = one
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, _colour(colour)

    def cards(self, slide: Any, cards: Sequence[Card], box: Box) -> None:
        """Figures side by side, each in a box of its own."""
        left, top, wide, high = box
        gap = 0.18
        each = (wide - gap * (max(len(cards), 3) - 1)) / max(len(cards), 3)
        for k, card in enumerate(cards):
            at = left + k * (each + gap)
            shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(v) for v in (at, top, each, high)))
            shape.fill.solid()
            shape.fill.fore_color.rgb = _colour(_SECOND)
            shape.line.color.rgb, shape.line.width = _colour(_INK.faint), Pt(0.75)
            shape.shadow.inherit = False
            inner = each - 0.3
            self.text(slide, [card.label], (at + 0.15, top + 0.1, inner, 0.3), (13.0, 12.0, 11.0, 10.0, 9.0), _INK.muted)  # fmt: skip
            self.text(slide, [card.figure], (at + 0.15, top + 0.42, inner, 0.55), (26.0, 24.0, 20.0, 18.0, 14.0), _PRIMARY, bold=True)  # fmt: skip
            self.text(slide, [card.beside], (at + 0.15, top + 0.98, inner, 0.3), (12.0, 11.0, 10.0, 9.0), _INK.muted)  # fmt: skip

    def table(self, slide: Any, rows: pd.DataFrame, box: Box, shares: Sequence[float], size: float = 11.5) -> float:  # fmt: skip
        """A native table as high as its rows are told to be; `shares` are the widths of its columns. Its height in inches."""
        left, top, wide, high = box
        each = min(max(high / (len(rows) + 1), 0.28), 0.4)
        frame = slide.shapes.add_table(len(rows) + 1, len(rows.columns), *(Inches(v) for v in (left, top, wide, each * (len(rows) + 1))))  # fmt: skip
        table = frame.table
        frame._element.graphic.graphicData.tbl[0][
            -1
        ].text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
        for k, share in enumerate(shares):
            table.columns[k].width = Inches(wide * share / sum(shares))
        for i, cells in enumerate([list(rows.columns), *rows.to_numpy(object).tolist()]):
            table.rows[i].height = Inches(each)
            for k, value in enumerate(cells):
                cell = table.cell(i, k)
                cell.margin_left = cell.margin_right = Inches(0.06)
                cell.margin_top = cell.margin_bottom = Inches(0.025)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.fill.solid()
                cell.fill.fore_color.rgb = _colour(_SECOND if i == 0 else _INK.page)
                run = cell.text_frame.paragraphs[0].add_run()
                run.text = safe_text(value, 160)
                run.font.size, run.font.bold = Pt(size), i == 0
                run.font.color.rgb = _colour(_INK.muted if i == 0 else _INK.text)
        return float(each * (len(rows) + 1))


def _answer(deck: _Deck, finding: Finding) -> None:
    slide, (left, top, wide, high) = deck.titled(finding.title, finding)
    if finding.caption:
        deck.text(slide, [finding.caption], (left, top, wide, 0.3), (14.0, 12.0, 10.0), _INK.muted)
        top, high = top + 0.42, high - 0.42
    if finding.cards:
        deck.cards(slide, finding.cards, (left, top, wide, 1.4))
        top, high = top + 1.62, high - 1.62
    deck.text(slide, finding.sentences[:1] if finding.cards else finding.sentences, (left, top, wide, high), (18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0))  # fmt: skip


def _from_to(deck: _Deck, finding: Finding) -> None:
    slide, (left, top, wide, high) = deck.titled(finding.title, finding)
    narrow = 0.29 * wide
    chart_wide = narrow if finding.table is not None else wide
    bars = min(high - 0.4, 1.1 * len(finding.pictures[0].rows) + 0.6)
    add_chart(slide, finding.pictures[0], (left, top, chart_wide, bars), 11.0)
    deck.text(slide, [finding.caption], (left, top + bars + 0.06, chart_wide, 0.34), (10.0, 9.0), _INK.muted)
    if finding.table is not None:
        shown = finding.table.head(_STEPS)
        rows = pd.DataFrame(
            {
                "What to do first": [safe_text(one, 38) for one in shown["Product"]],
                "Today -> what to do": [safe_text(one, 110) for one in shown["Today -> what to do"]],
                "Gain": shown["Gain"],
            }
        )
        deck.table(slide, rows, (left + narrow + 0.25, top, wide - narrow - 0.25, high), (2.5, 5.6, 0.7), 10.5)  # fmt: skip


def _chart_below(deck: _Deck, finding: Finding, font: float = 11.0) -> None:
    """The chart over the whole width, sentences and caption below it."""
    slide, (left, top, wide, high) = deck.titled(finding.title, finding)
    words = 0.28 * (len(finding.sentences) + 1) + 0.06
    if finding.pictures:
        add_chart(slide, finding.pictures[0], (left, top, wide, high - words - 0.08), font)
    deck.text(slide, [*finding.sentences, finding.caption], (left, top + high - words, wide, words), (12.0, 11.0, 10.0, 9.0), _INK.muted)  # fmt: skip


def _bridge(deck: _Deck, finding: Finding) -> None:
    _chart_below(deck, finding, 10.0 if len(finding.pictures[0].rows) > 14 else 11.0)


def _risk(deck: _Deck, finding: Finding) -> None:
    slide, (left, top, wide, high) = deck.titled(finding.title, finding)
    count = len(finding.pictures)
    each = (wide - 0.3 * (count - 1)) / count
    for k, picture in enumerate(finding.pictures):
        at = left + k * (each + 0.3)
        deck.text(slide, [picture.heading], (at, top, each, 0.3), (13.0, 12.0, 11.0), bold=True)
        add_chart(slide, picture, (at, top + 0.3, each, high - 1.05), 11.0)
    deck.text(slide, [*finding.sentences, finding.caption], (left, top + high - 0.62, wide, 0.62), (12.0, 11.0, 10.0, 9.0), _INK.muted)  # fmt: skip


def _depends(deck: _Deck, finding: Finding) -> None:
    slide, (left, top, wide, high) = deck.titled(finding.title, finding)
    side = 0.27 * wide if finding.sentences else 0.0
    room = wide - side - 0.2
    add_chart(slide, finding.pictures[0], (left, top, room, high - 0.42), 11.0)
    beside = (left + wide - side, top + 0.2, side, high - 0.7)
    deck.text(slide, finding.sentences, beside, (14.0, 13.0, 12.0, 11.0, 10.0, 9.0))
    below = f"{finding.caption} Red: below the gain as it is; green: above it."
    deck.text(slide, [below], (left, top + high - 0.36, room, 0.36), (10.0, 9.0), _INK.muted)


def _not_confirmed(deck: _Deck, finding: Finding) -> None:
    """The assumptions, on as many slides as they need; on the last what was left out and what made it all."""
    left_out = [f"Left out. {one}" for one in deck.taken.left_out]
    rows = pd.DataFrame() if finding.table is None else finding.table[["Assumption", "Value", "Range", "Products"]]  # fmt: skip
    most = _ROWS if deck.room > 11.0 else _ROWS - 4  # where cells are narrow, rows have two lines
    parts = [rows.iloc[k : k + most] for k in range(0, len(rows), most)] or [rows]
    for k, part in enumerate(parts):
        more = f" ({k + 1} of {len(parts)})" if len(parts) > 1 else ""
        slide, (left, top, wide, high) = deck.titled(f"{finding.title}{more}", finding)
        last = k == len(parts) - 1
        room = high - (0.35 * (len(left_out) + 1) if last else 0.0)
        below = deck.table(slide, part, (left, top, wide, room), (5.0, 2.2, 3.8, 1.1)) + 0.2 if len(part) else 0.0  # fmt: skip
        if last:
            said = [*left_out, f"{deck.taken.made_by}. Same file, seed and version: the same figures."]
            deck.text(slide, said, (left, top + below, wide, max(high - below, 0.4)), (14.0, 12.0, 11.0, 10.0, 9.0), _INK.muted)  # fmt: skip


_PLACED: Mapping[str, Callable[[_Deck, Finding], None]] = {
    "answer": _answer,
    "from_to": _from_to,
    "bridge": _bridge,
    "cash": _chart_below,
    "risk": _risk,
    "depends": _depends,
    "not_confirmed": _not_confirmed,
}


def slides_bytes(taken: TakeAway, template: bytes | None = None) -> bytes:
    """The slides of a study as bytes, on a company's `template` where one is given. Raises DataError where that cannot be written on."""
    on = ground(template)
    deck = _Deck(on, taken)
    for key in ORDER:
        if key in taken.findings:
            _PLACED[key](deck, taken.findings[key])
    properties = on.presentation.core_properties
    properties.title = safe_text(taken.findings["answer"].title, 250)
    properties.author = properties.last_modified_by = "stock-or-order"
    properties.created = properties.modified = _MADE
    properties.subject = properties.keywords = properties.comments = ""
    properties.revision = 1
    out = io.BytesIO()
    on.presentation.save(out)
    return same_bytes(out.getvalue())
