"""Collections: pictures of the stock that somebody put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.ids import uuid7
from stockgen.models.picture import Picture
from stockgen.models.stock import StockPicture

MOST_AT_ONCE = 1000
"""Pictures that one request may add or remove."""

TAKEN = _("You have a collection of this name.")


class CollectionQuerySet(models.QuerySet["Collection"]):
    def visible_to(self, user: User) -> CollectionQuerySet:
        """Everyone's own, and those that are shared. A private one is its owner's alone, operators' too."""
        return self.filter(Q(owner=user) | Q(is_shared=True))

    def changeable_by(self, user: User) -> CollectionQuerySet:
        """Everyone's own."""
        return self.filter(owner=user)

    def start(self, owner: User, *, name: str, is_shared: bool = False) -> Collection:
        """Make an empty collection. Raises ``ValidationError`` for a name that is empty, too long or taken."""
        made = Collection(owner=owner, is_shared=is_shared)
        made.name = made.check_name(name)
        with _one_of_a_name():
            made.save(force_insert=True)
        return made


class Collection(models.Model):
    """A named set of pictures of one person; ``is_shared`` lets the others look at it and use it.

    What leaves the stock is no longer shown in it, and is there again when it is approved again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="collections",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=80)
    is_shared = models.BooleanField(_("shared"), default=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    objects: ClassVar[CollectionQuerySet] = CollectionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="collection_of_a_name_once")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its pictures in the library."""
        return f"{reverse('library')}?collection={self.pk}"

    def check_name(self, name: str) -> str:
        """Return the name without blank edges. Raises ``ValidationError`` for one that it cannot have."""
        name = " ".join(name.split())
        if not name:
            raise ValidationError({"name": _("Give the collection a name.")})
        if len(name) > 80:
            raise ValidationError({"name": _("Use at most 80 characters.")})
        if "\0" in name:
            raise ValidationError({"name": _("A text cannot hold the character NUL.")})
        taken = Collection.objects.filter(owner=self.owner, name=name).exclude(pk=self.pk)
        if taken.exists():
            raise ValidationError({"name": TAKEN})
        return name

    # ------------------------------------------------------------------ verbs
    def edit(self, *, name: str | None = None, is_shared: bool | None = None) -> None:
        """Rename it, share it or take the sharing back; None leaves either as it is. Raises ``ValidationError``."""
        changed = []
        if name is not None:
            self.name = self.check_name(name)
            changed.append("name")
        if is_shared is not None:
            self.is_shared = is_shared
            changed.append("is_shared")
        with _one_of_a_name():
            self.save(update_fields=changed)

    def add(self, pictures: Iterable[UUID]) -> int:
        """Put pictures of the stock in; what is no picture of the stock is left out. Return how many are new."""
        wanted = self._few(pictures)
        known = set(self.items.filter(picture__in=wanted).values_list("picture", flat=True))
        stock = StockPicture.objects.filter(pk__in=wanted).exclude(pk__in=known).values_list("pk", flat=True)
        fresh = [CollectionItem(collection=self, picture_id=key) for key in sorted(stock)]
        CollectionItem.objects.bulk_create(fresh, ignore_conflicts=True)
        return len(fresh)

    def remove(self, pictures: Iterable[UUID]) -> int:
        """Take pictures out. Return how many were in."""
        return self.items.filter(picture__in=self._few(pictures)).delete()[0]

    @staticmethod
    def _few(pictures: Iterable[UUID]) -> list[UUID]:
        wanted = list(dict.fromkeys(pictures))
        if len(wanted) > MOST_AT_ONCE:
            raise ValidationError({"pictures": _("Name at most %(most)d pictures.") % {"most": MOST_AT_ONCE}})
        return wanted


@contextmanager
def _one_of_a_name() -> Iterator[None]:
    """Save in here: a name that somebody took after it was looked for is refused like any other that is taken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "collection_of_a_name_once" not in str(error):
            raise
        raise ValidationError({"name": TAKEN}) from error


class CollectionItem(models.Model):
    """A picture in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items", db_index=False)
    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(_("added"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("picture in a collection")
        verbose_name_plural = _("pictures in collections")
        ordering: ClassVar = ["collection", "-picture"]
        indexes: ClassVar = [models.Index("collection", F("picture").desc(), name="picture_of_collection")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "picture"], name="picture_in_collection_once")
        ]

    def __str__(self) -> str:
        return str(self.picture_id)
