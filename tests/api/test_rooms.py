"""Rooms over REST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from tests.api.boards import BOARD, BotClient, GuestClient, send
from tests.api.client import ApiClient, assert_problem
from tests.boards import finish, make_photo
from tests.factories import make_user, some_uuid
from upscale import room_codes
from upscale.models import Photo, Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(db: None) -> GuestClient:
    return GuestClient()


@pytest.fixture
def code(host: GuestClient) -> str:
    """Give the code of the host's room."""
    return str(host.post("/rooms", {"name": "Physics", "nickname": "Host"}).json()["code"])


@pytest.fixture
def member(code: str) -> GuestClient:
    """Give somebody who joined it."""
    client = GuestClient()
    assert client.post(f"/rooms/{code}/join", {"nickname": "Ann"}).status_code == 200
    return client


def shared(client: GuestClient, code: str) -> Photo:
    """Share a finished photo."""
    photo = finish(make_photo(client.visitor))
    assert client.post(f"/photos/{photo.pk}/share", {"room": code}).status_code == 200
    return photo


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


# ---------------------------------------------------------------------- opening
def test_a_room_is_opened_with_its_owner_in_it(host: GuestClient, settings: Any) -> None:
    settings.ROOM_HOURS = 3
    response = host.post("/rooms", {"name": "  Physics ", "nickname": "Prof"})
    assert response.status_code == 201
    body = response.json()
    assert (body["name"], body["nickname"], body["members"], body["photos"]) == ("Physics", "Prof", 1, 0)
    assert (body["is_live"], body["is_owner"], body["is_member"], body["muted"]) == (True, True, True, False)
    room = Room.objects.get(code=body["code"])
    assert room.expires_at - room.created_at == timedelta(hours=3)
    assert host.get(f"/rooms/{body['code']}").json() == body


def test_a_person_is_named_by_their_own_name_unless_they_choose_another() -> None:
    client = ApiClient(make_user(None, first_name="Ada " * 15))
    assert client.post("/rooms", {"name": "Physics"}).json()["nickname"].startswith("Ada")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "\0"}, "name"),
        ({"name": "x", "hours": 0}, "hours"),
        ({"name": "x", "hours": 337}, "hours"),
        ({"name": "x", "hours": 10**30}, "hours"),
        ({"name": "x", "hours": "2"}, "hours"),
        ({"name": "x", "nickname": "x" * 41}, "nickname"),
        ({"name": "x", "colour": "red"}, "colour"),
    ],
)
def test_a_room_that_does_not_fit_is_refused(host: GuestClient, body: dict[str, Any], field: str) -> None:
    assert_problem(host.post("/rooms", body), 422, "invalid", field)
    assert not Room.objects.exists()


# ---------------------------------------------------------------------- coming and going
def test_anybody_joins_by_the_code_as_people_type_it(host: GuestClient, code: str) -> None:
    typed = f"{code[:3].lower()} {code[3:].lower()}"
    body = GuestClient().post(f"/rooms/{typed}/join", {"nickname": "Ann"}).json()
    assert (body["nickname"], body["is_owner"], body["members"]) == ("Ann", False, 2)


def test_joining_again_changes_the_nickname(member: GuestClient, code: str) -> None:
    shared(member, code)
    assert member.post(f"/rooms/{code}/join", {"nickname": "Anna"}).json()["nickname"] == "Anna"
    assert [one["nickname"] for one in member.get(f"/rooms/{code}/members").json()] == ["Host", "Anna"]
    assert member.get(f"/rooms/{code}/photos").json()["items"][0]["nickname"] == "Anna"


@pytest.mark.parametrize("nickname", ["", "x" * 41, "host", "\0", 5])
def test_a_nickname_must_fit_and_be_free(code: str, nickname: Any) -> None:
    stranger = GuestClient()
    assert_problem(stranger.post(f"/rooms/{code}/join", {"nickname": nickname}), 422, "invalid", "nickname")
    assert_problem(stranger.get(f"/rooms/{code}"), 404, "not_found")


def test_a_stranger_sees_nothing_of_a_room(code: str, host: GuestClient) -> None:
    photo = shared(host, code)
    stranger = GuestClient()
    for path in ("", "/photos", "/members"):
        assert_problem(stranger.get(f"/rooms/{code}{path}"), 404, "not_found")
    for path, body in (("leave", None), ("mute", {"muted": True}), ("close", None)):
        assert_problem(stranger.post(f"/rooms/{code}/{path}", body), 404, "not_found")
    assert_problem(stranger.delete(f"/rooms/{code}/photos/{photo.pk}"), 404, "not_found")
    assert_problem(stranger.delete(f"/rooms/{code}/members/1"), 404, "not_found")


