"""The pictures that split the experts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, FloatField, Q
from django.db.models.functions import Cast, Least

from review.models import Vote
from review.models.vote import VoteQuerySet
from stockgen.models import Picture, Reason


@dataclass(frozen=True)
class Split:
    """A picture with its counted votes, in the order in which they were cast."""

    picture: Picture
    votes: list[Vote]
    reasons: list[str]

    @property
    def approvals(self) -> int:
        return sum(vote.choice == "approve" for vote in self.votes)

    @property
    def rejections(self) -> int:
        return len(self.votes) - self.approvals


def splits(votes: VoteQuerySet, *, start: int = 0, size: int = 48) -> list[Split]:
    """Return pictures on which the counted votes of a selection differ, the most contested first.

    Most contested is the smallest lead of the majority, then the most votes, then the newest picture.
    """
    contested = (
        votes.counted()
        .order_by()
        .values("entry")
        .annotate(
            approvals=Count("pk", filter=Q(choice="approve")),
            rejections=Count("pk", filter=Q(choice="reject")),
        )
        .filter(approvals__gt=0, rejections__gt=0)
        .annotate(
            minority=Cast(Least("approvals", "rejections"), FloatField()) / (F("approvals") + F("rejections"))
        )
    )
    contested = contested.order_by("-minority", (F("approvals") + F("rejections")).desc(), "-entry")
    keys = list(contested.values_list("entry", flat=True)[start : start + size])
    return _with_votes(keys)


def _with_votes(keys: list[UUID]) -> list[Split]:
    """Bring the pictures and everything that is shown of them, in the order of the keys; four queries."""
    pictures = Picture.objects.with_names().select_related("prompt__location").in_bulk(keys)
    ballots: defaultdict[UUID, list[Vote]] = defaultdict(list)
    for vote in (
        Vote.objects.counted().filter(entry__in=keys).select_related("rater").order_by("created_at", "id")
    ):
        ballots[vote.entry_id].append(vote)
    names = {reason.key: str(reason) for reason in Reason.objects.all()}
    return [
        Split(pictures[key], ballots[key], _reasons(ballots[key], names)) for key in keys if key in pictures
    ]


def _reasons(votes: list[Vote], names: dict[str, str]) -> list[str]:
    """Name the reasons given, each once."""
    return [names.get(key, key) for key in dict.fromkeys(key for vote in votes for key in vote.reasons)]
