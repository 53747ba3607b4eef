"""A photo of a board: the job of making it legible, and what came out."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engines.boards.efforts import EFFORTS
from jobs.models import Job, JobQuerySet, Turn
from jobs.states import OPEN_STATES, State
from jobs.tasks import wake_on_commit
from upscale.models.crops import check_crop
from upscale.models.earlier import MADE_FILES, no_result, put_aside, taken_up
from upscale.models.storing import delete_files, delete_folder, files_in, kept_no_longer
from upscale.visitors import Visitor

if TYPE_CHECKING:
    from upscale.models.room import Room


CARD_SIDE = 720
CROP_SIDE = 1600
SMALLER_SIDES = (CROP_SIDE, CARD_SIDE)
"""Longest sides in pixels of the smaller JPEGs of the original, kept beside it: to choose corners on, and for cards."""

THOROUGH = next(iter(EFFORTS))
"""The whole effort."""


class PhotoSource(models.TextChoices):
    """Where a photo came in."""

    WEB = "web", _("the page")
    REST = "rest", _("REST")
    BOT = "bot", _("a messenger")
    CLIP = "clip", _("a video")


class PhotoQuerySet(JobQuerySet["Photo"]):
    def of(self, visitor: Visitor | None) -> Self:
        """One's own, without those put in the bin of a room."""
        return self.filter(person=visitor.person) if visitor else self.none()

    def visible_to(self, visitor: Visitor | None) -> Self:
        """One's own, those shared in a room that one is in, and all of them for operators."""
        if visitor is None:
            return self.none()
        if visitor.is_operator:
            return self
        shared = Q(room__memberships__person=visitor.person, room__memberships__removed_at=None)
        return self.filter(
            pk__in=self.filter(Q(person=visitor.person) | shared | Q(room__owner=visitor.person)).values("pk")
        )

    def search(self, words: str) -> Self:
        """Narrow to photos whose recognised text holds all the words, whatever their case."""
        found = self
        for word in words.split()[:20]:
            found = found.filter(text__icontains=word)
        return found

    def page(self, *, before: UUID | None = None, size: int = 30) -> list[Photo]:
        """Return the newest photos older than ``before`` (keyset pagination)."""
        rows = self.filter(id__lt=before) if before else self
        return list(rows.order_by("-id")[:size])

    def outdated(self) -> Self:
        """Older than ``PHOTO_RETENTION_DAYS``; none where that is 0."""
        return self.filter(kept_no_longer("created_at"))

    def cancel(self) -> int:
        """Give up what is queued or running; a photo that was worked on anew has its earlier result again."""
        with transaction.atomic():
            count = super().cancel()
            if count:
                self.model._default_manager.take_up_earlier()
        return count

    def sweep(self) -> int:
        """Take photos back from workers that died; one that fails so has its earlier result again."""
        with transaction.atomic():
            count = super().sweep()
            if count:
                self.model._default_manager.take_up_earlier()
        return count

    def take_up_earlier(self) -> int:
        """Let photos whose new attempt came to nothing be done with the result that they had. Return how many.

        Of an attempt that failed, the error stays, and the times: it ended now. One that was cancelled leaves no trace.
        """
        ended = self.filter(state__in=[State.FAILED, State.CANCELLED], previous__isnull=False)
        photos = list(ended.select_for_update(skip_locked=True).order_by("id"))
        for photo in photos:
            is_cancelled = photo.state == State.CANCELLED
            self.filter(pk=photo.pk).update(
                **taken_up(photo, with_times=is_cancelled), previous=None, state=State.DONE, progress=1,
                error="" if is_cancelled else photo.error,
            )  # fmt: skip
        return len(photos)

    def retry(self) -> int:
        """Queue failed and cancelled photos again; what is promised counts from now on. Return how many."""
        with transaction.atomic():
            self.filter(state__in=[State.FAILED, State.CANCELLED]).update(asked_at=Now())
            return super().retry()


