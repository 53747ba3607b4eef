"""A lecture video: the job of finding the sharp, distinct frames of its board, which are offered as photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jobs.models import Job, JobQuerySet, WrongState
from upscale.models.photo import Photo
from upscale.models.storing import delete_files, delete_folder, files_in, kept_no_longer
from upscale.visitors import Visitor

if TYPE_CHECKING:
    from engines.boards.frames import Frame


class ClipQuerySet(JobQuerySet["Clip"]):
    def of(self, visitor: Visitor | None) -> Self:
        """One's own; all of them for operators."""
        if visitor is None:
            return self.none()
        return self if visitor.is_operator else self.filter(person=visitor.person)

    def outdated(self) -> Self:
        """Older than ``PHOTO_RETENTION_DAYS``; none where that is 0."""
        return self.filter(kept_no_longer("created_at"))


class Clip(Job):
    """A short video. ``file`` is deleted once its frames are found; the frames are :class:`ClipFrame`."""

    kind = "clip"

    file = models.FileField(_("video"), max_length=200, blank=True, editable=False)
    byte_size = models.PositiveIntegerField(_("bytes"))
    duration = models.FloatField(_("seconds"), null=True, editable=False)

    objects: ClassVar[ClipQuerySet] = ClipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("video")
        verbose_name_plural = _("videos")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def folder(self) -> str:
        """Return the storage folder that only this video uses."""
        name = str(self.pk)
        return f"clips/{name[-2:]}/{name}"

    def retry(self) -> None:
        """Look for frames again after a failure. Raises :class:`WrongState`, also where the video is gone."""
        if not self.file:
            raise WrongState(_("The video is not there any more. Send it again."))
        super().retry()

    def store(self, frames: Sequence[Frame], seconds: float) -> bool:
        """Put the frames' files under names with the claim's token in them, then succeed with their rows.

        The video is deleted then. False, and nothing is left of it, if the claim was lost.
        """
        names: list[str] = []
        try:
            names += [
                default_storage.save(f"{self.folder}/{self.token}-{number}.jpg", ContentFile(frame.jpeg))
                for number, frame in enumerate(frames)
            ]
            with transaction.atomic():
                stored = self.succeed(duration=seconds, file="")
                if stored:
                    ClipFrame.objects.bulk_create(
                        ClipFrame(
                            clip=self, image=name, seconds=frame.seconds, sharpness=frame.sharpness,
                            width=frame.width, height=frame.height,
                        )
                        for name, frame in zip(names, frames, strict=True)
                    )  # fmt: skip
        except BaseException:
            delete_files(names)
            raise
        # Of a claim that was lost, its own files go; of the one that won, all the others: the video, and what
        # workers that were killed have left.
        self._delete_but(names) if stored else delete_files(names)
        return stored

    def refuse(self, error: str) -> bool:
        """Fail for good and delete the video, which another attempt would not make readable."""
        refused = self.fail(error, retry=False)
        if refused:
            self._rows.update(file="")
            self.file = ""
            self._delete_but([])
        return refused

    def _delete_but(self, names: Sequence[str]) -> None:
        delete_files([
            name for file in files_in(self.folder) if (name := f"{self.folder}/{file}") not in names
        ])  # fmt: skip

    def remove(self) -> None:
        """Delete the video with its frames. Photos made of them stay."""
        with transaction.atomic():
            self._rows.delete()
            folder = self.folder
            transaction.on_commit(lambda: delete_folder(folder), robust=True)


class ClipFrame(models.Model):
    """A frame that shows the board sharply and differs from those before it. ``photo``: it was taken as one."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="frames")
    seconds = models.FloatField(_("at second"))
    sharpness = models.FloatField(_("sharpness"))
    image = models.FileField(max_length=200, editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    photo = models.ForeignKey(Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["seconds"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "seconds"], name="one_frame_a_moment")
        ]

    def __str__(self) -> str:
        return f"{self.clip} · {self.seconds:.1f} s"
