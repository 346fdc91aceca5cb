"""The glossary and the methods of the help: read from the docstrings of the functions that make the figures, written nowhere twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getdoc, ismodule

from analytics.naming.figures import FIGURES, function_at
from analytics.naming.formula_text import formulas_of
from analytics.naming.pages import PAGES

__all__ = ["CHAPTERS", "Entry", "Method", "glossary", "how_made", "makers_of", "methods"]

#: The chapters of the methods, in the order of the work: folder of the code, title.
CHAPTERS = {
    "data": "Reading your files",
    "demand": "Demand and its life",
    "forecast": "Forecast",
    "policy": "Settings of stock and orders",
    "simulation": "Simulated years",
    "strategy": "Comparing and choosing",
    "valuation": "Stock in the books",
}


@dataclass(frozen=True)
class Entry:
    """One figure of the glossary: its label, unit, what it is, its formula ("" where none is written), its source, the pages that show it, and where it is made."""

    label: str
    unit: str
    meaning: str
    formula: str
    source: str
    pages: tuple[str, ...]
    function: str


@dataclass(frozen=True)
class Method:
    """One method: the chapter it belongs to, what its part of the program does, and the figures it makes (label, formula, source)."""

    chapter: str
    name: str
    about: str
    figures: tuple[Entry, ...]


def _said(documentation: str) -> str:
    r"""The first paragraph of a docstring on one line, without marks of code.

    >>> _said("What `x` is.\n\nMore.")
    'What x is.'
    """
    return " ".join(documentation.split("\n\n")[0].split()).replace("`", "")


def _source(documentation: str) -> str:
    r"""What a docstring says after "Source:", up to the end of its paragraph; "" where it says nothing.

    >>> _source("It is.\n\nx = y. Source: Silver,\nPyke 1998.\n\n>>> 1")
    'Silver, Pyke 1998'
    """
    found = re.search(r"Sources?: (.+?)(?:\n\n|\n>>>|\Z)", documentation, flags=re.DOTALL)
    return " ".join(found[1].split()).rstrip(".") if found else ""


def _on_pages() -> dict[str, tuple[str, ...]]:
    shown: dict[str, list[str]] = {}
    for page, one in PAGES.items():
        for maker in (*one.labels.values(), *one.said.values()):
            for name in maker.split(" / "):
                if name in FIGURES and page not in shown.setdefault(name, []):
                    shown[name].append(page)
    return {name: tuple(pages) for name, pages in shown.items()}


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def glossary() -> tuple[Entry, ...]:
    """Every figure of the program, by label.

    >>> one = next(entry for entry in glossary() if entry.label == "Storage and insurance")
    >>> one.formula
    'storage = storage_and_insurance x stock_value x (on_hand + years_later)'
    """
    pages = _on_pages()
    entries = []
    for name, figure in FIGURES.items():
        documentation = getdoc(figure.made_by()) or ""
        entries.append(
            Entry(
                _first_upper(figure.label),
                figure.unit,
                _said(documentation),
                figure.formula,
                _source(documentation),
                pages.get(name, ()),
                figure.function,
            )
        )
    return tuple(sorted(entries, key=lambda one: one.label.lower()))


def _module(path: str) -> str:
    owner = path.rpartition(".")[0]
    last = owner.rpartition(".")[2]
    return owner.rpartition(".")[0] if last[:1].isupper() else owner


@cache
def methods() -> tuple[Method, ...]:
    """Every part of the program that makes what the screen shows, by chapter, with what it does and what it makes.

    >>> {method.chapter for method in methods()} <= set(CHAPTERS.values())
    True
    """
    shown = {maker for page in PAGES.values() for maker in (*page.labels.values(), *page.said.values())}
    paths = dict.fromkeys(figure.function for figure in FIGURES.values())
    paths.update(dict.fromkeys(sorted(maker for maker in shown if maker.startswith("analytics."))))
    by_module: dict[str, list[str]] = {}
    for path in paths:
        try:
            import_module(path)
        except ModuleNotFoundError:
            by_module.setdefault(_module(path), []).append(path)
        else:
            by_module.setdefault(path, [])
    made: dict[str, list[Entry]] = {}
    for one in glossary():
        made.setdefault(_module(one.function), []).append(one)
    found = []
    for module, functions in by_module.items():
        chapter = CHAPTERS.get(module.split(".")[1])
        if chapter is None:
            continue
        own = made.get(module, [])
        further = [_entry_of(path) for path in functions if path not in {one.function for one in own}]
        about = _said(getdoc(import_module(module)) or "")
        found.append(Method(chapter, module, about, (*own, *further)))
    order = list(CHAPTERS.values())
    return tuple(sorted(found, key=lambda one: (order.index(one.chapter), one.name)))


def makers_of(*pages: str) -> dict[str, tuple[str, ...]]:
    """What pages of `PAGES` say, label by label, with what makes it: names of figures and dotted paths; labels that are no figures are left out.

    >>> makers_of("Limits")["Costs a year"], "Product" in makers_of("Limits")
    (('cost_of_limits',), False)
    """
    found: dict[str, tuple[str, ...]] = {}
    for page in pages:
        for label, maker in {**PAGES[page].labels, **PAGES[page].said}.items():
            named = tuple(
                name for name in maker.split(" / ") if name in FIGURES or name.startswith("analytics.")
            )
            if named:
                found.setdefault(label, named)
    return found


def how_made(maker: str) -> Entry:
    """How a figure (its name) or what a function or a part of the program makes (its dotted path) comes about.

    >>> how_made("cash_tied_up").label, how_made("analytics.valuation.bands.older_than").label
    ('Cash in stock', 'Older than')
    """
    if maker not in FIGURES:
        return _entry_of(maker)
    path = FIGURES[maker].function
    return next(one for one in glossary() if one.function == path)


def _entry_of(path: str) -> Entry:
    """A function or a part of the program that no figure is named after, as an entry."""
    try:
        function = function_at(path)
    except AttributeError:  # a part of the program
        function = import_module(path)  # type: ignore[assignment]
    documentation = getdoc(function) or ""
    name = _first_upper(path.rpartition(".")[2].replace("_", " ").strip())
    formulas = () if ismodule(function) else formulas_of(function)
    formula = f"{function.__name__} = {formulas[0]}" if formulas else ""
    return Entry(name, "", _said(documentation), formula, _source(documentation), (), path)
