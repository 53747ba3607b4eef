"""Sending a photo, watching it, and what comes out."""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from jobs.states import State
from tests.api.boards import BOARD, GuestClient, nothing_is_stored, send
from tests.api.client import assert_problem
from tests.boards import finish, make_photo
from upscale import feeds
from upscale.models import Photo

pytestmark = pytest.mark.django_db

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
BOX = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.2], [0.1, 0.2]]


@pytest.fixture
def done(guest: GuestClient) -> Photo:
    """Give a photo of the guest that is done."""
    return finish(make_photo(guest.visitor), lines=[{"text": "open", "confidence": 0.9, "box": BOX}])


# ---------------------------------------------------------------------- sending
def test_a_photo_is_taken_at_once_with_its_place_and_time(guest: GuestClient) -> None:
    make_photo()
    response = send(guest)
    assert response.status_code == 201, response.content
    body = response.json()
    photo = Photo.objects.get(pk=body["id"])
    assert (photo.person, photo.source, photo.state) == (guest.visitor.person, "rest", State.QUEUED)
    assert (body["state"], body["place"], body["is_yours"], body["progress"]) == ("queued", 1, True, 0)
    assert (body["width"], body["height"]) == (200, 120)
    assert 0 < body["seconds_left"] <= body["predicted_seconds"]
    assert body["deadline"] > body["created_at"]
    assert body["links"]["result"] is None
    assert body["links"]["self"] == f"/api/v1/photos/{photo.pk}"
    assert guest.get(body["links"]["original"]).status_code == 200


def test_corners_rotation_and_room_go_with_the_photo(guest: GuestClient) -> None:
    room = guest.post("/rooms", {"name": "Physics", "nickname": "Ann"}).json()["code"]
    response = send(guest, BOARD, {"corners": json.dumps(SQUARE), "rotation": "90", "room": room.lower()})
    body = response.json()
    assert (body["corners"], body["rotation"], body["room"]) == (SQUARE, 90, room)
    assert (body["nickname"], body["shared_at"] is not None) == ("Ann", True)


def test_empty_fields_of_a_form_mean_nothing(guest: GuestClient) -> None:
    body = send(guest, BOARD, {"corners": "", "room": ""}).json()
    assert (body["corners"], body["room"]) == (None, None)


def test_the_same_request_sent_again_is_one_photo(guest: GuestClient) -> None:
    first = send(guest, Idempotency_Key="chat-1/message-2")
    again = send(guest, Idempotency_Key="chat-1/message-2")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    other = send(guest, BOARD, {"rotation": "90"}, Idempotency_Key="chat-1/message-2")
    assert_problem(other, 409, "idempotency_conflict")
    assert send(GuestClient(), Idempotency_Key="chat-1/message-2").status_code == 201
    assert Photo.objects.count() == 2


@pytest.mark.parametrize("key", ["x" * 121, "with space", "é"])
def test_a_malformed_key_is_refused(guest: GuestClient, key: str) -> None:
    assert_problem(send(guest, Idempotency_Key=key), 422, "invalid", "Idempotency-Key")
    assert nothing_is_stored()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rotation": "45"}, "rotation"),
        ({"rotation": "-90"}, "rotation"),
        ({"rotation": "a"}, "rotation"),
        ({"rotation": "9" * 400}, "rotation"),
        ({"corners": "no JSON"}, "corners"),
        ({"corners": "[" * 1000}, "corners"),
        ({"corners": json.dumps(SQUARE[:3])}, "corners"),
        ({"corners": json.dumps(SQUARE[::-1])}, "corners"),
        ({"corners": "[[NaN,0],[1,0],[1,1],[0,1]]"}, "corners"),
        ({"corners": '["00","10","11","01"]'}, "corners"),
        ({"corners": "[[true,0],[1,0],[1,1],[0,1]]"}, "corners"),
        ({"room": "ABC234"}, "room"),
        ({"room": "\0"}, "room"),
        ({"colour": "red"}, "colour"),
        ({"file": "no file"}, "file"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    guest: GuestClient, fields: dict[str, Any], field: str
) -> None:
    file = None if "file" in fields else BOARD
    assert_problem(guest.upload("/photos", file, fields), 422, "invalid", field)
    assert nothing_is_stored()


def test_who_sends_too_many_waits_as_long_as_it_says(guest: GuestClient, settings: Any) -> None:
    settings.PHOTOS_PER_HOUR = 1
    assert send(guest).status_code == 201
    refused = send(guest)
    assert_problem(refused, 429, "throttled")
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert send(GuestClient()).status_code == 201


