"""Which pictures of the stock are wanted: every filter of the library in one place, for pages and REST."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from stockgen.library.queries import Query, read_query
from stockgen.library.searching import MOST_RANKED, nearest, nearest_to
from stockgen.models import Collection, CollectionItem, Concept, StockPicture, Topic
from stockgen.models.registered import image_models
from stockgen.models.stock import StockPictureQuerySet

UNFLAGGED = "none"
"""Asks for pictures without any flag."""


@dataclass(frozen=True)
class Wanted:
    """The filters; None and empty ones do not narrow. Days are of the site's time zone, ``until`` included."""

    topic: Topic | None = None
    concept: Concept | None = None
    location: str = ""
    run: UUID | None = None
    campaign: UUID | None = None
    since: date | None = None
    until: date | None = None
    orientation: str = ""
    min_width: int | None = None
    min_height: int | None = None
    image_model: str = ""
    licence: str = ""
    flag: str = ""
    collection: Collection | None = None

    def rows(self) -> StockPictureQuerySet:
        """Return the pictures that pass all filters."""
        same = {
            "topic": self.topic, "concept": self.concept, "run": self.run, "campaign": self.campaign,
            "orientation": self.orientation, "image_model": self.image_model, "width__gte": self.min_width,
            "height__gte": self.min_height,
        }  # fmt: skip
        rows = StockPicture.objects.filter(**{name: value for name, value in same.items() if value})
        rows = rows.approved_between(_midnight(self.since), _midnight(_day_after(self.until)))
        if self.location.strip():
            rows = rows.at_location(self.location)
        if self.licence:
            rows = rows.filter(image_model__in=models_under(self.licence))
        if self.flag == UNFLAGGED:
            rows = rows.filter(flags=[])
        elif self.flag:
            rows = rows.filter(flags__contains=[self.flag])
        if self.collection:
            items = CollectionItem.objects.filter(collection=self.collection)
            rows = rows.filter(pk__in=items.order_by().values("picture"))
        return rows


@dataclass(frozen=True)
class Found:
    """A page of the library. ``similarities`` are by picture, of a search by meaning; ``next`` asks for what follows.

    ``next`` holds the parameter and its value: ``before`` (a picture) for a list, newest first, ``after`` (how many
    were shown) for a search, nearest first; None on the last page.
    """

    pictures: list[StockPicture]
    similarities: dict[UUID, float]
    next: tuple[str, str] | None
    query: Query | None = None


def find(
    wanted: Wanted,
    *,
    text: str = "",
    like: StockPicture | None = None,
    before: UUID | None = None,
    after: int = 0,
    size: int = 60,
) -> Found:
    """Return a page: by the meaning of ``text``, by likeness to a picture, or else the newest first.

    Raises ``ValidationError`` at ``q`` for a text that cannot be searched for.
    """
    if not text.strip() and like is None:
        rows = wanted.rows().page(before=before, size=size + 1)
        follows = ("before", str(rows[size - 1].pk)) if len(rows) > size else None
        return Found(rows[:size], {}, follows)
    query = read_query(text) if text.strip() else None
    after = min(max(after, 0), MOST_RANKED)
    ranked: list[tuple[UUID, float]] = []
    if query and query.searched_for:
        ranked = nearest(query.vector, wanted.rows(), size=MOST_RANKED)
    elif like is not None:
        ranked = nearest_to(like, wanted.rows(), size=MOST_RANKED)
    shown = ranked[after : after + size]
    follows = ("after", str(after + size)) if len(ranked) > after + size else None
    return Found(in_order([key for key, _similarity in shown]), dict(shown), follows, query)


def in_order(keys: list[UUID]) -> list[StockPicture]:
    """Return the pictures of these keys, in their order, ready for tiles; those gone meanwhile are left out."""
    rows = {row.pk: row for row in StockPicture.objects.filter(pk__in=keys).for_tiles()}
    return [rows[key] for key in keys if key in rows]


def collection_for(user: User, key: UUID | None) -> Collection | None:
    """Return a collection that a person may see; None for none asked. Raises ``Collection.DoesNotExist``."""
    return Collection.objects.visible_to(user).get(pk=key) if key else None


def models_under(licence: str) -> list[str]:
    """Return the keys of the image models of a licence. Raises ``ValidationError`` where there is none."""
    keys = [key for key, spec in image_models().items() if spec.licence == licence]
    if not keys:
        raise ValidationError({"licence": _("No image model has this licence.")})
    return keys


def _day_after(day: date | None) -> date | None:
    """Return the next day; None, no bound, for none and for the last day that there is."""
    return day + timedelta(days=1) if day and day < date.max else None


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
