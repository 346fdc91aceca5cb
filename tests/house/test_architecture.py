"""The house rules that a reader relies on: one-way imports, a pure core, no clock, no hidden randomness, no foreign names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LEAVES = {
    "errors",
    "items",
    "assumptions",
    "assumptions_file",
    "limits",
    "randomness",
    "machine",
    "naming",
}
SEE_ALL = {
    "__init__",
    "answers",
    "study",
    "study_options",
    "scenario",
    "study_results",
    "study_doubt",
    "study_change",
    "study_export",
    "study_stock",
    "study_product",
    "replay",
    "cli",
    "warm_up",
}
NOT_IN_THE_CORE = {"streamlit", "altair", "dashboard", "sample_data", "tests", "benchmarks"}
#: finished charts that pages and files share: a table in, a chart out
CHARTS = "analytics/writeup/charts/"
#: cli starts the app and knows where the samples lie; warm_up prepares the samples
MAY_SEE_SAMPLES = {"cli", "warm_up"}
CLOCK = {
    (owner, name) for owner in ("datetime", "date", "Timestamp") for name in ("now", "today", "utcnow")
} | {("time", "time"), ("time", "localtime")}
HIDDEN_RANDOMNESS = {"random", "secrets", "uuid"}


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Dotted names of everything a module imports, relative imports resolved against its package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, node.module] if node.module else base)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def station(parts: tuple[str, ...]) -> str:
    """The folder of analytics/ a file lies in, or the file's own name if it lies in none."""
    return parts[1] if len(parts) > 2 else Path(parts[-1]).stem


def wrong_imports(path: str, source: str, folders: set[str]) -> list[str]:
    """What a file of analytics/ imports although it must not: later folders, the screen, the samples."""
    parts = Path(path).parts
    here = station(parts)
    found = []
    for name in imported(ast.parse(source), ".".join(parts[:-1])):
        top, *rest = name.split(".")
        drawn = top == "altair" and path.startswith(CHARTS)
        if top in NOT_IN_THE_CORE and not drawn and not (top == "sample_data" and here in MAY_SEE_SAMPLES):
            found.append(f"{path} imports {name}")
        if top != "analytics" or not rest or here in SEE_ALL:
            continue
        target = rest[0]
        if here in LEAVES:
            if target not in LEAVES:
                found.append(f"{path}: a leaf imports {name}")
        elif target in LEAVES:
            continue
        elif target in folders and target > here:
            found.append(f"{path}: {here} imports from the later {target}")
        elif target not in folders:
            found.append(f"{path}: {here} imports {name}")
    return found


def clock_calls(path: str, source: str) -> list[str]:
    """Readings of the clock and sources of unkeyed randomness in a file."""
    tree = ast.parse(source)
    found = [
        f"{path} imports {name}" for name in imported(tree, "") if name.split(".")[0] in HIDDEN_RANDOMNESS
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            last = (
                owner.attr
                if isinstance(owner, ast.Attribute)
                else owner.id
                if isinstance(owner, ast.Name)
                else ""
            )
            if (last, node.func.attr) in CLOCK:
                found.append(f"{path}:{node.lineno} reads the clock: {last}.{node.func.attr}")
            if last == "random" and node.func.attr not in {"default_rng", "Generator", "SeedSequence"}:
                found.append(f"{path}:{node.lineno} draws from a global stream: random.{node.func.attr}")
            if node.func.attr == "default_rng" and not node.args and not node.keywords:
                found.append(f"{path}:{node.lineno} draws without a seed")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hash":
            found.append(f"{path}:{node.lineno} uses hash(), which differs from run to run")
    return found


def python_files(folder: str) -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]


def folders_of_the_flow() -> set[str]:
    """Folders that are stations: neither leaves nor those that see everything."""
    folders = {path.name for path in (ROOT / "analytics").iterdir() if (path / "__init__.py").is_file()}
    return folders - LEAVES - SEE_ALL


