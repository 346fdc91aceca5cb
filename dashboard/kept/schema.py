"""Which form a database has, whether it holds exactly what was written, and how an earlier form becomes the present one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, text

from dashboard.kept import tables
from dashboard.kept.notes import Refused
from dashboard.kept.tables import TABLES, Damaged

__all__ = ["EARLIER", "FORM", "MIGRATIONS", "examined", "form_of", "migrated", "upgraded"]

#: The form this version writes: the latest step in `migrations`.
FORM = "0002"
#: Forms of earlier versions, oldest first: a database in one of them is brought to the present form when it is opened.
EARLIER: tuple[str, ...] = ("0001",)
MIGRATIONS = Path(__file__).parent / "migrations"


def migrated(connection: Connection) -> None:
    """Run the steps that are missing, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    tables.put(connection, "meta", {"name": "form"}, {"value": FORM})


def form_of(connection: Connection) -> str:
    """The form of a database. Raises Damaged where it does not say so itself, Refused where it is one this version does not know."""
    said = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    row = tables.find(connection, "meta", name="form")
    if row is None or row["value"] != said:
        raise Damaged("its form is not told")
    if said not in (*EARLIER, FORM):
        raise Refused(
            f"the database was written by a newer version of this program (form {said}, this version knows {FORM}): nothing is read or changed; update stock-or-order"
        )
    return str(said)


def examined(connection: Connection) -> dict[str, int]:
    """Rows by table of a database that holds exactly what was written to it. Raises Damaged, Refused, SQLAlchemyError."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if found != "ok":
            raise Damaged(str(found))
    counts = dict.fromkeys(TABLES, 0)
    for name, rows in tables.everything(connection, present=form_of(connection) == FORM):
        count = total = 0
        for row in rows:
            total += int(tables.checked(name, row)["digest"], 16)
            count += 1
        if (count, total % (1 << 128)) != tables.seal_of(connection, name):
            raise Damaged(f"rows of {name} are missing")
        counts[name] = count
    return counts


def upgraded(engine: Engine) -> None:
    """Bring a database to the present form, all of it or nothing; one that is not sound is not touched. Raises Damaged, Refused, SQLAlchemyError."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if form_of(connection) == FORM:  # another process was faster
            return
        examined(connection)
        migrated(connection)
        tables.seal_again(connection)
        examined(connection)
