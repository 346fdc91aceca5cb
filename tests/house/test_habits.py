"""Habits that a first change meets: one set of tools, one set of commands, subjects that fit, documents that are true."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from analytics.cli.arguments import argument_parser
from analytics.data.meaning.meanings import DECIDES
from analytics.strategy.decision_rule import CLEAR_LEAD_SHARE, SETTINGS_LEAD_SHARE
from analytics.strategy.plans.setup import LARGE_PORTFOLIO
from analytics.strategy.plans.steps import MOST_BY_DAY
from tests.house.test_architecture import LEAVES, folders_of_the_flow

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
WORKFLOW = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = re.compile(r"\d+\.\d+")

#: Subjects are held to their length from here on; earlier ones are what they are.
SUBJECTS_SINCE = "95bed96c5b"
LONGEST_SUBJECT = 72
#: The hook that looks at the message: what it finds is refused.
SUBJECT_HOOK = rf"\A[^\n]{{{LONGEST_SUBJECT + 1}}}"


def recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile, with $(BIN) and $(PIP) put in and what follows a failure left out."""
    block = re.search(rf"^{re.escape(target)}:[^\n]*\n((?:\t[^\n]*\n)+)", MAKEFILE, re.MULTILINE)
    assert block, f"the Makefile has no target {target}"
    names = dict(re.findall(r"^([A-Z]+) := (.*)$", MAKEFILE, re.MULTILINE))
    commands = []
    for line in block[1].splitlines():
        command = line.strip().lstrip("@").split(" || ")[0]
        for _ in range(2):
            command = re.sub(r"\$\((BIN|PIP)\)", lambda name: names[name[1]], command)
        commands.append(command)
    return commands


def windows_commands(workflow: str) -> list[str]:
    """What the step for Windows runs, with the folder of its environment written as elsewhere."""
    block = re.search(r"runner\.os == 'Windows'\n +run: \|\n((?: {10}.*\n)+)", workflow)
    assert block, "the workflow has no step for Windows"
    return [line.strip().replace(".venv/Scripts/", ".venv/bin/") for line in block[1].splitlines()]


def commands_of_make_ready_and_test() -> list[str]:
    """Everything make ready and make test run: installing, compiling, then what make test consists of."""
    parts = re.search(r"^test: (.*)$", MAKEFILE, re.MULTILINE)
    assert parts and re.search(r"^ready: \$\(WARM\)$", MAKEFILE, re.MULTILINE)
    installing = [line for line in recipe("$(TEST)") if "pip install" in line]
    warming = [line for line in recipe("$(WARM)") if " -m " in line]
    suite = [line for part in parts[1].split() for line in recipe(part)]
    return [*installing, *warming, *(line for line in suite if line not in warming)]


def test_windows_runs_what_the_makefile_runs() -> None:
    assert windows_commands(WORKFLOW) == [
        "python -m venv .venv",
        *commands_of_make_ready_and_test(),
    ]
    assert windows_commands(WORKFLOW.replace("mypy\n", "mypy --strict\n")) != windows_commands(WORKFLOW)


def test_the_readme_spells_out_what_make_test_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("And what `make test` does, by hand:")[1].split("```")[1].removeprefix("sh\n")
    install, *commands = block.strip().splitlines()
    assert install == '.venv/bin/pip install -c constraints-test.txt -e ".[test]"'
    assert commands == [line for part in ("lint", "types", "suite") for line in recipe(part)]


def test_the_other_systems_call_make() -> None:
    runs = re.findall(r"runner\.os != 'Windows'\n +run: (.*)", WORKFLOW)
    assert runs == ["make ready PYTHON=python", "make test PYTHON=python"]


def test_the_workflow_covers_every_python_of_the_project_on_three_systems() -> None:
    found = re.search(r"python: \[(.*)\]", WORKFLOW)
    systems = re.search(r"system: \[(.*)\]", WORKFLOW)
    assert found and systems
    stated = [line.rsplit(" ", 1)[1] for line in PROJECT["project"]["classifiers"] if "Python :: 3." in line]
    assert re.findall(r'"([^"]+)"', found[1]) == stated == ["3.11", "3.12", "3.13"]
    assert re.findall(r"(ubuntu|macos|windows)-latest", systems[1]) == ["ubuntu", "macos", "windows"]


