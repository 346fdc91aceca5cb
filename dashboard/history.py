"""The one script of ours that runs in the browser: a page and what its address names are one step of the browser's history.

Streamlit opens a page under its bare name first and writes what the address names a moment later, as a second step;
Back would then lead to the bare page, which is the same page again.
"""

from __future__ import annotations

import base64
import hashlib

__all__ = ["SCRIPT", "digest_of_script"]

SCRIPT = """
if (!window.stockOrOrderSteps) {
  window.stockOrOrderSteps = true;
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (state, title, url) => {
    const to = new URL(url, window.location.href);
    const named = to.pathname === window.location.pathname && window.location.search === "" && to.search !== "";
    return named ? window.history.replaceState(state, title, url) : push(state, title, url);
  };
}
"""


def digest_of_script() -> str:
    """The script as a policy of content allows it, and no other.

    >>> digest_of_script()[:8], len(digest_of_script())
    ("'sha256-", 53)
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
