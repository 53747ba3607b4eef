"""Which pictures an export takes, as a query: the one place to add another way of choosing."""

from __future__ import annotations

from dataclasses import dataclass

from stockgen.models import Campaign, Collection, CollectionItem, Concept, Picture, Topic
from stockgen.models.picture import PictureQuerySet


@dataclass(frozen=True)
class Selection:
    """The pictures of the stock, whoever asked for them, narrowed by what is given.

    Its names are fields of ``Export``.
    """

    topic: Topic | None = None
    concept: Concept | None = None
    campaign: Campaign | None = None
    collection: Collection | None = None

    def pictures(self) -> PictureQuerySet:
        """Return the pictures: what the library shows to everybody who may export."""
        found = Picture.objects.filter(stock__isnull=False)
        if self.topic:
            found = found.filter(topic=self.topic)
        if self.concept:
            found = found.filter(concept=self.concept)
        if self.campaign:
            found = found.filter(cell__campaign=self.campaign)
        if self.collection:
            items = CollectionItem.objects.filter(collection=self.collection)
            found = found.filter(pk__in=items.values("picture"))
        return found
