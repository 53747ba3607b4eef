"""What a card of a photo shows, and who may share photos where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from jobs.states import State
from upscale.models import Membership, Photo, Room
from upscale.models.photo import PhotoQuerySet
from upscale.promise import places_of, seconds_left
from upscale.visitors import Visitor


@dataclass(frozen=True)
class Card:
    """A photo with what is only true at this moment: its place in the queue, the seconds that are left."""

    photo: Photo
    place: int
    seconds_left: float
    seconds_over: float
    is_own: bool

    @property
    def is_late(self) -> bool:
        """Tell whether it takes so much longer than predicted that “any moment now” would be no longer true."""
        allowance = max(5.0, 0.5 * (self.photo.predicted_seconds or 0.0))
        return self.seconds_over > allowance or (self.seconds_over > 0 and self.place > 0)

    @property
    def has_picture(self) -> bool:
        """Tell whether there is something to show: of a photo to be cropped or turned, others see only the part."""
        photo = self.photo
        return bool(self.is_own or photo.preview or photo.cutout or not (photo.corners or photo.rotation))

    @property
    def share(self) -> int:
        """Return how much of the way is done, in per cent; by the clock or by the worker, whichever is further."""
        predicted = self.photo.predicted_seconds or 0.0
        by_clock = 0.95 * (1 - self.seconds_left / predicted) if predicted else 0.0
        return round(100 * max(by_clock, self.photo.progress if self.photo.state == State.RUNNING else 0.0))


def for_cards(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Narrow what is read of photos to what cards show."""
    return photos.select_related("room").defer("lines", "marks", "candidates")


def cards_of(photos: Sequence[Photo], visitor: Visitor | None) -> list[Card]:
    """Return photos as cards."""
    now = timezone.now()
    places = places_of(photos)
    cards = []
    for photo in photos:
        left = seconds_left(photo, now)
        over = (now - photo.asked_at).total_seconds() - (photo.predicted_seconds or 0.0)
        cards.append(Card(photo, places.get(photo.pk, 0), left, max(0.0, over), photo.is_of(visitor)))
    return cards


def rooms_of(visitor: Visitor | None) -> list[Room]:
    """Return the live rooms that one is in, the newest first."""
    if visitor is None:
        return []
    memberships = Membership.objects.present().filter(person=visitor.person)
    return list(Room.objects.live().filter(pk__in=memberships.values("room")).order_by("-id"))


def limits_of(visitor: Visitor | None) -> dict[str, Any]:
    """Return what a page must know before a photo is sent."""
    return {
        "needs_account": settings.PHOTOS_NEED_ACCOUNT and (visitor is None or visitor.user is None),
        "most_mib": settings.PHOTO_MAX_MIB,
        "most_bytes": settings.PHOTO_MAX_MIB * 1024 * 1024,
    }
