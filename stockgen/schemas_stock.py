"""The library over REST: approved pictures, searches, collections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.urls import reverse
from ninja import Field, Schema

from accounts.models import User
from accounts.rest import Body, Filters, Key, Page, Text
from engines.specs import ImageModelSpec
from stockgen.library.queries import LONGEST_SEARCH, Query
from stockgen.library.searching import MOST_RANKED
from stockgen.models import Collection, StockPicture
from stockgen.models.collection import MOST_AT_ONCE
from stockgen.schemas import LARGEST_PAGE, PAGE_SIZE
from stockgen.schemas_flags import FlagOut


class StockFilters(Filters):
    """Which pictures of the stock, and which part of them."""

    q: Text | None = Field(
        None, description=f"What the pictures shall show, in English or Russian, up to {LONGEST_SEARCH} characters."
    )  # fmt: skip
    like: UUID | None = Field(None, description="A picture of the stock: those that mean nearly the same.")
    topic: Key | None = None
    concept: Key | None = None
    location: Text | None = Field(
        None, max_length=300, description="Words that the location has, all of them."
    )
    run: UUID | None = None
    campaign: UUID | None = None
    since: date | None = Field(None, description="Approved on this day or later.")
    until: date | None = Field(None, description="Approved on this day or earlier.")
    orientation: Literal["landscape", "portrait", "square"] | None = None
    min_width: int | None = Field(None, ge=1, le=100_000, description="Pixels.")
    min_height: int | None = Field(None, ge=1, le=100_000, description="Pixels.")
    model: Key | None = Field(None, description="The image model's key.")
    licence: Text | None = Field(
        None, max_length=120, description="Of the image model, as GET /models has it."
    )
    flag: Literal["none", "blank", "dark", "blurred", "low-contrast", "fake-text"] | None = Field(
        None, description="What the detectors found; `none`: nothing."
    )
    collection: UUID | None = None
    before: UUID | None = Field(None, description="For a list: the id that ended the page before.")
    after: int = Field(
        0,
        ge=0,
        le=MOST_RANKED,
        description="For a search (`q`, `like`): how many pages before it have shown.",
    )
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class SearchedFor(Schema):
    """What was searched for. The text embedder reads English: other text is put into English words first."""

    text: str = Field(description="The text whose meaning was searched for; empty where no word is known.")
    is_translated: bool
    unknown: list[str] = Field(description="Words that no list has, which were left out.")

    @classmethod
    def of(cls, query: Query | None) -> SearchedFor | None:
        """Describe a search; None for none."""
        if query is None:
            return None
        return cls(text=query.searched_for, is_translated=query.is_translated, unknown=list(query.unknown))


class StockPictureOut(Schema):
    """A picture of the stock."""

    id: UUID
    url: str
    topic: str
    concept: str
    location: str
    prompt: str
    run: UUID
    campaign: UUID | None
    image_model: str
    image_model_revision: str
    licence: str | None = Field(description="Of the image model; null where it was taken off the registry.")
    demonstration: bool = Field(description="True: made by a demonstration model, no stock quality.")
    seed: int
    width: int
    height: int
    orientation: str
    sha256: str
    byte_size: int | None
    approved_at: datetime
    flags: list[FlagOut]
    similarity: float | None = Field(
        description="Of its description to what was searched for, −1 to 1; null in a list without a search."
    )
    image_url: str
    thumbnail_url: str

    @classmethod
    def of(
        cls, row: StockPicture, models: Mapping[str, ImageModelSpec], similarity: float | None = None
    ) -> StockPictureOut:
        """Describe a picture; ``models`` is the catalogue, read once for a whole page."""
        picture, spec = row.picture, models.get(row.image_model)
        return cls(
            id=row.pk, url=reverse("api:stock_picture", args=[row.pk]), topic=picture.topic.key,
            concept=picture.concept.key, location=row.location, prompt=picture.prompt.text, run=row.run_id,
            campaign=row.campaign_id, image_model=row.image_model,
            image_model_revision=picture.image_model_revision, licence=spec.licence if spec else None,
            demonstration=bool(spec and spec.demonstration), seed=picture.seed, width=row.width, height=row.height,
            orientation=row.orientation, sha256=picture.sha256, byte_size=picture.byte_size,
            approved_at=row.approved_at, flags=[FlagOut.of(flag) for flag in picture.flags.all()],
            similarity=None if similarity is None else round(similarity, 4),
            image_url=reverse("api:stock_image", args=[row.pk]),
            thumbnail_url=reverse("api:stock_thumbnail", args=[row.pk]),
        )  # fmt: skip


class StockPage(Page):
    """Pictures of the stock: of a search the nearest first, else newest first."""

    searched_for: SearchedFor | None = Field(description="Null without `q`.")
    items: list[StockPictureOut]


class CollectionOut(Schema):
    """A collection: your own, or one that somebody shares."""

    id: UUID
    url: str
    name: str
    owner: str
    is_own: bool
    is_shared: bool
    created_at: datetime

    @classmethod
    def of(cls, collection: Collection, reader: User) -> CollectionOut:
        """Describe a collection to a person."""
        return cls(
            id=collection.pk, url=reverse("api:collection", args=[collection.pk]), name=collection.name,
            owner=collection.owner.get_username(), is_own=collection.owner_id == reader.pk,
            is_shared=collection.is_shared, created_at=collection.created_at,
        )  # fmt: skip


class CollectionIn(Body):
    """A new collection."""

    name: Text = Field(description="1 to 80 characters, none of your other collections'.")
    is_shared: bool = Field(False, description="Whether other designers and operators may see it.")


class CollectionChange(Body):
    """What to change of a collection; null leaves it as it is."""

    name: Text | None = None
    is_shared: bool | None = None


Named = Annotated[UUID, Field(strict=False)]
"""A picture's id; JSON has no type for it."""


class CollectedIn(Body):
    """Pictures to put into a collection and to take out."""

    add: list[Named] = Field(default_factory=list, max_length=MOST_AT_ONCE)
    remove: list[Named] = Field(default_factory=list, max_length=MOST_AT_ONCE)


class CollectedOut(Schema):
    """How many pictures went in and out; those that were in already, or are no stock, do not count."""

    added: int
    removed: int
