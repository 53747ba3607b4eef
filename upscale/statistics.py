"""The promise in figures: how long photos take, how many succeed, improve, and can be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from engines.statistics.intervals import Share
from jobs.models import Worker
from upscale.models import Photo
from upscale.promise import MEGAPIXEL, predict

IN_TIME = 0.95
SUCCESS = 0.98
READABLE = 0.80
"""What is promised of all photos, of all photos, and of all answers."""

NOT_SHOWN = ("lines", "marks", "candidates", "notes", "corners", "suggested_corners")
"""Fields of a photo that are large, and no list needs."""

KEPT_SECONDS = 20
"""How old a report may be: it goes through all photos of its period, and its page is looked at again and again."""

ENOUGH_ANSWERS = 20
"""With fewer answers, the survey raises no alarm."""


@dataclass(frozen=True)
class Figures:
    """Photos that ended within a period. Seconds are from asking to the result; None where nothing was done.

    ``in_time`` were done by their deadline. ``compared`` are those whose photo and result were both read,
    ``improved`` those of them that read better. ``yes``, ``partly`` and ``no`` count the answers
    that people gave to these photos within it.
    """

    done: int = 0
    failed: int = 0
    in_time: int = 0
    p50: float | None = None
    p95: float | None = None
    compared: int = 0
    improved: int = 0
    yes: int = 0
    partly: int = 0
    no: int = 0

    @property
    def total(self) -> int:
        return self.done + self.failed

    @property
    def within(self) -> Share:
        """The share done by the deadline; what failed was not."""
        return Share(self.in_time, self.total)

    @property
    def success(self) -> Share:
        return Share(self.done, self.total)

    @property
    def gained(self) -> Share:
        return Share(self.improved, self.compared)

    @property
    def readable(self) -> Share:
        """The share of answers that say yes."""
        return Share(self.yes, self.yes + self.partly + self.no)


@dataclass(frozen=True)
class Case:
    """A photo to be looked at: how many say no and partly, and the words that its result gained (None: not read)."""

    key: UUID
    noes: int
    partlies: int
    gain: float | None


@dataclass(frozen=True)
class Report:
    """What became of the photos that ended within a period.

    The figures of all of it, of each method (the most used first), and of each day in order; and the worst of each
    kind, the worst first: said not to be readable, failed, slowest, gained least, most lines kept from the photo.
    """

    all: Figures
    methods: Sequence[tuple[str, Figures]]
    days: Sequence[tuple[date, Figures]]
    unreadable: Sequence[Case] = ()
    failed: Sequence[Case] = ()
    slowest: Sequence[Case] = ()
    gained_least: Sequence[Case] = ()
    kept_most: Sequence[Case] = ()

    @property
    def cases(self) -> Sequence[Case]:
        """All of the worst."""
        kinds = (self.unreadable, self.failed, self.slowest, self.gained_least, self.kept_most)
        return [case for kind in kinds for case in kind]


ENDED = """
    WITH told AS MATERIALIZED (
        SELECT photo.id, photo.fallen_back, photo.finished_at,
            -- Done with an error: working on it anew failed, and its earlier result stands.
            CASE WHEN photo.error > '' THEN 'failed' ELSE photo.state END AS state,
            CASE WHEN photo.error > '' THEN '' ELSE photo.method END AS method,
            (photo.finished_at AT TIME ZONE %(zone)s)::date AS day,
            extract(epoch FROM photo.finished_at - photo.asked_at)::float8 AS seconds,
            (photo.after ->> 'score')::float8 - (photo.before ->> 'score')::float8 AS gain,
            coalesce(said.yes, 0) AS yes, coalesce(said.partly, 0) AS partly, coalesce(said.no, 0) AS no
        FROM upscale_photo photo
        LEFT JOIN (
            SELECT photo_id,
                count(*) FILTER (WHERE readable = 'yes') AS yes,
                count(*) FILTER (WHERE readable = 'partly') AS partly,
                count(*) FILTER (WHERE readable = 'no') AS no
            FROM upscale_surveyanswer WHERE answered_at >= %(since)s GROUP BY photo_id
        ) said ON said.photo_id = photo.id
        WHERE photo.finished_at >= %(since)s AND photo.state IN ('done', 'failed')
    )
"""
FIGURES = """
    count(*) FILTER (WHERE state = 'done') AS done,
    count(*) FILTER (WHERE state = 'failed') AS failed,
    count(*) FILTER (WHERE state = 'done' AND seconds <= %(deadline)s) AS in_time,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE state = 'done') AS p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE state = 'done') AS p95,
    count(gain) FILTER (WHERE state = 'done') AS compared,
    count(*) FILTER (WHERE state = 'done' AND gain > 0) AS improved,
    coalesce(sum(yes), 0)::int AS yes, coalesce(sum(partly), 0)::int AS partly, coalesce(sum(no), 0)::int AS no
