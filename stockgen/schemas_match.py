"""``stock/match`` over REST: the text of a slide in, pictures out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from ninja import Field, Schema

from accounts.models import User
from accounts.rest import Body, Filters, Key, Text
from engines.specs import ImageModelSpec
from stockgen.library.matching import LONGEST_WAIT
from stockgen.library.queries import LONGEST_SLIDE
from stockgen.library.wanted import in_order
from stockgen.models import Match
from stockgen.models.match import MOST_PICTURES
from stockgen.schemas import PictureOut
from stockgen.schemas_stock import SearchedFor, StockPictureOut


class MatchIn(Body):
    """A slide."""

    text: Text = Field(
        description=f"What stands on the slide, in English or Russian, up to {LONGEST_SLIDE} characters."
    )
    concept: Key = Field(description="A concept's key, from GET /concepts.")
    topic: Key | None = Field(None, description="A topic's key; without, all topics are searched.")
    generate: bool = Field(False, description="Have a picture made where none is near enough.")
    count: int = Field(
        12, description="How many pictures.", json_schema_extra={"minimum": 1, "maximum": MOST_PICTURES}
    )
    image_model: Text | None = Field(None, description="For a picture to be made: a key from GET /models.")


class Waiting(Filters):
    """How long to wait for the answer."""

    wait: float = Field(
        0, ge=0, le=LONGEST_WAIT, description="Seconds to wait for a picture that is being made (long poll)."
    )


class MadeOut(Schema):
    """The picture that is made for a slide."""

    run: UUID
    is_waiting: bool = Field(description="Whether it is still being made: ask again, with `wait`.")
    error: str = Field(description="Why it could not be made; empty otherwise.")
    picture: PictureOut | None = Field(
        description="Null before the prompt is written. No expert has seen it: `verdict` is pending."
    )


class MatchOut(Schema):
    """The answer for a slide."""

    id: UUID
    url: str
    text: str
    topic: str | None
    concept: str
    searched_for: SearchedFor
    near_enough_from: float = Field(
        description="From this similarity on a picture is taken to suit the slide."
    )
    is_near_enough: bool = Field(description="Whether the nearest picture of the stock is.")
    pictures: list[StockPictureOut] = Field(
        description="Of the stock, the nearest first, those that are still in it."
    )
    generated: MadeOut | None = Field(description="Null where none was wished for or needed.")
    created_at: datetime

    @classmethod
    def of(cls, match: Match, models: Mapping[str, ImageModelSpec], reader: User) -> MatchOut:
        """Describe a match to the person who asked."""
        similarities = match.similarities
        made = match.made
        generated = None
        if match.run:
            generated = MadeOut(
                run=match.run.pk, is_waiting=match.is_waiting, error=match.error,
                picture=PictureOut.of(made, models, reader) if made else None,
            )  # fmt: skip
        return cls(
            id=match.pk, url=reverse("api:match", args=[match.pk]), text=match.text,
            topic=match.topic.key if match.topic else None, concept=match.concept.key,
            searched_for=SearchedFor(
                text=match.searched_for, is_translated=match.is_translated, unknown=match.unknown
            ),
            near_enough_from=match.threshold, is_near_enough=match.is_near_enough,
            pictures=[
                StockPictureOut.of(row, models, similarities[row.pk]) for row in in_order(list(similarities))
            ],
            generated=generated, created_at=match.created_at,
        )  # fmt: skip
