"""The promise in figures: how long photos take, how many succeed, improve, and can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, ExpressionWrapper, F, FloatField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now
from django.utils import timezone

from engines.statistics.intervals import Share
from jobs.models import Worker
from upscale.models import Photo
from upscale.promise import MEGAPIXEL, predict

IN_TIME = 0.95
SUCCESS = 0.98
READABLE = 0.80
"""What is promised of all photos, of all photos, and of all answers."""

ENOUGH_ANSWERS = 20
"""With fewer answers, the survey raises no alarm."""


@dataclass(frozen=True)
class Figures:
    """Photos that ended within a period. Seconds are from asking to the result; None where nothing was done.

    ``in_time`` were done by their deadline. ``compared`` are those whose photo and result were both read,
    ``improved`` those of them that read better. ``yes``, ``partly`` and ``no`` count answers of the survey.
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
class Report:
    """The figures of a period: of all of it, of each method (the most used first), and of each day in order."""

    all: Figures
    methods: Sequence[tuple[str, Figures]]
    days: Sequence[tuple[date, Figures]]


FIGURES = """
    SELECT {group}
        count(*) FILTER (WHERE state = 'done'),
        count(*) FILTER (WHERE state = 'failed'),
        count(*) FILTER (WHERE state = 'done' AND seconds <= %(deadline)s),
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE state = 'done'),
        count(gain) FILTER (WHERE state = 'done'),
        count(*) FILTER (WHERE state = 'done' AND gain > 0),
        coalesce(sum(yes), 0)::int, coalesce(sum(partly), 0)::int, coalesce(sum(no), 0)::int
    FROM (
        SELECT photo.state, photo.method,
            (photo.finished_at AT TIME ZONE %(zone)s)::date AS day,
            extract(epoch FROM photo.finished_at - photo.asked_at)::float8 AS seconds,
            (photo.after ->> 'score')::float8 - (photo.before ->> 'score')::float8 AS gain,
            said.yes, said.partly, said.no
        FROM upscale_photo photo
        LEFT JOIN (
            SELECT photo_id,
                count(*) FILTER (WHERE readable = 'yes') AS yes,
                count(*) FILTER (WHERE readable = 'partly') AS partly,
                count(*) FILTER (WHERE readable = 'no') AS no
            FROM upscale_surveyanswer GROUP BY photo_id
        ) said ON said.photo_id = photo.id
        WHERE photo.finished_at >= %(since)s AND photo.state IN ('done', 'failed')
    ) ended
"""


def report(since: datetime) -> Report:
    """Return the figures of the photos that ended since a moment, in one pass over them."""
    sql = FIGURES.format(group="grouping(method, day), method, day,")
    rows = _rows(f"{sql} GROUP BY GROUPING SETS ((), (method), (day))", since)
    methods = [(row[1], _figures(row[3:])) for row in rows if row[0] == 1 and row[1]]
    return Report(
        all=next((_figures(row[3:]) for row in rows if row[0] == 3), Figures()),
        methods=sorted(methods, key=lambda one: (-one[1].done, one[0])),
        days=sorted((row[2], _figures(row[3:])) for row in rows if row[0] == 2),
    )


def figures(since: datetime) -> Figures:
    """Return the figures of the photos that ended since a moment."""
    [row] = _rows(FIGURES.format(group=""), since)
    return _figures(row)


def _rows(sql: str, since: datetime) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "deadline": settings.PHOTO_DEADLINE_SECONDS,
        "zone": timezone.get_current_timezone_name(),
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _figures(row: Sequence[Any]) -> Figures:
    done, failed, in_time, halves, *others = row
    p50, p95 = halves if isinstance(halves, list) else (None, None)
    return Figures(done, failed, in_time, p50, p95, *others)


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


# -------------------------------------------------------------------------------------------------- worst cases
NOT_SHOWN = ("lines", "marks", "candidates", "notes", "corners", "suggested_corners")
"""Fields of a photo that are large, and no list needs."""


@dataclass(frozen=True)
class WorstCases:
    """Photos of a period to be looked at, the worst first."""

    unreadable: Sequence[Photo]
    failed: Sequence[Photo]
    slowest: Sequence[Photo]
    gained_least: Sequence[Photo]
    kept_most: Sequence[Photo]


def worst_cases(since: datetime, most: int = 6) -> WorstCases:
    """Find the photos of which people say that they cannot be read, and those that are worst by our own figures.

    Those not readable have ``noes`` and ``partlies``, those that gained least a ``gain``.
    """
    ended = Photo.objects.filter(finished_at__gte=since)
    done = ended.done()
    score = {name: Cast(KT(f"{name}__score"), FloatField()) for name in ("before", "after")}
    answered = done.annotate(
        noes=Count("answers", Q(answers__readable="no")),
        partlies=Count("answers", Q(answers__readable="partly")),
    ).filter(Q(noes__gt=0) | Q(partlies__gt=0))
    gain = ExpressionWrapper(score["after"] - score["before"], FloatField())
    took = F("finished_at") - F("asked_at")
    found = {
        "unreadable": answered.order_by("-noes", "-partlies", "-id"),
        "failed": ended.failed().order_by("-finished_at"),
        "slowest": done.order_by(took.desc(), "-id"),
        "gained_least": done.annotate(gain=gain).filter(gain__isnull=False).order_by("gain", "-id"),
        "kept_most": done.filter(fallen_back__gt=0).order_by("-fallen_back", "-id"),
    }
    return WorstCases(**{name: list(photos.defer(*NOT_SHOWN)[:most]) for name, photos in found.items()})
