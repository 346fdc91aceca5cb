"""The configuration of a team's server: a file in TOML without secrets, and the secrets from the environment or from a file of their own.

[sign_in]                 # OpenID Connect (OpenID Connect Core 1.0, Discovery 1.0); the provider is the customer's
metadata = "https://login.example.com/.well-known/openid-configuration"
client_id = "stock-or-order"
claim = "email"           # which claim of the provider names a person
secrets = "secrets.toml"  # client_secret, cookie_secret, database; a name beside this file

[companies."Muster GmbH"]
administrators = ["anna@muster.example"]

[limits]
upload_megabytes = 200
session_hours = 12
results_megabytes = 2000  # memory for results that are kept
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analytics.assumptions_file import toml_tables
from analytics.errors import DataError, Problem
from dashboard.team.people import compared

__all__ = ["SECRETS", "Configuration", "read_configuration"]

#: Each secret by its name in the file, and the variable of the environment that comes before it.
SECRETS = {
    "client_secret": "STOCK_OR_ORDER_CLIENT_SECRET",
    "cookie_secret": "STOCK_OR_ORDER_COOKIE_SECRET",
    "database": "STOCK_OR_ORDER_DATABASE",
}
_LEAST_COOKIE_SECRET = 32
_MOST_BYTES = 1_000_000
_SIGN_IN = ("metadata", "client_id", "claim", "secrets")
_LIMITS = {
    "upload_megabytes": (1, 2000, 200),
    "session_hours": (1, 720, 12),
    "results_megabytes": (100, 1_000_000, 2000),
}
_WHAT, _REMEDY = "the configuration", "compare with docs/team.md"


@dataclass(frozen=True)
class Configuration:
    """What a team's server is started with. `companies` are their administrators, by name; secrets are in no text of it."""

    metadata: str
    client_id: str
    companies: Mapping[str, tuple[str, ...]]
    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)
    database: str = field(default="", repr=False)
    claim: str = "email"
    upload_megabytes: int = 200
    session_hours: int = 12
    results_megabytes: int = 2000


def _unknown(where: str, given: Iterable[str], known: Iterable[str], problems: list[Problem]) -> None:
    known = tuple(known)
    for name in given:
        if name not in known:
            expected = f"one of {', '.join(known)}"
            problems.append(
                Problem(
                    "unknown_setting",
                    f"{where} has no setting of this name",
                    "correct or delete it",
                    found=name,
                    expected=expected,
                )
            )


def _table(document: Mapping[str, Any], name: str, problems: list[Problem]) -> Mapping[str, Any]:
    found = document.get(name, {})
    if isinstance(found, dict):
        return found
    problems.append(
        Problem("not_a_table", f"[{name}] is not a table", "write it as a TOML table", found=str(found)[:80])
    )
    return {}


def _text(where: str, table: Mapping[str, Any], name: str, default: str, problems: list[Problem]) -> str:
    value = table.get(name, default)
    if isinstance(value, str) and value.strip():
        return value.strip()
    problems.append(
        Problem(
            "missing_setting",
            f"{where} does not say {name}",
            f"add {name} to {where}",
            found="" if value in (None, "") else str(value)[:80],
            expected="a text",
        )
    )
    return ""


def _address(text: str, problems: list[Problem]) -> None:
    """Metadata are fetched from https, or from this machine."""
    parts = urlsplit(text)
    if text and not (
        parts.hostname
        and (
            parts.scheme == "https"
            or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
        )
    ):
        problems.append(
            Problem(
                "not_https",
                "the metadata of the identity provider are not at an https address",
                "give the address that ends with /.well-known/openid-configuration",
                found=text[:200],
                expected="https://",
            )
        )


