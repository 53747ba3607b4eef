"""Of which pictures and votes a reader's figures are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Role, User
from review.models import Vote
from review.models.vote import VoteQuerySet
from stockgen.models import Campaign, Concept, Picture, Topic, Verdict
from stockgen.models.picture import PictureQuerySet


@dataclass(frozen=True)
class Scope:
    """A selection of pictures; ``owner`` None means everybody's, ``since`` None all of the time.

    With a ``campaign``, only what it made.

    A verdict counts from the moment it was given, a vote from when it was cast.
    """

    owner: User | None = None
    topic: Topic | None = None
    concept: Concept | None = None
    since: datetime | None = None
    campaign: Campaign | None = None

    def decided(self) -> PictureQuerySet:
        """Pictures with a verdict."""
        decided = Picture.objects.filter(verdict__in=[Verdict.APPROVED, Verdict.REJECTED])
        if self.since:
            decided = decided.filter(verdict_at__gte=self.since)
        if self.owner:
            decided = decided.filter(owner=self.owner)
        if self.topic:
            decided = decided.filter(topic=self.topic)
        if self.campaign:
            decided = decided.filter(cell__campaign=self.campaign)
        return decided.filter(concept=self.concept) if self.concept else decided

    def votes(self) -> VoteQuerySet:
        """Votes, every kind of them."""
        votes = Vote.objects.all()
        if self.since:
            votes = votes.filter(created_at__gte=self.since)
        if self.owner:
            votes = votes.filter(entry__picture__owner=self.owner)
        if self.topic:
            votes = votes.filter(entry__topic=self.topic)
        if self.campaign:
            votes = votes.filter(entry__campaign=self.campaign)
        return votes.filter(entry__concept=self.concept) if self.concept else votes


def owner_for(user: User) -> User | None:
    """Return whose pictures a designer's or operator's figures are made of: their own, or (None) everybody's.

    Unlike the gallery, a designer who is an expert besides does not get everybody's: an expert may look at all
    pictures, but not at what others voted.
    """
    user.require_role(Role.DESIGNER, Role.OPERATOR)
    return None if user.has_role(Role.OPERATOR) else user


def votes_open_to(user: User) -> Q:
    """Return which votes a designer or operator may see one by one, as a condition on votes.

    Operators see all, designers those on own pictures. Whoever is an expert besides does not see those on pictures that
    they may still be given to rate, known ones included: the same rule as :meth:`Entry.hides_votes_from`.
    """
    owner = owner_for(user)
    condition = Q(entry__picture__owner=owner) if owner else Q()
    if user.has_role(Role.EXPERT):
        rated = Vote.objects.live().decisive().of(user).values("entry")
        condition &= Q(entry__is_open=False, entry__gold=False) | Q(entry__in=rated)
    return condition