# ---------------------------------------------------------------------- looking
def test_a_finished_photo_says_what_was_done_and_how_it_reads(guest: GuestClient, done: Photo) -> None:
    body = guest.get(f"/photos/{done.pk}").json()
    assert (body["state"], body["place"], body["seconds_left"], body["progress"]) == ("done", None, None, 1)
    assert (body["method"], body["effort"]) == ("enhanced", "full")
    assert "No letter was redrawn" in body["method_text"]
    assert (body["before"]["words"], body["after"]["words"]) == (5, 10)
    assert (body["candidates"], body["fallen_back"], body["survey"]) == ([], 0, None)
    for part in ("result", "preview", "text", "marks"):
        assert guest.get(body["links"][part]).status_code == 200, part


def test_words_come_in_the_readers_language(done: Photo, guest: GuestClient) -> None:
    with translation.override("ru"):
        expected = translation.gettext(
            "The light was evened out and the writing made stronger. No letter was redrawn."
        )
    assert guest.get(f"/photos/{done.pk}", Accept_Language="ru").json()["method_text"] == expected


def test_the_text_comes_with_its_lines(guest: GuestClient, done: Photo) -> None:
    body = guest.get(f"/photos/{done.pk}/text").json()
    assert body["text"] == "energy equals mass\nlight has a speed"
    assert body["lines"] == [{"text": "open", "confidence": 0.9, "box": BOX}]


def test_doubtful_places_are_listed(guest: GuestClient, done: Photo) -> None:
    Photo.objects.filter(pk=done.pk).update(marks=[{"kind": "unsure", "box": BOX}])
    assert guest.get(f"/photos/{done.pk}/marks").json() == [{"kind": "unsure", "box": BOX}]


@pytest.mark.parametrize("part", ["result", "preview", "text", "marks"])
def test_before_it_is_done_there_is_nothing_to_fetch(guest: GuestClient, part: str) -> None:
    assert_problem(guest.get(f"/photos/{make_photo(guest.visitor).pk}/{part}"), 404, "not_found")


@pytest.mark.parametrize(
    ("which", "content_type", "disposition", "suffix"),
    [
        ("result", "image/png", "attachment", "png"),
        ("original", "image/jpeg", "attachment", "jpg"),
        ("preview", "image/webp", "inline", "webp"),
    ],
)
def test_files_are_served_safely_and_privately(
    guest: GuestClient, done: Photo, which: str, content_type: str, disposition: str, suffix: str
) -> None:
    response: Any = guest.get(f"/photos/{done.pk}/{which}")
    with getattr(done, which).open("rb") as file:
        assert b"".join(response.streaming_content) == file.read()
    assert response.headers["Content-Type"] == content_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"].startswith("private")
    assert response.headers["Content-Disposition"].startswith(disposition)
    assert response.headers["Content-Disposition"].endswith(f'{str(done.pk)[-6:]}.{suffix}"')
    assert guest.get(f"/photos/{done.pk}/{which}", If_None_Match=response.headers["ETag"]).status_code == 304


def test_a_new_result_has_another_tag(guest: GuestClient, done: Photo) -> None:
    before = guest.get(f"/photos/{done.pk}/result").headers["ETag"]
    done.redo()
    finish(done)
    assert guest.get(f"/photos/{done.pk}/result", If_None_Match=before).status_code == 200


def test_a_file_that_is_gone_is_404(guest: GuestClient, done: Photo) -> None:
    done.result.storage.delete(str(done.result.name))
    assert_problem(guest.get(f"/photos/{done.pk}/result"), 404, "not_found")


