"""Everything in analytics is reached from where the program starts: nothing lives on because tests call it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.house.test_architecture import ROOT, python_files
from tests.reached import Module, Name, public_names, reached, tree_of, unreached


def starts(modules: Mapping[str, Module]) -> list[Name]:
    """The command line, the public names, the app, and what `make` and the database run: that other rooms see all starts nothing."""
    commands = re.findall(r"-m (dashboard[\w.]*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    return [
        *((name, "*") for name in modules if name.startswith(("analytics.cli.", "analytics.warm_up"))),
        *public_names(modules["analytics"], modules),
        ("dashboard.app", ""),
        *((name, "") for name in commands),
        *((name, "*") for name in modules if ".migrations" in name),
    ]


def of_the_program() -> dict[str, str]:
    return dict(python_files("analytics") + python_files("dashboard"))


def lost(files: Mapping[str, str]) -> list[str]:
    modules = tree_of(files)
    return unreached(modules, reached(modules, starts(modules)), "analytics")


def new(files: Mapping[str, str]) -> list[str]:
    """What these files lose beyond what the program as it is loses."""
    before = lost(of_the_program())
    return [one for one in lost(files) if one not in before]


def test_everything_in_analytics_is_reached() -> None:
    assert lost(of_the_program()) == []


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        ("analytics/policy/textbook.py", "def lot(): return 1", ["analytics.policy.textbook"]),
        (
            "analytics/policy/textbook.py",
            "from analytics.policy import textbook\n__all__ = ['lot']\ndef lot(): return textbook.lot()",
            ["analytics.policy.textbook"],
        ),
        (
            "analytics/errors.py",
            "def only_a_test_calls_me(): return 1",
            ["analytics.errors.only_a_test_calls_me"],
        ),
        (
            "analytics/errors.py",
            "__all__ = ['first', 'second']\ndef first(): return second()\ndef second(): return first()",
            ["analytics.errors.first", "analytics.errors.second"],
        ),
        ("analytics/errors.py", "class OnlyATest:\n    pass", ["analytics.errors.OnlyATest"]),
        (
            "analytics/errors.py",
            "def _private(): return used()\ndef used(): return 1",
            ["analytics.errors.used"],
        ),
    ],
)
def test_a_planted_breach_is_found(path: str, source: str, found: list[str]) -> None:
    files = of_the_program()
    files[path] = files.get(path, "") + "\n" + source
    assert new(files) == found


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("dashboard/views/answer.py", "from analytics.policy.textbook import lot\nlot()"),
        (
            "dashboard/views/answer.py",
            "from analytics.policy import textbook as book\ndef page():\n    book.lot()\npage()",
        ),
        ("dashboard/views/answer.py", "import analytics.policy.textbook\nanalytics.policy.textbook.lot()"),
        ("dashboard/views/answer.py", "SOURCE = 'analytics.policy.textbook.lot'\nprint(SOURCE)"),
        (
            "analytics/replay.py",
            "def late():\n    from analytics.policy.textbook import lot\n    return lot()\nlate()",
        ),
    ],
)
def test_what_is_named_by_a_page_or_the_replay_is_reached(where: str, source: str) -> None:
    files = {**of_the_program(), "analytics/policy/textbook.py": "def lot(): return 1"}
    files[where] += "\n" + source
    assert new(files) == []


def test_a_page_that_the_app_does_not_name_reaches_nothing() -> None:
    files = of_the_program()
    files["dashboard/views/forgotten.py"] = "from analytics.policy.textbook import lot\nlot()"
    files["analytics/policy/textbook.py"] = "def lot(): return 1"
    assert new(files) == ["analytics.policy.textbook"]


def test_closed_forms_are_imported_by_tests_alone() -> None:
    program = [*python_files("analytics"), *python_files("dashboard"), *python_files("sample_data")]
    assert [path for path, source in program if re.search(r"^\s*(from|import) tests\b", source, re.M)] == []
