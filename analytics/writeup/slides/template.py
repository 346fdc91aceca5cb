"""What slides are built on: a plain house look, or a company's own file, whose slides go and whose masters stay."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Inches

from analytics.errors import DataError, Problem

__all__ = ["Ground", "ground"]

_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
#: Unpacked, a template is not larger than this.
_MOST_BYTES = 400_000_000
_WRONG = "save a .pptx with at least one layout that has a title (in PowerPoint: Save As, PowerPoint Presentation), or leave the template out"  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ground:
    """A `presentation` to add slides to, and the `layout` they have; `own` where it is a company's."""

    presentation: Any
    layout: Any
    own: bool

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a slide in inches."""
        p = self.presentation
        return p.slide_width / Inches(1), p.slide_height / Inches(1)

    def slide(self) -> Any:
        """A new slide with an empty title and nothing else of its layout to fill in."""
        slide = self.presentation.slides.add_slide(self.layout)
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in _TITLES:
                shape._element.getparent().remove(shape._element)
        return slide


def ground(template: bytes | None) -> Ground:
    """The ground of the slides: 16:9 in the house's look, or the `template`'s masters and size. Raises DataError where it has no layout to write on."""
    if template is None:
        own = Presentation()
        own.slide_width, own.slide_height = Inches(13.333), Inches(7.5)
        return Ground(own, own.slide_layouts.get_by_name("Title Only"), False)
    presentation = _opened(template)
    layouts = [one for master in presentation.slide_masters for one in master.slide_layouts]
    titled = [one for one in layouts if any(p.placeholder_format.type in _TITLES for p in one.placeholders)]
    if not titled:
        raise _refused(
            "the template has no layout with a title", f"{len(layouts)} layouts, none with a title"
        )
    _emptied(presentation)
    # a title and as little else as there is; a title in the middle of a slide leaves no room below it
    best = min(titled, key=lambda one: (any(p.placeholder_format.type == _TITLES[1] for p in one.placeholders), len(one.placeholders)))  # fmt: skip
    return Ground(presentation, best, True)


def _refused(said: str, found: str) -> DataError:
    return DataError(Problem("template", said, _WRONG, found=found, expected="a PowerPoint file (.pptx) with layouts"))  # fmt: skip


def _opened(template: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile:
        raise _refused("the template is no PowerPoint file", f"{len(template):,} bytes that are no .pptx") from None  # fmt: skip
    if size > _MOST_BYTES:
        raise _refused("the template is too large", f"{size:,} bytes unpacked")
    try:
        return Presentation(io.BytesIO(template))
    except Exception as error:  # whatever a damaged file makes of the reader
        raise _refused("the template cannot be read as a PowerPoint file", type(error).__name__) from None


def _emptied(presentation: Any) -> None:
    """The slides of a template go, so that only what is found here is shown."""
    listed = presentation.slides._sldIdLst
    for one in list(listed):
        presentation.part.drop_rel(one.rId)
        listed.remove(one)
