"""All votes as CSV or JSON Lines, a row at a time and in constant memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import F

from review.models.vote import VoteQuerySet

CHUNK = 2000
BOM = "\ufeff"

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
"""The kinds of export: the ending of the file and its type."""

COLUMNS: Mapping[str, str] = {
    "vote": "pk",
    "created_at": "created_at",
    "rater": "rater__username",
    "choice": "choice",
    "reasons": "reasons",
    "score": "score",
    "note": "note",
    "seconds": "seconds",
    "live": "live",
    "undone_at": "undo__created_at",
    "replaces": "replaces_id",
    "gold": "gold",
    "expected": "entry__known__expected",
    "picture": "entry__picture_id",
    "sha256": "entry__picture__sha256",
    "topic": "entry__topic__key",
    "concept": "entry__concept__key",
    "location": "entry__picture__prompt__location__text",
    "prompt": "entry__picture__prompt__text",
    "negative_prompt": "entry__picture__run__negative_prompt",
    "image_model": "entry__picture__image_model",
    "image_model_revision": "entry__picture__image_model_revision",
    "language_model": "entry__picture__run__language_model",
    "locations_addition": "entry__picture__run__plan__locations_addition__version",
    "descriptions_addition": "entry__picture__run__plan__descriptions_addition__version",
    "run": "entry__picture__run_id",
    "seed": "entry__picture__seed",
    "wanted": "entry__wanted",
    "verdict": "entry__picture__verdict",
    "verdict_at": "entry__picture__verdict_at",
}
"""Every column and where it comes from, seen from a vote. docs/review-figures.md says what each one means."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_votes(votes: VoteQuerySet, kind: str) -> Iterator[str]:
    """Yield the export of a selection of votes, oldest first, in pieces of some thousand rows.

    One row is one fact: votes that were taken back are there, with ``live`` false and ``undone_at``. ``kind`` is
    ``csv`` (with a head line, and a byte order mark, without which spreadsheets misread Cyrillic) or ``jsonl``;
    ``KeyError`` for another. Times are ISO 8601 in UTC. Rows come from a server-side cursor.
    """
    rows = votes.order_by("created_at", "id").values_list(*(F(path) for path in COLUMNS.values()))
    encode = {"csv": csv_lines, "jsonl": _json_lines}[kind]
    return encode(COLUMNS, rows.iterator(chunk_size=CHUNK))


def csv_lines(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Yield rows as CSV with a byte order mark and a head line, in pieces of some thousand."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % CHUNK == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _json_lines(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    buffer = io.StringIO()
    for number, row in enumerate(rows, start=1):
        record = dict(zip(columns, row, strict=True))
        buffer.write(json.dumps(record, ensure_ascii=False, default=_as_text))
        buffer.write("\n")
        if number % CHUNK == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _as_text(value: Any) -> str:
    """Write a time in UTC, to the millisecond; anything else as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)


def cell(value: Any) -> Any:
    """Return a value as a CSV cell that no spreadsheet takes for a formula.

    A text that begins as one gets an apostrophe in front, as OWASP advises ("CSV Injection"); a list is joined by
    spaces; nothing is an empty cell, true and false are words.
    """
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(value) if isinstance(value, list) else _as_text(value)
    return f"'{text}" if text.startswith(FORMULA) else text