"""
WORST = {
    "unreadable": "state = 'done' AND no + partly > 0 ORDER BY no DESC, partly DESC, id DESC",
    "failed": "state = 'failed' ORDER BY finished_at DESC",
    "slowest": "state = 'done' ORDER BY seconds DESC, id DESC",
    "gained_least": "state = 'done' AND gain IS NOT NULL ORDER BY gain, id DESC",
    "kept_most": "state = 'done' AND fallen_back > 0 ORDER BY fallen_back DESC, id DESC",
}


def report(since: datetime, *, most: int = 6) -> Report:
    """Return what became of the photos that ended since a moment, in one pass over them; ``most`` cases of a kind."""
    groups = f"""
        SELECT jsonb_agg(one) FROM (
            SELECT grouping(method, day) AS level, method, day, {FIGURES} FROM told
            GROUP BY GROUPING SETS ((), (method), (day))
        ) one
    """  # noqa: S608 - our own texts
    worst = [
        f"""
        SELECT coalesce(jsonb_agg(one), '[]') FROM (
            SELECT id AS "key", no AS noes, partly AS partlies, gain FROM told WHERE {which} LIMIT %(most)s
        ) one
        """  # noqa: S608
        for which in WORST.values()
    ]
    columns = ", ".join(f"({query})" for query in (groups, *worst))
    rows, *kinds = _row(f"{ENDED} SELECT {columns}", since, most=most)
    found = [
        (row.pop("level"), row.pop("method"), row.pop("day"), Figures(**row)) for row in json.loads(rows)
    ]
    methods = [(method, figures) for level, method, _day, figures in found if level == 1 and method]
    days = [(date.fromisoformat(day), figures) for level, _method, day, figures in found if level == 2]
    return Report(
        all=next(figures for level, _method, _day, figures in found if level == 3),
        methods=sorted(methods, key=lambda one: (-one[1].done, one[0])),
        days=sorted(days, key=lambda one: one[0]),
        **{
            name: [Case(**case | {"key": UUID(case["key"])}) for case in json.loads(cases)]
            for name, cases in zip(WORST, kinds, strict=True)
        },
    )


def recent_report(since: datetime) -> Report:
    """Return :func:`report`, at most ``KEPT_SECONDS`` old."""
    key = f"promise-report:{since.isoformat()}:{settings.PHOTO_DEADLINE_SECONDS}"
    kept: Report | None = cache.get(key)
    if kept is None:
        kept = report(since)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def figures(since: datetime) -> Figures:
    """Return the figures of the photos that ended since a moment."""
    return Figures(*_row(f"{ENDED} SELECT {FIGURES} FROM told", since))  # noqa: S608 - our own texts


def _row(sql: str, since: datetime, **parameters: Any) -> Sequence[Any]:
    parameters |= {
        "deadline": settings.PHOTO_DEADLINE_SECONDS,
        "zone": timezone.get_current_timezone_name(),
        "since": since,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # what is told of 50,000 photos stays in memory
        cursor.execute(sql, parameters)
        row: Sequence[Any] = cursor.fetchone()
    return row


def photos_of(cases: Sequence[Case]) -> dict[UUID, Photo]:
    """Return the photos of cases by their keys, in one query; those deleted since are not among them."""
    return {
        photo.pk: photo
        for photo in Photo.objects.filter(pk__in=[case.key for case in cases]).defer(*NOT_SHOWN)
    }


# --------------------------------------------------------------------------------------------------------- now
@dataclass(frozen=True)
class Queue:
    """What waits and works now. Times are seconds; ``oldest`` is None where nothing waits.

    ``overdue`` are waiting or worked on past their deadline. ``next_seconds`` is what a photo of one megapixel that
    came now would take, and ``next_effort`` how much would be spent on it.
    """

    waiting: int
    running: int
    oldest: float | None
    overdue: int
    workers: int
    next_seconds: float
    next_effort: str


def queue_now() -> Queue:
    """Read the queue off the tables."""
    deadline = timedelta(seconds=settings.PHOTO_DEADLINE_SECONDS)
    row = Photo.objects.open().aggregate(
        waiting=Count("pk", filter=Q(state="queued")),
        running=Count("pk", filter=Q(state="running")),
        overdue=Count("pk", filter=Q(asked_at__lt=Now() - deadline)),
    )
    oldest = (
        Photo.objects.queued()
        .annotate(age=Now() - F("asked_at"))
        .order_by("asked_at")
        .values_list("age", flat=True)
        .first()
    )
    coming = predict(MEGAPIXEL)
    return Queue(
        **row,
        oldest=oldest.total_seconds() if oldest else None,
        workers=Worker.objects.alive().count(),
        next_seconds=coming.seconds,
        next_effort=coming.effort,
    )
