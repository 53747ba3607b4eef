"""What the REST endpoints of the rating queue take and give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from ninja import Field, Schema
from pydantic import field_validator

from accounts.rest import Body, Filters, Key, Page, Text
from engines.registry import IMAGE_MODELS
from review.models import Ballot, Choice, Entry, Hold, Preferences, Vote
from review.models.experts import KEYS
from review.rest import Refusal
from stockgen.models import Flag, Reason
from stockgen.models.named import local
from stockgen.schemas_flags import FlagOut

LARGEST_BATCH = 48
LARGEST_HAND = 96
"""A page of the grid and the one behind it."""

Tab = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="A name of your own for one sitting.")
]
Id = Annotated[UUID, Field(strict=False)]


class NextIn(Body):
    """How many pictures a tab wants in hand."""

    tab: Tab
    count: int = Field(1, ge=1, le=LARGEST_HAND)


class Named(Schema):
    """A topic or a concept, named in the language of Accept-Language."""

    key: str
    name: str


class StackOut(Schema):
    """The near-duplicates that a picture belongs to; each gets a decision of its own."""

    id: UUID
    position: int = Field(description="From 1.")
    size: int


CARD_FIELDS = {
    "width": "width",
    "height": "height",
    "image_model": "image_model",
    "location": "prompt__location__text",
    "prompt": "prompt__text",
    "negative_prompt": "run__negative_prompt",
    **{
        f"{cell}_{name}": f"{cell}__{name}"
        for cell in ("topic", "concept")
        for name in ("key", "name", "name_ru")
    },
}
"""What a card shows and where it stands, from the picture on. Whole rows would bring the concepts' long texts."""


class Card(Schema):
    """A picture to rate. It says nothing of others' votes, nor of what model made it."""

    picture: UUID
    image_url: str
    thumbnail_url: str
    width: int
    height: int
    topic: Named
    concept: Named
    location: str | None
    prompt: str
    negative_prompt: str
    demonstration: bool = Field(description="True: made by a demonstration model, no stock.")
    stack: StackOut | None
    flags: list[FlagOut] = Field(description="What detectors found doubtful, before anybody looked.")
    held_until: datetime

    @classmethod
    def of(cls, holds: Sequence[Hold]) -> list[Card]:
        """Describe held pictures in their order, in three queries however many they are."""
        rows = Hold.objects.filter(pk__in=[hold.pk for hold in holds]).values(
            "pk", "expires_at", "entry__stack", picture=F("entry__picture"),
            **{name: F(f"entry__picture__{path}") for name, path in CARD_FIELDS.items()},
        )  # fmt: skip
        known = {row["pk"]: row for row in rows}
        ordered = [known[hold.pk] for hold in holds if hold.pk in known]
        stacks: dict[UUID, list[UUID]] = {}
        members = Entry.objects.filter(stack__in={row["entry__stack"] for row in ordered})
        for stack, entry in members.order_by("pk").values_list("stack", "pk"):
            stacks.setdefault(stack, []).append(entry)
        flags: dict[UUID, list[FlagOut]] = {}
        for flag in Flag.objects.filter(picture__in=[row["picture"] for row in ordered]):
            flags.setdefault(flag.picture_id, []).append(FlagOut.of(flag))
        # What operators register is never a demonstration, so their rows need not be asked.
        demonstrations = {key for key, spec in IMAGE_MODELS.items() if spec.demonstration}
        return [
            cls._of(row, stacks[row["entry__stack"]], demonstrations, flags.get(row["picture"], []))
            for row in ordered
        ]

    @classmethod
    def _of(
        cls, row: Mapping[str, Any], alike: list[UUID], demonstrations: set[str], flags: list[FlagOut]
    ) -> Card:
        picture, stack = row["picture"], None
        if len(alike) > 1:
            stack = StackOut(id=row["entry__stack"], position=alike.index(picture) + 1, size=len(alike))
        return cls(
            picture=picture,
            image_url=reverse("api:picture_image", args=[picture]),
            thumbnail_url=reverse("api:picture_thumbnail", args=[picture]),
            width=row["width"],
            height=row["height"],
            topic=Named(key=row["topic_key"], name=local(row["topic_name"], row["topic_name_ru"])),
            concept=Named(key=row["concept_key"], name=local(row["concept_name"], row["concept_name_ru"])),
            location=row["location"],
            prompt=row["prompt"],
            negative_prompt=row["negative_prompt"],
            demonstration=row["image_model"] in demonstrations,
            stack=stack,
            flags=flags,
            held_until=row["expires_at"],
        )


class CardsOut(Schema):
    """What the tab has in hand now."""

    cards: list[Card]
    empty: bool = Field(description="True: there is nothing (more) for you at present.")


