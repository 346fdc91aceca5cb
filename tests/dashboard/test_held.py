"""A file leaves memory within a minute of the last session that used it, and no sooner."""

from __future__ import annotations

import time

from dashboard.files_in_use import Held


class World:
    """Sessions with and without a browser, and what was closed and released."""

    def __init__(self) -> None:
        self.there = {"a", "b"}
        self.closed: list[str] = []
        self.released: list[str] = []
        self.renewed: list[str] = []
        self.held = Held(
            lambda session: session in self.there,
            self.closed.append,
            self.renewed.append,
            self.released.append,
            grace=40.0,
            tick=3600.0,
        )


def test_the_last_session_releases_its_file() -> None:
    world, now = World(), time.monotonic()
    world.held.use("a", "june")
    world.held.use("b", "june")
    world.there.discard("a")
    for seconds in (10.0, 39.0, 60.0, 300.0):
        world.held.look(now + seconds)
    assert world.closed == ["a"] and world.released == []
    world.there.discard("b")
    world.held.look(now + 320.0)
    assert world.released == []  # a reload of the page still finds it
    world.held.look(now + 341.0)
    assert world.closed == ["a", "b"] and world.released == ["june"] and world.held.was_released("june")
    world.held.look(now + 400.0)
    assert world.released == ["june"]


def test_a_session_that_comes_back_keeps_its_file() -> None:
    world, now = World(), time.monotonic()
    world.held.use("a", "june")
    world.there.clear()
    world.held.look(now + 30.0)
    world.there.add("a")
    world.held.look(now + 38.0)
    world.there.clear()
    world.held.look(now + 70.0)
    assert world.released == [] and world.closed == []


def test_another_file_in_the_same_session_releases_the_one_before() -> None:
    world = World()
    world.held.use("a", "june")
    world.held.use("a", "july", also=True)
    world.held.look(time.monotonic() + 100.0)
    assert world.released == []
    world.held.use("a", "july")
    now = time.monotonic()
    world.held.look(now + 39.0)
    assert world.released == []
    world.held.look(now + 41.0)
    assert world.released == ["june"] and world.closed == []
    world.held.use("a", "june")
    assert not world.held.was_released("june")


def test_forgotten_is_gone_at_once_for_all_sessions() -> None:
    world = World()
    world.there |= {"c", "d"}
    for session in "abcd":
        world.held.use(session, "june" if session != "d" else "july")
    world.there.discard("c")
    world.held.forget("june", by="a")
    assert (
        world.released == ["june"]
        and "june" in world.held.forgotten
        and world.held.is_forgotten("june and more")
    )
    assert world.renewed == ["b", "d"] and world.closed == [
        "c"
    ]  # one without a browser cannot clear what it holds
    assert world.held.due("b") == {"june"} and world.held.due("b") == set() == world.held.due(
        "a"
    ) == world.held.due("d")
    world.held.look(time.monotonic() + 100.0)
    assert world.released == ["june"] and world.closed == ["c"]
    world.held.open("june")
    assert "june" not in world.held.forgotten and not world.held.is_forgotten("june")


def test_the_watch_ends_when_nothing_is_held() -> None:
    released: list[str] = []
    held = Held(
        lambda session: False,
        lambda session: None,
        lambda session: None,
        released.append,
        grace=0.05,
        tick=0.02,
    )
    held.use("a", "june")
    until = time.monotonic() + 300.0
    while (held.watching or not released) and time.monotonic() < until:
        time.sleep(0.02)
    assert released == ["june"] and not held.watching
