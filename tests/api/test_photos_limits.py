"""What one network address may send, what comes where too many photos come in at once, and what others get of one."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from PIL import Image
from pytest_django import Settings

from accounts.models import Role
from engines.boards import decoding
from tests.api.boards import BotClient, GuestClient, nothing_is_stored, send
from tests.api.client import ApiClient, assert_problem
from tests.boards import as_file, draw_board, finish, make_photo, make_room
from tests.factories import make_user
from upscale.models import Photo

pytestmark = pytest.mark.django_db

CORNERS = [[0.1, 0.1], [0.9, 0.12], [0.88, 0.9], [0.12, 0.86]]


def says_when(response: Any) -> bool:
    return 0 < int(response.headers["Retry-After"]) <= 3600


def test_new_guests_of_one_address_are_bounded(settings: Settings) -> None:
    settings.GUESTS_PER_HOUR_PER_ADDRESS = 2
    nobody = ApiClient()
    assert [nobody.post("/photos/guests").status_code for _ in range(2)] == [201, 201]
    refused = nobody.post("/photos/guests")
    assert_problem(refused, 429, "throttled")
    assert says_when(refused)


def test_photos_of_one_address_are_bounded_but_not_those_of_a_messenger(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 2
    assert [send(GuestClient()).status_code for _ in range(2)] == [201, 201]
    refused = send(GuestClient())
    assert_problem(refused, 429, "throttled")
    assert says_when(refused)
    assert send(BotClient("telegram:12")).status_code == 201


def test_the_same_request_sent_again_counts_once(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 1
    guest = GuestClient()
    statuses = [send(guest, Idempotency_Key="one").status_code for _ in range(3)]
    assert statuses == [201, 200, 200]


def test_where_no_place_to_decode_comes_free_it_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    places = threading.BoundedSemaphore(1)
    places.acquire()
    monkeypatch.setattr(decoding, "_places", places)
    monkeypatch.setattr(decoding, "PATIENCE", 0.6)
    guest = GuestClient()
    busy = send(guest)
    assert_problem(busy, 503, "busy")
    assert int(busy.headers["Retry-After"]) >= 1
    assert nothing_is_stored()
    places.release()
    assert send(guest).status_code == 201


def test_others_get_only_the_part_that_the_owner_shows() -> None:
    owner, member = GuestClient(), GuestClient()
    room = make_room(owner.visitor, nickname="Ada")
    room.join(member.visitor, "Ben")
    photo = make_photo(owner.visitor, corners=CORNERS)
    Photo.objects.filter(pk=photo.pk).update(room=room, nickname="Ada", shared_at=photo.created_at)
    address = f"/photos/{photo.pk}/original"
    assert_problem(member.get(address), 404, "not_found")
    finish(photo, cutout=as_file(draw_board(size=(90, 60), height=8)))
    operator = ApiClient(make_user(Role.OPERATOR))
    sizes = [size_of(client.get(address)) for client in (member, owner, operator)]
    assert sizes == [(90, 60), (160, 100), (160, 100)]


def size_of(answer: Any) -> tuple[int, int]:
    assert answer.status_code == 200, answer.content
    return Image.open(io.BytesIO(b"".join(answer.streaming_content))).size
