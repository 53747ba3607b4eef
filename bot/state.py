"""What the bot must still know after it was killed: acknowledgements, photos on their way, deliveries, cursors.

An SQLite file in the bot's own folder. Each change is committed before the method returns, so a killed bot loses none.
It holds no photo and no secret; lost altogether, the jobs go on, and new photos are served as ever.
"""

from __future__ import annotations

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY, chosen TEXT NOT NULL DEFAULT '', own TEXT NOT NULL DEFAULT '',
    blocked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS updates (id INTEGER PRIMARY KEY, at REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS acknowledgements (
    id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, album TEXT NOT NULL, message INTEGER,
    text TEXT NOT NULL DEFAULT '', is_open INTEGER NOT NULL DEFAULT 1, at REAL NOT NULL, UNIQUE (chat, album)
) STRICT;
CREATE TABLE IF NOT EXISTS parts (
    chat INTEGER NOT NULL, message INTEGER NOT NULL, acknowledgement INTEGER NOT NULL, photo TEXT NOT NULL DEFAULT '',
    shrunk TEXT NOT NULL DEFAULT '', refusal TEXT NOT NULL DEFAULT '', ended TEXT NOT NULL DEFAULT '',
    at REAL NOT NULL, PRIMARY KEY (chat, message)
) STRICT;
CREATE INDEX IF NOT EXISTS parts_of_acknowledgement ON parts (acknowledgement);
CREATE INDEX IF NOT EXISTS parts_of_photo ON parts (photo);
CREATE TABLE IF NOT EXISTS deliveries (
    chat INTEGER NOT NULL, photo TEXT NOT NULL, shared INTEGER NOT NULL DEFAULT 0, room TEXT NOT NULL DEFAULT '',
    room_name TEXT NOT NULL DEFAULT '', reply_to INTEGER, announced INTEGER, outcome TEXT NOT NULL DEFAULT '',
    is_due INTEGER NOT NULL DEFAULT 1, at REAL NOT NULL, PRIMARY KEY (chat, photo)
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (at) WHERE is_due;
CREATE TABLE IF NOT EXISTS files (photo TEXT PRIMARY KEY, file TEXT NOT NULL, at REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cursors (feed TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT;
"""

DAY = 24 * 60 * 60
KEPT_DAYS = 45
"""Longer than the site keeps photos unless told otherwise: buttons of older results lead nowhere anyway."""


class StateInUse(Exception):
    """Another bot works with the same folder."""


@dataclass(frozen=True)
class Acknowledgement:
    """The one message about a photo or an album. ``message`` None: it was not sent, or is gone."""

    id: int
    chat: int
    album: str
    message: int | None
    text: str
    is_open: bool


@dataclass(frozen=True)
class Part:
    """One photo that somebody sent: a job (``photo``), or refused with a sentence. ``ended``: the job's last state."""

    chat: int
    message: int
    acknowledgement: int
    photo: str
    shrunk: str
    refusal: str
    ended: str

    @property
    def is_over(self) -> bool:
        return bool(self.refusal or self.ended)


@dataclass(frozen=True)
class Delivery:
    """A result that somebody is to get. ``announced``: the message that becomes it; ``outcome``: what was delivered."""

    chat: int
    photo: str
    shared: bool
    room: str
    room_name: str
    reply_to: int | None
    announced: int | None
    outcome: str


class State:
    """The state in a folder, for one process. Raises :class:`StateInUse` where another one has it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise StateInUse(f"Another bot works with {folder}.") from None
        self._database = sqlite3.connect(
            folder / "state.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing so; only a host that loses its power may lose the last moments.
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the folder."""
        self._database.close()
        self._lock.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Keep all changes of the block or none."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self._database.execute(query, values).fetchall()

    def _one(self, query: str, *values: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._database.execute(query, values).fetchone()
        return row

    def _change(self, query: str, *values: Any) -> int:
        return self._database.execute(query, values).rowcount

    # ------------------------------------------------------------------ people
    def meet(self, person: int, own_language: str) -> None:
        """Note somebody who writes: Telegram's language of theirs, and that they can be written to."""
        known = self._one("SELECT own, blocked FROM people WHERE id = ?", person)
        if known is None or known["own"] != own_language or known["blocked"]:
            self._change(
                "INSERT INTO people (id, own) VALUES (?, ?) ON CONFLICT DO UPDATE SET own = excluded.own, blocked = 0",
                person, own_language,
            )  # fmt: skip

    def choose_language(self, person: int, language: str) -> None:
        """Keep the language that somebody chose."""
        self._change(
            "INSERT INTO people (id, chosen) VALUES (?, ?) ON CONFLICT DO UPDATE SET chosen = excluded.chosen",
            person, language,
        )  # fmt: skip

    def language_of(self, person: int) -> str:
        """Return the code of the language chosen, else Telegram's own; empty for strangers."""
        row = self._one("SELECT chosen, own FROM people WHERE id = ?", person)
        return (row["chosen"] or row["own"]) if row else ""

    def set_blocked(self, person: int, *, is_blocked: bool) -> bool:
        """Note whether somebody can be written to. True where that is new."""
        changed = self._change(
            "INSERT INTO people (id, blocked) VALUES (?, ?) ON CONFLICT DO UPDATE SET blocked = excluded.blocked "
            "WHERE blocked <> excluded.blocked",
            person, int(is_blocked),
        )  # fmt: skip
        return changed > 0

    # ------------------------------------------------------------------ updates
    def is_handled(self, update: int) -> bool:
        """Tell whether an update was handled before."""
        return self._one("SELECT 1 FROM updates WHERE id = ?", update) is not None

    def note_handled(self, update: int) -> None:
        """Note that an update was handled."""
        self._change("INSERT OR IGNORE INTO updates VALUES (?, ?)", update, time.time())

    # ------------------------------------------------------------------ acknowledgements and their photos
    def acknowledgement(self, chat: int, album: str) -> Acknowledgement:
        """Return the acknowledgement of an album, or of a photo by itself; made where it is missing."""
        self._change(
            "INSERT OR IGNORE INTO acknowledgements (chat, album, at) VALUES (?, ?, ?)",
            chat,
            album,
            time.time(),
        )
        row = self._one("SELECT * FROM acknowledgements WHERE chat = ? AND album = ?", chat, album)
        assert row is not None
        return _acknowledgement(row)

    def open_acknowledgements(self) -> list[Acknowledgement]:
        """Return those in which something may still change."""
        return [
            _acknowledgement(row)
            for row in self._all("SELECT * FROM acknowledgements WHERE is_open AND message IS NOT NULL")
        ]

    def note_acknowledged(
        self, key: int, *, text: str, message: int | None = None, is_open: bool = True
    ) -> None:
        """Note what an acknowledgement says now, and where."""
        self._change(
            "UPDATE acknowledgements SET text = ?, message = coalesce(?, message), is_open = ? WHERE id = ?",
            text, message, int(is_open), key,
        )  # fmt: skip

    def take_part(self, chat: int, message: int, acknowledgement: int, shrunk: str) -> Part:
        """Note a photo that came, or return what is known of it; its acknowledgement is open again where it is new."""
        with self.at_once():
            is_new = self._change(
                "INSERT OR IGNORE INTO parts (chat, message, acknowledgement, shrunk, at) VALUES (?, ?, ?, ?, ?)",
                chat, message, acknowledgement, shrunk, time.time(),
            )  # fmt: skip
            if is_new:
                self._change("UPDATE acknowledgements SET is_open = 1 WHERE id = ?", acknowledgement)
        row = self._one("SELECT * FROM parts WHERE chat = ? AND message = ?", chat, message)
        assert row is not None
        return _part(row)

    def note_job(self, part: Part, photo: str, shrunk: str) -> None:
        """Note the job that a photo became."""
        self._change(
            "UPDATE parts SET photo = ?, shrunk = ? WHERE chat = ? AND message = ?",
            photo, shrunk, part.chat, part.message,
        )  # fmt: skip

    def note_refusal(self, part: Part, sentence: str) -> None:
        """Note why a photo became no job."""
        self._change(
            "UPDATE parts SET refusal = ? WHERE chat = ? AND message = ?", sentence, part.chat, part.message
        )

    def parts_of(self, acknowledgement: int) -> list[Part]:
        """Return the photos of an acknowledgement in the order in which they were sent."""
        found = self._all("SELECT * FROM parts WHERE acknowledgement = ? ORDER BY message", acknowledgement)
        return [_part(row) for row in found]

    def parts_on_their_way(self, older_than: float = 0.0) -> list[Part]:
        """Return the photos whose end is not known, those sent so many seconds ago."""
        found = self._all(
            "SELECT * FROM parts WHERE photo <> '' AND ended = '' AND at <= ?", time.time() - older_than
        )
        return [_part(row) for row in found]

    # ------------------------------------------------------------------ deliveries
    def end(self, chat: int, photo: str, state: str) -> bool:
        """Note how a person's own photo ended, and that they are to be told. True where that is new.

        A photo that ended another way before (failed, then tried again) is told anew.
        """
        row = self._one("SELECT message, ended FROM parts WHERE chat = ? AND photo = ?", chat, photo)
        with self.at_once():
            if row is not None and row["ended"] != state:
                self._change("UPDATE parts SET ended = ? WHERE chat = ? AND photo = ?", state, chat, photo)
                self._change(
                    "UPDATE acknowledgements SET is_open = 1 WHERE id = "
                    "(SELECT acknowledgement FROM parts WHERE chat = ? AND photo = ?)", chat, photo,
                )  # fmt: skip
            if state == "cancelled":
                return False
            changed = self._change(
                "INSERT INTO deliveries (chat, photo, reply_to, at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET is_due = 1, shared = 0, reply_to = excluded.reply_to, "
                "announced = CASE outcome WHEN '' THEN announced END "
                "WHERE NOT is_due AND outcome NOT IN (?, 'done')",
                chat, photo, row["message"] if row else None, time.time(), state,
            )  # fmt: skip
        return changed > 0

    def reopen(self, chat: int, photo: str) -> None:
        """Note that a photo that failed is tried again: how that ends is told anew."""
        with self.at_once():
            self._change("UPDATE parts SET ended = '' WHERE chat = ? AND photo = ?", chat, photo)
            self._change(
                "UPDATE acknowledgements SET is_open = 1 WHERE id = "
                "(SELECT acknowledgement FROM parts WHERE chat = ? AND photo = ?)", chat, photo,
            )  # fmt: skip
            self._change(
                "UPDATE deliveries SET outcome = 'again' WHERE chat = ? AND photo = ? AND outcome = 'failed'",
                chat,
                photo,
            )

    def share(self, chat: int, photo: str, room: str, room_name: str) -> bool:
        """Note that somebody is to get what another one shared in a room. True where that is new."""
        changed = self._change(
            "INSERT OR IGNORE INTO deliveries (chat, photo, shared, room, room_name, at) VALUES (?, ?, 1, ?, ?, ?)",
            chat, photo, room, room_name, time.time(),
        )  # fmt: skip
        return changed > 0

    def due_deliveries(self) -> list[Delivery]:
        """Return what is to be delivered to people who can be written to, the longest waiting first."""
        found = self._all(
            "SELECT deliveries.* FROM deliveries LEFT JOIN people ON people.id = chat "
            "WHERE is_due AND NOT coalesce(blocked, 0) ORDER BY at"
        )
        return [_delivery(row) for row in found]

    def delivery(self, chat: int, photo: str) -> Delivery | None:
        """Return a delivery as it is now."""
        row = self._one("SELECT * FROM deliveries WHERE chat = ? AND photo = ?", chat, photo)
        return _delivery(row) if row else None

    def note_announced(self, delivery: Delivery, message: int | None) -> None:
        """Note the message that becomes the result; None: it is gone."""
        self._change(
            "UPDATE deliveries SET announced = ? WHERE chat = ? AND photo = ?",
            message,
            delivery.chat,
            delivery.photo,
        )

    def note_delivered(self, delivery: Delivery, outcome: str) -> None:
        """Note what a person was told: done, failed or gone."""
        self._change(
            "UPDATE deliveries SET outcome = ?, is_due = 0 WHERE chat = ? AND photo = ?",
            outcome, delivery.chat, delivery.photo,
        )  # fmt: skip

    def drop_delivery(self, delivery: Delivery) -> None:
        """Forget a delivery that is not due after all."""
        self._change("DELETE FROM deliveries WHERE chat = ? AND photo = ?", delivery.chat, delivery.photo)

    def waiting(self) -> tuple[int, float]:
        """Return how many results are due, and for how many seconds the oldest; without those of people who blocked."""
        row = self._one(
            "SELECT count(*) AS due, min(at) AS since FROM deliveries LEFT JOIN people ON people.id = chat "
            "WHERE is_due AND NOT coalesce(blocked, 0)"
        )
        assert row is not None
        return row["due"], time.time() - row["since"] if row["since"] else 0.0

    # ------------------------------------------------------------------ files, cursors, tidying
    def file_of(self, photo: str) -> str:
        """Return Telegram's name of a result that was uploaded already; empty where none was."""
        row = self._one("SELECT file FROM files WHERE photo = ?", photo)
        return row["file"] if row else ""

    def note_file(self, photo: str, file: str) -> None:
        """Keep Telegram's name of a result, so that the next recipient costs no upload; empty forgets it."""
        if file:
            self._change("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", photo, file, time.time())
        else:
            self._change("DELETE FROM files WHERE photo = ?", photo)

    def cursor(self, feed: str) -> str:
        """Return where a feed was left; empty before the first question."""
        row = self._one("SELECT cursor FROM cursors WHERE feed = ?", feed)
        return row["cursor"] if row else ""

    def set_cursor(self, feed: str, cursor: str) -> None:
        """Keep where a feed is left; empty begins anew."""
        self._change("INSERT OR REPLACE INTO cursors VALUES (?, ?)", feed, cursor)

    def tidy(self) -> None:
        """Forget what is too old to matter."""
        old = time.time() - KEPT_DAYS * DAY
        with self.at_once():
            self._change("DELETE FROM updates WHERE at < ?", time.time() - 3 * DAY)
            for table in ("parts", "acknowledgements", "deliveries", "files"):
                self._change(f"DELETE FROM {table} WHERE at < ?", old)  # noqa: S608 (the names stand above)


def _acknowledgement(row: sqlite3.Row) -> Acknowledgement:
    return Acknowledgement(
        row["id"], row["chat"], row["album"], row["message"], row["text"], bool(row["is_open"])
    )


def _part(row: sqlite3.Row) -> Part:
    return Part(
        row["chat"], row["message"], row["acknowledgement"], row["photo"], row["shrunk"], row["refusal"], row["ended"]
    )  # fmt: skip


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        row["chat"], row["photo"], bool(row["shared"]), row["room"], row["room_name"], row["reply_to"],
        row["announced"], row["outcome"],
    )  # fmt: skip
