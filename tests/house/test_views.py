"""Pages hold no arithmetic beyond sums, counts of rows, formats and layout: analytics makes the figures.

What is allowed, precisely:

- addition, `sum`, running sums, and a sign before one value (a part shown as a loss, the largest first);
- whole places and counts: less, divided whole by and the rest of a written whole number (`n - 1`, `n // 2`,
  `k % 3`), and `len(a) - ...`;
- a list or tuple repeated (`[box] * 4`), and a number written as a fraction (`1.0 / 3.0`);
- layout: anything that is the `height` or `width` of a part of the page;
- a comparison of what is shown with half of its last digit (`abs(gain) >= 0.5`: it would read 0), with whole
  numbers and with what analytics made.

All else is a breach: minus, times, divided by and powers of figures, a sum with a value turned round, functions
that make a figure (means, quantiles, logarithms, differences of arrays), and thresholds of a decision.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.house.test_rooms import python_files

FOLDERS = tuple(f"dashboard/{name}" for name in ("file", "levers", "parts", "product", "text", "views"))
#: Functions and methods that make a figure of others.
MAKES_FIGURES = frozenset(
    "average corrcoef cov cumprod diff div divide dot exp expm1 floor_divide interp log log10 log1p log2 mean"
    " median mod mul multiply nanmean nanmedian nanpercentile nanprod nanquantile nanstd nanvar pct_change"
    " percentile pow power prod ptp quantile rdiv rmul rsub sqrt std subtract trapezoid truediv var".split()
)
#: Half of the last digit shown: of whole money and points; of cents and percent; of tenths of a percent.
HALF_A_DIGIT = (0.5, 0.005, 0.0005)
#: What is neither a figure nor a decision, with the reason: file, function, how often, why.
EXCEPTIONS: Mapping[tuple[str, str], tuple[int, str]] = {
    ("dashboard/product/page.py", "stock_part"): (1, "the average of the column that the chart below draws"),
    ("dashboard/parts/demand_ets.py", "changed_words"): (1, "the average of the list beside it"),
    ("dashboard/product/turning.py", "map_part"): (
        4,
        "where on the map a name is written, and whether it fits",
    ),
    ("dashboard/text/questions.py", "after_four_weeks"): (
        1,
        "answers end where ten of ten stay, to rounding",
    ),
    ("dashboard/parts/demand_parts.py", "parts_words"): (1, "a chance below the last digit is said in words"),
}
_FORBIDDEN = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def whole(node: ast.expr) -> bool:
    """Whether a whole number is written here."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def written(node: ast.expr) -> bool:
    """Whether a number is written here."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def counts_rows(node: ast.expr) -> bool:
    """Whether this is a length: `len(...)`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def turned_round(node: ast.expr) -> bool:
    """Whether a value, not a written number, has its sign turned."""
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not written(node.operand)


def allowed(left: ast.expr, operator: ast.operator, right: ast.expr) -> bool:
    """Whether an operation is one of those that a page may do."""
    if isinstance(operator, ast.Add):
        return not (turned_round(left) or turned_round(right))
    if not isinstance(operator, _FORBIDDEN) or (written(left) and written(right)):
        return True
    if isinstance(operator, ast.Mult):
        return isinstance(left, ast.List | ast.Tuple) or isinstance(right, ast.List | ast.Tuple)
    if isinstance(operator, ast.Sub) and counts_rows(left):
        return True
    return isinstance(operator, ast.Sub | ast.FloorDiv | ast.Mod) and whole(right)


