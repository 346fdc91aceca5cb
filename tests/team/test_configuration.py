"""The configuration of a team's server: read whole or refused with everything that is wrong, and no secret in any text."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import DataError
from dashboard.team.configuration import read_configuration

GOOD = """
[sign_in]
metadata = "https://login.example.com/.well-known/openid-configuration"
client_id = "stock-or-order"
secrets = "secrets.toml"
[companies."Muster GmbH"]
administrators = ["Anna@Muster.example"]
[limits]
session_hours = 8
"""
SECRETS = 'client_secret = "cS-very-secret"\ncookie_secret = "0123456789abcdef0123456789abcdef"\n'


def written(folder: Path, text: str = GOOD, secrets: str = SECRETS, mode: int = 0o600) -> Path:
    (folder / "secrets.toml").write_text(secrets)
    (folder / "secrets.toml").chmod(mode)
    (folder / "team.toml").write_text(text)
    return folder / "team.toml"


def refused(path: Path, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(DataError) as told:
        read_configuration(path, {} if environment is None else environment)
    assert "very-secret" not in str(told.value) and "0123456789abcdef" not in str(told.value)
    return str(told.value)


def test_it_is_read_and_tells_no_secret(tmp_path: Path) -> None:
    found = read_configuration(written(tmp_path), {})
    assert found.companies == {"Muster GmbH": ("anna@muster.example",)}
    assert (found.session_hours, found.upload_megabytes, found.claim) == (8, 200, "email")
    assert found.client_secret == "cS-very-secret" and "secret" not in repr(found).replace("secrets", "")


def test_the_environment_comes_first_and_is_not_handed_on(tmp_path: Path) -> None:
    environment = {
        "STOCK_OR_ORDER_CLIENT_SECRET": "of the environment",
        "STOCK_OR_ORDER_DATABASE": "postgresql://host/kept",
        "PATH": "/bin",
    }
    found = read_configuration(written(tmp_path), environment)
    assert found.client_secret == "of the environment" and found.database == "postgresql://host/kept"
    assert environment == {"PATH": "/bin"}
    assert read_configuration(written(tmp_path), {}, "postgresql://other/kept").database.endswith(
        "other/kept"
    )


@pytest.mark.skipif("os.name != 'posix'", reason="rights of files as POSIX has them")
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o660, 0o620])
def test_secrets_that_others_can_read_or_change_are_refused(tmp_path: Path, mode: int) -> None:
    told = refused(written(tmp_path, mode=mode))
    assert "chmod 600" in told and f"{mode:04o}" in told


@pytest.mark.skipif("os.name != 'posix'", reason="rights of files as POSIX has them")
def test_secrets_that_a_group_may_read_are_taken(tmp_path: Path) -> None:
    assert read_configuration(written(tmp_path, mode=0o640), {}).client_id == "stock-or-order"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (("client_id", "klient_id"), ["klient_id", "one of metadata, client_id, claim, secrets", "does not say client_id"]),
        (("session_hours = 8", "session_hours = 0"), ["session_hours is out of range", "1 to 720"]),
        (("session_hours = 8", "session_hours = true"), ["session_hours is out of range"]),
        (("session_hours", "sesion_hours"), ["sesion_hours", "one of upload_megabytes, session_hours, results_megabytes"]),
        (("https://login", "http://login"), ["not at an https address"]),
        (('["Anna@Muster.example"]', "[]"), ["names no first administrator"]),
        (('[companies."Muster GmbH"]\nadministrators = ["Anna@Muster.example"]', ""), ["no company is named"]),
        (("client_id =", 'client_secret = "cS-very-secret"\nclient_id ='), ["holds a secret", "move it"]),
        (("[limits]", "[limit]"), ["has no setting of this name", "sign_in, companies, limits"]),
        (("[sign_in]", "[sign_in"), ["not valid TOML"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_what_is_known(
    tmp_path: Path, changed: tuple[str, str], words: list[str]
) -> None:
    told = refused(written(tmp_path, GOOD.replace(*changed)))
    assert [word for word in words if word not in told] == [], told


def test_missing_and_short_secrets_are_told_and_never_printed(tmp_path: Path) -> None:
    told = refused(written(tmp_path, secrets='cookie_secret = "0123456789abcdef"\n'))
    assert "there is no client_secret" in told and "the cookie_secret is too short" in told
    assert "STOCK_OR_ORDER_COOKIE_SECRET" in told and "openssl rand" in told
    assert "cannot be read" in refused(tmp_path / "nowhere.toml")
    assert "one of client_secret" in refused(written(tmp_path, secrets=SECRETS + 'other = "x"\n'))


def test_hostile_toml_is_refused_in_words(tmp_path: Path) -> None:
    assert "ten parts" in refused(written(tmp_path, "a" + ".a" * 50_000 + " = 1\n"))
    assert "larger than" in refused(written(tmp_path, "#" + "x" * 1_100_000))
