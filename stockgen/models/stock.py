"""The stock: approved pictures, with what they are searched by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, HnswIndex

from stockgen.library.describing import description
from stockgen.models.brief import Concept, Topic, texts_of_cell
from stockgen.models.flag import Flag
from stockgen.models.picture import Picture
from stockgen.models.run import Run
from stockgen.models.stock_rows import ADD

if TYPE_CHECKING:
    from engines.encoder import Vectors

DIMENSIONS = 384
"""Of the vectors of every text embedder that may index the stock."""


class Orientation(models.TextChoices):
    """Which way a picture lies."""

    LANDSCAPE = "landscape", _("Landscape")
    PORTRAIT = "portrait", _("Portrait")
    SQUARE = "square", _("Square")


class StockPictureQuerySet(models.QuerySet["StockPicture"]):
    def indexed_by(self, embedder: str) -> Self:
        """Narrow to those that search by meaning can find: whose vector is this embedder's."""
        return self.filter(embedder=embedder)

    def unindexed(self, embedder: str) -> Self:
        """Narrow to those without a vector of this embedder."""
        # Not "<>", for which no index is read.
        return self.filter(Q(embedder__lt=embedder) | Q(embedder__gt=embedder))

    def at_location(self, words: str) -> Self:
        """Narrow to those whose location has all of these words."""
        return self.annotate(words=SearchVector("location", config="simple")).filter(
            words=SearchQuery(words, config="simple", search_type="plain")
        )

    def lying(self, orientation: str) -> Self:
        """Narrow by orientation."""
        return self.filter(orientation=orientation)

    def approved_between(self, first: datetime | None, end: datetime | None) -> Self:
        """Narrow to those approved from a moment on, and before another one; None for no bound."""
        rows = self.filter(approved_at__gte=first) if first else self
        return rows.filter(approved_at__lt=end) if end else rows

    def page(self, *, before: UUID | None = None, size: int = 60) -> list[StockPicture]:
        """Return the newest ones older than ``before`` (keyset pagination: no count, no offset)."""
        rows = self.filter(pk__lt=before) if before else self
        return list(rows.order_by("-pk").for_tiles()[:size])

    def for_tiles(self) -> Self:
        """Bring along what a tile shows, and leave the vectors behind."""
        cell = texts_of_cell()
        texts = [f"picture__{name}" for name in cell]
        return (
            self.select_related("picture__topic", "picture__concept", "picture__prompt")
            .prefetch_related("picture__flags")
            .defer("vector", *texts)
        )

    def describe(self, keys: Sequence[UUID]) -> list[tuple[UUID, str]]:
        """Return the descriptions of rows, by which they are found, with their keys; those gone are left out."""
        rows = self.filter(pk__in=keys).values_list(
            "pk", "picture__prompt__text", "location", "topic__name", "concept__name"
        )
        return [(key, description(*texts)) for key, *texts in rows]

    def store(self, vectors: Iterable[tuple[UUID, Vectors]], embedder: str) -> int:
        """Store the vectors of rows that are still there. Return how many."""
        rows = [StockPicture(pk=key, vector=vector, embedder=embedder) for key, vector in vectors]
        with transaction.atomic():
            return self.bulk_update(rows, ["vector", "embedder"])

    def copy_flags(self, picture: UUID) -> None:
        """Copy the flags that a picture has now to its row, where it is in the stock."""
        kinds = Flag.objects.filter(picture=picture).order_by("kind").values_list("kind", flat=True)
        self.filter(pk=picture).update(flags=list(kinds))

    def copy_settled_flags(self, picture: UUID) -> None:
        """Copy the flags after any verdict that is being given at this moment: either sees what the other stored.

        Call it after the transaction that stored the flags.
        """
        with transaction.atomic():
            if Picture.objects.select_for_update(no_key=True).filter(pk=picture).values_list("pk").first():
                self.copy_flags(picture)

    def take_in_missing(self) -> int:
        """Add the approved pictures that have no row yet: those from before the library. Return how many."""
        with connection.cursor() as cursor:
            cursor.execute(f"{ADD} WHERE picture.verdict = 'approved' ON CONFLICT (picture_id) DO NOTHING")
            return int(cursor.rowcount)


class StockPicture(models.Model):
    """A picture of the stock. There is a row exactly as long as the picture is approved.

    Written in one transaction with the verdict (:func:`stockgen.models.verdict.decide`); what a picture is filtered by
    is copied here, so that search reads one narrow table. ``vector`` is the embedding of its
    :func:`description` and ``embedder`` whose, with its revision; a worker fills both in. A picture without them is
    found by every filter, but not by its meaning.
    """

    picture = models.OneToOneField(
        Picture, on_delete=models.CASCADE, primary_key=True, related_name="stock", verbose_name=_("picture")
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.PROTECT, related_name="+", verbose_name=_("concept")
    )
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="+", verbose_name=_("run"), db_index=False
    )
    campaign = models.ForeignKey(
        "stockgen.Campaign", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("campaign"),
        db_index=False,
    )  # fmt: skip
    location = models.CharField(_("location"), max_length=300, blank=True, default="")
    image_model = models.CharField(_("image model"), max_length=60)
    width = models.PositiveIntegerField(_("width, px"))
    height = models.PositiveIntegerField(_("height, px"))
    orientation = models.CharField(_("orientation"), max_length=10, choices=Orientation.choices)
    flags = ArrayField(models.CharField(max_length=20), default=list, verbose_name=_("flags"))
    approved_at = models.DateTimeField(_("approved"))
    vector = HalfVectorField(dimensions=DIMENSIONS, null=True, editable=False)
    embedder = models.CharField(max_length=120, blank=True, default="", editable=False)

    objects: ClassVar[StockPictureQuerySet] = StockPictureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("picture of the stock")
        verbose_name_plural = _("stock")
        indexes: ClassVar = [
            models.Index("topic", "concept", F("picture").desc(), name="stock_of_cell"),
            models.Index("topic", F("picture").desc(), name="stock_of_topic"),
            models.Index("concept", F("picture").desc(), name="stock_of_concept"),
            models.Index("run", F("picture").desc(), name="stock_of_run"),
            models.Index(
                "campaign", F("picture").desc(), name="stock_of_campaign", condition=Q(campaign__isnull=False)
            ),
            models.Index("image_model", F("picture").desc(), name="stock_of_model"),
            models.Index("orientation", F("picture").desc(), name="stock_by_orientation"),
            models.Index(fields=["approved_at"], name="stock_by_day"),
            models.Index(fields=["width", "height"], name="stock_by_size"),
            models.Index(fields=["embedder"], name="stock_by_embedder"),
            GinIndex(fields=["flags"], name="stock_by_flag"),
            GinIndex(SearchVector("location", config="simple"), name="stock_by_location"),
            HnswIndex(
                name="stock_by_meaning", fields=["vector"], opclasses=["halfvec_ip_ops"], m=24, ef_construction=200
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.picture_id)