# ---------------------------------------------------------------------- waiting
def test_an_answer_comes_when_the_state_changes(guest: GuestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = make_photo(guest.visitor)
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            photo.cancel()

    monkeypatch.setattr(feeds, "sleep", nap)
    assert guest.get(f"/photos/{photo.pk}", {"wait": 20}).json()["state"] == "cancelled"
    assert len(naps) == 3


@pytest.mark.parametrize("query", [{"wait": 20, "seen": "running"}, {}, {"wait": 0}])
def test_nobody_waits_for_what_has_happened(
    guest: GuestClient, monkeypatch: pytest.MonkeyPatch, query: dict[str, Any]
) -> None:
    monkeypatch.setattr(feeds, "sleep", lambda seconds: pytest.fail("waited"))
    assert guest.get(f"/photos/{make_photo(guest.visitor).pk}", query).json()["state"] == "queued"


def test_nobody_waits_for_a_photo_that_is_over(
    guest: GuestClient, done: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "sleep", lambda seconds: pytest.fail("waited"))
    assert guest.get(f"/photos/{done.pk}", {"wait": 20}).json()["state"] == "done"


def test_waiting_ends_when_its_time_is_over(guest: GuestClient) -> None:
    photo = make_photo(guest.visitor)
    begun = time.monotonic()
    assert guest.get(f"/photos/{photo.pk}", {"wait": 0.3}).json()["state"] == "queued"
    assert 0.3 <= time.monotonic() - begun < 3


def test_where_many_wait_the_next_one_does_not(guest: GuestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "PHOTO_WAITS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(feeds, "sleep", lambda seconds: pytest.fail("waited"))
    with feeds.PHOTO_WAITS:
        assert guest.get(f"/photos/{make_photo(guest.visitor).pk}", {"wait": 20}).status_code == 200


def test_a_photo_deleted_while_somebody_waits_is_404(
    guest: GuestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make_photo(guest.visitor)
    monkeypatch.setattr(feeds, "sleep", lambda seconds: photo.remove())
    assert_problem(guest.get(f"/photos/{photo.pk}", {"wait": 20}), 404, "not_found")


@pytest.mark.parametrize("query", [{"wait": 26}, {"wait": -1}, {"wait": "NaN"}, {"seen": "x"}, {"for": 1}])
def test_a_wrong_wait_is_refused(guest: GuestClient, query: dict[str, Any]) -> None:
    response = guest.get(f"/photos/{make_photo(guest.visitor).pk}", query)
    assert_problem(response, 422, "invalid", next(iter(query)))


# ---------------------------------------------------------------------- the list
def ids(response: Any) -> list[UUID]:
    assert response.status_code == 200, response.content
    return [UUID(item["id"]) for item in response.json()["items"]]


def test_ones_own_photos_are_listed_newest_first(guest: GuestClient, done: Photo) -> None:
    waiting = make_photo(guest.visitor)
    make_photo()
    assert ids(guest.get("/photos")) == [waiting.pk, done.pk]
    assert ids(guest.get("/photos", {"state": "done"})) == [done.pk]
    assert ids(guest.get("/photos", {"q": "MASS energy"})) == [done.pk]
    assert ids(guest.get("/photos", {"q": "100%"})) == []


def test_the_list_is_narrowed_to_a_room(guest: GuestClient, done: Photo) -> None:
    room = guest.post("/rooms", {"name": "Physics"}).json()["code"]
    assert ids(guest.get("/photos", {"room": room})) == []
    guest.post(f"/photos/{done.pk}/share", {"room": room})
    assert ids(guest.get("/photos", {"room": room})) == [done.pk]
    assert_problem(GuestClient().get("/photos", {"room": room}), 422, "invalid", "room")


def test_pages_follow_each_other_with_the_filters(guest: GuestClient) -> None:
    photos = [make_photo(guest.visitor).pk for _ in range(5)]
    first = guest.get("/photos", {"state": "queued", "limit": 3})
    second = guest.get(first.json()["next"])
    assert ids(first) + ids(second) == photos[::-1]
    assert second.json()["next"] is None


def test_a_page_costs_the_same_queries_however_long(guest: GuestClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert guest.get("/photos").status_code == 200
        return len(captured)

    make_photo(guest.visitor)
    few = queries()
    for _ in range(10):
        make_photo(guest.visitor)
    assert queries() == few


def test_places_in_a_list_are_those_of_each_photo(guest: GuestClient) -> None:
    running = make_photo()
    [_claimed] = Photo.objects.filter(pk=running.pk).claim("worker")
    for _ in range(2):
        make_photo(guest.visitor)
    items = guest.get("/photos").json()["items"]
    assert [item["place"] for item in items] == [2, 1]
    assert [guest.get(item["links"]["self"]).json()["place"] for item in items] == [2, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "\0"),
        ("q", "x" * 201),
        ("room", "x"),
        ("state", "rotten"),
        ("before", 7),
        ("limit", 0),
        ("colour", 1),
    ],
)
def test_a_wrong_filter_is_named(guest: GuestClient, name: str, value: object) -> None:
    assert_problem(guest.get("/photos", {name: value}), 422, "invalid", name)
