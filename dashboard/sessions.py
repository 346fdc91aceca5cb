"""What is asked of Streamlit about its sessions: who has a browser, ending one, running one anew, what it holds besides our own values, and what it must not lose.

Some of it has no public way: tests with a real server say when a new version ends that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

__all__ = [
    "browser_is_there", "close", "drop_uploads", "every", "finish_what_was_asked", "forget_widgets", "keep_answers",
    "make_files_where", "renew", "send_where", "tell_through", "this", "user", "went_back",
]  # fmt: skip


def _server() -> Any:
    from streamlit import runtime

    return runtime.get_instance() if runtime.exists() else None


def _context() -> Any:
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    return get_script_run_ctx(suppress_warning=True)


def this() -> str:
    """The session of this thread; "" where there is none."""
    context = _context()
    return "" if context is None else str(context.session_id)


def went_back() -> bool:
    """Whether this run of the page was asked for by Back or Forward of the browser, so that the address is news."""
    return bool(getattr(_context(), "is_history_navigation", False))


def user(session: str = "") -> dict[str, Any]:
    """What the identity provider said of the person of a session ("": of this thread); empty where nobody is signed in."""
    if not session or session == this():
        return dict(getattr(_context(), "user_info", None) or {})
    server = _server()
    one = None if server is None else server.get_app_session(session)
    return {} if one is None else dict(one._user_info)


def every() -> list[str]:
    """The sessions that have a browser."""
    manager = getattr(_server(), "_session_mgr", None)  # None where a page is tested without a server
    return [] if manager is None else [one.session.id for one in manager.list_active_sessions()]


def browser_is_there(session: str) -> bool:
    """Whether somebody looks at a session."""
    server = _server()
    return server is None or server.is_active_session(session)


def close(session: str) -> None:
    """End a session that has no browser, with all it holds."""
    server = _server()
    if server is not None and not server.is_active_session(session):
        server.clear_user_info_for_session(
            session
        )  # safe in any thread: a session without a browser is closed with its files


def renew(session: str) -> None:
    """Run the page of a session anew, as a browser that reloads nothing asks for it: what is shown there follows at once."""
    server = _server()
    one = None if server is None else server.get_app_session(session)
    if one is not None:
        one._call_soon_on_event_loop(lambda: one.request_rerun(one._client_state))


def drop_uploads() -> None:
    """Drop the bytes that were uploaded in this session: a page that no longer shows them leaves them where they are."""
    server = _server()
    if server is not None and this():
        server.uploaded_file_mgr.remove_session_files(this())


def forget_widgets() -> None:
    """Take out of this session what Streamlit remembers of every widget that was shown: lists of names, for one; it is told again by the next run."""
    context = _context()
    with suppress(AttributeError):
        context.session_state._state._new_widget_state.widget_metadata.clear()


#: What a browser asked for and waits for: where to send a file that was dropped, a file that is made when asked for, a sign of life.
_ANSWERS = frozenset({"file_urls_response", "backend_operation_response", "heartbeat_ack"})


def keep_answers() -> None:
    """Let no run of a page that begins drop what the browser asked for and still waits for.

    A run that begins clears what was not sent yet of the run before, and Streamlit 1.67 takes answers to the browser for a part of that
    (`ForwardMsgQueue.clear` keeps messages about runs alone). A file dropped at that moment was never asked for again: the browser
    had been told no address to send it to, and waited for ever.
    """
    from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

    clear = ForwardMsgQueue.clear
    if getattr(clear, "keeps_answers", False):
        return

    def cleared(
        queue: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        waited_for = [one for one in queue._queue if one.WhichOneof("type") in _ANSWERS]
        clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)
        if retain_lifecycle_msgs:  # else all of it was sent
            kept = {id(one) for one in queue._queue}
            queue._queue.extend(one for one in waited_for if id(one) not in kept)

    cleared.keeps_answers = True  # type: ignore[attr-defined]
    ForwardMsgQueue.clear = cleared  # type: ignore[assignment,method-assign]


def tell_through(door: Callable[[Any], None]) -> None:
    """Let every message to a browser pass a `door`, which may change it, before it is sent."""
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

    send = ScriptRunContext.enqueue
    if getattr(send, "has_a_door", False):
        return

    def through(self: ScriptRunContext, message: Any) -> None:
        door(message)
        send(self, message)

    through.has_a_door = True  # type: ignore[attr-defined]
    ScriptRunContext.enqueue = through  # type: ignore[assignment, method-assign]


def send_where(permitted: Callable[[], bool]) -> None:
    """Let no piece of a page be sent to a browser but where `permitted`, asked in the thread that would send it, says so."""
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

    send = ScriptRunContext.enqueue
    if getattr(send, "asks", None) is not None:
        return

    def asked(self: ScriptRunContext, message: Any) -> None:
        if message.WhichOneof("type") != "delta" or permitted():
            send(self, message)

    asked.asks = permitted  # type: ignore[attr-defined]
    ScriptRunContext.enqueue = asked  # type: ignore[assignment, method-assign]


def make_files_where(permitted: Callable[[str], bool], refusal: str) -> None:
    """Let no file that is made when asked for, and no further rows of a table, be made for a session but where `permitted` says so; else `refusal` is told."""
    from streamlit.runtime.backend_operation_handler import (
        BackendOperationDispatcher,
        BackendOperationResponse,
    )

    make = BackendOperationDispatcher.dispatch
    if getattr(make, "asks", False):
        return

    async def asked(self: BackendOperationDispatcher, request: Any, session_id: str) -> Any:
        if not await asyncio.to_thread(permitted, session_id):
            return BackendOperationResponse(request_id=request.request_id, error_msg=refusal)
        return await make(self, request, session_id)

    asked.asks = True  # type: ignore[attr-defined]
    BackendOperationDispatcher.dispatch = asked  # type: ignore[assignment, method-assign]


#: Whose turn it is, by the state of a session: it lives as long as a run of the session that has asked for it.
_TURNS: WeakValueDictionary[int, Any] = WeakValueDictionary()
_GIVING_TURNS = threading.Lock()


def _turn_of(run: Any) -> Any:
    """The lock of the session of a run (its view of the session: each run has one of its own)."""
    with _GIVING_TURNS:
        turn = _TURNS.get(id(run._state)) or threading.RLock()
        _TURNS[id(run._state)] = turn
        object.__setattr__(run, "_turn", turn)
    return turn


def finish_what_was_asked() -> None:
    """Let what a person asked for (a lever moved, a button pressed) be done to its end, one request of a session after the other.

    Streamlit 1.67 stops the run of a page for the next request, also while it still does what the one before asked for: at the next look at
    the session that stops half way, and the next run takes the new place of the lever for one that was told already, so that the
    move was lost. Two such runs do not wait for each other either: what the first one noted could come after what the second one did.
    """
    from streamlit.runtime.state.safe_session_state import SafeSessionState

    asked = SafeSessionState.on_script_will_rerun
    if getattr(asked, "to_its_end", False):
        return

    def to_its_end(self: SafeSessionState, *given: Any, **named: Any) -> None:
        with _turn_of(self):
            self._yield_callback()  # stopped before it began: the newer request tells all that this one would
            runner = self._yield_callback.__self__  # type: ignore[attr-defined]
            running = runner._execing
            runner._execing = False  # a run is stopped nowhere but where it runs the script
            try:
                asked(self, *given, **named)
            finally:
                runner._execing = running

    to_its_end.to_its_end = True  # type: ignore[attr-defined]
    SafeSessionState.on_script_will_rerun = to_its_end  # type: ignore[method-assign]
