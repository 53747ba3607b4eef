"""The pages of rooms: opening, joining, leaving, and what only owners may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from pytest_django import Settings

from tests.boards import finish, make_photo
from tests.web.conftest import Browser
from tests.web.guests import Guest
from upscale.models import Membership, Photo, Room
from upscale.models import room as rooms
from upscale.room_codes import WRONG_PER_MINUTE
from upscale.visitors import COOKIE, Visitor, guest_of_token

pytestmark = pytest.mark.django_db

NEW = {"name": "Algebra", "hours": "8", "nickname": "Dr Who"}


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no minute begin while wrong codes are counted."""
    monkeypatch.setattr("upscale.room_codes.time", lambda: 1_000_000.0)


@pytest.fixture
def owner() -> Browser:
    """Give the browser of a guest who is known already."""
    return Guest()


@pytest.fixture
def anna() -> Browser:
    """Give the browser of another one."""
    return Guest()


@pytest.fixture
def stranger() -> Browser:
    """Give a browser that was never here."""
    return Browser()


def who(browser: Browser) -> Visitor:
    """Return whom a browser's cookie makes it."""
    visitor = guest_of_token(browser.cookies[COOKIE].value)
    assert visitor is not None
    return visitor


def open_room(browser: Browser, **fields: Any) -> Room:
    response = browser.post("/rooms/", NEW | fields)
    assert response.status_code == 302
    return Room.objects.get(code=response.url.strip("/").split("/")[1])


def share(browser: Browser, room: Room, *, is_done: bool = True) -> Photo:
    """Share a photo of a person who is in the room."""
    photo = make_photo(who(browser))
    membership = room.membership_of(who(browser))
    assert membership is not None
    if is_done:
        finish(photo)
    photo.share(room)
    return photo


# ---------------------------------------------------------------------- opening
def test_somebody_without_an_account_opens_a_room_and_is_known_from_then_on(stranger: Browser) -> None:
    room = open_room(stranger)
    assert room.owner == who(stranger).person
    assert stranger.cookies[COOKIE]["httponly"]
    page = stranger.get(f"/rooms/{room.code}/")
    assert page.status_code == 200
    assert "Algebra" in page.content.decode()
    assert "Close the room" in page.content.decode()
    assert f'href="/rooms/{room.code}/"' in stranger.get("/rooms/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 81}, {"name": "a\0b"}, {"hours": "0"}, {"hours": "9999999999"}, {"hours": "x"},
        {"nickname": ""}, {"nickname": "x" * 41},
    ],
)  # fmt: skip
def test_a_wrong_room_is_refused_at_its_field_and_nothing_is_stored(
    stranger: Browser, wrong: dict[str, str]
) -> None:
    response = stranger.post("/rooms/", NEW | wrong)
    assert response.status_code == 422
    assert response.content.decode().count('class="errors"') == 1
    assert not Room.objects.exists()
    assert COOKIE not in stranger.cookies


