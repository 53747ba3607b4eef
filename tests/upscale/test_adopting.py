"""Signing in: what the guest of the browser has becomes the person's."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from jobs.ids import uuid7
from jobs.models import Turn
from jobs.states import State
from tests.boards import finish, make_photo, make_room, make_visitor
from tests.factories import make_user
from upscale import adopting
from upscale.models import Clip, Membership, Photo, Room, SurveyAnswer
from upscale.visitors import COOKIE, Visitor, guest_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user(None)


@pytest.fixture
def guest() -> Visitor:
    return make_visitor()


@pytest.fixture
def me(user: User) -> Visitor:
    return Visitor(user.person, user)


def sign_in(user: User, cookie: str) -> Client:
    """Sign in by the form, in a browser that has a guest's cookie."""
    browser = Client()
    browser.cookies[COOKIE] = cookie
    answer = browser.post("/sign-in/", {"username": user.username, "password": "secret"})
    assert answer.status_code == 302
    return browser


def test_photos_videos_rooms_and_answers_become_the_persons(user: User, guest: Visitor, me: Visitor) -> None:
    photo, waiting = finish(make_photo(guest)), make_photo(guest)
    Clip.objects.submit([Clip(id=uuid7(), person=guest.person, byte_size=1)])
    own, joined = make_room(guest, nickname="Host"), make_room()
    joined.join(guest, "Ann")
    photo.share(joined)
    others = finish(make_photo())
    SurveyAnswer.objects.answer(photo, guest, "yes")
    SurveyAnswer.objects.answer(others, guest, "no")
    browser = sign_in(user, guest_token(guest))

    assert set(Photo.objects.of(me)) == {photo, waiting}
    assert Clip.objects.of(me).count() == 1
    assert set(Room.objects.of(me)) == {own, joined}
    own.refresh_from_db()
    assert own.is_owned_by(me)
    membership = joined.membership_of(me)
    assert membership is not None
    assert membership.nickname == "Ann"
    assert SurveyAnswer.objects.filter(person=me.person).count() == 2
    for model in (Photo, Clip, Membership, SurveyAnswer, Turn):
        assert not model.objects.filter(person=guest.person).exists()
    page = browser.get("/boards/history/").text
    assert f"/boards/{photo.pk}/" in page
    [claimed] = Photo.objects.claim("worker")  # the person has a turn
    assert claimed == waiting


def test_the_browser_forgets_the_guest(user: User, guest: Visitor) -> None:
    photo = make_photo(guest)
    browser = sign_in(user, guest_token(guest))
    assert browser.cookies[COOKIE].value == ""
    assert browser.cookies[COOKIE]["max-age"] == 0
    browser.post("/sign-out/")
    assert browser.get(f"/boards/{photo.pk}/").status_code == 404


def test_nobody_gets_anything_by_a_forged_cookie(user: User, guest: Visitor) -> None:
    photo = make_photo(guest)
    name = guest.person.removeprefix("guest:")
    token = guest_token(guest)
    for forged in (
        name,
        f"gst_{name}",
        f"gst_{name}:{'x' * 43}",
        token[:-1] + ("A" if token[-1] != "A" else "B"),
    ):
        sign_in(user, forged)
        photo.refresh_from_db()
        assert photo.person == guest.person


def test_a_wrong_password_moves_nothing(user: User, guest: Visitor) -> None:
    photo = make_photo(guest)
    browser = Client()
    browser.cookies[COOKIE] = guest_token(guest)
    browser.post("/sign-in/", {"username": user.username, "password": "wrong"})
    photo.refresh_from_db()
    assert photo.person == guest.person


