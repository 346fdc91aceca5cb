"""The built wheel in an empty environment, run from another directory: nothing may come from the source tree.

The environment holds the wheel and the distributions it asks for, and theirs, nothing else; they are linked from
the environment of the tests, so that no network is needed and an undeclared dependency still shows.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pandas as pd
import pytest
from packaging.requirements import Requirement

from analytics.version import __version__
from tests.conftest import end, free_port, wait_until_healthy

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("analytics", "dashboard", "sample_data", "pyproject.toml", "README.md", "LICENSE")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform == "win32",
        reason="links the environment's packages, which Windows does not allow everybody",
    ),
]


def outside() -> dict[str, str]:
    """The environment variables of a stranger: nothing that points to the source tree."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that nothing is left in the source tree."""
    source = tmp_path_factory.mktemp("source")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, source / part)
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    (built,) = out.glob("*.whl")
    return built


def closure(requirements: list[str]) -> dict[str, importlib.metadata.Distribution]:
    """The distributions that are asked for, directly or not, in the environment of the tests."""
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        if requirement.marker is not None and not any(
            requirement.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
        ):
            continue
        distribution = importlib.metadata.distribution(requirement.name)
        name = distribution.metadata["Name"].lower()
        if name not in found:
            found[name] = distribution
            waiting += [Requirement(text) for text in distribution.requires or []]
    return found


def link(distribution: importlib.metadata.Distribution, site: Path) -> None:
    """The packages and the metadata of a distribution, as links in another environment."""
    for top in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
        target = site / top
        if not target.exists():
            target.symlink_to(Path(str(distribution.locate_file(top))))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the programs of an environment that holds the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home, with_pip=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (metadata,) = importlib.metadata.distributions(path=[str(wheel)])
    for distribution in closure(
        [text for text in metadata.requires or [] if "extra ==" not in text]
    ).values():
        link(distribution, site)
    programs = home / "bin"
    done = subprocess.run(
        [
            programs / "python",
            "-m",
            "pip",
            "install",
            "--no-index",
            "-c",
            str(ROOT / "constraints.txt"),
            str(wheel),
        ],
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return programs


def test_nothing_comes_from_the_source_tree(installed: Path, tmp_path: Path) -> None:
    program = "import analytics, dashboard, sample_data; print(analytics.__file__); print(dashboard.__file__); print(sample_data.__file__)"
    done = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path,
        env=outside(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert len(done.stdout.splitlines()) == 3
    assert all(str(installed.parent) in line for line in done.stdout.splitlines())


def test_every_data_file_came_along(installed: Path) -> None:
    (site,) = (installed.parent / "lib").glob("python*/site-packages")
    kinds = {".toml", ".md", ".csv", ".gz", ".json", ".npz"}
    wanted = {
        p.relative_to(ROOT)
        for folder in ("analytics", "dashboard", "sample_data")
        for p in (ROOT / folder).rglob("*")
        if p.suffix in kinds and "__pycache__" not in p.parts
    }
    assert {Path("sample_data/bicycles_sales.csv.gz"), Path("sample_data/household.toml")} <= wanted
    assert sorted(str(p) for p in wanted if not (site / p).is_file()) == []


def test_theme_and_settings_came_along(installed: Path, tmp_path: Path) -> None:
    program = "import json; from dashboard.serve import settings; print(json.dumps(settings(8765)))"
    done = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path,
        env=outside(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    served = json.loads(done.stdout)
    written = tomllib.loads((ROOT / "dashboard" / "config.toml").read_text())
    assert served["theme.light.primaryColor"] == written["theme"]["light"]["primaryColor"]
    assert served["theme.dark.backgroundColor"] == written["theme"]["dark"]["backgroundColor"]
    assert (
        served["server.address"],
        served["server.port"],
        served["browser.gatherUsageStats"],
        served["client.showErrorDetails"],
    ) == ("127.0.0.1", 8765, False, "none")


def test_analyze_runs_elsewhere(installed: Path, tmp_path: Path) -> None:
    program = "from sample_data import sample_paths as p; print(p('servers')['sales']); print(p('servers')['items'])"
    done = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path,
        env=outside(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    sales, items = done.stdout.splitlines()
    command = [installed / "stock-or-order", "analyze", sales, "--items", items, "--out", "answer"]
    ran = subprocess.run(command, cwd=tmp_path, env=outside(), capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    products = pd.read_csv(tmp_path / "answer" / "recommendation.csv")
    assert len(products) > 60 and set(products["recommended"].dropna()) <= {"MTS", "ATO", "MTO", "HYBRID"}
    assert json.loads((tmp_path / "answer" / "summary.json").read_text())["version"] == __version__


def test_demo_runs_elsewhere_on_this_machine_only(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [str(installed / "stock-or-order"), "demo", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=outside(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        listening = Path("/proc/net/tcp")
        if listening.exists():
            rows = [line.split() for line in listening.read_text().splitlines()[1:]]
            addresses = {
                row[1].split(":")[0]
                for row in rows
                if row[3] == "0A" and int(row[1].split(":")[1], 16) == port
            }
            assert addresses == {"0100007F"}
    finally:
        end(process)
    output = process.stdout.read() if process.stdout else ""
    assert f"{port}" in output, "the address is printed"
    assert "Traceback" not in output
