"""What a trusted client is told: what ended, what is on its way, what was shared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.utils import timezone

from tests.api.boards import BotClient, GuestClient
from tests.api.client import ApiClient, assert_problem
from tests.boards import finish, make_photo
from upscale import feeds
from upscale.cursors import Cursor
from upscale.models import Photo, Room
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db


def ended(person: str, seconds_ago: float = 30, **fields: Any) -> Photo:
    """Make a photo of somebody that was done so long ago."""
    photo = finish(make_photo(Visitor(person)), **fields)
    Photo.objects.filter(pk=photo.pk).update(finished_at=Now() - timedelta(seconds=seconds_ago))
    return photo


@pytest.fixture
def bot(db: None) -> BotClient:
    return BotClient()


@pytest.fixture
def start() -> str:
    """Give a cursor from an hour ago."""
    return str(Cursor(timezone.now() - timedelta(hours=1)))


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


# ---------------------------------------------------------------------- what ended
def test_everything_that_ended_comes_in_its_order_and_once(bot: BotClient, start: str) -> None:
    third, first, second = ended("telegram:1", 10), ended("telegram:2", 30), ended("telegram:1", 20)
    ended("matrix:1")
    ended("telegramx:1")
    make_photo(Visitor("telegram:1"))
    response = bot.get("/photos/finished", {"after": start})
    assert ids(response) == [str(photo.pk) for photo in (first, second, third)]
    item = response.json()["items"][0]
    assert (item["person"], item["is_yours"], item["state"]) == ("telegram:2", True, "done")
    assert bot.get(item["links"]["result"], On_Behalf_Of=item["person"]).status_code == 200
    again = bot.get("/photos/finished", {"after": response.json()["cursor"]})
    assert ids(again) == []


def test_a_long_absence_is_told_in_pages(bot: BotClient, start: str) -> None:
    at = timezone.now() - timedelta(minutes=5)
    photos = [ended("telegram:1") for _ in range(5)]
    Photo.objects.update(finished_at=at)  # in the very same moment
    seen: list[str] = []
    cursor, has_more = start, True
    while has_more:
        page = bot.get("/photos/finished", {"after": cursor, "limit": 2})
        seen += ids(page)
        cursor, has_more = page.json()["cursor"], page.json()["has_more"]
    assert seen == [str(photo.pk) for photo in photos]


def test_failed_and_cancelled_photos_are_told_too(bot: BotClient, start: str) -> None:
    cancelled, failed = (make_photo(Visitor("telegram:1")) for _ in range(2))
    cancelled.cancel()
    [claimed] = Photo.objects.filter(pk=failed.pk).claim("worker")
    claimed.fail("Broken.", retry=False)
    Photo.objects.update(finished_at=Now() - timedelta(seconds=5))
    items = bot.get("/photos/finished", {"after": start}).json()["items"]
    assert {(item["id"], item["state"]) for item in items} == {
        (str(cancelled.pk), "cancelled"),
        (str(failed.pk), "failed"),
    }


def test_a_photo_worked_on_anew_comes_again(bot: BotClient, start: str) -> None:
    photo = ended("telegram:1", 30)
    cursor = bot.get("/photos/finished", {"after": start}).json()["cursor"]
    photo.redo(rotation=90)
    assert ids(bot.get("/photos/finished", {"after": start})) == []
    finish(photo)
    Photo.objects.update(finished_at=Now() - timedelta(seconds=1.1))
    Photo.objects.update(finished_at=Cursor.read(cursor).at + timedelta(microseconds=1))
    assert ids(bot.get("/photos/finished", {"after": cursor})) == [str(photo.pk)]


def test_the_first_question_says_where_to_begin(bot: BotClient) -> None:
    ended("telegram:1")
    response = bot.get("/photos/finished", {"wait": 20})
    assert ids(response) == []
    later = ended("telegram:1")
    Photo.objects.filter(pk=later.pk).update(finished_at=Cursor.read(response.json()["cursor"]).at)
    assert ids(bot.get("/photos/finished", {"after": response.json()["cursor"]})) == [str(later.pk)]


def test_what_ended_this_moment_waits_until_nothing_can_come_before_it(bot: BotClient, start: str) -> None:
    photo = ended("telegram:1", 0)
    first = bot.get("/photos/finished", {"after": start})
    assert ids(first) == []
    Photo.objects.update(finished_at=Now() - timedelta(seconds=1.2))
    assert ids(bot.get("/photos/finished", {"after": start})) == [str(photo.pk)]


@pytest.fixture
def other_session(transactional_db: None) -> Iterator[Any]:
    """Give a second connection to the test's database."""
    other = connections.create_connection("default")
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_is_committed_late_is_not_missed(start: str, other_session: Any) -> None:
    bot = BotClient()
    early, late = make_photo(Visitor("telegram:1")), make_photo(Visitor("telegram:2"))
    other_session.set_autocommit(False)
    with other_session.cursor() as cursor:
        cursor.execute(
            "UPDATE upscale_photo SET state = 'cancelled', finished_at = statement_timestamp() WHERE id = %s",
            [late.pk],
        )
    early.cancel()
    # It ended after the other one, is committed before it, and is old enough to be told by itself.
    Photo.objects.filter(pk=early.pk).update(finished_at=Now() + timedelta(milliseconds=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.2)")
    waiting = bot.get("/photos/finished", {"after": start})
    assert ids(waiting) == []
    other_session.commit()
    told = bot.get("/photos/finished", {"after": waiting.json()["cursor"]})
    assert ids(told) == [str(late.pk), str(early.pk)]


def test_waiting_ends_when_something_ends(
    bot: BotClient, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 2:
            ended("telegram:1")

    monkeypatch.setattr(feeds, "sleep", nap)
    assert len(ids(bot.get("/photos/finished", {"after": start, "wait": 20}))) == 1
    assert len(naps) == 2


@pytest.mark.parametrize("path", ["/photos/finished", "/photos/working", "/rooms/shared"])
def test_only_a_trusted_client_that_speaks_for_itself_is_told(
    bot: BotClient, designer: Any, path: str
) -> None:
    for client in (GuestClient(), ApiClient(designer), BotClient("telegram:1")):
        assert_problem(client.get(path), 403, "forbidden")
    assert bot.get(path).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after", "x"),
        ("after", "-5-" + "0" * 32),
        ("after", "9" * 18 + "-" + "0" * 32),
        ("after", "1-0"),
        ("limit", 101),
        ("wait", "NaN"),
        ("before", "1"),
    ],
)
def test_a_wrong_question_is_refused(bot: BotClient, name: str, value: object) -> None:
    for path in ("/photos/finished", "/rooms/shared"):
        assert_problem(bot.get(path, {name: value}), 422, "invalid", name)


