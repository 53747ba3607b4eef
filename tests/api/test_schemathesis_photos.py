"""Throw what the OpenAPI document allows, and what it forbids, at every operation of photos and rooms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.boards import BOARD, BotClient, GuestClient
from tests.api.client import ApiClient
from tests.api.documented import document, hold, operations
from tests.boards import finish, make_photo, make_room
from tests.factories import make_user
from upscale.models import Membership, Photo, Room
from upscale.visitors import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OPERATIONS = operations("photos", "rooms")
KINDS = ("person", "guest")
FEEDS = ("/api/v1/photos/finished", "/api/v1/photos/working", "/api/v1/rooms/shared")


@pytest.fixture
def schema(db: None) -> Iterator[Any]:
    with document() as schema:
        yield schema


def client_of(kind: str) -> tuple[ApiClient, Visitor]:
    """Return the client of a person, a guest or a messenger, and whose photos it sees."""
    if kind == "guest":
        guest = GuestClient()
        return guest, guest.visitor
    if kind == "messenger":
        return BotClient(), Visitor("telegram:1")
    user = make_user(None)
    return ApiClient(user), Visitor(user.person, user)


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        *((kind, method, path) for kind in KINDS for method, path in OPERATIONS),
        *(("messenger", "get", path) for path in FEEDS),
    ],
)
def test_every_answer_is_as_the_document_says(
    schema: Any, settings: Any, kind: str, method: str, path: str
) -> None:
    settings.API_REQUESTS_PER_MINUTE = settings.PHOTOS_PER_HOUR = 0
    client, visitor = client_of(kind)
    hold(schema, client, method, path, lambda case, at: aim(case, visitor, at))


def aim(case: Any, visitor: Visitor, at: int) -> None:
    """Let a request mean something that is there: one's own, somebody else's, or a shared one."""
    Photo.objects.all().delete()
    Room.objects.all().delete()
    room = make_room(visitor) if at % 2 else make_room()
    photo = make_photo(visitor if at > 1 else None)
    if at:
        finish(photo)
        sender = Visitor(photo.person)
        if room.membership_of(sender) is None:
            room.join(sender, "Sender")
        photo.share(room)
    parts = case.path_parameters
    if "photo_id" in parts:
        parts["photo_id"] = str(photo.pk)
    if "code" in parts:
        parts["code"] = room.code
    if "member_id" in parts:
        parts["member_id"] = Membership.objects.get(room=room, person=room.owner).pk
    if case.media_type == "multipart/form-data" and at:
        case.body = {"file": BOARD} | ({"room": room.code} if at == 3 else {})
