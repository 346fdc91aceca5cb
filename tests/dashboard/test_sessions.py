"""A run of the page that begins drops what was not sent of the run before, and nothing that the browser asked for: no answer, no move of a lever."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import StopException
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import WidgetMetadata

from dashboard.sessions import finish_what_was_asked, keep_answers


def _waiting() -> ForwardMsgQueue:
    """What lies in a queue when a run begins: a piece of the page before, where to send a file, a file made on request, a sign of life."""
    queue = ForwardMsgQueue()
    piece = ForwardMsg()
    piece.delta.new_element.text.body = "of the run before"
    where = ForwardMsg()
    where.file_urls_response.response_id = "asked"
    made = ForwardMsg()
    made.backend_operation_response.request_id = "file"
    for one in (piece, where, made, ForwardMsg(heartbeat_ack=True)):
        queue.enqueue(one)
    return queue


def _kinds(queue: ForwardMsgQueue) -> list[str | None]:
    return [one.WhichOneof("type") for one in queue.flush()]


def test_a_run_that_begins_keeps_what_the_browser_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["file_urls_response", "backend_operation_response", "heartbeat_ack"]
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # put back at the end
    if not getattr(ForwardMsgQueue.clear, "keeps_answers", False):
        queue = _waiting()
        queue.clear(retain_lifecycle_msgs=True)
        assert _kinds(queue) == []  # as Streamlit has it: when this fails, it is mended there and ours can go
    keep_answers()
    keep_answers()  # once is enough
    queue = _waiting()
    queue.clear(retain_lifecycle_msgs=True)
    assert _kinds(queue) == answers and len(queue) == 0
    queue = _waiting()
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["part"])
    assert sorted(map(str, _kinds(queue))) == sorted(["delta", *answers])  # each once
    queue = _waiting()
    queue.clear()
    assert len(queue) == 0


class Run:
    """A run of the script as Streamlit has it: told to stop, it does so wherever the session is looked at."""

    def __init__(self, session: SessionState) -> None:
        """`session`: what all runs of a page share."""
        self._execing, self.stopped = True, False
        self.state = SafeSessionState(session, self.look)

    def look(self) -> None:
        """What is called at every look at the session."""
        if self._execing and self.stopped:
            raise StopException

    def asked(self, **places: float) -> None:
        """The browser tells where its levers stand."""
        ThreadState.initialize()  # as a run does in its thread
        told = WidgetStates()
        for name, place in places.items():
            told.widgets.add(id=name, double_value=place)
        self.state.on_script_will_rerun(told)


def lever(session: SessionState, name: str, moved: Callable[[float], None]) -> None:
    """A slider that stands at 0 and calls `moved` with its new place."""
    session._set_widget_metadata(
        WidgetMetadata(
            id=name,
            deserializer=lambda value: value or 0.0,
            serializer=lambda value: value,
            value_type="double_value",
            callback=lambda: moved(session._new_widget_state[name]),
        )
    )
    session._new_widget_state.set_from_value(name, 0.0)


def two_moves(second: str) -> tuple[dict[str, float], list[tuple[str, float]]]:
    """Where two levers end and the steps that were noted, where the first is moved and then `second` before that is dealt with."""
    session, levers, steps = SessionState(), {"first": 0.0, "second": 0.0}, []
    begun, go = threading.Event(), threading.Event()
    one, other = Run(session), Run(session)

    def moved(run: Run, name: str, place: float) -> None:
        if run is one:
            begun.set()
            go.wait(20)
        _ = "anything" in run.state  # every look at the session
        steps.append((name, place))
        _ = "anything" in run.state
        levers[name] = place

    def of(name: str) -> Callable[[float], None]:
        return lambda place: moved(other if threading.current_thread() is later else one, name, place)

    def later_run() -> None:
        other.asked(**{"first": 1.0, "second": 0.0} | {second: 2.0})

    def first_run() -> None:
        try:
            one.asked(first=1.0, second=0.0)
            _ = "anything" in one.state  # the script begins
        except StopException:
            pass

    later = threading.Thread(target=later_run)
    for name in levers:
        lever(session, name, of(name))
    first = threading.Thread(target=first_run)
    first.start()
    begun.wait(20)
    one.stopped = True  # the next request has come
    later.start()
    later.join(0.3)  # as far as it gets without waiting for the first
    go.set()
    first.join(20)
    later.join(20)
    return levers, steps


@pytest.mark.parametrize("second", ["first", "second"])
def test_a_move_is_dealt_with_to_its_end_though_the_next_one_has_come(
    monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)
    ends = {"first": 1.0, "second": 0.0} | {second: 2.0}
    if not getattr(SafeSessionState.on_script_will_rerun, "to_its_end", False):
        levers, steps = two_moves(second)
        # as Streamlit has it: when this fails, it is mended there and ours can go
        assert levers != ends or steps != [("first", 1.0), (second, 2.0)]
    finish_what_was_asked()
    finish_what_was_asked()  # once is enough
    levers, steps = two_moves(second)
    assert levers == ends and steps == [("first", 1.0), (second, 2.0)]


def test_what_was_asked_of_a_run_that_was_stopped_before_it_began_is_left_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)
    finish_what_was_asked()
    session, moves = SessionState(), []
    lever(session, "first", moves.append)
    one, other = Run(session), Run(session)
    one.stopped = True
    with pytest.raises(StopException):
        one.asked(first=1.0)
    assert moves == [] and one._execing
    other.asked(first=2.0)
    assert moves == [2.0] and other._execing
