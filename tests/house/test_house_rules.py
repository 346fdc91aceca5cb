"""House rules of the code itself: named records instead of long lists of arguments, and names instead of positions."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.test_architecture import python_files

#: A function takes no more than this many parameters: what belongs together comes as a record with a docstring.
MOST_PARAMETERS = 8

#: Arrays whose last axis holds different things: counts, and what the rolling origins know of a product.
COUNTED = re.compile(r"(^|_)(counts?|raw|chosen|features|summary|members?)$")


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many parameters a function takes, without the object or class of a method."""
    told = function.args
    names = [argument.arg for argument in (*told.posonlyargs, *told.args, *told.kwonlyargs)]
    several = [argument for argument in (told.vararg, told.kwarg) if argument]
    return len(names) + len(several) - (names[:1] in (["self"], ["cls"]))


def long_lists(path: str, source: str) -> dict[str, int]:
    """Functions of a file with more than eight parameters: where and which, and how many."""
    return {
        f"{path}:{node.lineno} {node.name}": parameters(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and parameters(node) > MOST_PARAMETERS
    }


def is_literal(place: ast.expr) -> bool:
    """Whether a place in an index is a number written out."""
    if isinstance(place, ast.UnaryOp):
        place = place.operand
    return (
        isinstance(place, ast.Constant) and isinstance(place.value, int) and not isinstance(place.value, bool)
    )


def literal_places(path: str, source: str) -> list[str]:
    """Where a file reads a counts array by a number: `counts[:, 0]`, `chosen[4, n]`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
            continue
        name = {ast.Name: "id", ast.Attribute: "attr"}.get(type(node.value), "")
        if COUNTED.search(getattr(node.value, name, "")) and any(is_literal(e) for e in node.slice.elts):
            found.append(f"{path}:{node.lineno} {ast.unparse(node)}")
    return found


def every_file() -> list[tuple[str, str]]:
    """All files of analytics and dashboard."""
    return [*python_files("analytics"), *python_files("dashboard")]


def test_no_function_takes_more_than_eight_parameters() -> None:
    assert {
        where: count for path, source in every_file() for where, count in long_lists(path, source).items()
    } == {}


@pytest.mark.parametrize(
    "source",
    [
        "def f(a, b, c, d, e, f, g, h, i): pass",
        "async def f(a, b, c, d, /, e, f, *, g, h, i): pass",
        "def f(a, b, c, d, e, f, g, *rest, **named): pass",
        "class C:\n    def f(self, a, b, c, d, e, f, g, h, i): pass",
        "def outer():\n    def f(a, b, c, d, e, f, g, h, i): pass",
    ],
)
def test_a_long_list_of_parameters_is_caught(source: str) -> None:
    assert list(long_lists("analytics/x.py", source).values()) == [9]


def test_eight_parameters_are_allowed() -> None:
    assert long_lists("x.py", "class C:\n    def f(self, a, b, c, d, e, f, g, h): pass") == {}


def test_counts_are_addressed_by_name() -> None:
    assert [place for path, source in every_file() for place in literal_places(path, source)] == []


@pytest.mark.parametrize(
    "source",
    [
        "month = comparison.chosen['MTS'].counts[:, 0] / 12.0",
        "a = chosen[4, n] - first_alpha",
        "features[k, -1] = total[p]",
        "kits = ledger.counts[rows, first, 1]",
        "summary[i, 3] = d",
        "x = member_counts[..., 2]",
    ],
)
def test_a_place_written_out_is_caught(source: str) -> None:
    assert len(literal_places("analytics/x.py", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "counts[:, COUNT_INDEX['lost']]",
        "counts[..., None]",
        "counts[:, :-1]",
        "counts[0]",
        "chosen[SMOOTHING, n]",
        "quote_days[:, 0]",
        "counted[:, 0]",
    ],
)
def test_names_slices_and_other_arrays_are_allowed(source: str) -> None:
    assert literal_places("analytics/x.py", source) == []
