"""What is asked of Streamlit about its sessions: who has a browser, ending one, running one anew, and what it holds besides our own values.

Some of it has no public way: tests with a real server say when a new version ends that.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

__all__ = [
    "browser_is_there",
    "close",
    "drop_uploads",
    "forget_widgets",
    "renew",
    "this",
    "went_back",
]


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