# ---------------------------------------------------------------------- what is on its way
def test_all_open_photos_come_with_place_and_progress(bot: BotClient) -> None:
    ended("telegram:1")
    running = make_photo(Visitor("telegram:0"))
    [_claimed] = Photo.objects.claim("worker")
    Photo.objects.filter(pk=running.pk).update(progress=0.5)
    for person in ("guest:" + "c" * 32, "telegram:1", "telegram:2"):
        make_photo(Visitor(person))
    items = bot.get("/photos/working").json()["items"]
    assert [(item["person"], item["place"], item["progress"]) for item in items] == [
        ("telegram:0", 0, 0.5),
        ("telegram:1", 3, 0),  # who was served once already comes after those who were not
        ("telegram:2", 2, 0),
    ]


# ---------------------------------------------------------------------- what was shared
@pytest.fixture
def room(db: None) -> Room:
    """Give a room with its host, two of the messenger and one of another."""
    host = Visitor("guest:" + "a" * 32)
    room = Room.objects.open_room(host, "Physics", hours=1, nickname="Host")
    for person, name in (("telegram:1", "Ann"), ("telegram:2", "Ben"), ("matrix:3", "Cid")):
        room.join(Visitor(person), name)
    return room


def shared(room: Room, person: str, nickname: str, *, finished: float = 30, at: float = 20) -> Photo:
    photo = ended(person, finished)
    photo.share(room)
    Photo.objects.filter(pk=photo.pk).update(shared_at=Now() - timedelta(seconds=at))
    return photo


def test_what_is_shared_is_told_to_those_in_the_room_but_its_sender(
    bot: BotClient, room: Room, start: str
) -> None:
    second, first = shared(room, "telegram:1", "Ann", at=5), shared(room, room.owner, "Host")
    response = bot.get("/rooms/shared", {"after": start})
    told = [
        (item["photo"]["id"], item["photo"]["nickname"], item["room"], item["room_name"], item["recipients"])
        for item in response.json()["items"]
    ]
    assert told == [
        (str(first.pk), "Host", room.code, "Physics", ["telegram:1", "telegram:2"]),
        (str(second.pk), "Ann", room.code, "Physics", ["telegram:2"]),
    ]
    result = response.json()["items"][0]["photo"]["links"]["result"]
    assert bot.get(result, On_Behalf_Of="telegram:2").status_code == 200
    assert bot.get("/rooms/shared", {"after": response.json()["cursor"]}).json()["items"] == []


def test_a_photo_is_told_when_it_is_both_shared_and_done(bot: BotClient, room: Room, start: str) -> None:
    photo = make_photo(Visitor(room.owner))
    photo.share(room)
    Photo.objects.update(shared_at=Now() - timedelta(minutes=10))
    first = bot.get("/rooms/shared", {"after": start}).json()
    assert first["items"] == []
    finish(photo)
    Photo.objects.update(finished_at=Cursor.read(first["cursor"]).at)
    assert [
        item["photo"]["id"] for item in bot.get("/rooms/shared", {"after": first["cursor"]}).json()["items"]
    ] == [str(photo.pk)]


def test_who_muted_or_left_the_room_is_not_told(bot: BotClient, room: Room, start: str) -> None:
    shared(room, room.owner, "Host")
    assert bot.post(f"/rooms/{room.code}/mute", {"muted": True}, On_Behalf_Of="telegram:1").json()["muted"]
    bot.post(f"/rooms/{room.code}/leave", On_Behalf_Of="telegram:2")
    items = bot.get("/rooms/shared", {"after": start}).json()["items"]
    assert [item["recipients"] for item in items] == [[]]


def test_rooms_without_anybody_of_the_network_are_not_told_of(bot: BotClient, start: str) -> None:
    host = Visitor("guest:" + "b" * 32)
    other = Room.objects.open_room(host, "Chemistry", hours=1, nickname="Host")
    shared(other, host.person, "Host")
    assert bot.get("/rooms/shared", {"after": start}).json()["items"] == []


def test_what_was_shared_before_a_room_closed_is_told_when_it_is_done(
    bot: BotClient, room: Room, start: str
) -> None:
    photo = shared(room, room.owner, "Host")
    room.close()
    told = bot.get("/rooms/shared", {"after": start}).json()["items"]
    assert [item["photo"]["id"] for item in told] == [str(photo.pk)]
    Room.objects.update(closed_at=Now() - timedelta(days=2))
    assert bot.get("/rooms/shared", {"after": start}).json()["items"] == []


# ---------------------------------------------------------------------- cursors
def test_a_cursor_is_read_as_it_was_written() -> None:
    cursor = Cursor(timezone.now(), make_photo().pk)
    assert Cursor.read(str(cursor)) == cursor
