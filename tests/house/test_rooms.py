"""Rooms a stranger can live in: few files a folder, none that needs a later one, long files that say why, enums."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_FILES = 16
#: from here on a file says in its first lines why it is one concept
MOST_LINES = 300
#: words of a strategy or a verdict: outside of these files they are members of `Strategy` and `Verdict`
STRATEGY_WORDS = {"MTS", "ATO", "MTO", "HYBRID"}
VERDICT_WORDS = {"not_decidable", "chosen_by_you", "depends_on_"}
MAY_SPELL = ("analytics/naming/labels.py", "analytics/data/")


def python_files(*tops: str) -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for top in tops
        for path in sorted((ROOT / top).rglob("*.py"))
    }


def crowded(paths: Iterable[str]) -> dict[str, int]:
    """Folders that hold more files than a person takes in at a glance."""
    count: dict[str, int] = {}
    for path in paths:
        folder = path.rpartition("/")[0]
        count[folder] = count.get(folder, 0) + 1
    return {folder: n for folder, n in count.items() if n > MOST_FILES}


def test_no_folder_is_a_heap() -> None:
    assert crowded(python_files("analytics", "dashboard", "tests")) == {}
    assert crowded([f"analytics/data/m{n}.py" for n in range(17)]) == {"analytics/data": 17}


def without_a_reason(sources: Mapping[str, str]) -> list[str]:
    """Long files whose first lines do not say why they are one concept."""
    return [
        path
        for path, source in sources.items()
        if len(source.splitlines()) > MOST_LINES
        and "One concept" not in (ast.get_docstring(ast.parse(source)) or "")
    ]


def test_a_long_file_says_why_it_is_one_concept() -> None:
    assert without_a_reason(python_files("analytics", "dashboard")) == []


def test_a_long_file_without_a_reason_is_found() -> None:
    lines = "x = 1\n" * MOST_LINES
    planted = {
        "analytics/strategy/silent.py": f'"""Prices."""\n{lines}',
        "analytics/strategy/bare.py": f"{lines}x = 2\n",
        "analytics/strategy/elsewhere.py": f'"""Prices."""\n# One concept: not in the first lines\n{lines}',
        "analytics/strategy/said.py": f'"""Prices.\n\nOne concept: every line sets x.\n"""\n{lines}',
        "analytics/strategy/short.py": lines,
    }
    assert without_a_reason(planted) == [
        "analytics/strategy/silent.py",
        "analytics/strategy/bare.py",
        "analytics/strategy/elsewhere.py",
    ]


def imports_at_run_time(path: str, source: str) -> set[str]:
    """Dotted names a module imports when it is loaded: not within functions, not for the type checker alone."""
    found: set[str] = set()

    def walk(nodes: Iterable[ast.stmt]) -> None:
        for node in nodes:
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                continue
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            for part in ("body", "orelse", "finalbody"):
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    walk(getattr(node, part, []))

    walk(ast.parse(source).body)
    return found


def room_of(module: str) -> str:
    """A room is a folder within a folder of `analytics` or within `dashboard`; every other module stands for itself."""
    parts = module.split(".")
    depth = 3 if parts[0] == "analytics" else 2
    return ".".join(parts[:depth]) if len(parts) > depth else module


def circles(sources: Mapping[str, str]) -> list[list[str]]:
    """Rooms that need each other, directly or by way of others."""
    modules = {path.removesuffix(".py").replace("/", "."): path for path in sources}
    needs: dict[str, set[str]] = {}
    for module, path in modules.items():
        if module.endswith("__init__"):
            continue
        for name in imports_at_run_time(path, sources[path]):
            if name in modules and room_of(name) != room_of(module):
                needs.setdefault(room_of(module), set()).add(room_of(name))

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for after in needs.get(todo.pop(), ()):
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return seen

    reach = {room: reached(room) for room in needs}
    rings = {
        tuple(sorted({room, *(other for other in seen if room in reach.get(other, ()))}))
        for room, seen in reach.items()
        if room in seen
    }
    return [list(ring) for ring in sorted(rings)]


def test_no_room_needs_a_room_that_needs_it() -> None:
    assert circles(python_files("analytics")) == []


def test_a_circle_of_rooms_is_found() -> None:
    planted = {
        "analytics/data/values/numbers.py": "from analytics.data.files.table import read_table",
        "analytics/data/files/table.py": "from analytics.data.layout.body import body",
        "analytics/data/layout/body.py": "from analytics.data.values.numbers import number",
    }
    assert circles(planted) == [["analytics.data.files", "analytics.data.layout", "analytics.data.values"]]
    late = planted | {"analytics/data/layout/body.py": "def f():\n    import analytics.data.values.numbers"}
    assert circles(late) == []


def spelled(sources: Mapping[str, str]) -> list[str]:
    """Strategies and verdicts written as words where the enum is meant."""
    found = []
    for path, source in sources.items():
        if path.startswith(MAY_SPELL):
            continue
        found += [
            f"{path}:{node.lineno} spells {node.value!r}"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value in STRATEGY_WORDS | VERDICT_WORDS
        ]
    return found


def test_strategies_and_verdicts_are_members_of_an_enum() -> None:
    assert spelled(python_files("analytics", "dashboard")) == []
    assert spelled({"analytics/strategy/x.py": "if name == 'MTS':\n    pass"})
    assert spelled({"dashboard/views/x.py": "if verdict == 'not_decidable':\n    pass"})


@pytest.mark.parametrize("member", sorted(STRATEGY_WORDS))
def test_a_strategy_is_its_own_text_at_the_edges(member: str) -> None:
    import json

    import numpy as np

    from analytics.naming.labels import STRATEGIES, Strategy

    strategy = Strategy(member)
    assert (json.dumps(strategy), f"{strategy}", repr(strategy)) == (f'"{member}"', member, f"'{member}'")
    assert np.array([strategy, "ATO"]).dtype.kind == "U" and (np.array([member]) == strategy).all()
    assert list(STRATEGIES) == list(Strategy)