def test_who_leaves_sees_it_no_more_and_what_they_shared_stays(
    host: GuestClient, member: GuestClient, code: str
) -> None:
    photo = shared(member, code)
    assert member.post(f"/rooms/{code}/leave").status_code == 204
    assert_problem(member.get(f"/rooms/{code}"), 404, "not_found")
    assert ids(host.get(f"/rooms/{code}/photos")) == [str(photo.pk)]


def test_ones_rooms_are_listed_newest_first_in_pages(
    host: GuestClient, member: GuestClient, code: str
) -> None:
    codes = [member.post("/rooms", {"name": f"Room {number}"}).json()["code"] for number in range(3)]
    first = member.get("/rooms", {"limit": 2})
    second = member.get(first.json()["next"])
    listed = [item["code"] for response in (first, second) for item in response.json()["items"]]
    assert listed == [*codes[::-1], code]
    assert second.json()["next"] is None
    assert [item["code"] for item in host.get("/rooms").json()["items"]] == [code]


def test_a_list_of_rooms_costs_the_same_queries_however_long(host: GuestClient, code: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert host.get("/rooms").status_code == 200
        return len(captured)

    few = queries()
    for _ in range(5):
        host.post("/rooms", {"name": "Another"})
    assert queries() == few


@pytest.mark.parametrize("client", [GuestClient, lambda: BotClient("telegram:1")])
def test_codes_cannot_be_found_by_trying(
    code: str, member: GuestClient, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_codes, "time", lambda: 1_000_000_000.5)
    monkeypatch.setattr(room_codes, "WRONG_PER_MINUTE", 3)
    guesser = client()
    body = {"nickname": "Eve"}
    assert [guesser.post("/rooms/AAAAAA/join", body).status_code for _ in range(4)] == [404, 404, 404, 429]
    refused = guesser.post(f"/rooms/{code}/join", body)
    assert_problem(refused, 429, "throttled")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert member.post(f"/rooms/{code}/join", {"nickname": "Ann"}).status_code == 200


def test_one_of_a_messenger_does_not_lock_the_others_out(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_codes, "time", lambda: 1_000_000_000.5)
    monkeypatch.setattr(room_codes, "WRONG_PER_MINUTE", 2)
    monkeypatch.setattr(room_codes, "WRONG_PER_ADDRESS", 2)
    bot = BotClient()
    for _ in range(3):
        bot.post("/rooms/AAAAAA/join", {"nickname": "Eve"}, On_Behalf_Of="telegram:1")
    answer = bot.post(f"/rooms/{code}/join", {"nickname": "Ben"}, On_Behalf_Of="telegram:2")
    assert answer.status_code == 200


# ---------------------------------------------------------------------- sharing
def test_the_timeline_is_newest_first_in_pages(host: GuestClient, member: GuestClient, code: str) -> None:
    photos = [shared(client, code) for client in (host, member, host)]
    first = member.get(f"/rooms/{code}/photos", {"limit": 2})
    second = member.get(first.json()["next"])
    assert ids(first) + ids(second) == [str(photo.pk) for photo in photos[::-1]]
    assert [item["is_yours"] for item in first.json()["items"]] == [False, True]
    assert second.json()["next"] is None


def test_what_failed_is_shown_to_its_person_only(host: GuestClient, member: GuestClient, code: str) -> None:
    photo = send(member, BOARD, {"room": code}).json()["id"]
    assert ids(host.get(f"/rooms/{code}/photos")) == [photo]
    member.post(f"/photos/{photo}/cancel")
    assert ids(host.get(f"/rooms/{code}/photos")) == []
    assert ids(member.get(f"/rooms/{code}/photos")) == [photo]


def test_a_photo_is_taken_out_by_who_shared_it(host: GuestClient, member: GuestClient, code: str) -> None:
    photo, other = shared(member, code), shared(host, code)
    assert_problem(member.delete(f"/rooms/{code}/photos/{other.pk}"), 404, "not_found")
    assert member.delete(f"/rooms/{code}/photos/{photo.pk}").status_code == 204
    assert ids(host.get(f"/rooms/{code}/photos")) == [str(other.pk)]
    assert member.get(f"/photos/{photo.pk}").json()["room"] is None


def test_the_owner_takes_anybodys_photo_out(host: GuestClient, member: GuestClient, code: str) -> None:
    photo = shared(member, code)
    assert host.delete(f"/rooms/{code}/photos/{photo.pk}").status_code == 204
    assert_problem(host.delete(f"/rooms/{code}/photos/{photo.pk}"), 404, "not_found")
    assert_problem(host.delete(f"/rooms/{code}/photos/{some_uuid()}"), 404, "not_found")
    assert_problem(host.get(f"/photos/{photo.pk}"), 404, "not_found")


def test_sharing_is_taken_back_twice(member: GuestClient, code: str) -> None:
    photo = shared(member, code)
    for _twice in range(2):
        assert member.delete(f"/photos/{photo.pk}/share").status_code == 204
    assert ids(member.get(f"/rooms/{code}/photos")) == []


def test_nothing_is_shared_where_one_is_not(code: str) -> None:
    stranger = GuestClient()
    photo = make_photo(stranger.visitor)
    for room in (code, "AAAAAA", ""):
        response = stranger.post(f"/photos/{photo.pk}/share", {"room": room})
        assert_problem(response, 422, "invalid", "room")
    assert_problem(send(stranger, BOARD, {"room": code}), 422, "invalid", "room")


def test_an_owner_who_has_left_shares_nothing(host: GuestClient, code: str) -> None:
    host.post(f"/rooms/{code}/leave")
    photo = make_photo(host.visitor)
    assert_problem(host.post(f"/photos/{photo.pk}/share", {"room": code}), 422, "invalid", "room")
    assert_problem(send(host, BOARD, {"room": code}), 403, "forbidden")
    assert Photo.objects.count() == 1


def test_a_room_is_muted_and_heard_again(member: GuestClient, code: str) -> None:
    for muted in (True, True, False):
        assert member.post(f"/rooms/{code}/mute", {"muted": muted}).json()["muted"] is muted
    assert_problem(member.post(f"/rooms/{code}/mute", {"muted": "yes"}), 422, "invalid", "muted")


# ---------------------------------------------------------------------- looking after it
def test_a_closed_room_lets_nobody_in_and_is_still_seen(
    host: GuestClient, member: GuestClient, code: str
) -> None:
    shared(member, code)
    assert_problem(member.post(f"/rooms/{code}/close"), 404, "not_found")
    for _twice in range(2):
        assert host.post(f"/rooms/{code}/close").json()["is_live"] is False
    assert_problem(GuestClient().post(f"/rooms/{code}/join", {"nickname": "Ben"}), 409, "room_closed")
    photo = make_photo(member.visitor)
    assert_problem(member.post(f"/photos/{photo.pk}/share", {"room": code}), 409, "room_closed")
    assert_problem(send(member, BOARD, {"room": code}), 409, "room_closed")
    assert len(ids(member.get(f"/rooms/{code}/photos"))) == 1
    assert Photo.objects.count() == 2


def test_a_room_whose_time_is_over_is_closed(code: str) -> None:
    Room.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert_problem(GuestClient().post(f"/rooms/{code}/join", {"nickname": "Ben"}), 409, "room_closed")


def test_the_owner_sends_somebody_out_for_good_with_their_photos(
    host: GuestClient, member: GuestClient, code: str
) -> None:
    shared(member, code)
    listed = host.get(f"/rooms/{code}/members").json()
    assert [(one["nickname"], one["is_you"], one["is_owner"]) for one in listed] == [
        ("Host", True, True),
        ("Ann", False, False),
    ]
    owner, ann = (one["id"] for one in listed)
    assert_problem(member.delete(f"/rooms/{code}/members/{owner}"), 404, "not_found")
    assert_problem(host.delete(f"/rooms/{code}/members/{owner}"), 409, "wrong_state")
    assert host.delete(f"/rooms/{code}/members/{ann}").status_code == 204
    assert_problem(host.delete(f"/rooms/{code}/members/{ann}"), 404, "not_found")
    assert_problem(host.delete(f"/rooms/{code}/members/{10**30}"), 404, "not_found")
    assert_problem(member.get(f"/rooms/{code}"), 404, "not_found")
    assert_problem(member.post(f"/rooms/{code}/join", {"nickname": "Ann"}), 403, "forbidden")
    assert ids(host.get(f"/rooms/{code}/photos")) == []


def test_no_answer_names_the_people(host: GuestClient, member: GuestClient, code: str) -> None:
    photo = shared(host, code)
    host_key = host.visitor.person.partition(":")[2]
    for path in (f"/rooms/{code}", f"/rooms/{code}/members", f"/rooms/{code}/photos", f"/photos/{photo.pk}"):
        assert host_key not in member.get(path).content.decode()


def test_operators_see_and_look_after_all_rooms(code: str) -> None:
    operator = ApiClient(make_user(Role.OPERATOR))
    assert operator.get(f"/rooms/{code}").json()["is_member"] is False
    assert operator.get("/rooms").json()["items"] == []
    assert_problem(operator.post(f"/rooms/{code}/mute", {"muted": True}), 404, "not_found")
    assert operator.post(f"/rooms/{code}/close").json()["is_live"] is False
