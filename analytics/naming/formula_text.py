"""A formula as text: read from a function's docstring, filled in with numbers, and computed from what is printed.

A formula stands in a docstring as `name = expression.`, over one or more lines, in symbols, numbers, + - x /, brackets, min and max.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["amount_text", "filled", "formulas_of", "path_of", "plain_number", "symbols_of", "value_of"]

_SYMBOL = re.compile(r"[A-Za-z_]\w*")
_WORDS = {"min", "max", "x"}


def formulas_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The right sides of the formulas in a function's docstring that bear its name, on one line each.

    >>> def margin(price, cost):
    ...     '''What a unit earns.
    ...
    ...     margin = price
    ...     - cost. Money/unit.
    ...     '''
    >>> formulas_of(margin)
    ('price - cost',)
    """
    found = re.findall(rf"(?ms)^{function.__name__} = (.+?)\.(?=\s|$)", inspect.getdoc(function) or "")
    return tuple(" ".join(text.split()) for text in found)


def path_of(function: Callable[..., Any]) -> str:
    """Where a function is found: its module and name, importable as written.

    >>> path_of(path_of)
    'analytics.naming.formula_text.path_of'
    """
    return f"{function.__module__}.{function.__qualname__}"


def symbols_of(expression: str) -> tuple[str, ...]:
    """The symbols of an expression in the order in which they first appear.

    >>> symbols_of("max(lost, 0) x (price - cost) + lost x 0.5")
    ('lost', 'price', 'cost')
    """
    return tuple(dict.fromkeys(s for s in _SYMBOL.findall(expression) if s not in _WORDS))


def value_of(expression: str, values: Mapping[str, float] | None = None) -> float:
    """What an expression comes to, as written: its symbols from `values`, thousands separated by commas; NaN where it divides by 0.

    Raises ValueError for anything but arithmetic.

    >>> value_of("2 x (1,500 - 0.5) / max(3, 2)")
    999.6666666666666
    >>> value_of("demanded x (-0.5)", {"demanded": 4.0})
    -2.0
    """
    text = re.sub(r"(?<=\d),(?=\d{3})", "", expression)
    tree = ast.parse(re.sub(r"(?<=[\s)])x(?=[\s(])", "*", text), mode="eval").body
    return _computed(tree, values or {})


def _computed(node: ast.expr, values: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in values:
        return float(values[node.id])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_computed(node.operand, values)
    if isinstance(node, ast.BinOp):
        left, right = _computed(node.left, values), _computed(node.right, values)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right if right != 0.0 else math.nan
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        each = [_computed(argument, values) for argument in node.args]
        return math.nan if any(map(math.isnan, each)) else min(each) if node.func.id == "min" else max(each)
    raise ValueError(f"not arithmetic, or a symbol without a value: {ast.unparse(node)}")


def plain_number(value: float, digits: int, most_decimals: int = 27) -> str:
    """A number with so many significant digits and at most so many decimals, no exponent, whole numbers in full; numerical noise is 0.

    >>> [plain_number(v, 4) for v in (1234567.0, 12.34567, 0.0009, 2.0, 1e-16)]
    ['1,234,567', '12.35', '0.0009', '2', '0']
    """
    if abs(value) < 1e-15:
        return "0"
    decimals = min(max(0, digits - 1 - math.floor(math.log10(abs(value)))), most_decimals)
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def amount_text(value: float) -> str:
    """A result: whole from 1,000 on, to the cent from 10 on, four significant digits and at most six decimals below.

    >>> [amount_text(v) for v in (12345.6, 45.678, 0.123456, 0.00000012)]
    ['12,346', '45.68', '0.1235', '0']
    """
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 10.0 else plain_number(value, 4, 6)


def filled(expression: str, values: Mapping[str, float], digits: int) -> str:
    """The expression with numbers in place of its symbols, negative ones in brackets.

    >>> filled("demanded x (price - cost)", {"demanded": 120.5, "price": 9.99, "cost": -1.0}, 4)
    '120.5 x (9.99 - (-1))'
    """

    def number(match: re.Match[str]) -> str:
        if match[0] in _WORDS:
            return match[0]
        text = plain_number(values[match[0]], digits)
        return f"({text})" if text.startswith("-") else text

    return _SYMBOL.sub(number, expression)
