"""What outlives the browser's reload and the server: answers, levers, own choices and named scenarios, as small files.

They lie in the user's own cache folder under the digest of the data set, hold no sales, and go when the data set is
forgotten. The address of the page names the state it shows, so that a reload or a second browser shows the same.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import tomllib
from hashlib import blake2b
from pathlib import Path
from typing import Any

from analytics.assumptions import FIELDS, Assumption, Assumptions
from analytics.items import ORIGINS
from analytics.kernel_cache import cache_home
from analytics.limits import limits_from_table, limits_toml
from dashboard.facts import Override

__all__ = ["State", "forget", "keep_naming", "keep_scenarios", "keep_state", "memory_folder", "naming", "namings", "scenarios", "state"]

#: assumptions, currency, own choices, names hidden, layers of cleaning, products forecast by ETS as well
State = tuple[Assumptions, str, tuple[Override, ...], bool, tuple[str, ...] | None, int]
_MOST_STATES = 300
_MOST_SCENARIOS = 30
_MOST_NAMINGS = 60


def memory_folder() -> Path:
    """The folder for scenarios in the user's own cache."""
    chosen = os.environ.get("STOCK_OR_ORDER_SCENARIOS")
    return Path(chosen) if chosen else cache_home() / "scenarios"


def _stated(table: dict[str, Assumption]) -> dict[str, list[Any]]:
    return {name: [None if math.isnan(v) else v for v in (a.value, a.low, a.high)] + [a.origin] for name, a in sorted(table.items())}


def _assumed(table: Any) -> dict[str, Assumption]:
    out = {}
    for name, row in dict(table).items():
        value, low, high = (math.nan if v is None else float(v) for v in row[:3])
        if name in FIELDS and row[3] in ORIGINS:
            out[str(name)] = Assumption(value, low, high, str(row[3]))
    return out


def _document(one: State) -> dict[str, Any]:
    assumptions, currency, overrides, anonymous, cleaning, ets = one
    return {
        "general": _stated(dict(assumptions.general)),
        "family": {name: _stated(dict(table)) for name, table in assumptions.family.items()},
        "product": {name: _stated(dict(table)) for name, table in assumptions.product.items()},
        "limits": "\n".join(limits_toml(assumptions.limits)),
        "currency": currency,
        "own": [[o.sku, o.strategy, o.note] for o in overrides],
        "anonymous": anonymous,
        "cleaning": None if cleaning is None else list(cleaning),
        "ets": ets,
    }


def _state(document: Any) -> State:
    nested = [{str(name): _assumed(table) for name, table in dict(document[level]).items()} for level in ("family", "product")]
    overrides = tuple(Override(str(a), str(b), str(c)) for a, b, c in document["own"])
    cleaning = None if document["cleaning"] is None else tuple(str(layer) for layer in document["cleaning"])
    limits = limits_from_table(tomllib.loads(str(document["limits"])).get("limits", {}), [])
    assumptions = Assumptions(_assumed(document["general"]), nested[0], nested[1], limits)
    return assumptions, str(document["currency"])[:8], overrides, bool(document["anonymous"]), cleaning, max(int(document.get("ets", 0)), 0)


def _read(path: Path) -> Any | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(path: Path, document: Any) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(document, file)
        os.replace(file.name, path)
    except OSError:
        return False
    return True


def keep_state(data: str, one: State) -> str:
    """Keep what is chosen for a data set (its digest) and give the name that the address carries; "" where nothing can be kept."""
    text = json.dumps(_document(one), sort_keys=True)
    name = blake2b(text.encode(), digest_size=8).hexdigest()
    path = memory_folder() / f"{data[:16]}-{name}.json"
    if not path.exists():
        if not _write(path, _document(one)):
            return ""
        old = sorted(memory_folder().glob("*-*.json"), key=lambda p: p.stat().st_mtime)
        for extra in old[: max(len(old) - _MOST_STATES, 0)]:
            extra.unlink(missing_ok=True)
    return name


def state(data: str, name: str) -> State | None:
    """What was kept under a name of an address, None where there is nothing (any more)."""
    if not name.isalnum():
        return None
    document = _read(memory_folder() / f"{data[:16]}-{name}.json")
    try:
        return _state(document) if document is not None else None
    except (KeyError, TypeError, ValueError, IndexError):
        return None


def scenarios(data: str) -> dict[str, State]:
    """Saved scenarios of a data set, by name, in the order saved."""
    document = _read(memory_folder() / f"{data[:16]}.json")
    try:
        return {str(name): _state(one) for name, one in dict(document or {}).items()}
    except (KeyError, TypeError, ValueError, IndexError):
        return {}


def keep_scenarios(data: str, saved: dict[str, State]) -> bool:
    """Keep the scenarios of a data set, the latest thirty; False where the folder cannot be written."""
    latest = dict(list(saved.items())[-_MOST_SCENARIOS:])
    return _write(memory_folder() / f"{data[:16]}.json", {name: _document(one) for name, one in latest.items()})


def namings() -> dict[str, dict[str, str]]:
    """Columns that a person named, role -> column, under the digest of the header they belong to; latest last."""
    document = _read(memory_folder() / "columns.json")
    if not isinstance(document, dict):
        return {}
    return {str(header): {str(role): str(column) for role, column in named.items()} for header, named in document.items() if isinstance(named, dict)}


def _header(columns: tuple[str, ...]) -> str:
    return blake2b("\0".join(columns).encode(), digest_size=12).hexdigest()


def naming(columns: tuple[str, ...]) -> dict[str, str]:
    """What a person once named in a file with these columns; empty where nothing is remembered."""
    return namings().get(_header(columns), {}) if columns else {}


def keep_naming(columns: tuple[str, ...], named: dict[str, str]) -> bool:
    """Remember the columns named in a file with this header, or forget them where none are; False where the folder cannot be written."""
    if not columns:
        return False
    kept = {header: old for header, old in namings().items() if header != _header(columns)}
    if named:
        kept[_header(columns)] = named
    return _write(memory_folder() / "columns.json", dict(list(kept.items())[-_MOST_NAMINGS:]))


def forget(data: str) -> int:
    """Delete all that was kept of a data set; how many files went."""
    gone = 0
    for path in [memory_folder() / f"{data[:16]}.json", *memory_folder().glob(f"{data[:16]}-*.json")]:
        if path.exists():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
