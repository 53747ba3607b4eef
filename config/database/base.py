"""Start the embedded PostgreSQL when, and only when, a process first connects.

Importing the settings therefore starts nothing (type checkers, `makemessages`, the import of `config.urls`),
and every process that does connect (commands, web, worker, benches, notebooks) holds the server without
knowing it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from config.embedded_postgres import EmbeddedPostgres


@cache
def server(folder: str, durable: bool) -> EmbeddedPostgres:
    """Give this process's one object for the server in `folder`."""
    return EmbeddedPostgres(Path(folder), durable=durable)


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL's backend, with its server held first. Reads EMBEDDED = {"folder", "durable"}."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, starting the server before if it does not run."""
        embedded = self.settings_dict["EMBEDDED"]
        server(str(embedded["folder"]), bool(embedded["durable"])).hold()
        return super().get_new_connection(conn_params)