def _companies(given: Mapping[str, Any], problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for name, table in given.items():
        where = f'[companies."{name}"]'
        if not isinstance(table, dict):
            problems.append(
                Problem(
                    "not_a_table",
                    f"{where} is not a table",
                    "write it as a TOML table",
                    found=str(table)[:80],
                )
            )
            continue
        _unknown(where, table, ("administrators",), problems)
        people = table.get("administrators", [])
        ok = isinstance(people, list) and people and all(isinstance(p, str) and "@" in p for p in people)
        if not ok or not name.strip():
            problems.append(
                Problem(
                    "administrators",
                    f"{where} names no first administrator",
                    'add administrators = ["name@company.example"]',
                    found=str(people)[:80],
                    expected="a list of e-mail addresses",
                )
            )
            continue
        out[name.strip()] = tuple(compared(p) for p in people)
    if not given:
        problems.append(
            Problem(
                "no_company",
                "no company is named",
                'add [companies."Name"] with administrators = ["name@company.example"]',
            )
        )
    return out


def _limit(name: str, given: Mapping[str, Any], problems: list[Problem]) -> int:
    low, high, default = _LIMITS[name]
    value = given.get(name, default)
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    problems.append(
        Problem(
            "limit",
            f"{name} is out of range",
            "correct it",
            found=str(value)[:40],
            expected=f"a whole number from {low} to {high}",
        )
    )
    return default


def _bytes_of(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise DataError(
            Problem(
                "no_file",
                f"{what} cannot be read: {error.strerror or error}",
                "give the name of a file that this account may read",
                found=str(path),
            )
        ) from None


def _secrets_of(path: Path) -> Mapping[str, Any]:
    """The secrets of a file that others can neither read nor change. Raises DataError."""
    given = _bytes_of(path, "the file of secrets")
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o027:
        raise DataError(
            Problem(
                "open_secrets",
                "others can read or change the file of secrets",
                f"run: chmod 600 {path}; and if somebody may have read it, change the secrets",
                found=f"{mode:04o}",
                expected="0600 or 0640",
            )
        )
    return toml_tables(given, "the secrets", f"write {', '.join(f'{n} = ...' for n in SECRETS)}")


def read_configuration(
    path: Path, environment: MutableMapping[str, str] | None = None, database: str = ""
) -> Configuration:
    """The configuration in a file. Secrets of the `environment` come before those of the file of secrets, and are taken out of it.

    No process started later inherits them. `database` comes before both.

    Raises DataError with everything that is wrong, never with a secret in it.
    """
    environment = os.environ if environment is None else environment
    given = _bytes_of(path, _WHAT)
    if len(given) > _MOST_BYTES:
        raise DataError(
            Problem("toml_size", f"{_WHAT} is larger than {_MOST_BYTES:,} bytes", "name the right file")
        )
    document = toml_tables(given, _WHAT, _REMEDY)
    problems: list[Problem] = []
    _unknown(_WHAT, document, ("sign_in", "companies", "limits"), problems)
    sign_in, limits = _table(document, "sign_in", problems), _table(document, "limits", problems)
    if "client_secret" in sign_in or "cookie_secret" in sign_in:
        problems.append(
            Problem(
                "secret_in_configuration",
                "[sign_in] holds a secret",
                f"move it to a file of its own (secrets = ...) or to {SECRETS['client_secret']} and {SECRETS['cookie_secret']}",
            )
        )
    _unknown(
        "[sign_in]", [n for n in sign_in if n not in ("client_secret", "cookie_secret")], _SIGN_IN, problems
    )
    _unknown("[limits]", limits, _LIMITS, problems)
    metadata = _text("[sign_in]", sign_in, "metadata", "", problems)
    _address(metadata, problems)
    client_id = _text("[sign_in]", sign_in, "client_id", "", problems)
    claim = _text("[sign_in]", sign_in, "claim", "email", problems)
    companies = _companies(_table(document, "companies", problems), problems)
    numbers = {name: _limit(name, limits, problems) for name in _LIMITS}
    secrets: dict[str, Any] = {}
    if "secrets" in sign_in and (name := _text("[sign_in]", sign_in, "secrets", "", problems)):
        secrets = dict(_secrets_of(path.parent / name))
        _unknown("the file of secrets", secrets, SECRETS, problems)
    for name, variable in SECRETS.items():
        if variable in environment:
            secrets[name] = environment.pop(variable)
    for name in ("client_secret", "cookie_secret"):
        value = secrets.get(name)
        least = _LEAST_COOKIE_SECRET if name == "cookie_secret" else 1
        if not isinstance(value, str) or len(value) < least:
            problems.append(
                Problem(
                    "no_secret",
                    f"there is no {name}" if not value else f"the {name} is too short",
                    f"set {SECRETS[name]}, or {name} in the file that [sign_in] names as secrets",
                    expected=f"at least {least} letters"
                    + ("" if name == "client_secret" else ", for instance from: openssl rand -hex 32"),
                )
            )
    if problems:
        raise DataError(problems)
    return Configuration(
        metadata,
        client_id,
        companies,
        str(secrets["client_secret"]),
        str(secrets["cookie_secret"]),
        database or str(secrets.get("database", "")),
        claim,
        **numbers,
    )