class VoteIn(Body):
    """A vote. Sent again under the same id it is still one vote."""

    id: Id = Field(description="A UUID of your making.")
    picture: Id
    choice: Key = Field(description="approve, reject, skip or flag.")
    reasons: list[Key] = Field(default_factory=list, max_length=9, description="Keys, only for reject.")
    score: int | None = Field(None, description="1 to 5.")
    note: Text = Field("", description="At most 500 characters.")
    seconds: float | None = Field(None, description="How long you looked at it.")
    replaces: Id | None = Field(None, description="Your vote that this one takes the place of.")

    def ballot(self) -> Ballot:
        """Return it as the verbs take it."""
        return Ballot(**self.model_dump())


class BatchIn(Body):
    """Several votes; each is taken or refused on its own."""

    votes: list[VoteIn] = Field(min_length=1, max_length=LARGEST_BATCH)


class VoteOut(Schema):
    """A vote of your own."""

    id: UUID
    picture: UUID
    thumbnail_url: str
    topic: str
    concept: str
    choice: Choice
    reasons: list[str]
    score: int | None
    note: str
    seconds: float | None
    live: bool = Field(description="False: taken back or replaced.")
    replaces: UUID | None
    created_at: datetime

    @classmethod
    def of(cls, vote: Vote) -> VoteOut:
        """Describe a vote."""
        return cls(
            id=vote.pk,
            picture=vote.entry_id,
            thumbnail_url=reverse("api:picture_thumbnail", args=[vote.entry_id]),
            topic=vote.entry.topic.local_name,
            concept=vote.entry.concept.local_name,
            choice=Choice(vote.choice),
            reasons=vote.reasons,
            score=vote.score,
            note=vote.note,
            seconds=vote.seconds,
            live=vote.live,
            replaces=vote.replaces_id,
            created_at=vote.created_at,
        )


class ResultOut(Schema):
    """What became of one vote of a batch: the status that it would have had alone."""

    id: UUID
    status: int
    vote: VoteOut | None = None
    problem: Refusal | None = None


class ResultsOut(Schema):
    """What became of each vote, in their order."""

    results: list[ResultOut]


class UndoIn(Body):
    """Which tab gets the picture back."""

    id: Id = Field(description="A UUID of your making.")
    tab: Tab


class UndoOut(Schema):
    """The vote taken back, and the picture in hand again; null where it cannot be rated any more."""

    vote: VoteOut
    card: Card | None


class VoteFilters(Filters):
    """Which part of one's votes to list."""

    before: UUID | None = Field(None, description="The id that ended the page before.")
    limit: int = Field(50, ge=1, le=100)


class VotePage(Page):
    """Own votes, newest first, those taken back too."""

    items: list[VoteOut]


class ReleaseIn(Body):
    """The tab that closes, and the pictures whose votes are still on their way."""

    tab: Tab
    keep: list[Id] = Field(default_factory=list, max_length=1000)


class ReleasedOut(Schema):
    """How many pictures others may have now."""

    released: int


class ReturnedOut(Schema):
    """How many skipped pictures will come again."""

    returned: int


class SessionFilters(Filters):
    """When the session began."""

    since: datetime | None = Field(
        None, description="ISO 8601, UTC if it has no zone; without, twelve hours ago."
    )

    @field_validator("since")
    @classmethod
    def _with_zone(cls, since: datetime | None) -> datetime | None:
        return since.replace(tzinfo=UTC) if since and since.tzinfo is None else since


class SessionOut(Schema):
    """Counters of your session. Known pictures mixed in count for pace and votes like all others."""

    votes: int
    pace_per_hour: float | None = Field(description="Over the last ten minutes; null while too few.")
    streak: int = Field(description="Votes in a row without a pause of over a minute.")
    left: int = Field(description="Pictures in your hand and those that could be given to you, up to 1,000.")
    left_capped: bool
    skipped: int
    agreement: float | None = Field(description="0 to 1, over decided pictures; null under ten of them.")
    agreed_on: int


class ReasonOut(Schema):
    """A reason to reject, named in the language of Accept-Language."""

    key: str
    name: str
    digit: int

    @classmethod
    def of(cls, reason: Reason) -> ReasonOut:
        """Describe a reason."""
        return cls(key=reason.key, name=reason.local_name, digit=reason.position)


class PreferencesIn(Body):
    """How the rating page is to be."""

    show_prompt: bool
    grid_size: int = Field(description="12, 24 or 48 pictures a page.")
    keys: dict[Key, Text] = Field(
        description=f"Action → KeyboardEvent.key. Actions: {', '.join(KEYS)}. Digits are taken."
    )


class PreferencesOut(Schema):
    """How the rating page is."""

    show_prompt: bool
    grid_size: int
    keys: dict[str, str]

    @classmethod
    def of(cls, preferences: Preferences) -> PreferencesOut:
        """Describe preferences."""
        return cls(
            show_prompt=preferences.show_prompt, grid_size=preferences.grid_size, keys=preferences.bindings
        )