def hooks_that_stray(hooks: str) -> list[str]:
    """What in the hooks is not a target of the Makefile, or names a version or a repository of its own."""
    entries = re.findall(r"entry: (.*)", hooks)
    strays = [entry for entry in entries if entry not in ("make lint", "make types", SUBJECT_HOOK)]
    settings = re.sub(r"#.*", "", hooks)
    strays += re.findall(r"rev:.*|additional_dependencies.*", settings) + VERSION.findall(settings)
    return strays + [repo for repo in re.findall(r"repo: (.*)", settings) if repo != "local"]


def test_hooks_use_the_tools_of_the_project_and_name_no_version() -> None:
    assert hooks_that_stray(HOOKS) == []
    assert (
        len(re.findall(r"entry: ", HOOKS)) == 3 and "args: [--multiline]" in HOOKS
    )  # the whole message at once
    assert re.search(SUBJECT_HOOK, "x" * 73 + "\n\nWhy.") and not re.search(
        SUBJECT_HOOK, "x" * 72 + "\n\n" + "y" * 90
    )
    called = " ".join(recipe("lint") + recipe("types"))
    assert all(tool in called for tool in ("ruff format --check", "ruff check", "mypy"))
    assert not VERSION.search(called)
    assert "installed" in MAKEFILE.split("lint: $(TEST)")[0]  # both need the tools, in the pinned versions


@pytest.mark.parametrize(
    "breach",
    [
        "entry: ruff check --fix",
        "repo: https://example.org/ruff-pre-commit",
        "rev: v0.1.0",
        "additional_dependencies: [mypy]",
    ],
)
def test_a_hook_of_its_own_is_seen(breach: str) -> None:
    assert hooks_that_stray(f"{HOOKS}\n        {breach}\n")


def long_subjects(subjects: list[str]) -> list[str]:
    """Subjects that are longer than a line of a log shows."""
    return [subject for subject in subjects if len(subject) > LONGEST_SUBJECT]


