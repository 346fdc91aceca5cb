"""A run of the page that begins drops what was not sent of the run before, and nothing that the browser asked for and waits for."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from dashboard.sessions import keep_answers


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
