"""A lecture video: the job of finding the sharp, distinct frames of its board, which are offered as photos."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jobs.models import Job, JobQuerySet, WrongState
from upscale.models.photo import Photo, delete_folder
from upscale.visitors import Visitor


class ClipQuerySet(JobQuerySet["Clip"]):
    def of(self, visitor: Visitor | None) -> Self:
        """One's own; all of them for operators."""
        if visitor is None:
            return self.none()
        return self if visitor.is_operator else self.filter(person=visitor.person)


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

    def remove(self) -> None:
        """Delete the video with its frames. Photos made of them stay."""
        with transaction.atomic():
            self._rows.delete()
            folder = self.folder
            transaction.on_commit(lambda: delete_folder(folder))


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
