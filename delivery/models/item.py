"""What belongs to an export, picture by picture: fixed when the export is asked for, filled in as it is packed."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engines.archives.zipping import Member
from stockgen.models import Picture

LONGEST_PATH = 200


class Change(models.TextChoices):
    """What an export says of a picture."""

    ADDED = "added", _("added")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ItemState(models.TextChoices):
    """How far an item is."""

    WAITING = "waiting", _("waiting")
    PACKED = "packed", _("packed")
    LEFT_OUT = "left_out", pgettext_lazy("export", "left out")


class ItemQuerySet(models.QuerySet["Item"]):
    def waiting(self) -> Self:
        """Not packed yet, in the export's order."""
        return self.filter(state=ItemState.WAITING).order_by("position")

    def packed(self) -> Self:
        """What the export says, in its order: its files, and what an earlier one delivered that is withdrawn."""
        return self.filter(state=ItemState.PACKED).order_by("position")

    def files(self) -> Self:
        """The packed ones that have a file."""
        return self.packed().filter(change=Change.ADDED)

    def reset(self) -> None:
        """Have everything packed anew."""
        self.update(
            state=ItemState.WAITING, name="", file="", byte_size=0, sha256="", crc32=0, offset=0, record=None
        )


class Item(models.Model):
    """One picture of an export: ``waiting`` → ``packed``, or → ``left_out`` if its approval was taken back meanwhile.

    ``name`` is its path in the export, ``file`` that of its bytes in the storage (empty where they are in the target
    alone), ``offset`` where it begins in the ZIP, ``record`` what the manifest says of it.
    """

    export = models.ForeignKey("delivery.Export", on_delete=models.CASCADE, related_name="items")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    change = models.CharField(max_length=10, choices=Change.choices, db_default=Change.ADDED)
    state = models.CharField(max_length=10, choices=ItemState.choices, db_default=ItemState.WAITING)
    name = models.CharField(max_length=LONGEST_PATH, db_default="")
    file = models.CharField(max_length=LONGEST_PATH, db_default="")
    byte_size = models.BigIntegerField(db_default=0)
    sha256 = models.CharField(max_length=64, db_default="")
    crc32 = models.BigIntegerField(db_default=0)
    offset = models.BigIntegerField(db_default=0)
    record = models.JSONField(null=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of an export")
        verbose_name_plural = _("pictures of exports")
        indexes: ClassVar = [models.Index(fields=["export", "offset"], name="item_by_offset")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["export", "position"], name="item_position"),
            models.UniqueConstraint(fields=["picture", "export"], name="item_once"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.picture_id)

    @property
    def member(self) -> Member:
        """Return its place in the ZIP."""
        return Member(self.name, self.byte_size, self.crc32, self.offset)