def test_folders_import_only_from_earlier_ones() -> None:
    folders = folders_of_the_flow()
    assert {"data", "demand", "forecast", "policy", "simulation", "strategy"} <= folders
    assert [
        wrong for path, source in python_files("analytics") for wrong in wrong_imports(path, source, folders)
    ] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("analytics/demand/panel.py", "from analytics.policy.lots import lot"),
        ("analytics/demand/panel.py", "from ..strategy import compare"),
        ("analytics/demand/panel.py", "import analytics.writeup.workbook as w"),
        ("analytics/demand/panel.py", "from analytics import study"),
        ("analytics/demand/panel.py", "def late():\n    from analytics.cli import main"),
        ("analytics/items.py", "from analytics.data import read_sales"),
        ("analytics/strategy/money/price.py", "import streamlit as st"),
        ("analytics/study.py", "import altair"),
        ("analytics/writeup/cash.py", "import altair"),
        ("analytics/writeup/charts/books.py", "import streamlit"),
        ("analytics/study.py", "from dashboard import compute"),
        ("analytics/strategy/money/price.py", "import sample_data"),
    ],
)
def test_the_checker_catches_a_wrong_import(path: str, source: str) -> None:
    assert wrong_imports(path, source, {"data", "demand", "policy", "strategy", "writeup"})


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "analytics/strategy/money/price.py",
            "from analytics.policy.lots import lot\nfrom analytics.items import Items\nfrom analytics.strategy import compare\nimport numpy as np",
        ),
        ("analytics/policy/lots.py", "from .loss import loss\nfrom ..data import history"),
        ("analytics/writeup/charts/books.py", "import altair as alt"),
        (
            "analytics/study.py",
            "from analytics.strategy import compare\nfrom analytics.data import read_sales",
        ),
    ],
)
def test_the_checker_allows_what_is_right(path: str, source: str) -> None:
    assert wrong_imports(path, source, {"data", "demand", "policy", "strategy", "writeup"}) == []


def test_no_clock_and_no_hidden_randomness() -> None:
    assert [found for path, source in python_files("analytics") for found in clock_calls(path, source)] == []


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import date\nx = date.today()",
        "import time\nx = time.time()",
        "import pandas as pd\nx = pd.Timestamp.now()",
        "import random",
        "import numpy as np\nx = np.random.normal()",
        "import numpy as np\nx = np.random.default_rng()",
        "x = hash('sku')",
    ],
)
def test_the_checker_catches_a_clock(source: str) -> None:
    assert clock_calls("analytics/x.py", source)


def test_measured_time_is_allowed() -> None:
    assert (
        clock_calls(
            "analytics/x.py", "import time\nbegin = time.perf_counter()\nrng = np.random.default_rng(7)"
        )
        == []
    )


@pytest.mark.parametrize(
    "modules",
    [
        "analytics.study",
        "analytics.scenario.reassume, analytics.study_results, analytics.strategy.cross_check",
    ],
)
def test_importing_the_core_leaves_the_screen_and_a_second_of_loading_out(modules: str) -> None:
    heavy = {"streamlit", "altair", "dashboard", "scipy.stats", "scipy.optimize", "statsmodels"}
    program = f"import sys, {modules}; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_command_line_starts_its_reading_child_before_it_loads_anything() -> None:
    program = (
        "import sys, analytics.cli; print(sorted({'numpy', 'pandas', 'numba', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"


def runs_or_caches(path: str, source: str) -> list[str]:
    """Calls of the study and caches of Streamlit in a file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in {"run_study", "cache_data", "cache_resource"}:
            found.append(f"{path}:{getattr(node, 'lineno', 0)} uses {name}")
    return found


def test_only_compute_runs_the_study_and_caches() -> None:
    assert [
        found
        for path, source in python_files("dashboard")
        if path != "dashboard/results/compute.py"
        for found in runs_or_caches(path, source)
    ] == []
    assert runs_or_caches(
        "dashboard/views/answer.py", "import streamlit as st\n@st.cache_data\ndef f():\n    return 1"
    )
    assert runs_or_caches("dashboard/app.py", "from analytics import run_study\nrun_study('x')")


def tracked_files() -> list[Path]:
    """Files under version control; without a repository, everything that is not built or installed."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in done.stdout.split("\0") if name] if done.returncode == 0 else []
    if names:
        return [ROOT / name for name in names if (ROOT / name).is_file()]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not {".venv", ".git", "build", "dist"} & set(path.relative_to(ROOT).parts)
    ]