class Photo(Job):
    """One photo of a board.

    ``original`` is the photo upright, in sRGB and without its metadata; ``corners`` are those of the board in it
    (shares of its width and height, clockwise from the top left; None: the whole photo), ``rotation`` the degrees by
    which the cut-out is then turned clockwise. ``result`` is there when it is done, and with it ``preview`` (small),
    ``display`` (a JPEG for screens) and, where the photo was cropped or turned, ``cutout``: the same part of the photo
    as it was, to compare with. Beside the job's verbs:
    :meth:`redo`, :meth:`share`, :meth:`unshare`, :meth:`store` and :meth:`remove`.

    While a photo with a result is worked on anew, that result waits in ``previous``, its files where they were. It goes
    when the new one is stored; where the attempt fails or is cancelled, the photo is done with it again
    (:attr:`attempt_failed`).
    """

    kind = "photo"

    source = models.CharField(_("source"), max_length=10, choices=PhotoSource.choices)
    idempotency_key = models.CharField(max_length=120, default="", blank=True, editable=False)
    request_digest = models.CharField(max_length=64, default="", blank=True, editable=False)
    room = models.ForeignKey(
        "upscale.Room",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("room"),
    )
    nickname = models.CharField(_("shared by"), max_length=40, default="", blank=True)
    shared_at = models.DateTimeField(_("shared"), null=True, blank=True, editable=False)

    original = models.FileField(_("photo"), max_length=200, editable=False)
    original_width = models.PositiveIntegerField(_("width, px"))
    original_height = models.PositiveIntegerField(_("height, px"))
    is_recompressed = models.BooleanField(default=False, editable=False)
    suggested_corners = models.JSONField(null=True, editable=False)
    corners = models.JSONField(_("corners"), null=True, editable=False)
    rotation = models.PositiveSmallIntegerField(_("rotation"), default=0, editable=False)

    asked_at = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    predicted_seconds = models.FloatField(_("predicted seconds"), null=True, editable=False)
    effort = models.CharField(_("effort"), max_length=10, default="", blank=True, editable=False)
    work_seconds = models.FloatField(_("seconds of work"), null=True, editable=False)

    result = models.FileField(_("result"), max_length=200, blank=True, editable=False)
    preview = models.FileField(max_length=200, blank=True, editable=False)
    display = models.FileField(max_length=200, blank=True, editable=False)
    cutout = models.FileField(max_length=200, blank=True, editable=False)
    result_width = models.PositiveIntegerField(null=True, editable=False)
    result_height = models.PositiveIntegerField(null=True, editable=False)
    method = models.CharField(_("method"), max_length=60, default="", blank=True, editable=False)
    model_revision = models.CharField(max_length=120, default="", blank=True, editable=False)
    before = models.JSONField(null=True, editable=False)
    after = models.JSONField(null=True, editable=False)
    candidates = models.JSONField(default=list, editable=False)
    fallen_back = models.PositiveSmallIntegerField(default=0, editable=False)
    notes = models.JSONField(default=list, editable=False)
    marks = models.JSONField(default=list, editable=False)
    lines = models.JSONField(default=list, editable=False)
    text = models.TextField(_("text"), default="", blank=True, editable=False)
    previous = models.JSONField(null=True, editable=False)

    objects: ClassVar[PhotoQuerySet] = PhotoQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        indexes: ClassVar = [
            *Job.Meta.indexes,
            models.Index("person", models.F("id").desc(), name="photo_of_person"),
            models.Index(
                "room", models.F("shared_at").desc(), name="photo_of_room", condition=Q(room__isnull=False)
            ),
            models.Index(
                models.F("finished_at").desc(), name="photo_finished", condition=Q(finished_at__isnull=False)
            ),
            models.Index("created_at", name="photo_by_age"),
            models.Index("asked_at", name="photo_open", condition=Q(state__in=OPEN_STATES)),
            models.Index(
                "effort", models.F("finished_at").desc(), name="photo_learnt", condition=Q(state=State.DONE)
            ),
            models.Index("id", name="photo_done_anew", condition=Q(previous__isnull=False)),
        ]
        constraints: ClassVar = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "idempotency_key"], name="photo_once", condition=~Q(idempotency_key="")
            ),
            models.CheckConstraint(
                name="photo_result_iff_done",
                condition=Q(state=State.DONE, result__gt="") | (~Q(state=State.DONE) & Q(result="")),
            ),
            models.CheckConstraint(
                name="photo_one_result", condition=~Q(state=State.DONE) | Q(previous__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("board", args=[self.pk])

    # ------------------------------------------------------------------ reading
    @property
    def is_open(self) -> bool:
        """True while it waits or is worked on."""
        return self.state in OPEN_STATES

    @property
    def was_hurried(self) -> bool:
        """True for a result at less than the whole effort: made anew in a quiet minute it may come out better."""
        return self.state == State.DONE and self.effort != THOROUGH

    @property
    def attempt_failed(self) -> bool:
        """True where it was worked on anew in vain: ``error`` says why, and the result is the earlier one."""
        return self.state == State.DONE and self.error != ""

    @property
    def pixels(self) -> int:
        """Return the pixels of the photo, before its corners are cut off."""
        return self.original_width * self.original_height

    @property
    def deadline_at(self) -> Any:
        """Return the moment by which it was promised."""
        return self.asked_at + timedelta(seconds=settings.PHOTO_DEADLINE_SECONDS)

    @property
    def seconds(self) -> float | None:
        """Return the seconds from asking to the result, None before."""
        return (self.finished_at - self.asked_at).total_seconds() if self.finished_at else None

    @property
    def made_files(self) -> list[str]:
        """Return the names of the files that a worker made of the photo."""
        return [file.name for file in (getattr(self, name) for name in MADE_FILES) if file]

    def smaller_name(self, side: int) -> str:
        """Return the name of the original's JPEG of one of ``SMALLER_SIDES``; the intake puts it there."""
        return f"{self.folder}/{PurePosixPath(str(self.original.name)).stem}-{side}.jpg"

    @property
    def folder(self) -> str:
        """Return the storage folder that only this photo uses."""
        name = str(self.pk)
        return f"photos/{name[-2:]}/{name}"

    def is_of(self, visitor: Visitor | None) -> bool:
        """Tell whether the photo is the visitor's own."""
        return visitor is not None and visitor.person == self.person

    # ------------------------------------------------------------------ verbs
    def redo(self, *, corners: Any = None, rotation: int = 0, predicted_seconds: float | None = None) -> None:
        """Work on it anew, with other corners or another rotation; ``predicted_seconds`` are promised from now on.

        From any state; a worker that is at it loses its claim. What was made before is put aside until the new result
        is stored. Raises ``ValidationError`` for corners or a rotation that mean nothing.
        """
        check_crop(corners, rotation)
        with transaction.atomic():
            Turn.objects.ask(self.kind, [self.person])  # before the photo is locked, as a claim does
            photo = type(self).objects.select_for_update().get(pk=self.pk)
            self._rows.update(
                **no_result(), previous=put_aside(photo) if photo.state == State.DONE else photo.previous,
                corners=corners, rotation=rotation, predicted_seconds=predicted_seconds, state=State.QUEUED,
                token=None, lease_until=None, on_hold=False, failures=0, alone=False, error="", progress=0,
                due_at=Now(),
            )  # fmt: skip
            wake_on_commit()
        self.refresh_from_db()

    def retry(self, *, predicted_seconds: float | None = None) -> None:
        """Queue a failed or cancelled photo again, promised anew. Raises ``WrongState`` for any other."""
        with transaction.atomic():
            super().retry()
            self._rows.update(predicted_seconds=predicted_seconds)
        self.predicted_seconds = predicted_seconds

    def fail(self, error: str, *, retry: bool) -> bool:
        """Note an error; a photo that was worked on anew and fails for good has its earlier result again."""
        with transaction.atomic():
            changed = super().fail(error, retry=retry)
            if changed and self.state == State.FAILED and type(self).objects.take_up_earlier():
                self.refresh_from_db()
        return changed

    def share(self, room: Room) -> None:
        """Show it in a room, under the nickname that its person has there.

        Raises ``RoomClosed`` where the room is closed, and ``PermissionDenied`` where its person is not in it, by what
        is so under the room's lock: who is being removed shares nothing any more.
        """
        with room.locked():
            membership = room.membership_of(Visitor(self.person))
            if membership is None:
                raise PermissionDenied(_("Join the room first."))
            self._rows.update(room=room, nickname=membership.nickname, shared_at=Now())
        self.refresh_from_db()

    def unshare(self, *, room: Room | None = None) -> None:
        """Show it in no room any more, or only not in this one; twice changes nothing."""
        rows = self._rows if room is None else self._rows.filter(room=room)
        rows.update(room=None, nickname="", shared_at=None)
        self.refresh_from_db()

    def store(
        self, png: bytes, preview: bytes, *, display: bytes = b"", cutout: bytes = b"", **fields: Any
    ) -> bool:
        """Put the files under names with the claim's token in them, then succeed. False if the claim was lost."""
        files = {
            "result": (".png", png), "preview": (".webp", preview), "display": (".jpg", display),
            "cutout": ("-cutout.jpg", cutout),
        }  # fmt: skip
        names = {
            field: default_storage.save(f"{self.folder}/{self.token}{ending}", ContentFile(content))
            for field, (ending, content) in files.items()
            if content
        }
        is_anew = self.previous is not None
        with transaction.atomic():
            stored = self.succeed(previous=None, **names, **fields)
            if stored and is_anew:
                self.answers.all().delete()  # they were about the earlier result
        if not stored:
            delete_files(list(names.values()))
        elif self.attempts > 1:
            self.sweep_folder()
        return stored

    def remove(self) -> None:
        """Delete the photo with its files and answers. What a worker stores after that is swept."""
        with transaction.atomic():
            self._rows.delete()
            folder = self.folder
            transaction.on_commit(lambda: delete_folder(folder), robust=True)

    def sweep_folder(self) -> int:
        """Delete the files of this photo's folder that the row does not name. Return how many.

        None of a photo that is worked on, or was deleted meanwhile.
        """
        found = [f"{self.folder}/{file}" for file in files_in(self.folder)]
        # Read after the listing: whoever claims the photo from now on writes files that are not in it.
        row = self._rows.only("state", "original", "previous", *MADE_FILES).first()
        if row is None or row.state == State.RUNNING:
            return 0
        earlier = {row.previous[name] for name in MADE_FILES} if row.previous else set()
        smaller = map(row.smaller_name, SMALLER_SIDES)
        known = {row.original.name, *smaller, *row.made_files, *earlier}
        stray = [name for name in found if name not in known]
        delete_files(stray)
        return len(stray)

    def read_original(self) -> bytes:
        """Return the bytes of the photo as it is kept."""
        with self.original.open("rb") as file:
            return io.BytesIO(file.read()).getvalue()
