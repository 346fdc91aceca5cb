"""The guard in front of the server: who may ask at all, and what every answer says to the browser.

A page of another site can make a browser send requests to this machine, and a name that is bound anew to 127.0.0.1 makes
such requests look as if they came from here (DNS rebinding). So the name asked for (Host) and the page that asks (Origin) must
be ones this server was started under. Everything is decided from the request alone: no name is looked up, no connection made.

Rules, in this order:
1. exactly one Host, an allowed name with this server's port (or the host of a public address);
2. an Origin, where there is one, must be an allowed page; where a WebSocket is opened or something is sent, there must be one;
3. a request that another site's page makes in the background (`Sec-Fetch-Site`) is refused; following a link to this app is not.

Sources: RFC 9110 7.2 (Host), RFC 6455 10.2 (Origin of WebSockets), W3C Fetch Metadata, W3C Content Security Policy 3.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dashboard.history import digest_of_script

__all__ = ["Allowed", "Guard", "allowed_at", "public_origin", "security_headers"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_NAMES = ("127.0.0.1", "localhost", "[::1]")
_PORTS = {"http": 80, "https": 443}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED = b"Refused: this address is not one this server was started under.\n"


def public_origin(address: str) -> str:
    """A public address of the server as browsers write it in `Origin`: scheme, host and, where it is not the usual one, port.

    Raises ValueError where it is not http or https, or says more than a host and a port.

    >>> public_origin("https://Stock.example.com/"), public_origin("http://plant:8080")
    ('https://stock.example.com', 'http://plant:8080')
    """
    parts = urlsplit(address.strip())
    if (
        parts.scheme not in _PORTS
        or not parts.hostname
        or parts.username
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
    ):
        raise ValueError(f"not a public address: {address!r} (expected https://name or https://name:port)")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (
        "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    )


@dataclass(frozen=True)
class Allowed:
    """Values of `Host` and `Origin` that are answered, lower case, as browsers write them."""

    hosts: frozenset[str]
    origins: frozenset[str]


def allowed_at(port: int, public: Iterable[str] = ()) -> Allowed:
    """What a server on this machine at a port answers to; `public` are the addresses (`public_origin`) under which a proxy shows it.

    >>> sorted(allowed_at(8501).hosts)
    ['127.0.0.1:8501', '[::1]:8501', 'localhost:8501']
    >>> sorted(allowed_at(8501, ["https://stock.example.com"]).origins)[-1]
    'https://stock.example.com'
    """
    here = [f"{name}:{port}" for name in _NAMES] + ([*_NAMES] if port == 80 else [])
    shown = [public_origin(address) for address in public]
    hosts = {*here}
    for origin in shown:
        scheme, _, host = origin.partition("://")
        hosts |= {host} if re.search(r":\d+$", host) else {host, f"{host}:{_PORTS[scheme]}"}
    return Allowed(frozenset(hosts), frozenset({*(f"http://{host}" for host in here), *shown}))


@cache
def _inline_scripts() -> tuple[str, ...]:
    """Digests of the scripts that the server's own first page holds, as a policy names them."""
    import streamlit

    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return tuple(
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in scripts
    )


def security_headers() -> dict[str, str]:
    """Headers of every answer: nothing is loaded from elsewhere, shown inside another page, guessed in kind or told to other sites.

    Of scripts in the page only those of the first page and our own one run, named by their digests.
    Charts are drawn by code that is compiled in the browser ('unsafe-eval') and styles are written by script ('unsafe-inline'): both come from this server.
    """
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "'unsafe-eval'", *_inline_scripts(), digest_of_script()]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "media-src": "'self' data: blob:",
        "object-src": "'none'",
        "frame-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


def _all(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1").strip().lower() for key, value in headers if key.lower() == name]


def _same_site(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the request is not one that another site's page makes in the background."""
    site, mode = _all(headers, b"sec-fetch-site"), _all(headers, b"sec-fetch-mode")
    return not site or site == ["same-origin"] or site == ["none"] or mode == ["navigate"]


class Guard:
    """The application behind the guard: a request that breaks a rule never reaches it."""

    def __init__(
        self, application: Application, allowed: Allowed, headers: Mapping[str, str] | None = None
    ) -> None:
        self.application = application
        self.allowed = allowed
        told = security_headers() if headers is None else headers
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in told.items()
        ]
        self._own = {name for name, _ in self.headers} | {b"server"}

    def lets_in(self, scope: Scope) -> bool:
        """Whether a request obeys the rules."""
        headers: list[tuple[bytes, bytes]] = list(scope.get("headers", ()))
        hosts, origins = _all(headers, b"host"), _all(headers, b"origin")
        if (
            len(hosts) != 1
            or hosts[0] not in self.allowed.hosts
            or not str(scope.get("path", "/")).startswith("/")
        ):
            return False
        must = scope["type"] == "websocket" or scope.get("method", "GET") not in _READING
        if len(origins) > 1 or (origins and origins[0] not in self.allowed.origins) or (must and not origins):
            return False
        return scope["type"] == "websocket" or _same_site(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed, with the headers added to its answer; refuse the rest."""
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
        elif not self.lets_in(scope):
            await self._refuse(scope, send)
        else:
            await self.application(self._as_own(scope), receive, self._with_headers(send))

    def _as_own(self, scope: Scope) -> Scope:
        """The request as if it came straight here: what a proxy showed under a public address is our own page, and nobody has to look that name up."""
        headers = list(scope.get("headers", ()))
        host = next(value for name, value in headers if name.lower() == b"host")
        own = (b"https://" if scope.get("scheme") in ("https", "wss") else b"http://") + host
        if all(name.lower() != b"origin" or value == own for name, value in headers):
            return scope
        if scope["type"] == "websocket" and _all(headers, b"origin") == [
            f"https://{host.decode('latin-1').lower()}"
        ]:
            return scope  # one name, shown under https by a proxy: nobody looks it up, and who is signed in is known by it
        return {
            **scope,
            "headers": [(name, own if name.lower() == b"origin" else value) for name, value in headers],
        }

    def _with_headers(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                told = [
                    (name, value)
                    for name, value in message.get("headers", ())
                    if name.lower() not in self._own
                ]
                message = {**message, "headers": [*told, *self.headers]}
            await send(message)

        return sent

    async def _refuse(self, scope: Scope, send: Send) -> None:
        if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
        length = (b"content-length", str(len(_REFUSED)).encode())
        await send(
            {
                "type": f"{kind}.start",
                "status": 403,
                "headers": [(b"content-type", b"text/plain; charset=utf-8"), length, *self.headers],
            }
        )
        await send({"type": f"{kind}.body", "body": b"" if scope.get("method") == "HEAD" else _REFUSED})
