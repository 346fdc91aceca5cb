"""Findings as one page: a file of HTML that runs nothing and asks for nothing, in the order of the page Report."""

from __future__ import annotations

import re
from html import escape

import pandas as pd

from analytics.writeup.page.pictures import NARROW, WIDE, drawn
from analytics.writeup.page.style import STYLE
from analytics.writeup.takeaway.findings import Card, Finding, Picture, TakeAway
from analytics.writeup.takeaway.text import safe_text

__all__ = ["ORDER", "page_bytes"]

#: The findings in the order of the page Report; what it has not stands before what nobody has confirmed.
ORDER = (
    "answer",
    "families",
    "bridge",
    "plans",
    "from_to",
    "cash",
    "risk",
    "depends",
    "not_confirmed",
    "data",
)
#: Nothing is run and nothing is fetched, whatever a name in the file says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
#: A number and its k, M or % stay on one line.
_UNIT = re.compile(r"(?<=\d) (?=(?:k|M|bn)\b|%)")
#: What a picture of the app says in its tips.
_READ = {"cash": "Bars: cash of each month. Line: all until then, with the cost of capital saved."}
#: Letters of one text at most; none of the program's own is as long.
_LONGEST = 4_000
#: Letters of a word that is never broken.
_LONG_WORD = 24


def _text(value: object) -> str:
    """A text as HTML shows it, never as markup; a longer one than anybody reads is cut."""
    return escape(_UNIT.sub("\u00a0", safe_text(value, _LONGEST)), quote=True)


def _cell(value: object) -> str:
    """A text for a cell: words longer than any may be broken, so that a table stays on its page."""
    if all(len(word) <= _LONG_WORD for word in str(value).split()):
        return _text(value)
    words = safe_text(value, _LONGEST).split()
    parts = ([word[k : k + _LONG_WORD] for k in range(0, len(word), _LONG_WORD)] for word in words)
    return " ".join("<wbr>".join(_text(part) for part in one) for one in parts)


def _card(card: Card) -> str:
    return f"<li><span>{_text(card.label)}</span><b>{_text(card.figure)}</b><span>{_text(card.beside)}</span></li>"  # fmt: skip


def _figure(picture: Picture, named: str) -> str:
    """A picture in both widths, of which one is shown; its words are read out in its place."""
    wide, narrow = (drawn(picture, size, f"{named}-{size}") for size in (WIDE, NARROW))
    said = " ".join(
        one for one in (picture.heading and f"{picture.heading}.", _READ.get(picture.kind, "")) if one
    )
    caption = f'<figcaption class="small">{_text(said)}</figcaption>' if said else ""
    shown = f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>'
    return f'<figure><div role="img" aria-label="{_text(picture.words)}">{shown}</div>{caption}</figure>'


def _table(rows: pd.DataFrame) -> str:
    heads = [_text(one) for one in rows.columns]
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(
        "<tr>" + "".join(f'<td data-of="{name}">{_cell(cell)}</td>' for name, cell in zip(heads, cells, strict=True)) + "</tr>"
        for cells in rows.to_numpy(object).tolist()
    )  # fmt: skip
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _section(finding: Finding, first: bool, of: str) -> str:
    level = "h1" if first else "h2"
    parts = [f"<{level}>{_text(finding.title)}</{level}>"]
    if first:
        parts.append(f'<p class="small">{_text(of)}.</p>')
    if finding.cards:
        parts.append(f'<ul class="cards">{"".join(_card(one) for one in finding.cards)}</ul>')
    parts += [_figure(one, f"{finding.key}-{k}") for k, one in enumerate(finding.pictures)]
    if finding.table is not None and len(finding.table):
        parts.append(_table(finding.table))
    parts += [f"<p>{_text(one)}</p>" for one in finding.sentences]
    if finding.caption:
        parts.append(f'<p class="small">{_text(finding.caption)}</p>')
    return f"<section>{''.join(parts)}</section>"


def page_bytes(taken: TakeAway) -> bytes:
    """The page as bytes of UTF-8: no script, no address, light and dark, for a desk, a telephone and A4."""
    found = [taken.findings[key] for key in ORDER if key in taken.findings]
    sections = [_section(one, k == 0, taken.of) for k, one in enumerate(found)]
    origin = [f"<li>{_text(one)}</li>" for finding in found for one in finding.origin]
    sources = f"<details><summary>Where the figures come from</summary><ul class=\"small\">{''.join(origin)}</ul></details>"  # fmt: skip
    left_out = "".join(f'<p class="small">Left out. {_text(one)}</p>' for one in taken.left_out)
    foot = f'<p class="small">{_text(taken.made_by)}. Same file, seed and version: the same cent.</p>'
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="referrer" content="no-referrer"><title>{_text(found[0].title)}</title><style>{STYLE}</style></head>\n'
        f"<body><main>{''.join(sections)}{sources}{left_out}</main><footer>{foot}</footer></body></html>\n"
    )
    return page.encode("utf-8", "ignore")
