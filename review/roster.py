"""Who rates, what they know, and how much they have done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Role, User
from review.models import Competence, Hold, Vote
from stockgen.models import Topic


@dataclass(frozen=True)
class Rater:
    """An expert with their topics (none: all), live votes, the time of the latest, and pictures in hand now."""

    user: User
    topics: list[Topic] = field(default_factory=list)
    votes: int = 0
    last_vote_at: datetime | None = None
    holds: int = 0


def experts() -> QuerySet[User]:
    """Return everybody who may rate, by name."""
    may_rate = Q(groups__name=Role.EXPERT) | Q(is_superuser=True)
    return User.objects.filter(may_rate, is_active=True).distinct().order_by("username")


def roster() -> list[Rater]:
    """Describe all experts, in a few queries however many there are."""
    cast = Vote.objects.live().decisive().order_by().values("rater")
    votes = dict(cast.annotate(count=Count("pk")).values_list("rater", "count"))
    latest = dict(cast.annotate(latest=Max("created_at")).values_list("rater", "latest"))
    held = Hold.objects.live().order_by().values("rater").annotate(count=Count("pk"))
    holds = dict(held.values_list("rater", "count"))
    topics: dict[int, list[Topic]] = {}
    for known in Competence.objects.select_related("topic").order_by("topic__position", "topic__name"):
        topics.setdefault(known.rater_id, []).append(known.topic)
    return [
        Rater(
            user, topics.get(user.pk, []), votes.get(user.pk, 0), latest.get(user.pk), holds.get(user.pk, 0)
        )
        for user in experts()
    ]
