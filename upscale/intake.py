"""Take a photo in: checked, decoded where it can do no harm, stored, and queued; or refused with nothing stored."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engines.boards.decoding import DecodedPhoto, DecodeLimits, decode_photo
from jobs.ids import uuid7
from jobs.models import IdempotencyConflict
from upscale.models import Photo, PhotoSource, Room
from upscale.models.crops import check_crop
from upscale.models.photo import SMALLER_SIDES
from upscale.models.storing import delete_folder
from upscale.promise import predict
from upscale.rates import TooMany, count_photos
from upscale.visitors import Visitor

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants done with a photo. ``room``: one that they are in; ``address``: that of their network."""

    corners: Any = None
    rotation: int = 0
    room: Room | None = None
    idempotency_key: str = ""
    address: str = ""


def limits() -> DecodeLimits:
    """Return what a photo may be, by the settings."""
    return DecodeLimits(
        most_bytes=settings.PHOTO_MAX_MIB * MIB, most_pixels=settings.PHOTO_MAX_MEGAPIXELS * 1_000_000
    )


def take_in(
    visitor: Visitor, content: bytes, source: PhotoSource, wish: Wish | None = None
) -> tuple[Photo, bool]:
    """Store a photo and queue it; returns it, and whether it is new.

    The same ``idempotency_key`` of the same person returns the photo made before. Raises ``PhotoRefused`` for a file
    that is no photo, ``ValidationError`` for corners or a rotation that mean nothing, ``TooMany``, ``DecodersBusy``,
    ``IdempotencyConflict``, ``PermissionDenied`` where an account is needed or the room is not theirs, and
    ``WrongState`` for a closed room. Then nothing is stored.
    """
    wish = wish or Wish()
    if settings.PHOTOS_NEED_ACCOUNT and visitor.person.startswith("guest:"):
        raise PermissionDenied(_("Sign in to have photos made legible."))
    check_crop(wish.corners, wish.rotation)
    digest = _digest(content, wish)
    if earlier := _taken_before(visitor, wish, digest):
        return earlier, False
    if wish.room is not None and wish.room.membership_of(visitor) is None:
        raise PermissionDenied(_("Join the room first."))
    _check_rate(visitor)
    count_photos(wish.address)
    decoded = decode_photo(content, limits(), SMALLER_SIDES)
    photo = _photo(visitor, decoded, source, wish, digest)
    photo.original = default_storage.save(
        f"{photo.folder}/original.{decoded.suffix}", ContentFile(decoded.content)
    )
    try:
        for side, picture in decoded.smaller.items():
            default_storage.save(photo.smaller_name(side), ContentFile(picture))
        with transaction.atomic():
            Photo.objects.submit([photo])
            if wish.room is not None:
                photo.share(wish.room)  # where all is looked at again: decoding took its time
    except BaseException as error:
        delete_folder(photo.folder)
        if isinstance(error, IntegrityError) and (earlier := _taken_before(visitor, wish, digest)):
            return earlier, False
        raise
    photo.refresh_from_db()
    return photo, True


def _photo(visitor: Visitor, decoded: DecodedPhoto, source: PhotoSource, wish: Wish, digest: str) -> Photo:
    return Photo(
        id=uuid7(), person=visitor.person, source=source, idempotency_key=wish.idempotency_key, request_digest=digest,
        original_width=decoded.width, original_height=decoded.height, is_recompressed=decoded.is_recompressed,
        suggested_corners=decoded.corners, corners=wish.corners, rotation=wish.rotation,
        predicted_seconds=predict(decoded.width * decoded.height, visitor.person).seconds,
    )  # fmt: skip


def _digest(content: bytes, wish: Wish) -> str:
    """Return what makes two requests the same one."""
    asked = json.dumps([wish.corners, wish.rotation, str(wish.room.pk) if wish.room else ""])
    return hashlib.sha256(hashlib.sha256(content).digest() + asked.encode()).hexdigest()


def _taken_before(visitor: Visitor, wish: Wish, digest: str) -> Photo | None:
    if not wish.idempotency_key:
        return None
    earlier = Photo.objects.of(visitor).filter(idempotency_key=wish.idempotency_key).first()
    if earlier and earlier.request_digest != digest:
        raise IdempotencyConflict(_("This idempotency key was used for another request."))
    return earlier


def _check_rate(visitor: Visitor) -> None:
    most = settings.PHOTOS_PER_HOUR
    recent = Photo.objects.of(visitor).filter(created_at__gt=Now() - timedelta(hours=1))
    times = recent.order_by("-created_at").values_list("created_at", flat=True)
    if most and (oldest := times[most - 1 : most].first()):
        raise TooMany(max(1, 3600 - int((timezone.now() - oldest).total_seconds())))
