"""The file with hashes names the very versions of the constraints, each with the digests of its files, and no host."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_hashed_versions_are_those_of_the_constraints() -> None:
    pinned = [
        line
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    text = (ROOT / "constraints-hashed.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    hashed = {
        block.split(" \\\n")[0].strip(): re.findall(
            r"--hash=sha256:([0-9a-f]{64})(?: \\)?$", block, re.MULTILINE
        )
        for block in blocks
        if block.strip()
    }
    assert list(hashed) == pinned
    assert all(len(set(digests)) == len(digests) >= 1 for digests in hashed.values())
    assert "://" not in text
