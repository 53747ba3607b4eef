"""What each expert does: how much, how fast, how kindly, how much like the others, and how rightly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from accounts.models import User
from engines.statistics.intervals import Share
from review.models import Vote
from review.models.vote import VoteQuerySet
from review.statistics.approval import NOTHING
from review.statistics.scope import Scope
from review.statistics.sql import Median, by_picture, rows_over
from stockgen.models import Verdict

RIGHT = Q(choice="approve", entry__known__expected=Verdict.APPROVED) | Q(
    choice="reject", entry__known__expected=Verdict.REJECTED
)

# As in agreements: only the votes that were wanted before any tie. Pictures on which the same people voted the same
# are counted together.
_PATTERNS = """
    SELECT voters[:wanted], picks[:wanted], count(*)
    FROM ({inner}) AS pictures JOIN review_entry ON picture_id = entry_key
    WHERE cardinality(picks) > 1 AND wanted > 1 AND (%s::timestamptz IS NULL OR first >= %s) AND (NOT is_open OR %s)
    GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Tally:
    """What one expert did in one week. ``votes`` are those that count, ``known`` those on known pictures."""

    rater: int
    week: date
    votes: Share = NOTHING
    known: Share = NOTHING
    known_approvals: int = 0


@dataclass(frozen=True)
class Week:
    """One week: the share of approvals among the votes, and of right ones on known pictures."""

    start: date
    approval: Share
    known: Share


@dataclass(frozen=True)
class Expert:
    """The figures of one expert.

    ``seconds`` is the median time on a picture, None where no browser told it; ``with_others`` the share of votes
    with the majority of the others; ``known`` that of right votes on known pictures.
    """

    user: User
    votes: int
    seconds: float | None
    approval: Share
    with_others: Share
    known: Share
    weeks: list[Week]


def tallies(votes: VoteQuerySet) -> list[Tally]:
    """Count votes by expert and week; two queries."""
    week = TruncWeek("created_at")
    decisive = votes.live().decisive().order_by()
    approvals = Count("pk", filter=Q(choice="approve"))
    counted = (
        decisive.filter(gold=False)
        .values_list("rater", week)
        .annotate(approvals=approvals, total=Count("pk"))
    )
    known = decisive.filter(gold=True).values_list("rater", week)
    return [
        *[
            Tally(rater, start.date(), votes=Share(approved, total))
            for rater, start, approved, total in counted
        ],
        *[
            Tally(rater, start.date(), known=Share(right, total), known_approvals=approved)
            for rater, start, approved, right, total in known.annotate(
                approvals=approvals, right=Count("pk", filter=RIGHT), total=Count("pk")
            )
        ],
    ]


def weeks_of(counted: Iterable[Tally]) -> list[Week]:
    """Add up what all experts did in each week, rising."""
    votes: defaultdict[date, Share] = defaultdict(lambda: NOTHING)
    known: defaultdict[date, Share] = defaultdict(lambda: NOTHING)
    for tally in counted:
        votes[tally.week] += tally.votes
        known[tally.week] += tally.known
    return [Week(start, votes[start], known[start]) for start in sorted(votes)]


def experts(scope: Scope, counted: Iterable[Tally]) -> list[Expert]:
    """Return the figures of everybody with a vote, most votes first. ``counted`` are the scope's tallies."""
    own: defaultdict[int, list[Tally]] = defaultdict(list)
    for tally in counted:
        own[tally.rater].append(tally)
    seconds = median_seconds(scope.votes())
    agreeing = with_others(scope)
    users = User.objects.in_bulk(list(own))
    found = [
        _expert(users[rater], mine, _all_votes(mine), seconds.get(rater), agreeing.get(rater, NOTHING))
        for rater, mine in own.items()
    ]
    return sorted(found, key=lambda expert: (-expert.votes, expert.user.pk))


def own_figures(user: User, scope: Scope) -> Expert | None:
    """Return an expert's own figures as they may see them; None before the first vote.

    Agreement takes only pictures that are decided. A vote on a known picture counts as any other, and for the share
    of right ones only from the next day on: nobody can find out by a look at this page which pictures are known.
    """
    mine = scope.votes().of(user)
    counted = [
        Tally(tally.rater, tally.week, tally.votes + Share(tally.known_approvals, tally.known.total))
        for tally in tallies(mine)
    ]
    if not counted:
        return None
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    known = [
        Tally(tally.rater, tally.week, known=tally.known)
        for tally in tallies(mine.filter(gold=True, created_at__lt=today))
    ]
    agreeing = with_others(scope, only=user).get(user.pk, NOTHING)
    seconds = median_seconds(mine).get(user.pk)
    return _expert(user, [*counted, *known], _all_votes(counted), seconds, agreeing)


def median_seconds(votes: VoteQuerySet) -> dict[int, float]:
    """Return the median seconds on a picture by expert."""
    timed = votes.live().decisive().filter(seconds__isnull=False).order_by()
    return dict(timed.values_list("rater").annotate(median=Median(F("seconds"))))


def with_others(scope: Scope, *, only: User | None = None) -> dict[int, Share]:
    """Return by expert how many votes are with the majority of the others on the same picture.

    Where the others tie there is no majority, and the vote is left out. ``only`` restricts it to the pictures that one
    expert has rated and that wait for no more votes.
    """
    votes = replace(scope, since=None).votes()
    if only is not None:
        rated = Vote.objects.counted().of(only).values("entry")
        votes = votes.filter(entry__in=rated)
    found: defaultdict[int, Share] = defaultdict(lambda: NOTHING)
    for voters, picks, pictures in rows_over(
        by_picture(votes, voters=True), _PATTERNS, [scope.since, scope.since, only is None]
    ):
        approvals, others = picks.count(True), len(picks) - 1
        for voter, approved in zip(voters, picks, strict=True):
            theirs = 2 * (approvals - approved)
            if theirs != others:
                found[voter] += Share(pictures * (approved == (theirs > others)), pictures)
    return dict(found)


def _all_votes(counted: list[Tally]) -> int:
    return sum(tally.votes.total + tally.known.total for tally in counted)


def _expert(
    user: User, counted: list[Tally], votes: int, seconds: float | None, with_others: Share
) -> Expert:
    weeks = weeks_of(counted)
    return Expert(
        user=user,
        votes=votes,
        seconds=seconds,
        approval=sum((week.approval for week in weeks), NOTHING),
        with_others=with_others,
        known=sum((week.known for week in weeks), NOTHING),
        weeks=weeks,
    )
