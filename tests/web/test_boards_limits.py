"""What whoever drops their cookie may send, and what happens where too many photos come in at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from engines.boards import decoding
from tests.boards import as_file, draw_board, make_room
from tests.web.conftest import Browser
from tests.web.guests import Guest
from upscale.models import Clip, Photo, Room

pytestmark = pytest.mark.django_db

BOARD = as_file(draw_board(size=(320, 200), height=16))
OTHER = "203.0.113.9"


def send(browser: Browser, address: str = "127.0.0.1") -> Any:
    """Send a photo as the page's script does."""
    file = SimpleUploadedFile("board.jpg", BOARD, "image/jpeg")
    return browser.post(
        "/boards/upload/", {"photo": file}, headers={"HX-Request": "true"}, REMOTE_ADDR=address
    )


def says_when(response: Any) -> bool:
    return 0 < int(response.headers["Retry-After"]) <= 3600


def test_new_guests_of_one_address_are_bounded(settings: Settings) -> None:
    settings.GUESTS_PER_HOUR_PER_ADDRESS = 2
    known = Browser()
    assert [send(browser).status_code for browser in (known, Browser())] == [201, 201]
    refused = send(Browser())
    assert refused.status_code == 429
    assert says_when(refused)
    assert "from your network" in refused.text
    assert send(known).status_code == 201
    assert send(Browser(), OTHER).status_code == 201
    assert Photo.objects.count() == 4


def test_photos_of_one_address_are_bounded_whoever_sends_them(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 2
    assert [send(Guest()).status_code for _ in range(2)] == [201, 201]
    refused = send(Guest())
    assert refused.status_code == 429
    assert says_when(refused)
    assert send(Guest(), OTHER).status_code == 201


def test_deleting_photos_gives_an_address_no_others(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 1
    guest = Guest()
    send(guest)
    Photo.objects.get().remove()
    assert send(guest).status_code == 429


def test_rooms_are_opened_and_joined_by_so_many_new_guests_only(settings: Settings) -> None:
    settings.GUESTS_PER_HOUR_PER_ADDRESS = 1
    room = make_room(hours=2)
    assert Browser().get("/rooms/").status_code == 200  # looking makes nobody
    assert Browser().post(f"/rooms/{room.code}/join/", {"nickname": "Ada"}).status_code == 302
    opened = {"name": "Chemistry", "hours": "2", "nickname": "Ben"}
    for answer in (
        Browser().post(f"/rooms/{room.code}/join/", {"nickname": "Ben"}),
        Browser().post("/rooms/", opened),
    ):
        assert answer.status_code == 429
        assert says_when(answer)
        assert "from your network" in answer.text
    assert Guest().post("/rooms/", opened).status_code == 302
    assert Room.objects.count() == 2


def test_a_video_counts_as_the_photos_that_it_is_as_large_as(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS, settings.PHOTO_MAX_MIB = 2, 1
    film = b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + bytes(2 * 1024 * 1024)
    headers = {"X-Requested-With": "XMLHttpRequest"}
    refused = Guest().post(
        "/boards/videos/upload/", {"video": SimpleUploadedFile("a.mp4", film)}, headers=headers
    )
    assert refused.status_code == 429
    assert says_when(refused)
    assert not Clip.objects.exists()


@pytest.fixture
def all_places_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    places = threading.BoundedSemaphore(1)
    places.acquire()
    monkeypatch.setattr(decoding, "_places", places)
    monkeypatch.setattr(decoding, "PATIENCE", 0.6)


@pytest.mark.usefixtures("all_places_taken")
def test_where_no_place_to_decode_comes_free_one_is_asked_to_come_again() -> None:
    guest = Guest()
    answer = send(guest)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert "Very many photos are coming in" in answer.text
    plain = guest.post("/boards/upload/", {"photo": SimpleUploadedFile("board.jpg", BOARD)}, follow=True)
    assert "Very many photos are coming in" in plain.text
    assert not Photo.objects.exists()
