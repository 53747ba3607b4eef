"""Rooms over REST: open one, come in, look at what is shared, look after it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from accounts.rest import answers, next_page
from jobs.states import OPEN_STATES, State
from upscale import feeds
from upscale.auth import VISITORS, caller_of, guessing_address, need_account, network_of
from upscale.cursors import Cursor
from upscale.models import Membership, Photo, Room
from upscale.room_codes import find_room
from upscale.schemas import PhotoOut
from upscale.schemas_rooms import (
    FeedFilters,
    JoinIn,
    MemberOut,
    MuteIn,
    RoomFilters,
    RoomIn,
    RoomOut,
    RoomPage,
    SharedOut,
    SharedPhotoOut,
    TimelineFilters,
    TimelinePage,
)
from upscale.visitors import Visitor

router = Router(tags=["rooms"], auth=VISITORS)

LONGEST_NICKNAME = 40


def _room(request: HttpRequest, code: str) -> Room:
    """Return a room that whoever asks may see, by its code as people type it."""
    return Room.objects.visible_to(caller_of(request)).with_code(code)


def _owned_room(request: HttpRequest, code: str) -> Room:
    """Return a room that whoever asks looks after; members see it, and do not change it."""
    room = _room(request, code)
    if not room.is_owned_by(caller_of(request)):
        raise Http404
    return room


@router.post("/rooms", response=answers({201: RoomOut}, 400, 403, 422))
def open_room(request: HttpRequest, body: RoomIn) -> Status[RoomOut]:
    """Open a room; you are its owner and first member. Show its code to those who shall come."""
    caller = caller_of(request)
    need_account(caller)
    room = Room.objects.open_room(
        caller,
        body.name,
        hours=settings.ROOM_HOURS if body.hours is None else body.hours,
        nickname=body.nickname or caller.name[:LONGEST_NICKNAME],
    )
    return Status(201, RoomOut.read(room, caller))


@router.get("/rooms", response=answers({200: RoomPage}, 422))
def list_rooms(request: HttpRequest, filters: Query[RoomFilters]) -> RoomPage:
    """List the rooms that you own or are in, newest first, closed ones too."""
    caller = caller_of(request)
    rooms = Room.objects.of(caller)
    if filters.before:
        rooms = rooms.filter(Cursor.read(filters.before).before("created_at"))
    found = list(rooms.order_by("-created_at", "-id")[: filters.limit + 1])
    shown = found[: filters.limit]
    last = Cursor(shown[-1].created_at, shown[-1].pk) if len(found) > len(shown) else None
    described = RoomOut.all_of(
        Room.objects.filter(pk__in=[room.pk for room in shown]).order_by("-created_at", "-id"), caller
    )
    return RoomPage(items=described, next=next_page(request, filters, last) if last else None)


@router.get("/rooms/shared", response=answers({200: SharedOut}, 403, 422))
def list_shared_photos(request: HttpRequest, filters: Query[FeedFilters]) -> SharedOut:
    """For a client that speaks for an outside network: results shared since `after` in rooms of its people.

    A photo comes when it is both done and shared. `recipients` are who should be told: those of the network who are in
    the room, have not muted it, and did not send the photo; there may be none. Fetch its files on behalf of one of
    them. As with the feed of finished photos, going on from `cursor` misses nothing.
    """
    network, after = network_of(request), Cursor.read(filters.after) if filters.after else None
    seconds = filters.wait if after else 0
    feed = feeds.wait_for_feed(lambda: feeds.shared(network, after, filters.limit), seconds)
    people = feeds.recipients(network, feed.photos)
    nobody = Visitor("")
    items = [
        SharedPhotoOut(
            photo=described, room=photo.room.code, room_name=photo.room.name, recipients=people[photo.pk]
        )
        for photo, described in zip(feed.photos, PhotoOut.all_of(feed.photos, nobody), strict=True)
        if photo.room
    ]
    return SharedOut(items=items, cursor=str(feed.cursor), has_more=feed.has_more)


@router.get("/rooms/{code}", response=answers({200: RoomOut}, 404))
def get_room(request: HttpRequest, code: str) -> RoomOut:
    """Show a room that you own or are in. Case, spaces and dashes of the code do not matter."""
    return RoomOut.read(_room(request, code), caller_of(request))


@router.post("/rooms/{code}/join", response=answers({200: RoomOut}, 400, 403, 404, 409, 422))
def join_room(request: HttpRequest, code: str, body: JoinIn) -> RoomOut:
    """Come into a room under a nickname; again: the nickname changes.

    409 where the room is closed or full, 403 where its owner has removed you, 429 after many wrong codes.
    """
    caller = caller_of(request)
    room = find_room(code, caller, guessing_address(request))
    room.join(caller, body.nickname)
    return RoomOut.read(room, caller)


@router.post("/rooms/{code}/leave", response=answers({204: None}, 403, 404))
def leave_room(request: HttpRequest, code: str) -> Status[None]:
    """Go out of a room; what you shared stays there."""
    _room(request, code).leave(caller_of(request))
    return Status(204, None)


@router.post("/rooms/{code}/mute", response=answers({200: RoomOut}, 400, 403, 404, 422))
def mute_room(request: HttpRequest, code: str, body: MuteIn) -> RoomOut:
    """Be told of what others share there, or not. For who is in the room."""
    caller = caller_of(request)
    room = _room(request, code)
    get_object_or_404(room.memberships.present(), person=caller.person).mute(body.muted)
    return RoomOut.read(room, caller)


@router.post("/rooms/{code}/close", response=answers({200: RoomOut}, 403, 404))
def close_room(request: HttpRequest, code: str) -> RoomOut:
    """Let nobody in and nothing be shared any more; what is there can still be seen. For its owner."""
    room = _owned_room(request, code)
    room.close()
    return RoomOut.read(room, caller_of(request))


# ---------------------------------------------------------------------- what is shared
@router.get("/rooms/{code}/photos", response=answers({200: TimelinePage}, 404, 422))
def list_photos_of_room(
    request: HttpRequest, code: str, filters: Query[TimelineFilters]
) -> TimelinePage:  # fmt: skip
    """List what is shared in a room, newest first: done, and on the way; of what failed only your own."""
    caller = caller_of(request)
    room = _room(request, code)
    shown_to = Q(state=State.DONE) | Q(state__in=OPEN_STATES) | Q(person=caller.person)
    photos = Photo.objects.filter(shown_to, room=room).select_related("room")
    if filters.before:
        photos = photos.filter(Cursor.read(filters.before).before("shared_at"))
    found = list(photos.order_by("-shared_at", "-id")[: filters.limit + 1])
    shown = found[: filters.limit]
    moment = shown[-1].shared_at if len(found) > len(shown) else None
    return TimelinePage(
        items=PhotoOut.all_of(shown, caller),
        next=next_page(request, filters, Cursor(moment, shown[-1].pk)) if moment else None,
    )


@router.delete("/rooms/{code}/photos/{uuid:photo_id}", response=answers({204: None}, 403, 404))
def remove_photo_from_room(request: HttpRequest, code: str, photo_id: UUID) -> Status[None]:
    """Take a photo out of a room: your own, or as its owner anybody's. Whoever took it keeps it."""
    caller = caller_of(request)
    room = _room(request, code)
    photo = get_object_or_404(Photo, room=room, pk=photo_id)
    if not (photo.is_of(caller) or room.is_owned_by(caller)):
        raise Http404
    photo.unshare(room=room)
    return Status(204, None)


# ---------------------------------------------------------------------- who is there
@router.get("/rooms/{code}/members", response=answers({200: list[MemberOut]}, 404))
def list_members(request: HttpRequest, code: str) -> list[MemberOut]:
    """List who is in a room, by nickname, in the order in which they came."""
    caller = caller_of(request)
    room = _room(request, code)
    present = room.memberships.present().order_by("joined_at", "pk")
    return [_member(membership, room, caller) for membership in present]


def _member(membership: Membership, room: Room, caller: Visitor) -> MemberOut:
    return MemberOut(
        id=membership.pk,
        nickname=membership.nickname,
        is_you=membership.person == caller.person,
        is_owner=membership.person == room.owner,
        joined_at=membership.joined_at,
    )


@router.delete("/rooms/{code}/members/{int:member_id}", response=answers({204: None}, 403, 404, 409))
def remove_member(request: HttpRequest, code: str, member_id: int) -> Status[None]:
    """Send somebody out of your room for good, and their photos with them. 409 for yourself."""
    room = _owned_room(request, code)
    room.remove_member(get_object_or_404(room.memberships.present(), pk=member_id))
    return Status(204, None)
