"""How a rater's session goes: pace, streak, what is left, agreement with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts.models import User
from review.models import Choice, Vote
from review.queue import MOST_COUNTED, left_for
from stockgen.models import Verdict

PACE_WINDOW = timedelta(minutes=10)
LEAST_FOR_PACE = 5
STREAK_PAUSE = timedelta(seconds=60)
AGREEMENT_WINDOW = 500
LEAST_FOR_AGREEMENT = 10


@dataclass(frozen=True)
class Session:
    """Counters for the rater's own eyes.

    ``votes`` are those since the session began; ``pace_per_hour`` is that of the last ten minutes; ``streak`` counts
    the votes up to now without a pause of over a minute; ``left`` is what the rater has in hand and
    what could be given, up to 1,000 (then ``left_capped``).
    ``agreement`` is the share, 0 to 1, of the latest ``agreed_on`` decided pictures of several votes on which
    the rater was with the majority of the others; None under ten. Known pictures count like all others, but not
    for agreement.
    """

    votes: int
    pace_per_hour: float | None
    streak: int
    left: int
    left_capped: bool
    skipped: int
    agreement: float | None
    agreed_on: int


def session_of(rater: User, since: datetime | None = None) -> Session:
    """Read a rater's counters; without ``since`` the session is that of the last twelve hours."""
    mine = Vote.objects.live().of(rater)
    rated = mine.decisive()
    started = since or Now() - timedelta(hours=12)
    times = list(
        rated.filter(created_at__gte=Now() - timedelta(hours=12))
        .order_by("-created_at")
        .values_list("created_at", flat=True)[:2000]
    )
    # Known pictures, too: who skips one must not learn that it is known.
    skipped = mine.filter(Q(entry__is_open=True) | Q(entry__gold=True), choice=Choice.SKIP)
    agreed, of = _agreement(rater)
    left = left_for(rater)
    return Session(
        votes=rated.filter(created_at__gte=started).count(),
        pace_per_hour=_pace(times),
        streak=_streak(times),
        left=left,
        left_capped=left == MOST_COUNTED,
        skipped=skipped.count(),
        agreement=agreed / of if of >= LEAST_FOR_AGREEMENT else None,
        agreed_on=of,
    )


def _pace(times: list[datetime]) -> float | None:
    """Return votes per hour over the last ten minutes of voting, newest first; None while too few."""
    recent = [time for time in times if times[0] - time <= PACE_WINDOW]
    if len(recent) < LEAST_FOR_PACE:
        return None
    seconds = (recent[0] - recent[-1]).total_seconds()
    return (len(recent) - 1) * 3600 / seconds if seconds > 0 else None


def _streak(times: list[datetime]) -> int:
    """Count the votes, newest first, up to the first long pause."""
    count = min(len(times), 1)
    for newer, older in pairwise(times):
        if newer - older > STREAK_PAUSE:
            break
        count += 1
    return count


def _agreement(rater: User) -> tuple[int, int]:
    """Return on how many decided pictures the rater was with the majority of the others, and of how many.

    Only pictures whose verdict stands are looked at, so that nobody learns of another's vote before their own.
    """
    others = Vote.objects.counted().filter(entry=OuterRef("entry")).exclude(rater=rater)
    mine = (
        Vote.objects.counted()
        .of(rater)
        .filter(Exists(others))
        .exclude(entry__picture__verdict=Verdict.PENDING)
        .order_by("-created_at")
        .values_list("entry", "choice")[:AGREEMENT_WINDOW]
    )
    choices = dict(mine)
    tallies = (
        Vote.objects.counted()
        .filter(entry__in=list(choices))
        .exclude(rater=rater)
        .order_by()
        .values_list("entry")
        .annotate(
            approvals=Count("pk", filter=Q(choice=Choice.APPROVE)),
            rejections=Count("pk", filter=Q(choice=Choice.REJECT)),
        )
    )
    clear = [
        (choices[entry], Choice.APPROVE if approvals > rejections else Choice.REJECT)
        for entry, approvals, rejections in tallies
        if approvals != rejections
    ]
    return sum(own == majority for own, majority in clear), len(clear)
