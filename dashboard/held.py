"""Which sessions use which file, so that a file and all that was found out about it leave memory soon after the last of them.

A browser that closes, reloads or loses its connection ends no session at once: for `grace` seconds it may come back. Then
Streamlit's own state of the session (uploaded bytes, answers about the file) is closed, and what no other session uses is released.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from secrets import token_hex
from typing import Any

__all__ = ["PROCESS", "Held", "forget_widgets", "held", "releases", "use"]

#: names this run of the program, so that a link can tell whether it was started again since
PROCESS = token_hex(6)
_RELEASES: list[Callable[[str], None]] = []


class Held:
    """Uses of files by sessions; `active` says whether a session has a browser, `close` ends one for good, `release` drops a file."""

    def __init__(self, active: Callable[[str], bool], close: Callable[[str], None], release: Callable[[str], None], grace: float = 40.0, tick: float = 8.0) -> None:
        self.active, self.close, self.release = active, close, release
        self.grace, self.tick = grace, tick
        self.lock = threading.Lock()
        self.uses: dict[str, set[str]] = {}
        self.seen: dict[str, float] = {}
        self.unused: dict[str, float] = {}
        self.released: set[str] = set()
        self.forgotten: set[str] = set()
        self.watching = False

    def use(self, session: str, *files: str, also: bool = False) -> None:
        """From now on the session uses these files and no other (`also`: besides those it uses)."""
        with self.lock:
            before = self.uses.get(session, set())
            self.uses[session] = set(files) | (before if also else set())
            self.seen[session] = time.monotonic()
            for file in self.uses[session]:
                self.unused.pop(file, None)
                self.released.discard(file)
            for file in before - self.uses[session]:
                self.unused.setdefault(file, time.monotonic())
            start, self.watching = not self.watching and bool(files), self.watching or bool(files)
        if start:
            threading.Thread(target=self._watch, name="held files", daemon=True).start()

    def was_released(self, file: str) -> bool:
        """Whether a file was here and was released since."""
        return file in self.released

    def forget(self, file: str) -> None:
        """Release a file now, on request: no session goes on with it."""
        with self.lock:
            self.forgotten.add(file)
            self.unused.pop(file, None)
            for files in self.uses.values():
                files.discard(file)
        self.release(file)

    def open(self, file: str) -> None:
        """A file that was forgotten is brought again."""
        self.forgotten.discard(file)

    def look(self, now: float) -> None:
        """End the sessions that did not come back and release what nobody uses any more."""
        with self.lock:
            for session in self.uses:
                if self.active(session):
                    self.seen[session] = now
            gone = [session for session, seen in self.seen.items() if now - seen > self.grace]
            for session in gone:
                del self.seen[session]
                for file in self.uses.pop(session):
                    self.unused.setdefault(file, now - self.grace)
            used = set().union(*self.uses.values()) if self.uses else set()
            done = [file for file, since in self.unused.items() if file not in used and now - since >= self.grace]
            self.unused = {file: since for file, since in self.unused.items() if file not in used and file not in done}
            self.released.update(done)
        for session in gone:
            self.close(session)
        for file in done:
            self.release(file)

    def _watch(self) -> None:
        while True:
            time.sleep(self.tick)
            self.look(time.monotonic())
            with self.lock:
                if not any(self.uses.values()) and not self.unused:
                    self.watching = False
                    return


def releases(act: Callable[[str], None]) -> None:
    """What drops a file (its digest) from memory when no session uses it any more."""
    if act not in _RELEASES:
        _RELEASES.append(act)


def _server() -> Any:
    from streamlit import runtime

    return runtime.get_instance() if runtime.exists() else None


def _browser_is_there(session: str) -> bool:
    server = _server()
    return server is None or server.is_active_session(session)


def _close(session: str) -> None:
    server = _server()
    if server is not None and not server.is_active_session(session):
        server.clear_user_info_for_session(session)  # safe in any thread: a session without a browser is closed with its files


def _release(file: str) -> None:
    for act in _RELEASES:
        act(file)


@cache
def held() -> Held:
    """The uses of files in this process."""
    return Held(_browser_is_there, _close, _release)


def use(*files: str, also: bool = False) -> None:
    """The session of this thread uses these files (digests) from now on, and no other (`also`: besides those it uses)."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        held().use(context.session_id, *files, also=also)


def forget_widgets() -> None:
    """Take out of this session what Streamlit remembers of every widget that was shown: lists of names, for one; it is told again by the next run."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    with suppress(AttributeError):  # there is no public way; a test says when this one ends
        context.session_state._state._new_widget_state.widget_metadata.clear()  # type: ignore[union-attr]
