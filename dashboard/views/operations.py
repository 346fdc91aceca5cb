"""Operations: whether the server can do its work, what it runs on, its limits, and where things are kept."""

from __future__ import annotations

import importlib.metadata
import platform
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from analytics.version import __version__
from dashboard import sessions
from dashboard.kept.places import database_path
from dashboard.parts.tables import told_table
from dashboard.results.result_cache import BUDGET
from dashboard.team import session
from dashboard.team.configuration import Configuration
from dashboard.team.door import HEALTH
from dashboard.team.rights import Right
from dashboard.team.served import database_answers
from dashboard.text.words import plain


def _where(configuration: Configuration) -> str:
    """The database without name and password of its account."""
    parts = urlsplit(configuration.database)
    if parts.hostname:
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
    return str(database_path())


def show(configuration: Configuration) -> None:
    """The page."""
    answers = database_answers()
    works = not answers.startswith("does not")
    st.title(f"The server {'does its work' if works else 'cannot do its work'}", anchor=False)
    one = session.person()
    windows = [
        person.email
        for name in sessions.every()
        if one is not None and (person := session.person(name)) is not None and person.company == one.company
    ]
    rows = [
        ("Database", f"{_where(configuration)} {answers}"),
        ("Open windows of your company", f"{len(windows):,} of {len(set(windows)):,} people"),
        ("Address for probes", f"{HEALTH} says ok, or not ready where the database does not answer"),
        ("Identity provider", configuration.metadata),
        ("A sign-in lasts", f"{configuration.session_hours} hours"),
        ("Largest upload", f"{configuration.upload_megabytes} MB"),
        ("Uploaded files", "memory of the server alone, until a minute after the last window that uses them"),
        (
            "Results kept in memory",
            f"{BUDGET.words()}; the one not asked for longest makes room",
        ),
        ("Log", "standard error of the server, one JSON object a line"),
        ("stock-or-order", __version__),
        *(
            (name, importlib.metadata.version(name))
            for name in ("streamlit", "SQLAlchemy", "Authlib", "numpy", "numba")
        ),
        ("Python", f"{platform.python_version()} on {platform.system()}"),
    ]
    told_table(pd.DataFrame(rows, columns=["What", "Is"]), "The server")
    st.caption(plain("How to upgrade, back up and harden the server stands in docs/team.md of the program."))


if (found := session.served()) is not None and session.may(Right.ADMINISTER):
    show(found)
