"""What the REST API of board photos takes and gives."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from math import floor
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from accounts.rest import Body, Filters, Page, Text
from engines.boards.results import Note
from jobs.states import State
from upscale.models import Photo, PhotoSource, Problem, Readable
from upscale.promise import place_of, places_of, seconds_left
from upscale.templatetags.boards import method_words, note_words
from upscale.visitors import Visitor

PAGE_SIZE = 50
LARGEST_PAGE = 100
LONGEST_WAIT = 25
"""Seconds: below what proxies and clients commonly allow an answer to take."""

Share = Annotated[float, Field(ge=0, le=1)]
Corner = Annotated[list[Share], Field(min_length=2, max_length=2)]
Corners = Annotated[
    list[Corner],
    Field(
        min_length=4,
        max_length=4,
        description="The four corners of the board, clockwise from the top left, as shares of width and height.",
    ),
]
Rotation = Annotated[
    int, Field(description="Degrees to turn the board clockwise after cutting it out: 0, 90, 180 or 270.")
]
ProblemKey = Annotated[str, Field(json_schema_extra={"enum": list(Problem.values)})]
"""What is wrong with a result. Not the enumeration itself: in the document its name is that of every error."""

Code = Annotated[Text, Field(max_length=40, description="A room's code, as people type it.")]
Place = Annotated[list[list[float]], Field(description="Corners, clockwise, as shares of width and height.")]


_corners = TypeAdapter(Corners, config=ConfigDict(strict=True))


def _corners_of(text: str) -> list[list[float]] | None:
    """Read the corners of a form, which are JSON there; none where the field is empty."""
    if not text:
        return None
    try:
        return _corners.validate_python(json.loads(text))
    except (ValueError, RecursionError):  # pydantic's ValidationError is a ValueError, too
        raise PydanticCustomError("corners", "Give four corners, each with x and y from 0 to 1.") from None


class UploadIn(Schema):
    """What goes with an uploaded photo, as fields of its form."""

    corners: Annotated[Text, AfterValidator(_corners_of)] | None = Field(
        None,
        description="JSON: the four corners of the board, clockwise from the top left, as shares of width and height, "
        "such as [[0.1,0.1],[0.9,0.1],[0.9,0.9],[0.1,0.9]]. Without: the whole photo.",
    )
    rotation: Rotation = 0
    room: Code = Field("", description="The code of a room that you are in: the photo is shared there.")

    @model_validator(mode="before")
    @classmethod
    def _know_every_field(cls, values: Any, info: ValidationInfo) -> Any:
        request: HttpRequest | None = (info.context or {}).get("request")
        for name in (*request.POST, *request.FILES) if request else ():
            if name not in cls.model_fields and (name != "file" or name not in request.FILES):  # type: ignore[union-attr]
                raise PydanticCustomError("unknown_field", "There is no field {name}.", {"name": name})
        return values


class GuestOut(Schema):
    """Somebody without an account."""

    token: str = Field(
        description="Send it as `Authorization: Bearer gst_…`. Whoever has it has the guest's photos."
    )


class CropIn(Body):
    """Another crop."""

    corners: Corners | None = Field(None, description="Null: the whole photo.")
    rotation: Rotation = 0


class ShareIn(Body):
    """Where to share a photo."""

    room: Code


class SurveyIn(Body):
    """Could you read it?"""

    readable: Text = Field(
        description="yes, partly or no.", json_schema_extra={"enum": list(Readable.values)}
    )
    problems: list[Text] = Field(
        default_factory=list,
        max_length=20,
        description="What is wrong with it; dropped where the answer is yes.",
        json_schema_extra={"items": {"type": "string", "enum": list(Problem.values)}},
    )
    note: Text = Field("", max_length=500)


class SurveyOut(Schema):
    """An answer as it is kept."""

    readable: Readable
    problems: list[ProblemKey]
    note: str
    answered_at: datetime


class PageOfPhotos(Filters):
    """Which part of a list of photos."""

    before: UUID | None = Field(None, description="The id that ended the page before.")
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class PhotoFilters(PageOfPhotos):
    """Which of your photos to list."""

    q: Text = Field(
        "", max_length=200, description="Words that the recognised text has, whatever their case."
    )
    room: Code | None = None
    state: State | None = None


class WaitFilters(Filters):
    """Whether to wait for a change."""

    wait: float = Field(
        0,
        ge=0,
        le=LONGEST_WAIT,
        allow_inf_nan=False,
        description="Seconds to wait for another state; the answer comes when it changes. When many wait already, it "
        "comes at once: ask again after a second or two.",
    )
    seen: State | None = Field(
        None,
        description="The state that you know of: where it is another one by now, the answer comes at once.",
    )


class LegibilityOut(Schema):
    """How well a picture reads."""

    score: float = Field(description="How many right words may be expected of it.")
    words: int
    confidence: float = Field(description="0 to 1.")
    lines: int


class CandidateOut(Schema):
    """A method that was tried."""

    method: str
    legibility: LegibilityOut | None = Field(description="Null: it was not read.")
    seconds: float


class LineOut(Schema):
    """A line of the recognised text."""

    text: str
    confidence: float = Field(description="0 to 1.")
    box: Place


class TextOut(Schema):
    """The recognised text of a result."""

    text: str = Field(description="A line a line, in reading order.")
    lines: list[LineOut]


class MarkOut(Schema):
    """A place to look at twice."""

    kind: Literal["departs", "unsure"] = Field(
        description="departs: the result shows something else than the photo; unsure: its text may be invented."
    )
    box: Place


class LinksOut(Schema):
    """Addresses in this API; those of files are null before there are any."""

    self: str
    original: str
    result: str | None
    preview: str | None
    text: str | None
    marks: str | None
    survey: str | None


class PhotoOut(Schema):
    """A photo and how far it is."""

    id: UUID
    state: State
    source: PhotoSource
    is_yours: bool = Field(description="False: somebody else shared it in a room.")
    created_at: datetime
    asked_at: datetime = Field(description="When it was sent, or a new crop asked for.")
    finished_at: datetime | None
    deadline: datetime = Field(description="By when it was promised.")
    predicted_seconds: float | None = Field(description="From asking to the result, as predicted then.")
    place: int | None = Field(description="How many photos are before it; null once it is over.")
    seconds_left: float | None = Field(description="Until the result, about; null once it is over.")
    progress: float = Field(description="0 to 1.")
    error: str = Field(
        description="Why it failed, in the language of Accept-Language. Of a photo that is done: why working on it "
        "anew failed; its result is the earlier one."
    )
    width: int = Field(description="Of the photo, in pixels.")
    height: int
    is_recompressed: bool = Field(
        description="The photo came through a messenger that made it smaller; as a file it would be better."
    )
    corners: list[list[float]] | None
    suggested_corners: list[list[float]] | None = Field(description="Where the board seems to be.")
    rotation: int
    result_width: int | None
    result_height: int | None
    effort: str = Field(description="full, quick, light, swift or least; empty before the result.")
    method: str = Field(description="Key of the method delivered; empty before the result.")
    method_text: str = Field(description="What was done, in the language of Accept-Language.")
    before: LegibilityOut | None = Field(description="How the photo reads; null where that was not measured.")
    after: LegibilityOut | None
    notes: list[Note]
    notes_text: list[str] = Field(description="The notes in the language of Accept-Language.")
    room: str | None = Field(description="The code of the room where it is shared.")
    nickname: str = Field(description="Who shared it.")
    shared_at: datetime | None
    links: LinksOut

    @classmethod
    def fields_of(cls, photo: Photo, visitor: Visitor, place: int | None) -> dict[str, Any]:
        """Read a photo for somebody; ``place`` is its place in the queue."""
        done = photo.state == State.DONE
        return {name: getattr(photo, name) for name in PHOTO_COLUMNS} | {
            "is_yours": photo.is_of(visitor),
            "deadline": photo.deadline_at,
            "place": place,
            "seconds_left": floor(10 * seconds_left(photo, timezone.now())) / 10 if photo.is_open else None,
            "error": photo.error_text,
            "width": photo.original_width,
            "height": photo.original_height,
            "method_text": method_words(photo) if done else "",
            "notes_text": note_words(photo) if done else [],
            "room": photo.room.code if photo.room else None,
            "links": links_of(photo),
        }

    @classmethod
    def all_of(cls, photos: Iterable[Photo], visitor: Visitor) -> list[PhotoOut]:
        """Describe photos, with one query for all their places."""
        listed = list(photos)
        places = places_of(listed)
        return [PhotoOut(**PhotoOut.fields_of(photo, visitor, places.get(photo.pk))) for photo in listed]


PHOTO_COLUMNS = frozenset(
    {
        "id", "state", "source", "created_at", "asked_at", "finished_at", "predicted_seconds", "progress",
        "is_recompressed", "corners", "suggested_corners", "rotation", "result_width", "result_height", "effort",
        "method", "before", "after", "notes", "nickname", "shared_at",
    }
)  # fmt: skip


class PhotoDetail(PhotoOut):
    """A photo with all that is known of how its result was made."""

    candidates: list[CandidateOut]
    fallen_back: int = Field(
        description="In how many lines the gentler picture stayed, since the network's read worse."
    )
    work_seconds: float | None
    survey: SurveyOut | None = Field(description="Your answer.")

    @classmethod
    def read(cls, photo: Photo, visitor: Visitor) -> PhotoDetail:
        """Describe a photo to somebody as it is now."""
        answer = photo.answers.filter(person=visitor.person).first() if photo.state == State.DONE else None
        return cls(
            **cls.fields_of(photo, visitor, place_of(photo)),
            candidates=photo.candidates,
            fallen_back=photo.fallen_back,
            work_seconds=photo.work_seconds,
            survey=SurveyOut.model_validate(answer) if answer else None,
        )


class PhotoPage(Page):
    """Photos, newest first."""

    items: list[PhotoOut]


def links_of(photo: Photo) -> LinksOut:
    """Return where the parts of a photo are."""

    def link(name: str) -> str:
        return reverse(f"api:{name}", args=[photo.pk])

    done = photo.state == State.DONE
    parts = ("result", "preview", "text", "marks", "survey")
    return LinksOut(
        self=link("photo"),
        original=link("photo_original"),
        **{part: link(f"photo_{part}") if done else None for part in parts},
    )
