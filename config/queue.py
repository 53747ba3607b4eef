"""Connect the message queue to the database that Django uses, whichever that is at the moment."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connections


def connect() -> psycopg.Connection[Any]:
    """Open Huey's connection with the parameters of the default database.

    Read at the time of the call, so that messages of a test go to the test's database. Opening it through the
    backend starts the embedded server when that is what the project runs on.
    """
    connection: psycopg.Connection[Any] = connections["default"].get_new_connection(parameters())
    return connection


def parameters() -> dict[str, Any]:
    """Give what libpq needs to reach the default database: dbname, user, host …"""
    ours = {
        "cursor_factory",
        "context",
        "prepare_threshold",
    }  # of psycopg and Django, no business of the queue
    return {
        name: value
        for name, value in connections["default"].get_connection_params().items()
        if name not in ours
    }
