"""A visitor of a running server as a browser is one, without a browser: cookies, the WebSocket, the buttons of a page; every message is kept."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from html import unescape

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

__all__ = ["Visitor"]


@dataclass
class Visitor:
    """Somebody at `address` of a server."""

    address: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60.0))
    line: ClientConnection | None = None
    messages: list[ForwardMsg] = field(default_factory=list)
    session: str = ""
    led_to: str = ""

    def __post_init__(self) -> None:
        self.client.get(f"{self.address}/_stcore/health").raise_for_status()

    def open(self, path: str = "", query: str = "", reload: bool = True) -> str:
        """Show a page in a new session (`reload`) or in this one; its words."""
        if reload or self.line is None:
            self.close()
            cookies = "; ".join(f"{c.name}={c.value}" for c in self.client.cookies.jar)
            self.line = connect(
                self.address.replace("http", "ws", 1) + "/_stcore/stream",
                origin=self.address,  # type: ignore[arg-type]
                subprotocols=["streamlit", self.client.cookies["_streamlit_xsrf"]],  # type: ignore[list-item]
                additional_headers={"Cookie": cookies},
                max_size=None,
            ).__enter__()
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = path
        return self.ask(asked)

    def press(self, label: str) -> str:
        """Press a button of the page on the screen; the words that follow."""
        found = [
            one.delta.new_element.button.id
            for one in self.messages
            if one.delta.new_element.WhichOneof("type") == "button"
            and one.delta.new_element.button.label == label
        ]
        assert found, f"no button {label!r} on: {self.words()}"
        asked = BackMsg()
        asked.rerun_script.widget_states.widgets.add(id=found[-1], trigger_value=True)
        return self.ask(asked)

    def ask(self, message: BackMsg, seconds: float = 120.0) -> str:
        """Send a message and take in all that follows until the page is drawn; its words."""
        assert self.line is not None
        self.messages = []
        self.line.send(message.SerializeToString())
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            one = ForwardMsg.FromString(self.line.recv(timeout=seconds))  # type: ignore[arg-type]
            self.messages.append(one)
            if one.WhichOneof("type") == "new_session":
                self.session = one.new_session.initialize.session_id
            if one.WhichOneof("type") == "script_finished" and one.script_finished != 3:
                return self.words()
            if one.WhichOneof("type") in (
                "auth_redirect",
                "backend_operation_response",
                "file_urls_response",
            ):
                return self.words()
        raise AssertionError(f"not drawn within {seconds:g} s: {self.words()[-2000:]}")

    def words(self) -> str:
        """Everything on the page as text."""
        said = (str(one.delta) for one in self.messages if one.WhichOneof("type") == "delta")
        return "\n".join(said).replace("\\\\", "")  # characters that Markdown would read are escaped

    def redirect(self) -> str:
        """Where the page sends the browser."""
        (to,) = [one.auth_redirect.url for one in self.messages if one.WhichOneof("type") == "auth_redirect"]
        return to

    def sign_in(self) -> httpx.Response:
        """All the way through the identity provider and back; the last answer of this server, and where it leads (`led_to`)."""
        self.open()
        self.press("Sign in")
        there = self.client.get(self.address + self.redirect(), follow_redirects=True)
        found = re.search(r'id="go" href="([^"]+)"', there.text)
        if found is None:
            return there
        answer = self.client.get(unescape(found[1]))
        self.led_to = answer.headers.get("location", "")
        return answer

    def close(self) -> None:
        """Close the window."""
        if self.line is not None:
            self.line.close()
            self.line = None