def test_too_many_open_rooms_are_refused(owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_ROOMS", 1)
    open_room(owner)
    response = owner.post("/rooms/", NEW)
    assert response.status_code == 422
    assert "You have many open rooms" in response.content.decode()


def test_an_account_can_be_asked_for(stranger: Browser, designer: Browser, settings: Settings) -> None:
    settings.PHOTOS_NEED_ACCOUNT = True
    assert stranger.post("/rooms/", NEW).url.startswith("/sign-in/")
    assert 'name="nickname"' not in stranger.get("/rooms/").content.decode()
    assert not Room.objects.exists()
    assert open_room(designer).owner == designer.user.person  # type: ignore[union-attr]


def test_a_name_with_markup_is_shown_as_it_is(owner: Browser, stranger: Browser) -> None:
    room = open_room(owner, name="<script>alert(1)</script>", nickname="<b>Bob</b>")
    for page in (owner.get(f"/rooms/{room.code}/"), owner.get(f"/rooms/{room.code}/projector/"),
                 stranger.get(f"/rooms/{room.code}/"), owner.get("/rooms/")):  # fmt: skip
        text = page.content.decode()
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text
        assert "<b>Bob" not in text


# ---------------------------------------------------------------------- coming in
def test_a_code_as_it_was_typed_leads_to_its_room(owner: Browser, stranger: Browser) -> None:
    room = open_room(owner)
    typed = f"{room.code[:3]}-{room.code[3:]}".lower()
    assert stranger.get("/rooms/", {"code": typed}).url == f"/rooms/{room.code}/"
    assert stranger.get(f"/rooms/{typed}/").url == f"/rooms/{room.code}/"


def test_a_stranger_sees_the_field_for_a_nickname_and_nothing_else_of_the_room(
    owner: Browser, stranger: Browser
) -> None:
    room = open_room(owner)
    photo = share(owner, room)
    page = stranger.get(f"/rooms/{room.code}/")
    assert page.status_code == 200
    assert 'name="nickname"' in page.content.decode()
    assert "Dr Who" not in page.content.decode()
    assert str(photo.pk) not in page.content.decode()
    assert COOKIE not in stranger.cookies


def test_a_nickname_lets_one_in(owner: Browser, stranger: Browser) -> None:
    room = open_room(owner)
    photo = share(owner, room)
    assert stranger.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"}).url == f"/rooms/{room.code}/"
    page = stranger.get(f"/rooms/{room.code}/").content.decode()
    assert f'id="photo-{photo.pk}"' in page
    assert f'href="/boards/?room={room.code}"' in page
    assert "Close the room" not in page
    assert list(Photo.objects.visible_to(who(stranger))) == [photo]


@pytest.mark.parametrize("nickname", ["", "x" * 41, "Dr Who", "a\0b"])
def test_a_nickname_that_cannot_be_is_refused(owner: Browser, stranger: Browser, nickname: str) -> None:
    room = open_room(owner)
    response = stranger.post(f"/rooms/{room.code}/join/", {"nickname": nickname})
    assert response.status_code == 422
    assert 'class="errors"' in response.content.decode()
    assert room.memberships.count() == 1
    assert COOKIE not in stranger.cookies


def test_the_nickname_used_last_is_offered_again(owner: Browser, anna: Browser) -> None:
    anna.post(f"/rooms/{open_room(owner).code}/join/", {"nickname": "Anna"})
    assert 'value="Anna"' in anna.get(f"/rooms/{open_room(owner).code}/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/rooms/?code=AAA222",
        "/rooms/AAA222/",
        "/rooms/AAA222/join/",
        "/rooms/x%00y/",
        "/rooms/?code=%F0%9F%99%82",
    ],
)
def test_a_wrong_code_is_answered_with_the_field_to_type_it_again(stranger: Browser, path: str) -> None:
    response = stranger.get(path, follow=True)
    assert response.status_code == 404
    assert 'name="code"' in response.content.decode()
    assert "There is no room with this code" in response.content.decode()


def test_who_tries_codes_gets_429_and_when_to_come_back(owner: Browser, stranger: Browser) -> None:
    room = open_room(owner)
    for _ in range(WRONG_PER_MINUTE):
        assert stranger.get("/rooms/AAA222/").status_code == 404
    for path in ("/rooms/AAA222/", f"/rooms/{room.code}/", f"/rooms/{room.code}/join/"):
        response = stranger.get(path)
        assert response.status_code == 429
        assert 0 < int(response.headers["Retry-After"]) <= 60
    assert stranger.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"}).status_code == 429
    assert owner.get(f"/rooms/{room.code}/").status_code == 200


