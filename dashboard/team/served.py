"""What a team's server is started with besides the app: sign-in, door, log, first administrators, and a word where something is missing."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware

from analytics.errors import DataError, Problem
from dashboard import sessions
from dashboard.guard import Allowed, Guard
from dashboard.kept import database
from dashboard.results.result_cache import BUDGET
from dashboard.team import people, session
from dashboard.team.configuration import Configuration, read_configuration
from dashboard.team.door import Door, Health
from dashboard.team.rights import Right

__all__ = ["as_lines", "begin", "database_answers", "middleware", "options", "secrets_of"]

_log = logging.getLogger("stock_or_order.team")


class _AsLine(logging.Formatter):
    """One JSON object a line: time (UTC), level, where, what, and the error where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **({"error": self.formatException(record.exc_info)} if record.exc_info else {}),
        }
        return json.dumps(said, ensure_ascii=False)


def as_lines() -> None:
    """From now on the log of this process is one JSON object a line, on the standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsLine())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    import streamlit.logger

    def through(logger: logging.Logger) -> None:
        logger.handlers, logger.propagate = [], True

    streamlit.logger.setup_formatter = through
    for logger in streamlit.logger._loggers.values():
        through(logger)
    import uvicorn.config

    told = {"level": "INFO", "handlers": [], "propagate": True}
    uvicorn.config.LOGGING_CONFIG["loggers"] = {
        name: told for name in ("uvicorn", "uvicorn.error", "uvicorn.access")
    }
    for name in ("httpx", "alembic", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


def begin(path: Path, address: str) -> Configuration:
    """Read the configuration, open the database and see to the first administrators. Raises DataError."""
    if find_spec("authlib") is None or find_spec("httpx") is None:
        raise DataError(
            Problem(
                "no_sign_in",
                "what signs people in is not installed",
                "install it: pip install 'stock-or-order[team]'",
            )
        )
    configuration = read_configuration(path, database=address)
    if configuration.database:
        os.environ["STOCK_OR_ORDER_DATABASE"] = configuration.database
    try:
        for company, administrators in configuration.companies.items():
            for email in administrators:
                if people.first_administrator(company, email):
                    _log.info("first administrator of %s: %s", company, email)
    except Exception as error:
        raise DataError(
            Problem(
                "no_database",
                f"the database cannot be used: {str(error).rstrip('.')}",
                "see to it that it runs and that its address is right, then start again",
            )
        ) from None
    BUDGET.most = configuration.results_megabytes * 1_000_000
    session.serve_with(configuration)
    sessions.send_where(session.sendable)
    sessions.make_files_where(
        session.may_have_files,
        "You may not have this file: your rights have changed, or your sign-in has ended.",
    )
    return configuration


def secrets_of(configuration: Configuration, public: str) -> dict[str, dict[str, Any]]:
    """What Streamlit's sign-in is told; its answers come back to the first public address."""
    return {
        "auth": {
            "redirect_uri": f"{public}/oauth2callback",
            "cookie_secret": configuration.cookie_secret,
            "client_id": configuration.client_id,
            "client_secret": configuration.client_secret,
            "server_metadata_url": configuration.metadata,
        }
    }


def options(configuration: Configuration) -> dict[str, Any]:
    """Options of the server that the configuration sets."""
    return {"server.maxUploadSize": configuration.upload_megabytes}


def database_answers() -> str:
    """Whether the database answers, and how fast; else "does not answer" and why not."""
    begin = time.perf_counter()
    try:
        database.look(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
    except Exception as error:
        return f"does not answer: {error}"
    return f"answers within {max(1, round(1000 * (time.perf_counter() - begin)))} ms"


def _healthy() -> bool:
    return not database_answers().startswith("does not")


def _permitted(claims: dict[str, Any], right: Right) -> bool:
    one = session.person_of_claims(claims)
    return one is not None and right in one.rights


def middleware(allowed: Allowed, public: Sequence[str]) -> list[Middleware]:
    """Health, then the guard, then the door."""
    secure = all(address.startswith("https://") for address in public)
    return [
        Middleware(Health, healthy=_healthy),
        Middleware(Guard, allowed=allowed),
        Middleware(Door, permitted=_permitted, secure=secure),
    ]
