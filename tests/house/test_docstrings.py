"""What the docstrings of public functions of analytics say: shapes or units of arrays, errors, sources of formulas."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Names under which annotations of analytics say that something is an array.
ARRAYS = re.compile(r"\b(NDArray|ArrayLike|Array|Floats|ndarray)\b")
#: A shape in brackets, `(products,)` or `(products, paths)`, or the entries of an array in words.
SHAPE = re.compile(
    r"\((\w[\w'. +x*-]*, ?)+(\w[\w'. +x*-]*)?\)|\(\.\.\., \w+\)|\b([Ss]hapes?|arrays?|mask|positions?|codes?|[Oo]ne (entry )?per"
    r"|(of|[Pp]er|for) (every|each|a) \w+|[Pp]er (product|SKU|row|setting|unit)|(every|each) (row|text|product|line|column)s?|rows? of)\b"
)
#: A unit of measure. Functions that work number by number say in which unit.
UNIT = re.compile(
    r"\b([Uu]nits?|[Mm]oney|[Ss]hares?|[Dd]ays?|[Ww]eeks?|[Mm]onths?|[Yy]ears?|[Pp]eriods?|[Tt]ime|[Ll]ots?|[Pp]robabilit(y|ies)"
    r"|[Rr]atio|[Oo]rders?|[Ll]ines|per (day|week|month|year|period)|standard deviations?|[Ff]ree of units|[Cc]ounts?)\b"
)
RAISES = re.compile(r"\b([Rr]aises?|[Rr]efus(es?|ed|al)|\w*Error|[Aa]sk(s|ed)|[Rr]eject(s|ed)?)\b")
FORMULA = re.compile(r"\bFormula\b")
SOURCE = re.compile(r"\bSource\b")


@dataclass(frozen=True)
class Public:
    """A public function or method: where it stands, its name, its syntax tree and its docstring."""

    path: str
    name: str
    node: ast.FunctionDef
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.node.lineno} {self.name}"


def public_functions(path: str, source: str) -> Iterator[Public]:
    """Functions of a file without an underscore, and such methods of such classes."""
    for node in ast.parse(source).body:
        inner = [node] if isinstance(node, ast.FunctionDef) else []
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            inner = [method for method in node.body if isinstance(method, ast.FunctionDef)]
        for function in inner:
            if not function.name.startswith("_"):
                name = function.name if function is node else f"{getattr(node, 'name', '')}.{function.name}"
                yield Public(path, name, function, ast.get_docstring(function) or "")


@cache
def all_public() -> list[Public]:
    """Every public function of analytics."""
    return [
        function
        for path in sorted((ROOT / "analytics").rglob("*.py"))
        for function in public_functions(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]


def takes_or_gives_arrays(function: Public) -> bool:
    """Whether an annotation of the function names an array."""
    arguments = function.node.args
    annotations = [a.annotation for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    return any(ARRAYS.search(ast.unparse(a)) for a in [*annotations, function.node.returns] if a is not None)


def raises_itself(function: Public) -> bool:
    """Whether the function raises an error of its own (not one that it only passes on)."""
    return any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(function.node))


def without_shape_or_unit(function: Public) -> bool:
    """Whether arrays go in or out and the docstring names neither their shape nor their unit."""
    return takes_or_gives_arrays(function) and not (SHAPE.search(function.text) or UNIT.search(function.text))


def without_error(function: Public) -> bool:
    """Whether the function raises and the docstring does not say so."""
    return raises_itself(function) and not RAISES.search(function.text)


def without_source(function: Public) -> bool:
    """Whether the docstring states a formula and not where it comes from."""
    return bool(FORMULA.search(function.text)) and not SOURCE.search(function.text)


RULES = {"shape or unit": without_shape_or_unit, "error": without_error, "source": without_source}


@pytest.mark.parametrize("rule", RULES)
def test_public_functions_say_what_a_caller_needs(rule: str) -> None:
    functions = all_public()
    assert len(functions) > 500
    assert [str(function) for function in functions if RULES[rule](function)] == []


PLANTED = {
    "shape or unit": 'def f(a: NDArray[np.float64]) -> float:\n    """The best of them."""',
    "error": 'def f(a: int) -> int:\n    """Twice the number."""\n    raise ValueError("a")',
    "source": 'def f(a: float) -> float:\n    """Twice the money.\n\n    *Formula*: 2 a.\n    """',
}


@pytest.mark.parametrize("rule", RULES)
def test_a_docstring_that_lacks_it_is_seen(rule: str) -> None:
    (function,) = public_functions("analytics/x.py", PLANTED[rule])
    assert [name for name, lacks in RULES.items() if lacks(function)] == [rule]


def counts_of_docstrings(functions: list[Public]) -> dict[str, int]:
    """How many functions carry an example that is run, and how many a source."""
    return {
        "example": sum(">>>" in function.text for function in functions),
        "source": sum(bool(SOURCE.search(function.text)) for function in functions),
    }


def test_the_readme_claims_no_more_than_is_counted() -> None:
    """README: more than N public functions carry an example that is run, more than N the source of their formula."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    claim = re.search(r"more than ([\d,]+) carry an example .*?, more than ([\d,]+) the source", text)
    assert claim
    counted = counts_of_docstrings(all_public())
    for stated, kind in zip(claim.groups(), ("example", "source"), strict=True):
        said = int(stated.replace(",", ""))
        assert said < counted[kind] <= said + 100, f"README says more than {said}; {counted[kind]} have one"
    assert "every public function carries" not in text
