"""What stands between the guard and the app where a team is served: files only for those who may have them, a health address, cookies for https alone.

Pages are kept back where they are made (`dashboard.team.session.sendable`). What has an address of its own is kept back here,
by the signed cookie of the person who asks: charts and files that were made (`/media/`) need the right to see, an upload
needs the right to change before its first byte is read. Numbers about the process (`/_stcore/metrics`) are told to nobody.
Where a sign-in fails, whoever tried is led back to the page, which says why and lets them try again.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from dashboard.guard import Application, Message, Receive, Scope, Send
from dashboard.team.rights import Right

__all__ = ["AWAY", "FAILED", "HEALTH", "REFUSED", "Door", "Health", "claims_of_cookies"]

#: What the address of the page says after a sign-in that failed: the provider is away, or what it answered is not accepted.
FAILED, AWAY, REFUSED = "sign-in", "away", "refused"
_LOGIN, _CALLBACK = "/auth/login", "/oauth2callback"
#: The address of an answer of the provider names one of these.
_ANSWERS = re.compile(rb"(?:^|&)(?:code|error)=")

#: Asked by a container's or a proxy's probe, under whatever name it calls this machine: it says one word.
HEALTH = "/health"
_CLOSED = ("/_stcore/metrics", "/_stcore/agent")
_NEEDS = {"/media/": Right.SEE, "/_stcore/upload_file/": Right.CHANGE}
_REFUSED = b"Refused: sign in with an account that has the right to this.\n"


def claims_of_cookies(headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """What the identity provider said of whoever sent these headers, by a cookie that this server signed; empty where there is none that is sound."""
    from starlette.requests import cookie_parser
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
    from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

    sent = [value.decode("latin-1") for name, value in headers if name.lower() == b"cookie"]
    try:
        found = _get_signed_cookie_with_chunks(cookie_parser("; ".join(sent)), USER_COOKIE_NAME)
        claims = json.loads(found) if found else {}
    except Exception:
        return {}
    return claims if isinstance(claims, dict) else {}


class Door:
    """The application behind the door. `permitted` says whether the person of some claims has a right; `secure`: the server is shown under https."""

    def __init__(
        self,
        application: Application,
        permitted: Callable[[dict[str, Any], Right], bool],
        secure: bool,
    ) -> None:
        self.application, self.permitted, self.secure = application, permitted, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        path = str(scope.get("path", "/"))
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif path.startswith(_CLOSED):
            await _answer(send, 404, b"Not found\n")
        elif (right := next((r for start, r in _NEEDS.items() if path.startswith(start)), None)) and not (
            await asyncio.to_thread(self.permitted, claims_of_cookies(list(scope["headers"])), right)
        ):
            await _answer(send, 403, _REFUSED)
        else:
            answer = self._for_https(send) if self.secure else send
            await self.application(scope, receive, _led_back(path, scope.get("query_string", b""), answer))

    def _for_https(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = [
                    (name, value + b"; Secure")
                    if name.lower() == b"set-cookie" and b"secure" not in value.lower()
                    else (name, value)
                    for name, value in message.get("headers", ())
                ]
                message = {**message, "headers": told}
            await send(message)

        return sent


def _led_back(path: str, query: bytes, send: Send) -> Send:
    """Answers about signing in as they are where it goes on; where it failed, the way back to the page with the reason in its address.

    The provider sends browsers back to the same address after a sign-out, without an answer to anything.
    """
    if not path.endswith((_LOGIN, _CALLBACK)) or (path.endswith(_CALLBACK) and not _ANSWERS.search(query)):
        return send
    base = path.removesuffix(_LOGIN).removesuffix(_CALLBACK) + "/"
    failed = False

    async def sent(message: Message) -> None:
        nonlocal failed
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            if path.endswith(_LOGIN):
                why = AWAY if int(message["status"]) >= 400 else ""
            else:
                why = "" if any(_signs_in(*one) for one in headers) else REFUSED
            if why:
                kept = [one for one in headers if one[0].lower() == b"set-cookie"]
                headers = [*kept, (b"location", f"{base}?{FAILED}={why}".encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]  # fmt: skip
                message = {**message, "status": 303, "headers": headers}
                failed = True
        elif failed:
            message = {**message, "body": b""}
        await send(message)

    return sent


def _signs_in(name: bytes, value: bytes) -> bool:
    """Whether a header gives whoever asked the cookie of a person, and does not take it away."""
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    cookie, _, rest = value.partition(b"=")
    mine = name.lower() == b"set-cookie" and cookie.strip().startswith(USER_COOKIE_NAME.encode())
    return mine and rest.split(b";")[0].strip(b' "') != b"" and b"max-age=0" not in value.lower()


class Health:
    """Answers the health address before anybody asks who calls: 200 and "ok", or 503 and "not ready"; passes on all else."""

    def __init__(self, application: Application, healthy: Callable[[], bool]) -> None:
        self.application, self.healthy = application, healthy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on."""
        if scope["type"] == "http" and scope.get("path") == HEALTH and scope.get("method") in ("GET", "HEAD"):
            ok = await asyncio.to_thread(self.healthy)
            await _answer(
                send, 200 if ok else 503, b"ok\n" if ok else b"not ready\n", scope.get("method") == "HEAD"
            )
        else:
            await self.application(scope, receive, send)


async def _answer(send: Send, status: int, body: bytes, head: bool = False) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})