def makes_a_figure(node: ast.Call) -> bool:
    """Whether a call makes a figure of others."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in MAKES_FIGURES


def decides(node: ast.Compare) -> bool:
    """Whether something is compared with a written fraction that is no half of a digit."""
    numbers = [one.value for one in (node.left, *node.comparators) if isinstance(one, ast.Constant)]
    return any(
        isinstance(n, float) and not n.is_integer() and n not in HALF_A_DIGIT for n in numbers
    )  # whole numbers are counts and days


def breaches(source: str) -> Iterator[tuple[str, int, str]]:
    """Arithmetic of a file that belongs into analytics: function, line, what stands there."""

    def walk(node: ast.AST, function: str) -> Iterator[tuple[str, int, str]]:
        if isinstance(node, ast.FunctionDef) and not function:
            function = node.name
        if isinstance(node, ast.keyword) and node.arg in ("height", "width"):
            return
        wrong = (
            (isinstance(node, ast.BinOp) and not allowed(node.left, node.op, node.right))
            or (isinstance(node, ast.AugAssign) and not allowed(node.target, node.op, node.value))
            or (isinstance(node, ast.Call) and makes_a_figure(node))
            or (isinstance(node, ast.Compare) and decides(node))
        )
        if wrong:
            yield function, getattr(node, "lineno", 0), ast.unparse(node)[:100]
        for child in ast.iter_child_nodes(node):
            yield from walk(child, function)

    yield from walk(ast.parse(source), "")


def found_in(sources: Mapping[str, str]) -> tuple[list[str], dict[tuple[str, str], int]]:
    """Breaches that no exception covers, and how often each exception is used."""
    out, used = [], dict.fromkeys(EXCEPTIONS, 0)
    for path, source in sources.items():
        for function, line, text in breaches(source):
            if (path, function) in used:
                used[path, function] += 1
            else:
                out.append(f"{path}:{line} {function}: {text}")
    return out, used


def test_pages_add_up_and_format_and_analytics_decides() -> None:
    sources = python_files(*FOLDERS)
    assert len(sources) > 40
    out, used = found_in(sources)
    assert out == []
    assert used == {where: times for where, (times, _) in EXCEPTIONS.items()}


@pytest.mark.parametrize(
    "line",
    [
        'changing = facts.gain - facts.shared - facts.planning',
        'points = 100.0 * service["share_waiting"]',
        'revenue = units * price',
        'share = load / capacity',
        'at_two = 10.0 * math.exp(-14.0 * patience)',
        'few = bool((cumulative < 0.8 * total).sum())',
        'less = was + -now',
        'text = f"{gain / 1000.0:.1f} k"',
        'left -= taken',
        'total += -shared',
        'middle = np.median(values)',
        'swing = np.subtract(high, low)',
        'two_weeks = np.interp(14.0, days, shares)',
        'usual = table["units"].mean()',
        'told = share > 0.02',
        'double = 2 * gain',
        'rest = 100 - share',
        'st.metric("Gain", gain - was, height=3)',
        'square = gain**2',
    ],
)  # fmt: skip
def test_planted_arithmetic_is_found(line: str) -> None:
    assert len(found_in({"dashboard/views/x.py": line})[0]) >= 1
    inside = f"def show():\n    if True:\n        {line}"
    assert all(" show: " in one for one in found_in({"dashboard/views/x.py": inside})[0])


@pytest.mark.parametrize(
    "line",
    [
        'total = facts.gain + facts.shared',
        'total = sum(facts.plans[p]["profit"] for p in plans)',
        'rows.append({"money": -shared})',
        'order = np.argsort(-money)[:10]',
        'last = rows[n - 1]',
        'pair[k % 2].write(names[: n // 2])',
        'more = f"{len(asked) - len(shown)} more"',
        'boxes = [st.grid(4)] * 4',
        'third = 1.0 / 3.0',
        'show_table(shown, height=35 * len(shown) + 38, width=most - least)',
        'if abs(gain) >= 0.5 and share > 0.0005 and days > 14.0: pass',
        'below = gap < -1',
    ],
)  # fmt: skip
def test_sums_counts_formats_and_layout_are_allowed(line: str) -> None:
    assert found_in({"dashboard/views/x.py": line})[0] == []
