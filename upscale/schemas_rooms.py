"""What the REST API of rooms, and of the feeds, takes and gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef
from ninja import Field, Schema

from accounts.rest import Body, Filters, Page, Text
from upscale.cursors import CursorText
from upscale.models import Membership, Photo, Room
from upscale.models.room import RoomQuerySet
from upscale.promise import places_of
from upscale.schemas import LARGEST_PAGE, LONGEST_WAIT, PAGE_SIZE, PhotoOut
from upscale.visitors import Visitor


class RoomIn(Body):
    """A room to open."""

    name: Text = Field(description="1 to 80 characters.", json_schema_extra={"minLength": 1, "maxLength": 80})
    hours: int | None = Field(None, description="How long it lasts, up to 336; without, ROOM_HOURS.")
    nickname: Text = Field("", max_length=40, description="Yours in the room; without, your name.")


class JoinIn(Body):
    """How to come in."""

    nickname: Text = Field(
        description="1 to 40 characters.", json_schema_extra={"minLength": 1, "maxLength": 40}
    )


class MuteIn(Body):
    """Whether to be told of what others share."""

    muted: bool


class RoomOut(Schema):
    """A room that you own or are in."""

    code: str
    name: str
    is_live: bool = Field(description="False: it was closed, or its time is over.")
    is_owner: bool = Field(description="Whether you look after it.")
    is_member: bool
    nickname: str = Field(description="Yours; empty where you are not in it.")
    muted: bool
    members: int
    photos: int
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None

    @classmethod
    def all_of(cls, rooms: RoomQuerySet, visitor: Visitor) -> list[RoomOut]:
        """Describe rooms to somebody, in two queries however many they are."""
        listed = list(
            rooms.with_counts().annotate(live=Exists(Room.objects.live().filter(pk=OuterRef("pk"))))
        )
        present = Membership.objects.present().filter(room__in=listed)
        mine = {membership.room_id: membership for membership in present.filter(person=visitor.person)}
        return [
            cls(
                code=room.code, name=room.name, created_at=room.created_at, expires_at=room.expires_at,
                closed_at=room.closed_at, is_live=room.live,
                is_owner=room.is_owned_by(visitor), is_member=room.pk in mine,
                nickname=mine[room.pk].nickname if room.pk in mine else "",
                muted=room.pk in mine and mine[room.pk].muted,
                members=room.people, photos=room.shared,
            )
            for room in listed
        ]  # fmt: skip

    @classmethod
    def read(cls, room: Room, visitor: Visitor) -> RoomOut:
        """Describe a room as it is now."""
        [described] = cls.all_of(Room.objects.filter(pk=room.pk), visitor)
        return described


class RoomFilters(Filters):
    """Which part of a list of rooms."""

    before: CursorText | None = Field(None, description="What `next` says.")
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class RoomPage(Page):
    """Rooms, newest first."""

    items: list[RoomOut]


class TimelineFilters(RoomFilters):
    """Which part of a room's timeline."""


class TimelinePage(Page):
    """What was shared, newest first."""

    items: list[PhotoOut]


class MemberOut(Schema):
    """Somebody in a room."""

    id: int
    nickname: str
    is_you: bool
    is_owner: bool
    joined_at: datetime


class FeedFilters(Filters):
    """Where to go on in a feed."""

    after: CursorText | None = Field(
        None, description="The `cursor` of the answer before. Without: nothing, but a cursor to begin with."
    )
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)
    wait: float = Field(
        0, ge=0, le=LONGEST_WAIT, allow_inf_nan=False, description="Seconds to wait for something to come."
    )


class OutsidePhotoOut(PhotoOut):
    """A photo of somebody for whom a trusted client speaks."""

    person: str

    @classmethod
    def listed(cls, photos: Iterable[Photo]) -> list[OutsidePhotoOut]:
        """Describe photos, each as to its own person."""
        found = list(photos)
        places = places_of(found)
        return [
            cls(
                **cls.fields_of(photo, Visitor(photo.person), places.get(photo.pk)), person=photo.person
            )
            for photo in found
        ]  # fmt: skip


class FinishedOut(Schema):
    """Photos that ended, the oldest first. Keep `cursor` once they are dealt with."""

    items: list[OutsidePhotoOut]
    cursor: str
    has_more: bool = Field(description="There is more already: ask again at once.")


class WorkingOut(Schema):
    """Photos that wait or are being worked on, the longest waiting first; at most 500."""

    items: list[OutsidePhotoOut]


class SharedPhotoOut(Schema):
    """A result that was shared in a room, and who should be told."""

    photo: PhotoOut
    room: str
    room_name: str
    recipients: list[str] = Field(description="People of your network in the room who have not muted it.")


class SharedOut(Schema):
    """What was shared in rooms, the oldest first. Keep `cursor` once it is dealt with."""

    items: list[SharedPhotoOut]
    cursor: str
    has_more: bool = Field(description="There is more already: ask again at once.")
