"""The one script of ours that runs in the browser: steps of its history, and how wide it is.

Streamlit opens a page under its bare name first and writes what the address names a moment later, as a second step;
Back would then lead to the bare page, which is the same page again: so both are one step.

On a window below 900 px the sidebar begins closed and tables are shown as cards. The server is told the width by a
cookie when a page connects; where it did not know better (a first visit, a window made narrow) the page is opened once more.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

__all__ = ["COOKIE", "NARROW", "SCRIPT", "digest_of_script", "narrow"]

#: Windows below this many pixels are narrow: a phone, or a page at 200 %.
NARROW = 900
#: What the browser tells: 1 in a narrow window, 0 in a wide one.
COOKIE = "stock-or-order-narrow"


def narrow(cookies: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """Whether the window is narrow, by what the browser told when it connected; a phone that has told nothing yet is.

    >>> narrow({COOKIE: "1"}, {}), narrow({COOKIE: "0"}, {"User-Agent": "Mobile Safari"}), narrow({}, {"User-Agent": "Mobile Safari"}), narrow({}, {})
    (True, False, True, False)
    """
    told = cookies.get(COOKIE, "")
    return told == "1" if told else "Mobi" in headers.get("User-Agent", "")


SCRIPT = """
if (!window.stockOrOrderSteps) {
  window.stockOrOrderSteps = true;
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (state, title, url) => {
    const to = new URL(url, window.location.href);
    const named = to.pathname === window.location.pathname && window.location.search === "" && to.search !== "";
    return named ? window.history.replaceState(state, title, url) : push(state, title, url);
  };
  const narrow = window.innerWidth < NARROW ? "1" : "0";
  const told = document.cookie.split("; ").find((one) => one.startsWith("COOKIE="));
  const known = told ? told.split("=")[1] : /Mobi/.test(navigator.userAgent) ? "1" : "0";
  document.cookie = "COOKIE=" + narrow + "; path=/; SameSite=Strict; max-age=31536000";
  if (known !== narrow && document.cookie.includes("COOKIE=" + narrow)) {
    window.location.reload();
  }
}
""".replace("COOKIE", COOKIE).replace("NARROW", str(NARROW))


def digest_of_script() -> str:
    """The script as a policy of content allows it, and no other.

    >>> digest_of_script()[:8], len(digest_of_script())
    ("'sha256-", 53)
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
