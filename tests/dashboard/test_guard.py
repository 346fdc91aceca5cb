"""The guard: names and origins that are let in, everything else refused before the app hears of it, headers on every answer."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.guard import Guard, allowed_at, public_origin, security_headers

PORT = 8613
PUBLIC = "https://stock.example.com"


class Recorder:
    """An application that answers everything, and what reached it."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append(dict(scope))
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [(b"x-frame-options", b"ALLOWALL"), (b"content-type", b"text/plain")],
                }
            )
            await send({"type": "http.response.body", "body": b"ok"})


def ask(
    headers: list[tuple[str, str]],
    method: str = "GET",
    kind: str = "http",
    extensions: dict[str, Any] | None = None,
) -> tuple[Recorder, list[dict[str, Any]]]:
    """What reached the application, and what the guard sent."""
    inner, sent = Recorder(), []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": kind,
        "path": "/_stcore/stream",
        "headers": [(n.lower().encode(), v.encode("latin-1")) for n, v in headers],
        "extensions": extensions or {},
    }
    scope |= {"method": method} if kind == "http" else {}
    answering = Guard(inner, allowed_at(PORT, [PUBLIC]))(scope, receive, send)
    with pytest.raises(
        StopIteration
    ):  # nothing in it ever waits: one step is the whole answer, in whatever loop the tests run
        answering.send(None)
    return inner, sent


OWN = f"127.0.0.1:{PORT}"


@pytest.mark.parametrize(
    "host",
    [
        OWN,
        f"localhost:{PORT}",
        f"[::1]:{PORT}",
        f"LocalHost:{PORT}",
        "stock.example.com",
        "stock.example.com:443",
    ],
)
def test_own_names_are_let_in(host: str) -> None:
    inner, sent = ask([("Host", host)])
    assert len(inner.seen) == 1 and sent[0]["status"] == 200


@pytest.mark.parametrize(
    "hosts",
    [
        [], ["evil.example"], [f"evil.example:{PORT}"], ["127.0.0.1"], [f"127.0.0.1:{PORT + 1}"], [f"127.0.0.1:{PORT}@evil.example"], [f"127.0.0.1.evil.example:{PORT}"],
        [f"2130706433:{PORT}"], [f"0.0.0.0:{PORT}"], [f"127.1:{PORT}"], [f"[::ffff:127.0.0.1]:{PORT}"], [f"localhost.:{PORT}"], [""], ["*"], [OWN, "evil.example"], [OWN, OWN],
        ["stock.example.com:444"], ["sub.stock.example.com"], [f"localhost:{PORT}/"], [f"{OWN}, evil.example"],
    ],
)  # fmt: skip
def test_foreign_missing_and_odd_hosts_are_refused(hosts: list[str]) -> None:
    for kind in ("http", "websocket"):
        inner, sent = ask([*(("Host", host) for host in hosts), ("Origin", f"http://{OWN}")], kind=kind)
        assert inner.seen == [] and (sent[0].get("status") == 403 or sent[0]["type"] == "websocket.close")


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", f"https://{OWN}", f"http://127.0.0.1:{PORT + 1}", "http://127.0.0.1", f"http://{OWN}.evil.example", f"http://evil.example#{OWN}", "file://",
     "", "http://stock.example.com", f"{PUBLIC}:444", f"http://{OWN}/", f"chrome-extension://{OWN}"],
)  # fmt: skip
def test_foreign_and_odd_origins_are_refused(origin: str) -> None:
    for kind, method in (("http", "GET"), ("http", "PUT"), ("websocket", "GET")):
        inner, _ = ask([("Host", OWN), ("Origin", origin)], method, kind)
        assert inner.seen == []


def test_a_websocket_and_whatever_is_sent_need_an_origin_but_looking_does_not() -> None:
    assert ask([("Host", OWN)])[0].seen and ask([("Host", OWN)], "HEAD")[0].seen
    for method in ("PUT", "POST", "DELETE", "PATCH", "BREW"):
        assert (
            not ask([("Host", OWN)], method)[0].seen
            and ask([("Host", OWN), ("Origin", f"http://{OWN}")], method)[0].seen
        )
    assert not ask([("Host", OWN)], kind="websocket")[0].seen
    assert ask([("Host", OWN), ("Origin", f"http://localhost:{PORT}")], kind="websocket")[0].seen
    assert not ask(
        [("Host", OWN), ("Origin", f"http://{OWN}"), ("Origin", f"http://{OWN}")], kind="websocket"
    )[0].seen


def test_another_site_may_link_here_but_not_fetch() -> None:
    def fetch(site: str, mode: str) -> bool:
        return bool(ask([("Host", OWN), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode)])[0].seen)

    assert fetch("cross-site", "navigate") and fetch("same-origin", "cors") and fetch("none", "navigate")
    assert (
        not fetch("cross-site", "no-cors")
        and not fetch("same-site", "cors")
        and not fetch("cross-site", "websocket")
    )


def test_every_answer_carries_the_headers_once() -> None:
    for headers in ([("Host", OWN)], [("Host", "evil.example")]):
        sent = ask(headers)[1][0]
        told = [name.decode() for name, _ in sent["headers"]]
        values = {name.decode(): value.decode() for name, value in sent["headers"]}
        for name, value in security_headers().items():
            assert values[name.lower()] == value and told.count(name.lower()) == 1
    refused = ask([("Host", "evil.example")], kind="websocket", extensions={"websocket.http.response": {}})[1]
    assert refused[0]["status"] == 403 and (b"x-frame-options", b"DENY") in refused[0]["headers"]


def test_a_page_under_a_public_address_looks_like_ones_own() -> None:
    """What the app behind compares are the names of Host and Origin: they agree, so that it never has to find out its own address.

    Under one name the Origin stays as it is: who is signed in is known by it (the cookie names the page that it was made for).
    """
    for host, origin in ((OWN, f"http://{OWN}"), ("stock.example.com", PUBLIC)):
        inner, _ = ask([("Host", host), ("Origin", PUBLIC)], kind="websocket")
        assert dict(inner.seen[0]["headers"])[b"origin"] == origin.encode()


@given(st.text(alphabet=string.printable, max_size=40), st.text(alphabet=string.printable, max_size=40))
def test_no_other_text_is_let_in(host: str, origin: str) -> None:
    allowed = allowed_at(PORT, [PUBLIC])
    inner, _ = ask([("Host", host), ("Origin", origin)], kind="websocket")
    assert bool(inner.seen) == (
        host.strip().lower() in allowed.hosts and origin.strip().lower() in allowed.origins
    )


@pytest.mark.parametrize(
    "address",
    [
        "stock.example.com",
        "ftp://stock.example.com",
        "https://",
        "https://user@stock.example.com",
        "https://stock.example.com/app",
        "https://a?b",
    ],
)
def test_a_public_address_says_host_and_port_only(address: str) -> None:
    with pytest.raises(ValueError, match="public address"):
        public_origin(address)
