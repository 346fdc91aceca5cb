"""Deleting a company: every row, every file, and their traces in the database's files; backups that were taken elsewhere are not reached."""

from __future__ import annotations

import shutil

from sqlalchemy import Connection

from dashboard.kept import tables
from dashboard.kept.acting import ONE_DESK, acting, acting_for
from dashboard.kept.forgetting import everywhere
from dashboard.kept.notes import Refused
from dashboard.kept.places import studies_folder
from dashboard.team.people import company_name

__all__ = ["delete_company"]


def delete_company(company: str) -> int:
    """Delete all that is kept of a company: data sets, links, scenarios, namings, studies, people and the log; how many rows and files went.

    Raises Refused where the session is one of another company, and where something could not be deleted.
    """
    name, session = company_name(company), acting()
    if session != ONE_DESK and session.company != name:
        raise Refused("that is another company: nothing is shown or changed")

    def act(connection: Connection) -> int:
        gone = sum(tables.drop(connection, table) for table in tables.OWNED)
        return gone + tables.drop(connection, "person", company=name)

    with acting_for(name):
        folder = studies_folder()
        gone = everywhere(act)
        files = sum(one.is_file() for one in folder.rglob("*")) if folder.is_dir() else 0
        try:
            if folder.is_dir():
                shutil.rmtree(folder)
        except OSError as problem:
            raise Refused(
                f"the rows are deleted, but not all kept studies in {folder} ({problem.strerror}): delete that folder"
            ) from None
    return gone + files
