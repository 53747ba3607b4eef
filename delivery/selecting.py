"""Which pictures an export takes, as a query: the one place to add another way of choosing."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from stockgen.models import Campaign, Concept, Picture, Topic, Verdict
from stockgen.models.picture import PictureQuerySet


@dataclass(frozen=True)
class Selection:
    """The approved pictures of the stock, narrowed by what is given. Its names are fields of ``Export``."""

    topic: Topic | None = None
    concept: Concept | None = None
    campaign: Campaign | None = None

    def pictures(self, user: User) -> PictureQuerySet:
        """Return the approved pictures that a person may take: operators everybody's, designers their own."""
        found = Picture.objects.stock().with_verdict(Verdict.APPROVED, user)
        if self.topic:
            found = found.filter(topic=self.topic)
        if self.concept:
            found = found.filter(concept=self.concept)
        return found.filter(cell__campaign=self.campaign) if self.campaign else found
