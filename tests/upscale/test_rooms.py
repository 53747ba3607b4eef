"""The verbs of a room: who may, when, and what becomes of what was shared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role
from jobs.models import WrongState
from tests.boards import make_photo, make_room, make_visitor
from tests.factories import make_user
from upscale.files import forget_rooms
from upscale.models import Membership, Photo, Room, RoomClosed
from upscale.models import room as rooms
from upscale.room_codes import WRONG_PER_ADDRESS, WRONG_PER_MINUTE, TooManyCodes, find_room
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no minute begin while wrong codes are counted."""
    monkeypatch.setattr("upscale.room_codes.time", lambda: 1_000_000.0)


def expire(room: Room) -> Room:
    """Let the time of a room be over, by the database's clock; returns it as it is now."""
    Room.objects.filter(pk=room.pk).update(expires_at=Now() - timedelta(seconds=1))
    return Room.objects.get(pk=room.pk)


# ---------------------------------------------------------------------- open_room
def test_whoever_opens_a_room_is_in_it_under_their_nickname() -> None:
    owner = make_visitor()
    room = Room.objects.open_room(owner, "  Algebra ", hours=2, nickname="  Dr   Who ")
    assert room.name == "Algebra"
    assert [member.nickname for member in room.memberships.present()] == ["Dr Who"]
    assert room.is_owned_by(owner)
    assert room.is_live
    assert timedelta(hours=1.9) < room.expires_at - room.created_at <= timedelta(hours=2)


def test_a_person_with_an_account_needs_no_nickname() -> None:
    user = make_user(Role.EXPERT, first_name="Erika")
    room = Room.objects.open_room(Visitor(user.person, user), "Algebra", hours=2)
    assert room.memberships.get().nickname == "Erika"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\0b"])