def test_a_token_of_the_api_moves_nothing(user: User, guest: Visitor) -> None:
    photo = make_photo(guest)
    _token, secret = ApiToken.objects.issue(user, "script")
    browser = Client()
    browser.cookies[COOKIE] = guest_token(guest)
    answer = browser.get("/api/v1/photos", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["items"] == []
    photo.refresh_from_db()
    assert photo.person == guest.person


def test_where_both_used_a_key_or_answered_the_persons_own_stands(
    user: User, guest: Visitor, me: Visitor
) -> None:
    mine, theirs = make_photo(me, idempotency_key="1"), make_photo(guest, idempotency_key="1")
    other = make_photo(guest, idempotency_key="2")
    done = finish(make_photo())
    SurveyAnswer.objects.answer(done, me, "yes")
    SurveyAnswer.objects.answer(done, guest, "no")
    sign_in(user, guest_token(guest))
    keys = dict(Photo.objects.of(me).values_list("pk", "idempotency_key"))
    assert keys == {mine.pk: "1", theirs.pk: "", other.pk: "2"}
    assert SurveyAnswer.objects.get(photo=done).readable == "yes"


def test_in_a_room_where_the_person_is_they_stay_who_they_are(
    user: User, guest: Visitor, me: Visitor
) -> None:
    room = make_room()
    room.join(me, "Anna")
    room.join(guest, "Stranger")
    photo = make_photo(guest)
    photo.share(room)
    sign_in(user, guest_token(guest))
    assert sorted(room.memberships.values_list("nickname", flat=True)) == ["Anna", "Host"]
    photo.refresh_from_db()
    assert (photo.room, photo.nickname) == (room, "Anna")


def test_who_left_as_a_person_and_came_back_as_a_guest_is_there(
    user: User, guest: Visitor, me: Visitor
) -> None:
    room = make_room()
    room.join(me, "Anna")
    room.leave(me)
    room.join(guest, "Back again")
    sign_in(user, guest_token(guest))
    membership = room.membership_of(me)
    assert membership is not None
    assert membership.nickname == "Back again"
    assert room.memberships.count() == 2


@pytest.mark.parametrize("who", ["guest", "person"])
def test_who_was_removed_from_a_room_stays_out_of_it(
    user: User, guest: Visitor, me: Visitor, who: str
) -> None:
    room = make_room()
    removed = room.join(guest if who == "guest" else me, "Gone")
    photo = make_photo(guest)
    if who == "person":
        room.join(guest, "In disguise")
        photo.share(room)
    room.remove_member(removed)
    sign_in(user, guest_token(guest))
    assert room.membership_of(me) is None
    assert room.memberships.get(person=me.person).was_removed
    assert not room.photos.exists()


def test_the_host_of_a_room_stays_its_host_whatever_they_were_there_as_a_person(
    user: User, guest: Visitor, me: Visitor
) -> None:
    room = make_room(guest, nickname="Host")
    room.remove_member(room.join(me, "Heckler"))
    sign_in(user, guest_token(guest))
    room.refresh_from_db()
    assert room.is_owned_by(me)
    membership = room.membership_of(me)
    assert membership is not None
    assert membership.nickname == "Host"


def test_signing_in_is_no_way_to_be_served_sooner(user: User, guest: Visitor, me: Visitor) -> None:
    make_photo(guest)
    served = timezone.now()
    Turn.objects.filter(person=guest.person).update(served_at=served)
    sign_in(user, guest_token(guest))
    assert Turn.objects.get(person=me.person).served_at == served


def test_what_is_worked_on_is_stored_all_the_same(user: User, guest: Visitor, me: Visitor) -> None:
    photo = make_photo(guest)
    [claimed] = Photo.objects.claim("worker")
    sign_in(user, guest_token(guest))
    assert claimed.store(b"png", b"webp")
    photo.refresh_from_db()
    assert (photo.state, photo.person) == (State.DONE, me.person)


def test_signing_in_works_where_nothing_could_be_moved_and_the_guest_is_kept(
    user: User, guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make_photo(guest)

    def broken(*_arguments: Any) -> None:
        raise DatabaseError("Somebody else holds a lock.")

    monkeypatch.setattr(adopting, "adopt", broken)
    browser = sign_in(user, guest_token(guest))
    assert browser.cookies[COOKIE].value == guest_token(guest)
    monkeypatch.undo()
    sign_in(user, guest_token(guest))
    photo.refresh_from_db()
    assert photo.person == user.person
