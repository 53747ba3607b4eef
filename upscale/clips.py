"""Lecture videos: take one in, and take those of its frames that are wanted as photos."""

from __future__ import annotations

from collections.abc import Collection
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from engines.boards.formats import video_suffix
from engines.boards.refusals import VideoRefused
from jobs.ids import uuid7
from jobs.models import IdempotencyConflict, WrongState
from upscale.intake import MIB, Wish, take_in
from upscale.models import Clip, ClipFrame, Photo, PhotoSource
from upscale.models.storing import delete_files
from upscale.visitors import Visitor

MOST_OPEN = 3
"""Videos of one person that wait or are worked on."""

HEAD_BYTES = 64


class TooManyClips(Exception):
    """Too many videos of one person wait already."""

    def __init__(self) -> None:
        super().__init__(_("Some of your videos are still waiting. Send more when they are done."))


def take_in_clip(visitor: Visitor, file: File[Any]) -> Clip:
    """Store a video and queue the search for its frames; the file is copied or moved, never held in memory.

    Raises ``VideoRefused`` for a file that is empty, too large or no video by its first bytes,
    :class:`TooManyClips`, and ``PermissionDenied`` where an account is needed. Then nothing is stored. Whether the
    rest of the file is a video, the worker finds out.
    """
    if settings.PHOTOS_NEED_ACCOUNT and visitor.person.startswith("guest:"):
        raise PermissionDenied(_("Sign in to have photos made legible."))
    if not file.size:
        raise VideoRefused("empty")
    if file.size > settings.CLIP_MAX_MIB * MIB:
        raise VideoRefused("too-many-bytes")
    suffix = video_suffix(_head(file))
    if suffix is None:
        raise VideoRefused("not-a-video")
    if Clip.objects.filter(person=visitor.person).open().count() >= MOST_OPEN:
        raise TooManyClips
    clip = Clip(id=uuid7(), person=visitor.person, byte_size=file.size)
    clip.file = default_storage.save(f"{clip.folder}/video.{suffix}", file)
    try:
        Clip.objects.submit([clip])
    except BaseException:
        delete_files([clip.file.name])
        raise
    clip.refresh_from_db()
    return clip


def _head(file: IO[bytes] | File[Any]) -> bytes:
    file.seek(0)
    head: bytes = file.read(HEAD_BYTES)
    file.seek(0)
    return head


def take_frames(
    clip: Clip, visitor: Visitor, frames: Collection[int], wish: Wish | None = None
) -> list[Photo]:
    """Have the frames of these ids made legible, each once however often it is asked for; returns their photos.

    Ids of other videos' frames are left out. Raises what :func:`upscale.intake.take_in` raises, and ``WrongState``
    where the video was deleted meanwhile; the frames before that are taken all the same.
    """
    wish = wish or Wish()
    chosen = clip.frames.filter(pk__in=frames).select_related("photo")
    return [frame.photo or _take_frame(frame, visitor, wish) for frame in chosen]


def _take_frame(frame: ClipFrame, visitor: Visitor, wish: Wish) -> Photo:
    try:
        with frame.image.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise WrongState(_("The video is not there any more. Send it again.")) from None
    # Nothing is locked while the photo is decoded: whoever presses the button a second time finds it by its key.
    key = f"clip-frame:{frame.pk}"
    try:
        photo, _is_new = take_in(
            visitor,
            content,
            PhotoSource.CLIP,
            Wish(room=wish.room, address=wish.address, idempotency_key=key),
        )
    except IdempotencyConflict:  # taken at the same moment, for another room
        photo = Photo.objects.of(visitor).get(idempotency_key=key)
    ClipFrame.objects.filter(pk=frame.pk).update(photo=photo)
    return photo