def test_behind_a_proxy_the_address_is_the_one_it_names(stranger: Browser, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for _ in range(WRONG_PER_MINUTE):
        stranger.get("/rooms/AAA222/", headers={"X-Forwarded-For": "1.1.1.1, 10.0.0.1"})
    assert stranger.get("/rooms/AAA222/", headers={"X-Forwarded-For": "2.2.2.2, 10.0.0.1"}).status_code == 429
    assert stranger.get("/rooms/AAA222/", headers={"X-Forwarded-For": "1.1.1.1, 10.0.0.2"}).status_code == 404


@pytest.mark.parametrize("way", ["closed", "expired"])
def test_a_room_that_is_over_lets_nobody_in_and_says_so(owner: Browser, stranger: Browser, way: str) -> None:
    room = open_room(owner)
    if way == "closed":
        room.close()
    else:
        Room.objects.update(expires_at=Now() - timedelta(seconds=1))
    page = stranger.get(f"/rooms/{room.code}/")
    assert page.status_code == 410
    assert "This room is closed" in page.content.decode()
    assert 'name="nickname"' not in page.content.decode()
    refused = stranger.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    assert refused.status_code == 409
    assert room.memberships.count() == 1
    own = owner.get(f"/rooms/{room.code}/")
    assert own.status_code == 200
    assert "Share a photo" not in own.content.decode()


def test_a_full_room_says_so(owner: Browser, stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_MEMBERS", 1)
    room = open_room(owner)
    response = stranger.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    assert response.status_code == 409
    assert "This room is full" in response.content.decode()


# ---------------------------------------------------------------------- what owners do
def test_a_guest_who_is_removed_is_told_so_and_stays_out(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    photo = share(anna, room)
    member = Membership.objects.get(nickname="Anna")
    assert owner.post(f"/rooms/{room.code}/members/{member.pk}/remove/").url == f"/rooms/{room.code}/"
    photo.refresh_from_db()
    assert photo.room is None
    page = anna.get(f"/rooms/{room.code}/")
    assert page.status_code == 403
    assert "has removed you" in page.content.decode()
    assert anna.post(f"/rooms/{room.code}/join/", {"nickname": "Ann"}).status_code == 403
    assert anna.get(f"/rooms/{room.code}/timeline/").status_code == 404


def test_the_owner_cannot_remove_themselves(owner: Browser) -> None:
    room = open_room(owner)
    response = owner.press(f"/rooms/{room.code}/members/{room.memberships.get().pk}/remove/")
    assert response.status_code == 409
    assert "cannot be removed" in response.headers["HX-Trigger"]
    assert room.memberships.present().count() == 1


def test_a_photo_is_taken_out_by_its_person_or_the_owner(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    first, second = share(anna, room), share(anna, room)
    assert anna.press(f"/rooms/{room.code}/photos/{first.pk}/remove/").status_code == 200
    assert owner.press(f"/rooms/{room.code}/photos/{second.pk}/remove/").status_code == 200
    assert not room.photos.exists()
    assert Photo.objects.of(who(anna)).count() == 2


def test_others_photos_stay_where_they_are(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    photo = share(owner, room)
    assert anna.post(f"/rooms/{room.code}/photos/{photo.pk}/remove/").status_code == 404
    assert room.photos.count() == 1


def test_a_photo_is_not_reached_through_another_room(owner: Browser, anna: Browser) -> None:
    hers, other = open_room(anna), open_room(owner)
    photo = share(owner, other)
    member = other.memberships.get()
    assert anna.post(f"/rooms/{hers.code}/photos/{photo.pk}/remove/").status_code == 404
    assert anna.post(f"/rooms/{hers.code}/members/{member.pk}/remove/").status_code == 404
    assert other.photos.count() == other.memberships.present().count() == 1


def test_leaving_and_closing(owner: Browser, anna: Browser) -> None:
    room = open_room(owner)
    anna.post(f"/rooms/{room.code}/join/", {"nickname": "Anna"})
    assert anna.post(f"/rooms/{room.code}/close/").status_code == 404
    assert anna.post(f"/rooms/{room.code}/leave/").url == "/rooms/"
    assert room.memberships.present().count() == 1
    assert anna.post(f"/rooms/{room.code}/leave/").status_code == 404
    assert owner.post(f"/rooms/{room.code}/close/").url == f"/rooms/{room.code}/"
    room.refresh_from_db()
    assert room.closed_at is not None


@pytest.mark.parametrize(
    "path", ["leave/", "close/", "members/1/remove/", "photos/00000000-0000-0000-0000-000000000001/remove/"]
)
def test_nothing_of_a_room_is_changed_by_a_stranger_or_by_a_link(
    owner: Browser, anna: Browser, stranger: Browser, path: str
) -> None:
    room = open_room(owner)
    assert anna.post(f"/rooms/{room.code}/{path}").status_code == 404
    assert stranger.post(f"/rooms/{room.code}/{path}").status_code == 404
    assert owner.get(f"/rooms/{room.code}/{path}").status_code == 405


def test_forms_without_their_token_are_refused(owner: Browser) -> None:
    room = open_room(owner)
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies[COOKIE] = owner.cookies[COOKIE].value
    for path in ("", f"{room.code}/join/", f"{room.code}/close/", f"{room.code}/leave/"):
        assert browser.post(f"/rooms/{path}", NEW).status_code == 403
    room.refresh_from_db()
    assert room.closed_at is None


def test_an_operator_looks_after_every_room_without_being_in_it(owner: Browser, operator: Browser) -> None:
    room = open_room(owner)
    photo = share(owner, room)
    page = operator.get(f"/rooms/{room.code}/").content.decode()
    assert "without being in it" in page
    assert f'id="photo-{photo.pk}"' in page
    assert f'href="/rooms/{room.code}/"' not in operator.get("/rooms/").content.decode()
    assert operator.press(f"/rooms/{room.code}/close/").status_code == 286
    operator.get(f"/rooms/{room.code}/join/")


def test_a_designer_has_no_other_rights_than_a_guest(owner: Browser, designer: Browser) -> None:
    room = open_room(owner)
    assert 'name="nickname"' in designer.get(f"/rooms/{room.code}/").content.decode()
    assert designer.get(f"/rooms/{room.code}/timeline/").status_code == 404
