"""The verbs of a photo, and who sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Role
from jobs.models import WrongState
from jobs.states import State
from tests.boards import finish, make_photo, make_room, make_visitor
from tests.factories import make_user
from upscale import files as sweeping
from upscale.files import sweep_all
from upscale.models import Photo
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def names_of(photo: Photo) -> list[str]:
    return [str(file.name) for file in (photo.original, photo.result, photo.preview)]


# ---------------------------------------------------------------------- who sees it
def test_a_photo_is_seen_by_its_person_and_by_operators_only() -> None:
    mine, other = make_visitor(), make_visitor()
    photo = make_photo(mine)
    operator = make_user(Role.OPERATOR)
    designer = make_user(Role.DESIGNER)
    assert list(Photo.objects.visible_to(mine)) == [photo]
    assert list(Photo.objects.visible_to(Visitor(operator.person, operator))) == [photo]
    assert not Photo.objects.visible_to(other)
    assert not Photo.objects.visible_to(Visitor(designer.person, designer))
    assert not Photo.objects.visible_to(None)


def test_what_is_shared_in_a_room_is_seen_by_those_who_are_in_it_and_once() -> None:
    owner, guest, stranger, mine = (make_visitor() for _ in range(4))
    room = make_room(owner)
    for visitor, name in ((guest, "Guest"), (mine, "Me")):
        room.join(visitor, name)
    photo = make_photo(mine)
    photo.share(room)
    for visitor in (owner, guest, mine):
        assert list(Photo.objects.visible_to(visitor)) == [photo]
    assert not Photo.objects.visible_to(stranger)
    room.leave(guest)
    assert not Photo.objects.visible_to(guest)
    photo.unshare()
    assert not Photo.objects.visible_to(owner)


def test_nothing_is_shared_in_a_closed_room() -> None:
    visitor = make_visitor()
    room = make_room(visitor)
    room.close()
    photo = make_photo(visitor)
    with pytest.raises(WrongState):
        photo.share(room)
    photo.refresh_from_db()
    assert photo.room is None


def test_words_are_searched_for_in_what_was_recognised() -> None:
    visitor = make_visitor()
    found = finish(make_photo(visitor), text="Energy equals mass")
    finish(make_photo(visitor), text="Energy is lost")
    assert list(Photo.objects.of(visitor).search("MASS energy")) == [found]
    assert Photo.objects.of(visitor).search("").count() == 2
    assert not Photo.objects.of(visitor).search("100%")


# ---------------------------------------------------------------------- store
def test_a_result_is_stored_under_the_claim_and_only_while_it_holds(media_root: Path) -> None:
    photo = make_photo()
    [claimed] = Photo.objects.claim("worker")
    photo.cancel()
    assert not claimed.store(b"png", b"webp", method="enhanced")
    photo.refresh_from_db()
    assert (photo.state, photo.result.name) == (State.CANCELLED, "")
    assert files(media_root) == [photo.original.name]


def test_a_photo_is_done_with_its_files(media_root: Path) -> None:
    photo = finish(make_photo())
    assert photo.state == State.DONE
    assert files(media_root) == sorted(names_of(photo))
    assert photo.seconds is not None


def test_no_photo_is_done_without_a_result() -> None:
    photo = make_photo()
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(state=State.DONE)


# ---------------------------------------------------------------------- redo (the rest in test_redo.py)
@pytest.mark.parametrize(
    "corners",
    [
        [],
        SQUARE[:3],
        [*SQUARE, [0.5, 0.5]],
        [[0, 0], [2, 0], [1, 1], [0, 1]],
        [[float("nan"), 0], [1, 0], [1, 1], [0, 1]],
        "abcd",
        [["a", "b"]] * 4,
        SQUARE[::-1],
        [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]],
        [[0.5, 0.5]] * 4,
        {"a": 1},
        5,
    ],
)
def test_corners_that_mean_nothing_are_refused_and_nothing_changes(corners: Any) -> None:
    photo = finish(make_photo())
    with pytest.raises(ValidationError) as refused:
        photo.redo(corners=corners)
    assert list(refused.value.message_dict) == ["corners"]
    photo.refresh_from_db()
    assert photo.state == State.DONE


@pytest.mark.parametrize("rotation", [45, -90, 360, True, "90", None])
def test_a_rotation_is_a_quarter_turn(rotation: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        make_photo().redo(rotation=rotation)
    assert list(refused.value.message_dict) == ["rotation"]


# ---------------------------------------------------------------------- remove
@pytest.mark.django_db(transaction=True)
def test_deleted_means_deleted_files_too(media_root: Path) -> None:
    kept, gone = make_photo(), finish(make_photo())
    gone.remove()
    assert list(Photo.objects.all()) == [kept]
    assert files(media_root) == [kept.original.name]


@pytest.mark.django_db(transaction=True)
def test_a_photo_deleted_while_it_is_worked_on_leaves_nothing(media_root: Path) -> None:
    photo = make_photo()
    [claimed] = Photo.objects.claim("worker")
    photo.remove()
    assert not claimed.store(b"png", b"webp")
    assert not Photo.objects.exists()
    assert files(media_root) == []


@pytest.mark.django_db(transaction=True)
def test_folders_whose_photo_is_gone_are_swept(media_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = finish(make_photo()), finish(make_photo())
    Photo.objects.filter(pk=gone.pk).delete()  # as a killed process leaves it
    assert sweep_all() == 0  # what came in within the hour may get its row yet
    monkeypatch.setattr(sweeping, "UNTOUCHED_SECONDS", -1)
    assert sweep_all() == 3
    assert files(media_root) == sorted(names_of(kept))
