"""Which sessions use which file, so that a file and all that was found out about it leave memory soon after the last of them.

A browser that closes, reloads or loses its connection ends no session at once: for `grace` seconds it may come back. Then
Streamlit's own state of the session (uploaded bytes, answers about the file) is closed, and what no other session uses is released.

Forgetting does not wait: every session that used the file is run anew at once and clears what it holds of it (`due`), and one
without a browser is closed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache
from secrets import token_hex

from dashboard import sessions

__all__ = ["PROCESS", "Held", "due", "forget", "held", "releases", "use"]

#: names this run of the program, so that a link can tell whether it was started again since
PROCESS = token_hex(6)
_RELEASES: list[Callable[[str], None]] = []


class Held:
    """Uses of files by sessions; `active` says whether a session has a browser, `close` ends one for good, `renew` runs one anew, `release` drops a file."""

    def __init__(
        self,
        active: Callable[[str], bool],
        close: Callable[[str], None],
        renew: Callable[[str], None],
        release: Callable[[str], None],
        grace: float = 40.0,
        tick: float = 8.0,
    ) -> None:
        self.active, self.close, self.renew, self.release = active, close, renew, release
        self.grace, self.tick = grace, tick
        self.lock = threading.Lock()
        self.uses: dict[str, set[str]] = {}
        self.seen: dict[str, float] = {}
        self.unused: dict[str, float] = {}
        self.released: set[str] = set()
        self.forgotten: set[str] = set()
        self._due: dict[str, set[str]] = {}
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

    def forget(self, file: str, by: str = "") -> None:
        """Release a file now, on request of a session: no session goes on with it, every other one that used it clears what it holds."""
        with self.lock:
            self.forgotten.add(file)
            self.unused.pop(file, None)
            used = {session for session, files in self.uses.items() if file in files and session != by}
            for session in used:
                self._due.setdefault(session, set()).add(file)
            for files in self.uses.values():
                files.discard(file)
            others = [session for session in self.seen if session != by]
        self.release(file)
        for session in others:  # those that did not use it may have been offered what was kept for it
            if self.active(session):
                self.renew(session)
            elif session in used:
                with self.lock:
                    for known in (self.uses, self.seen, self._due):
                        known.pop(session, None)
                self.close(session)

    def due(self, session: str) -> set[str]:
        """Files that were forgotten in another window and that this session still has to clear; told once."""
        with self.lock:
            return self._due.pop(session, set())

    def is_forgotten(self, key: str) -> bool:
        """Whether a key (the digest of a file, its first 16 letters, or what begins with it) belongs to a file that was forgotten."""
        return any(key.startswith(file[:16]) for file in tuple(self.forgotten))

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
                self._due.pop(session, None)
                for file in self.uses.pop(session):
                    self.unused.setdefault(file, now - self.grace)
            used = set().union(*self.uses.values()) if self.uses else set()
            done = [
                file for file, since in self.unused.items() if file not in used and now - since >= self.grace
            ]
            self.unused = {
                file: since for file, since in self.unused.items() if file not in used and file not in done
            }
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


def _release(file: str) -> None:
    for act in _RELEASES:
        act(file)


@cache
def held() -> Held:
    """The uses of files in this process."""
    return Held(sessions.browser_is_there, sessions.close, sessions.renew, _release)


def use(*files: str, also: bool = False) -> None:
    """The session of this thread uses these files (digests) from now on, and no other (`also`: besides those it uses)."""
    session = sessions.this()
    if session:
        held().use(session, *files, also=also)


def forget(file: str) -> None:
    """Forget a file (its digest) on request of the session of this thread."""
    held().forget(file, sessions.this())


def due() -> set[str]:
    """Files that the session of this thread has to clear, because they were forgotten in another window."""
    return held().due(sessions.this())
