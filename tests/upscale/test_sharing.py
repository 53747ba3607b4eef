"""Sharing a photo beside others who change the room."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from jobs.models import WrongState
from tests.boards import as_file, draw_board, make_photo, make_room, make_visitor
from upscale import intake
from upscale.intake import Wish, take_in
from upscale.models import Photo, PhotoSource, Room
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guest() -> Visitor:
    return make_visitor()


@pytest.fixture
def room(guest: Visitor) -> Room:
    """Give a room that the guest is in."""
    room = make_room()
    room.join(guest, "Ann")
    return room


def test_it_is_shared_under_the_nickname_of_its_person(room: Room, guest: Visitor) -> None:
    photo = make_photo(guest)
    photo.share(room)
    assert (photo.room, photo.nickname) == (room, "Ann")


def test_only_who_is_in_the_room_shares_there(room: Room, guest: Visitor) -> None:
    room.leave(guest)
    for photo in (make_photo(), make_photo(guest)):
        with pytest.raises(PermissionDenied):
            photo.share(room)
    assert not room.photos.exists()


def test_a_photo_that_went_to_another_room_stays_there(room: Room, guest: Visitor) -> None:
    photo, other = make_photo(guest), make_room(guest)
    photo.share(other)
    photo.unshare(room=room)
    assert photo.room == other
    photo.unshare(room=other)
    assert photo.room is None


def during_decoding(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    decode = intake.decode_photo

    def decode_and_act(*arguments: object) -> object:
        decoded = decode(*arguments)  # type: ignore[arg-type]
        act()
        return decoded

    monkeypatch.setattr(intake, "decode_photo", decode_and_act)


def test_a_guest_removed_while_their_photo_is_decoded_does_not_get_it_into_the_room(
    room: Room, guest: Visitor, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    during_decoding(monkeypatch, lambda: room.remove_member(room.memberships.get(person=guest.person)))
    with pytest.raises(PermissionDenied):
        take_in(guest, as_file(draw_board()), PhotoSource.WEB, Wish(room=room))
    assert not Photo.objects.exists()
    assert not [path for path in media_root.rglob("*") if path.is_file()]


def test_who_changes_their_nickname_meanwhile_shares_under_the_new_one(
    room: Room, guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    during_decoding(monkeypatch, lambda: room.join(guest, "Ben"))
    photo, _is_new = take_in(guest, as_file(draw_board()), PhotoSource.WEB, Wish(room=room))
    assert photo.nickname == "Ben"


@pytest.mark.parametrize("change", ["remove", "close"])
def test_sharing_waits_for_whoever_changes_the_room_and_sees_the_change(
    room: Room, guest: Visitor, change: str
) -> None:
    photo, refused, begun = make_photo(guest), [], threading.Event()

    def share() -> None:
        begun.set()
        try:
            photo.share(room)
        except (PermissionDenied, WrongState) as error:
            refused.append(type(error))
        finally:
            connection.close()

    thread = threading.Thread(target=share)
    with transaction.atomic():
        if change == "remove":
            room.remove_member(room.memberships.get(person=guest.person))
        else:
            room.close()
        thread.start()
        assert begun.wait(10)
        thread.join(0.3)
        assert thread.is_alive()  # the room's lock is ours
    thread.join(10)
    assert len(refused) == 1
    assert not room.photos.exists()