#: put together here so that this file does not contain what it forbids
FOREIGN = [
    re.compile(pattern)
    for pattern in (
        r"/" + r"work/(main|shared)",
        r"/" + r"(home|Users)/[a-z]",
        r"index" + r"-url",
        r"py" + r"pi\.org|python" + r"hosted",
        r"/opt/" + r"pypi|/opt/" + r"wheels",
        r"trusted" + r"-host",
        r"\b(models|design|experience|journeys|forecasting|streamlit)" + r"\.md",
    )
]
TEXT = {".py", ".toml", ".md", ".txt", ".csv", ".json", ".cfg", ".yml", ".yaml", ""}


def foreign_names(text: str) -> list[str]:
    return [match.group() for pattern in FOREIGN for match in pattern.finditer(text)]


def test_no_machine_path_and_no_registry_host() -> None:
    found = {}
    for path in tracked_files():
        if path.suffix in TEXT:
            names = foreign_names(path.read_text(encoding="utf-8", errors="replace"))
            if names:
                found[path.relative_to(ROOT).as_posix()] = names
    assert found == {}
    assert foreign_names("see /wor" + "k/main/x") and foreign_names("--extra-index" + "-url x")


def pins(name: str) -> set[str]:
    """Names that a file of constraints pins to one version; it holds nothing else but the other file's name."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    versions = [line for line in lines if line != "-c constraints.txt"]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in versions)
    return {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in versions}


def names_of(requirements: Iterable[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", line)[0]).lower() for line in requirements}


def needed(requirements: Iterable[str]) -> set[str]:
    """What these requirements ask for on any system, through what is installed here; what is not, ends the search."""
    systems = [
        {"sys_platform": key, "platform_system": system, "os_name": name, "platform_machine": machine}
        for key, system, name in (
            ("linux", "Linux", "posix"),
            ("win32", "Windows", "nt"),
            ("darwin", "Darwin", "posix"),
        )
        for machine in ("x86_64", "AMD64", "arm64")
    ]
    waiting, seen = [Requirement(line) for line in requirements], set()
    while waiting:
        asked = waiting.pop()
        for extra in ("", *asked.extras):
            if (asked.name, extra) in seen:
                continue
            seen.add((asked.name, extra))
            try:
                further = [Requirement(line) for line in requires(asked.name) or []]
            except PackageNotFoundError:
                continue
            waiting += [
                one
                for one in further
                if one.marker is None
                or any(one.marker.evaluate({**system, "extra": extra}) for system in systems)
            ]
    return names_of(name for name, _ in seen)


def test_constraints_pin_every_dependency_exactly_and_nothing_else() -> None:
    import tomllib

    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project, running, testing = (
        document["project"],
        pins("constraints.txt"),
        pins("constraints-test.txt"),
    )
    team = project["optional-dependencies"]["team"]
    of_program = [*project["dependencies"], *team, *document["build-system"]["requires"]]
    of_tests = [line for extra in project["optional-dependencies"].values() for line in extra]
    assert names_of(of_program) <= running and names_of(of_tests) <= running | testing
    assert running & testing == set()
    assert running - needed(of_program) == set(), "pinned for the program, which does not need it"
    assert testing - needed(of_tests) == set()


def test_what_only_tests_need_is_seen() -> None:
    assert "pytest" not in needed(["numpy"]) and {"numpy", "pandas"} <= needed(["pandas"])


def test_one_version() -> None:
    import tomllib

    from analytics.version import __version__

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "analytics/README.md",
        "docs/decisions/README.md",
        "sample_data/README.md",
    ],
)
def test_links_of_the_documents_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]+)", page.read_text())
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_no_vague_module_names() -> None:
    names = [path for folder in ("analytics", "dashboard", "sample_data") for path, _ in python_files(folder)]
    assert [
        name for name in names if re.search(r"(^|/|_)(utils?|helpers?|manager|misc|common|types)\.py$", name)
    ] == []