def test_subjects_of_commits_fit_on_a_line() -> None:
    done = subprocess.run(
        ["git", "log", "--no-merges", "--format=%s", f"{SUBJECTS_SINCE}..HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no history that reaches back to {SUBJECTS_SINCE}")
    subjects = done.stdout.splitlines()
    assert len(subjects) > 100
    assert long_subjects(subjects) == []
    assert long_subjects(["x" * 73, "x" * 72]) == ["x" * 73]


DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
TESTS = {
    name
    for path in (ROOT / "tests").rglob("*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def missing_names(text: str) -> list[str]:
    """Files and tests that a page names in backquotes and that do not exist."""
    quoted = re.findall(r"`([^`\n]+)`", text)
    paths = [name for name in quoted if re.fullmatch(r"[\w./-]+(/|\.(py|md|yml|txt|toml))", name)]
    missing = [name for name in paths if "NAME" not in name and not (ROOT / name).exists()]
    return missing + [name for name in quoted if name.startswith("test_") and name not in TESTS]


@pytest.mark.parametrize("page", DECISIONS, ids=[page.stem for page in DECISIONS])
def test_a_decision_says_why_what_follows_and_what_holds_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    number = int(page.name[:2])
    assert text.startswith(f"# {number}. ")
    parts = re.split(
        r"^\*\*(Context|Decision|Consequence)\.\*\* |^\*\*(Held by)\*\* ", text, flags=re.MULTILINE
    )
    heads = [part for part in parts if part in ("Context", "Decision", "Consequence", "Held by")]
    assert heads == ["Context", "Decision", "Consequence", "Held by"]
    assert 120 <= len(text.split()) <= 350
    assert re.search(r"`test_\w+`", text.split("**Held by**")[1])
    assert missing_names(text) == []


def test_the_index_of_decisions_lists_every_page_once() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| \[(.*)\]\((.*)\) \|$", index, re.MULTILINE)
    assert [(int(number), title, name) for number, title, name in rows] == [
        (int(page.name[:2]), page.read_text(encoding="utf-8").splitlines()[0].split(". ", 1)[1], page.name)
        for page in DECISIONS
    ]
    assert len(rows) == 13


FOLDER_PAGES = [
    "README.md",
    "analytics/README.md",
    "dashboard/README.md",
    "tests/README.md",
    "benchmarks/README.md",
]


def test_the_readme_names_commands_and_options_that_exist_and_numbers_in_force() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (commands,) = [
        action.choices for action in argument_parser()._actions if isinstance(action.choices, dict)
    ]
    named = set(re.findall(r"(?:^|`)stock-or-order ([a-z]+)", text, re.MULTILINE))
    assert named <= set(commands) and len(named) >= 9
    options = {
        option for one in commands.values() for action in one._actions for option in action.option_strings
    }
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    calls = "\n".join(line.split("#")[0] for line in text.splitlines() if line.startswith("stock-or-order "))
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", prose + calls))
    assert told <= options and len(told) >= 18
    assert f"by day for products replenished in under a week (at most {MOST_BY_DAY})" in text
    assert f"ahead of today's way by {100 * CLEAR_LEAD_SHARE:g} % of the perfect year's margin" in text
    assert f"({100 * SETTINGS_LEAD_SHARE:g} % and one standard error where the strategy stays" in text
    assert f"decide more than {100 * DECIDES:g} % of units or money" in text


@pytest.mark.parametrize("name", FOLDER_PAGES)
def test_pages_of_folders_name_what_exists(name: str) -> None:
    assert missing_names((ROOT / name).read_text(encoding="utf-8")) == []


def test_the_page_of_the_analytics_names_every_folder_every_leaf_and_the_numbers_in_force() -> None:
    text = (ROOT / "analytics/README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `analytics/(\w+)/` \|", text, re.MULTILINE)
    assert listed == sorted(folders_of_the_flow())
    leaves = re.search(r"plus the leaves \((.*?)\)", text, re.DOTALL)
    assert leaves and set(re.findall(r"`(\w+)`", leaves[1])) == LEAVES
    assert f"at most {MOST_BY_DAY}, those with most units" in text
    assert f"above {LARGE_PORTFOLIO:,} products" in text


def test_the_page_of_the_benchmarks_lists_every_command_and_what_make_study_runs() -> None:
    text = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \|( yes)? \|$", text, re.MULTILINE)
    assert [name for name, _ in rows] == sorted(
        path.stem for path in (ROOT / "benchmarks").glob("*.py") if path.stem != "__init__"
    )
    run = set(re.findall(r"-m benchmarks\.(\w+)", "\n".join(recipe("study"))))
    assert {name for name, yes in rows if yes} == run


def test_the_floor_of_coverage_is_the_one_stated_and_make_study_holds_it() -> None:
    floor = PROJECT["tool"]["coverage"]["report"]["fail_under"]
    guide = " ".join((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    assert f"the floor in `pyproject.toml`: {floor} % of its lines" in guide
    assert PROJECT["tool"]["coverage"]["run"]["source"] == ["analytics"]
    run, suite = recipe("coverage"), recipe("suite")
    assert run[0] == suite[0] and run[-1] == ".venv/bin/coverage report"
    assert [line.split(" -m pytest")[1] for line in (*run, *suite) if "pytest" in line] == [
        suite[-1].split(" -m pytest")[1]
    ] * 2
    assert recipe("study")[-1] == "$(MAKE) coverage"


def test_the_guide_names_what_exists() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert missing_names(guide) == []
    targets = set(re.findall(r"(?:^|`)make ([a-z]+)\b", guide, re.MULTILINE))
    assert targets <= set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split())
    named = re.findall(r"^(?:\.venv/bin/python -m pytest -q) (.*?)(?: +#.*)?$", guide, re.MULTILINE)
    assert named and [path for line in named for path in line.split() if not (ROOT / path).exists()] == []
    assert missing_names("see `analytics/nowhere.py` and `test_nothing`") == [
        "analytics/nowhere.py",
        "test_nothing",
    ]