def test_a_room_has_a_name(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Room.objects.open_room(make_visitor(), name, hours=2)
    assert list(refused.value.message_dict) == ["name"]
    assert not Room.objects.exists()


@pytest.mark.parametrize("hours", [0, -1, 337, 10**9])
def test_a_room_lasts_an_hour_to_two_weeks(hours: int) -> None:
    with pytest.raises(ValidationError) as refused:
        Room.objects.open_room(make_visitor(), "Algebra", hours=hours)
    assert list(refused.value.message_dict) == ["hours"]


def test_a_nickname_that_is_refused_leaves_no_room() -> None:
    with pytest.raises(ValidationError) as refused:
        make_room(nickname="x" * 41)
    assert list(refused.value.message_dict) == ["nickname"]
    assert not Room.objects.exists()


def test_a_code_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_room()
    letters = iter(taken.code + "ABCDEF")
    monkeypatch.setattr(rooms.secrets, "choice", lambda _letters: next(letters))
    assert make_room().code == "ABCDEF"
    assert Room.objects.get(pk=taken.pk).memberships.count() == 1


def test_codes_that_are_always_taken_end_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_room()
    position = iter(range(10_000))
    monkeypatch.setattr(rooms.secrets, "choice", lambda _letters: taken.code[next(position) % 6])
    with pytest.raises(RuntimeError, match="20 attempts"):
        make_room()


def test_one_person_has_at_most_so_many_open_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_ROOMS", 2)
    owner = make_visitor()
    first, _second = make_room(owner), make_room(owner)
    with pytest.raises(ValidationError) as refused:
        make_room(owner)
    assert list(refused.value.message_dict) == [NON_FIELD_ERRORS]
    first.close()
    make_room(owner)
    make_room()


# ---------------------------------------------------------------------- codes
@pytest.mark.parametrize("typed", ["KMT234", "kmt 234", " KMT-234 ", "КМТ234", "к м т 2 3 4"])
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    room = make_room()
    Room.objects.filter(pk=room.pk).update(code="KMT234")
    assert Room.objects.with_code(typed) == room


@pytest.mark.parametrize("typed", ["", "KMT23", "KMT2345", "\0", "🙂", "x" * 10_000])
def test_no_other_code_finds_it(typed: str) -> None:
    room = make_room()
    Room.objects.filter(pk=room.pk).update(code="KMT234")
    with pytest.raises(Room.DoesNotExist):
        Room.objects.with_code(typed)


def test_who_tries_codes_is_stopped_whatever_the_code_and_members_are_not() -> None:
    owner, stranger, other = make_visitor(), make_visitor(), make_visitor()
    room = make_room(owner)
    for _ in range(WRONG_PER_MINUTE):
        with pytest.raises(Room.DoesNotExist):
            find_room("AAAAAA", stranger, "10.0.0.1")
    for code in ("AAAAAA", room.code):
        with pytest.raises(TooManyCodes) as refused:
            find_room(code, stranger, "10.0.0.1")
        assert 0 < refused.value.seconds <= 60
    assert find_room(room.code, owner, "10.0.0.1") == room
    assert find_room(room.code, other, "10.0.0.1") == room
    assert find_room(room.code, None, "10.0.0.1") == room


def test_many_guests_of_one_address_are_stopped_together() -> None:
    room = make_room()
    for _ in range(WRONG_PER_ADDRESS):
        with pytest.raises(Room.DoesNotExist):
            find_room("AAAAAA", make_visitor(), "10.0.0.1")
    with pytest.raises(TooManyCodes):
        find_room(room.code, make_visitor(), "10.0.0.1")
    assert find_room(room.code, make_visitor(), "10.0.0.2") == room


def test_right_codes_are_never_counted() -> None:
    room = make_room()
    for _ in range(WRONG_PER_MINUTE + 5):
        assert find_room(room.code, None, "10.0.0.1") == room


# ---------------------------------------------------------------------- join
def test_joining_again_changes_the_nickname_also_at_what_was_shared() -> None:
    room, guest = make_room(), make_visitor()
    room.join(guest, "Anna")
    photo = make_photo(guest)
    photo.share(room)
    room.join(guest, "Anna B")
    assert room.memberships.filter(person=guest.person).count() == 1
    assert Photo.objects.get(pk=photo.pk).nickname == "Anna B"


@pytest.mark.parametrize("nickname", ["", "  ", "x" * 41, "a\0b", "host", " HOST "])
def test_a_nickname_is_there_short_and_nobody_elses(nickname: str) -> None:
    room, guest = make_room(nickname="Host"), make_visitor()
    with pytest.raises(ValidationError) as refused:
        room.join(guest, nickname)
    assert list(refused.value.message_dict) == ["nickname"]
    assert room.membership_of(guest) is None


def test_a_nickname_is_free_again_when_somebody_has_gone() -> None:
    room, first, second = make_room(), make_visitor(), make_visitor()
    room.join(first, "Anna")
    room.leave(first)
    assert room.join(second, "anna").nickname == "anna"
    with pytest.raises(ValidationError):
        room.join(first, "Anna")


def test_nobody_comes_into_a_closed_room() -> None:
    room = make_room()
    room.close()
    with pytest.raises(RoomClosed):
        room.join(make_visitor(), "Anna")


def test_nobody_comes_into_a_room_whose_time_is_over_by_the_databases_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = make_room(hours=1)
    monkeypatch.setattr(
        timezone, "now", lambda: room.expires_at + timedelta(days=1)
    )  # this host's clock is wrong
    assert room.is_live
    room.join(make_visitor(), "Anna")
    monkeypatch.undo()
    over = expire(room)
    monkeypatch.setattr(timezone, "now", lambda: over.expires_at - timedelta(days=1))
    assert not over.is_live
    assert over not in Room.objects.live()
    with pytest.raises(RoomClosed):
        over.join(make_visitor(), "Ben")
    with pytest.raises(WrongState):
        make_photo().share(over)


def test_a_full_room_takes_nobody_but_those_who_are_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_MEMBERS", 2)
    room, guest = make_room(), make_visitor()
    room.join(guest, "Anna")
    with pytest.raises(RoomClosed, match="full"):
        room.join(make_visitor(), "Ben")
    room.join(guest, "Anna B")
    room.leave(guest)
    room.join(make_visitor(), "Ben")


# ---------------------------------------------------------------------- leave
def test_who_leaves_sees_the_room_no_more_and_what_they_shared_stays() -> None:
    owner, guest = make_visitor(), make_visitor()
    room = make_room(owner)
    room.join(guest, "Anna")
    photo = make_photo(guest)
    photo.share(room)
    room.leave(guest)
    room.leave(guest)
    assert room.membership_of(guest) is None
    assert not Room.objects.visible_to(guest)
    assert list(Photo.objects.visible_to(owner)) == [photo]
    room.join(guest, "Anna")
    assert list(Room.objects.visible_to(guest)) == [room]


def test_leaving_takes_nobody_else_out() -> None:
    room, guest = make_room(), make_visitor()
    room.join(guest, "Anna")
    room.leave(make_visitor())
    assert room.membership_of(guest) is not None


# ---------------------------------------------------------------------- remove_member
def test_who_is_removed_goes_with_their_photos_and_cannot_come_back() -> None:
    owner, guest, other = make_visitor(), make_visitor(), make_visitor()
    room = make_room(owner)
    gone = room.join(guest, "Anna")
    room.join(other, "Ben")
    hers, his = make_photo(guest), make_photo(other)
    hers.share(room)
    his.share(room)
    room.remove_member(gone)
    assert list(room.photos.all()) == [his]
    assert list(Photo.objects.of(guest)) == [hers]  # she keeps it
    assert not Photo.objects.visible_to(guest).filter(pk=his.pk)
    assert not Room.objects.visible_to(guest)
    with pytest.raises(PermissionDenied):
        room.join(guest, "Carla")


def test_the_owner_cannot_be_removed() -> None:
    owner = make_visitor()
    room = make_room(owner)
    with pytest.raises(WrongState):
        room.remove_member(room.memberships.get(person=owner.person))
    assert room.membership_of(owner) is not None


def test_a_member_of_another_room_is_not_removed() -> None:
    room, other = make_room(), make_room()
    guest = make_visitor()
    elsewhere = other.join(guest, "Anna")
    room.remove_member(elsewhere)
    assert Membership.objects.present().filter(pk=elsewhere.pk).exists()


# ---------------------------------------------------------------------- close
def test_closing_is_for_good_and_twice_changes_nothing() -> None:
    owner = make_visitor()
    room = make_room(owner)
    photo = make_photo(owner)
    photo.share(room)
    room.close()
    closed_at = room.closed_at
    room.close()
    assert room.closed_at == closed_at
    assert not room.is_live
    assert list(room.photos.all()) == [photo]
    assert list(Room.objects.visible_to(owner)) == [room]


# ---------------------------------------------------------------------- forgetting
def test_a_room_is_forgotten_with_its_nicknames_once_its_photos_are_gone(settings: Settings) -> None:
    settings.PHOTO_RETENTION_DAYS = 3
    kept, gone = make_room(), make_room()
    Room.objects.filter(pk=kept.pk).update(expires_at=Now() - timedelta(days=2))
    Room.objects.filter(pk=gone.pk).update(expires_at=Now() - timedelta(days=4))
    assert forget_rooms() == 1
    assert list(Room.objects.all()) == [kept]
    assert Membership.objects.count() == 1
    settings.PHOTO_RETENTION_DAYS = 0
    Room.objects.update(expires_at=Now() - timedelta(days=4000))
    assert forget_rooms() == 0


# ---------------------------------------------------------------------- who looks after it, who sees it
def test_owners_and_operators_look_after_a_room() -> None:
    owner, guest = make_visitor(), make_visitor()
    room = make_room(owner)
    room.join(guest, "Anna")
    operator, designer = make_user(Role.OPERATOR), make_user(Role.DESIGNER)
    assert room.is_owned_by(owner)
    assert room.is_owned_by(Visitor(operator.person, operator))
    for visitor in (guest, Visitor(designer.person, designer), None):
        assert not room.is_owned_by(visitor)


def test_a_room_is_seen_by_its_people_and_by_operators() -> None:
    owner, guest, stranger = make_visitor(), make_visitor(), make_visitor()
    room = make_room(owner)
    room.join(guest, "Anna")
    operator = make_user(Role.OPERATOR)
    for visitor in (owner, guest, Visitor(operator.person, operator)):
        assert list(Room.objects.visible_to(visitor)) == [room]
    assert not Room.objects.visible_to(stranger)
    assert not Room.objects.visible_to(None)
    assert not Room.objects.of(Visitor(operator.person, operator))


def test_how_long_a_room_lasts_can_be_as_the_setting_says(settings: Settings) -> None:
    from upscale.forms.rooms import RoomForm

    settings.ROOM_HOURS = 5
    data: dict[str, Any] = {"name": "Algebra", "hours": "5", "nickname": "Host"}
    assert RoomForm(data).is_valid()
    assert not RoomForm(data | {"hours": "6"}).is_valid()
