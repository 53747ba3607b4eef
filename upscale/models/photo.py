"""A photo of a board: the job of making it legible, and what came out."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engines.boards.efforts import EFFORTS
from jobs.models import Job, JobQuerySet, Turn, WrongState
from jobs.states import OPEN_STATES, State
from jobs.tasks import wake_on_commit
from upscale.visitors import Visitor

if TYPE_CHECKING:
    from upscale.models.room import Room


MADE_FILES = ("result", "preview", "display", "cutout")
"""What a worker makes of a photo: the fields of the files."""

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
        days = settings.PHOTO_RETENTION_DAYS
        return self.filter(created_at__lt=Now() - timedelta(days=days)) if days else self.none()

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
    def redo(self, *, corners: Any = None, rotation: int = 0) -> None:
        """Work on it anew, with other corners or another rotation; what was made before goes when that is done.

        From any state; a worker that is at it loses its claim. Raises ``ValidationError`` for corners or a rotation
        that mean nothing.
        """
        check_crop(corners, rotation)
        with transaction.atomic():
            photo = type(self).objects.select_for_update().get(pk=self.pk)
            old = photo.made_files
            self._rows.update(
                corners=corners, rotation=rotation, state=State.QUEUED, token=None, lease_until=None, on_hold=False,
                failures=0, alone=False, error="", progress=0, **dict.fromkeys(MADE_FILES, ""), text="", lines=[],
                marks=[], notes=[], candidates=[], before=None, after=None, method="", effort="", fallen_back=0,
                started_at=None, finished_at=None, asked_at=Now(), due_at=Now(),
            )  # fmt: skip
            Turn.objects.ask(self.kind, [photo.person])
            transaction.on_commit(lambda: delete_files(old))
            wake_on_commit()
        self.refresh_from_db()

    def share(self, room: Room, nickname: str) -> None:
        """Show it in a room. Raises :class:`WrongState` where the room is closed."""
        if not room.is_live:
            raise WrongState(_("This room is closed."))
        self._rows.update(room=room, nickname=nickname, shared_at=Now())
        self.refresh_from_db()

    def unshare(self) -> None:
        """Show it in no room any more; twice changes nothing."""
        self._rows.update(room=None, nickname="", shared_at=None)
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
        stored = self.succeed(**names, **fields)
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
            transaction.on_commit(lambda: delete_folder(folder))

    def sweep_folder(self) -> int:
        """Delete the files of this photo's folder that the row does not name. Return how many."""
        found = [f"{self.folder}/{file}" for file in files_in(self.folder)]
        # Read after the listing: whoever claims the photo from now on writes files that are not in it.
        self.refresh_from_db(fields=["state", "original", *MADE_FILES])
        if self.state == State.RUNNING:
            return 0
        known = {self.original.name, *map(self.smaller_name, SMALLER_SIDES), *self.made_files}
        stray = [name for name in found if name not in known]
        delete_files(stray)
        return len(stray)

    def read_original(self) -> bytes:
        """Return the bytes of the photo as it is kept."""
        with self.original.open("rb") as file:
            return io.BytesIO(file.read()).getvalue()


def check_crop(corners: Any, rotation: Any) -> None:
    """Raise ``ValidationError`` unless corners are four points of a convex shape and the rotation is a quarter turn."""
    if rotation not in (0, 90, 180, 270) or isinstance(rotation, bool):
        raise ValidationError({"rotation": _("Turn by 0, 90, 180 or 270 degrees.")})
    if corners is None:
        return
    try:
        points = [(float(x), float(y)) for x, y in corners]
    except (TypeError, ValueError):
        raise ValidationError({"corners": _("Give four corners, each with x and y from 0 to 1.")}) from None
    if len(points) != 4 or not all(0 <= value <= 1 for point in points for value in point):
        raise ValidationError({"corners": _("Give four corners, each with x and y from 0 to 1.")})
    turns = []
    for index, (x, y) in enumerate(points):
        (x1, y1), (x2, y2) = points[(index + 1) % 4], points[(index + 2) % 4]
        turns.append((x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1))
    # The cross products are those of clockwise turns, and each triangle has a hundredth of a per cent of the photo.
    if min(turns) < 2e-4:
        raise ValidationError(
            {"corners": _("The corners must go round the board clockwise, from the top left.")}
        )


def delete_files(names: list[str]) -> None:
    """Delete files from the storage; one that is gone already is no error."""
    for name in names:
        default_storage.delete(name)


def delete_folder(folder: str) -> None:
    """Delete a folder of the storage with all its files."""
    delete_files([f"{folder}/{file}" for file in files_in(folder)])
    default_storage.delete(folder)  # an empty folder of a file system; no object in a bucket


def files_in(folder: str) -> list[str]:
    """Return the names of the files in a folder; none where there is no such folder."""
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []
