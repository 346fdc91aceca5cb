"""The folder of compiled code changes with every source a kernel can depend on, and with no other."""

from __future__ import annotations

from pathlib import Path

from analytics.kernel_cache import source_digest

SOURCES = {
    "kernels.py": "from analytics.kernel_cache import kernel\nfrom analytics.constants import RATE\n",
    "constants.py": "RATE = 2.0\n",
    "study.py": "from analytics import kernel_cache\nfrom analytics.kernels import *\nfrom analytics.words import WORDS\n",
    "words.py": "WORDS = 'numba compiles'\n",
}


def digest_after(folder: Path, edited: str = "") -> str:
    for name, text in SOURCES.items():
        (folder / name).write_text(text + ("# edited\n" if name == edited else ""), encoding="utf-8")
    return source_digest(folder)


def test_only_what_is_compiled_counts(tmp_path: Path) -> None:
    before = digest_after(tmp_path)
    assert {name: digest_after(tmp_path, name) != before for name in SOURCES} == {"kernels.py": True, "constants.py": True, "study.py": False, "words.py": False}
