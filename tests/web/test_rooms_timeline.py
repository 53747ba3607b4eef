"""The live part of a room, and its wall."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from tests.boards import finish, make_photo
from tests.web.conftest import Browser
from tests.web.guests import Guest
from tests.web.test_rooms import open_room, share, who
from upscale.models import Photo, Room
from upscale.views import timeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Browser:
    return Guest()


@pytest.fixture
def anna() -> Browser:
    return Guest()


def live(browser: Browser, room: Room, **data: Any) -> Any:
    return browser.htmx(f"/rooms/{room.code}/timeline/", **data)


def seen(response: Any) -> str:
    """Return what the page says it has, to be sent with the next question."""
    found = re.search(r'"seen": "(\w+)"', response.content.decode())
    assert found
    return found[1]


def shown(response: Any) -> list[str]:
    return re.findall(r'id="photo-([\w-]+)"', response.content.decode())


def test_what_is_shared_comes_newest_first_with_nickname_and_time(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    photos = [share(owner, room), share(anna, room), share(owner, room)]
    response = live(anna, room)
    assert response.status_code == 200
    assert shown(response) == [str(photo.pk) for photo in reversed(photos)]
    assert "<strong>Anna</strong>" in response.content.decode()
    assert photos[1].shared_at is not None
    assert f'datetime="{photos[1].shared_at.isoformat()}"' in response.content.decode()


def test_what_the_page_has_already_is_not_sent_again(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    response = live(owner, room)
    assert live(owner, room, seen=seen(response)).status_code == 204
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    response = live(owner, room, seen=seen(response))
    assert response.status_code == 200
    photo = share(anna, room, is_done=False)
    response = live(owner, room, seen=seen(response))
    assert shown(response) == [str(photo.pk)]
    assert "Being made legible" in response.content.decode()
    finish(photo)
    response = live(owner, room, seen=seen(response))
    assert f"/boards/{photo.pk}/preview/" in response.content.decode()
    photo.unshare()
    response = live(owner, room, seen=seen(response))
    assert shown(response) == []
    assert live(owner, room, seen=seen(response)).status_code == 204


def test_a_question_without_news_costs_few_queries_however_much_was_shared(owner: Browser) -> None:
    room = open_room(owner)
    for _ in range(5):
        share(owner, room)
    response = live(owner, room)
    with CaptureQueriesContext(connection) as queries:
        assert live(owner, room, seen=seen(response)).status_code == 204
    assert len(queries) <= 4


def test_a_failed_photo_is_seen_by_its_person_only(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    photo = share(anna, room, is_done=False)
    photo.cancel()
    assert shown(live(anna, room)) == [str(photo.pk)]
    assert shown(live(owner, room)) == []


def test_somebody_further_down_keeps_what_they_see_and_is_told_of_the_new(owner: Browser) -> None:
    room = open_room(owner)
    first = share(owner, room)
    assert first.shared_at is not None
    share(owner, room), share(owner, room)
    response = live(owner, room, newest=first.shared_at.isoformat())
    assert shown(response) == [str(first.pk)]
    assert "2 new photos" in response.content.decode()
    assert "data-newer hidden" in live(owner, room).content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"newest": "x"},
        {"newest": "2026-13-45T99:99"},
        {"newest": "2026-01-01"},
        {"shown": "x"},
        {"shown": "-5"},
        {"shown": "9" * 30},
    ],
)
def test_parameters_that_mean_nothing_do_no_harm(owner: Browser, data: dict[str, str]) -> None:
    room = open_room(owner)
    photo = share(owner, room)
    assert shown(live(owner, room, **data)) == [str(photo.pk)]


def test_what_is_shown_stays_when_something_is_removed(
    owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "SHOWN", 2)
    room = open_room(owner)
    photos = [share(owner, room) for _ in range(6)]
    newest = photos[4].shared_at
    assert newest is not None
    data = {"shown": "4", "newest": newest.isoformat()}
    read = live(owner, room, **data)
    assert shown(read) == [str(photo.pk) for photo in photos[4:0:-1]]
    path = f"/rooms/{room.code}/photos/{photos[3].pk}/remove/"
    response = owner.post(path, data, headers={"HX-Request": "true"})
    assert shown(response) == [str(photos[index].pk) for index in (4, 2, 1, 0)]
    assert "1 new photo<" in response.content.decode()
    assert '"shown": "4"' in response.content.decode()


def test_more_is_shown_when_somebody_asks(owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "SHOWN", 2)
    room = open_room(owner)
    photos = [share(owner, room) for _ in range(5)]
    response = live(owner, room)
    assert shown(response) == [str(photo.pk) for photo in photos[:2:-1]]
    assert f"/rooms/{room.code}/?shown=4" in response.content.decode()
    assert len(shown(live(owner, room, shown="4"))) == 4
    last = live(owner, room, shown="6")
    assert len(shown(last)) == 5
    assert "?shown=" not in last.content.decode()
    assert len(shown(owner.get(f"/rooms/{room.code}/?shown=4"))) == 4  # without a script, too


def test_a_closed_room_is_asked_no_more_once_all_photos_are_done(owner: Browser) -> None:
    room = open_room(owner)
    photo = share(owner, room, is_done=False)
    room.close()
    assert live(owner, room).status_code == 200
    finish(photo)
    response = live(owner, room)
    assert response.status_code == 286
    assert "hx-get" not in response.content.decode().split("<header")[0]


def test_the_more_people_the_more_rarely_each_asks() -> None:
    now = timeline.timezone.now()
    assert timeline._seconds(now, 10) == 3
    assert timeline._seconds(now, 500) == 20
    assert timeline._seconds(now - timedelta(minutes=10), 10) == 10
    assert timeline._seconds(None, 1) == 10


def test_strangers_are_told_nothing(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    for path in ("timeline/", "projector/"):
        assert anna.get(f"/rooms/{room.code}/{path}").status_code == 404
        assert Browser().get(f"/rooms/{room.code}/{path}").status_code == 404
        assert anna.htmx(f"/rooms/{room.code}/{path}").status_code == 404
    assert owner.get("/rooms/abc/timeline/").status_code == 404


def test_a_photo_of_the_room_can_be_opened_by_its_people_only(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    photo = share(owner, room)
    assert anna.get(f"/boards/{photo.pk}/").status_code == 404
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    assert anna.get(f"/boards/{photo.pk}/").status_code == 200
    assert anna.get(f"/boards/{photo.pk}/preview/").status_code == 200
    anna.post(f"/rooms/{room.code}/leave/")
    assert anna.get(f"/boards/{photo.pk}/preview/").status_code == 404


# ---------------------------------------------------------------------- the projector
def test_the_wall_shows_code_qr_code_and_the_latest_results(owner: Browser) -> None:
    room = open_room(owner)
    photos = [share(owner, room) for _ in range(8)]
    share(owner, room, is_done=False)
    page = owner.get(f"/rooms/{room.code}/projector/").content.decode()
    assert re.search(r'<svg[^>]*class="qr"', page)
    assert f"<span>{room.code[:3]}</span> <span>{room.code[3:]}</span>" in page
    assert "testserver/rooms/" in page
    assert re.findall(r'id="wall-([\w-]{36})"', page) == [str(one.pk) for one in photos[:1:-1]]
    assert re.search(r"<strong>1</strong>\s*being made legible", page)
    assert not re.search(r"<script(?![^>]*src)|<style| style=", page)


def test_the_qr_code_holds_the_address_of_the_room(owner: Browser) -> None:
    import cv2
    import numpy as np

    address = "http://testserver/rooms/ABC234/"
    svg = str(timeline.qr_code(address))
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    image = np.full((side, side), 255, np.uint8)
    path = re.search(r'stroke="#000"[^>]* d="([^"]+)"|d="([^"]+)"[^>]*stroke="#000"', svg)
    assert path
    x = y = 0.0
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1] or path[2]):
        values = [float(value) for value in re.findall(r"-?\d*\.?\d+", numbers)]
        if kind == "M":
            x, y = values
        elif kind == "m":
            x, y = x + values[0], y + values[1]
        else:
            image[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    large = cv2.resize(image, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    assert cv2.QRCodeDetector().detectAndDecode(large)[0] == address


def test_the_wall_is_live_until_the_room_is_over(owner: Browser) -> None:
    room = open_room(owner)
    share(owner, room)
    path = f"/rooms/{room.code}/projector/"
    response = owner.htmx(path)
    assert response.status_code == 200
    assert owner.htmx(path, seen=seen(response)).status_code == 204
    photo = share(owner, room)
    response = owner.htmx(path, seen=seen(response))
    assert f'id="wall-{photo.pk}"' in response.content.decode()
    Room.objects.update(expires_at=Now() - timedelta(seconds=1))
    response = owner.htmx(path, seen=seen(response))
    assert response.status_code == 286
    assert "This room is closed" in response.content.decode()
    Photo.objects.all().delete()
    text = owner.get(path).content.decode()
    assert "Nobody shared a photo in this room." in text
    assert "Photograph the board" not in text


def test_a_photo_that_is_worked_on_anew_is_not_on_the_wall(owner: Browser) -> None:
    room = open_room(owner)
    photo = share(owner, room)
    Photo.objects.get(pk=photo.pk).redo(rotation=90)
    assert str(photo.pk) not in owner.get(f"/rooms/{room.code}/projector/").content.decode()
    assert who(owner).person == photo.person
    assert make_photo(who(owner)).room is None
