"""The files of a photo: the small ones of the original, and what others see of it."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from engines.boards import decoding
from jobs.states import State
from tests.boards import as_file, draw_board, finish, make_photo, make_room
from tests.web.conftest import Browser
from tests.web.guests import Guest
from upscale import previews
from upscale.models import Photo, Room

pytestmark = pytest.mark.django_db

CORNERS = [[0.1, 0.1], [0.9, 0.12], [0.88, 0.9], [0.12, 0.86]]
PARTS = ("original", "photo", "before", "preview")


def size_of(answer: Any) -> tuple[int, int]:
    assert answer.status_code == 200
    return Image.open(io.BytesIO(b"".join(answer) if answer.streaming else answer.content)).size


@pytest.fixture
def guest() -> Guest:
    return Guest()


@pytest.fixture
def sent(guest: Guest) -> Photo:
    """Give a photo that came in by the page."""
    board = as_file(draw_board(size=(2400, 1500), height=100), "PNG")
    guest.post("/boards/upload/", {"photo": SimpleUploadedFile("board.png", board, "image/png")})
    return Photo.objects.get()


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> threading.BoundedSemaphore:
    """Give the one place to decode in, for which nobody waits long."""
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(decoding, "_places", places)
    monkeypatch.setattr(decoding, "PATIENCE", 0.6)
    return places


# --- Smaller ones of the original --------------------------------------------------------------------------------
def test_the_intake_makes_the_smaller_pictures_once(
    guest: Guest, sent: Photo, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shrink(*_arguments: Any) -> bytes:
        raise AssertionError("an original was decoded in the web process")

    monkeypatch.setattr(previews, "_shrink", shrink)
    for part, size in (("preview", (720, 450)), ("photo", (1600, 1000))):
        answer = guest.get(f"/boards/{sent.pk}/{part}/")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert size_of(answer) == size
        headers = {"If-None-Match": answer.headers["ETag"]}
        assert guest.get(f"/boards/{sent.pk}/{part}/", headers=headers).status_code == 304
    assert len(list((media_root / sent.folder).iterdir())) == 3


def test_the_smaller_pictures_outlive_a_sweep_and_not_the_photo(
    guest: Guest, sent: Photo, media_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (media_root / sent.folder / "stray.png").write_bytes(b"")
    assert sent.sweep_folder() == 1
    etag = guest.get(f"/boards/{sent.pk}/preview/").headers["ETag"]
    with django_capture_on_commit_callbacks(execute=True):
        sent.remove()
    assert not (media_root / sent.folder).exists()
    assert guest.get(f"/boards/{sent.pk}/preview/", headers={"If-None-Match": etag}).status_code == 404


def test_for_a_photo_without_them_they_are_made_where_photos_are_decoded(
    guest: Guest, places: threading.BoundedSemaphore
) -> None:
    photo = make_photo(guest.visitor, image=draw_board(size=(2400, 1500), height=100))
    answer = guest.get(f"/boards/{photo.pk}/preview/")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert size_of(answer) == (720, 450)
    places.acquire()
    busy = guest.get(f"/boards/{photo.pk}/preview/")
    assert busy.status_code == 503
    assert int(busy.headers["Retry-After"]) >= 1


def test_of_a_photo_whose_file_is_gone_there_is_nothing(guest: Guest, media_root: Path) -> None:
    photo = make_photo(guest.visitor)
    (media_root / str(photo.original.name)).unlink()
    assert guest.get(f"/boards/{photo.pk}/preview/").status_code == 404


# --- What others see of it ---------------------------------------------------------------------------------------
@pytest.fixture
def member(guest: Guest) -> Guest:
    """Give somebody in the guest's room."""
    member = Guest()
    make_room(guest.visitor, nickname="Ada").join(member.visitor, "Ben")
    return member


def shared(guest: Guest, photo: Photo) -> Photo:
    """Show a photo in the guest's only room."""
    room = Room.objects.get(owner=guest.visitor.person)
    Photo.objects.filter(pk=photo.pk).update(room=room, nickname="Ada", shared_at=photo.created_at)
    photo.refresh_from_db()
    return photo


@pytest.mark.parametrize("crop", [{"corners": CORNERS}, {"rotation": 90}])
def test_others_see_only_the_part_that_the_owner_shows(
    guest: Guest, member: Guest, operator: Browser, crop: dict[str, Any]
) -> None:
    cutout = as_file(draw_board(size=(90, 60), height=8))
    photo = shared(guest, finish(make_photo(guest.visitor, **crop), cutout=cutout))
    for part in ("original/", "original/?download", "photo/", "before/"):
        assert size_of(member.get(f"/boards/{photo.pk}/{part}")) == (90, 60), part
    for browser in (guest, operator):
        assert size_of(browser.get(f"/boards/{photo.pk}/original/")) == (160, 100)
        assert size_of(browser.get(f"/boards/{photo.pk}/photo/")) == (160, 100)


def test_others_see_nothing_before_the_part_is_cut_out(guest: Guest, member: Guest) -> None:
    photo = shared(guest, make_photo(guest.visitor, corners=CORNERS))
    assert photo.state == State.QUEUED
    for part in PARTS:
        assert member.get(f"/boards/{photo.pk}/{part}/").status_code == 404, part
        assert guest.get(f"/boards/{photo.pk}/{part}/").status_code == 200, part
    picture = f'src="/boards/{photo.pk}/preview/'
    assert picture in guest.get(f"/boards/{photo.pk}/").text
    assert picture not in member.get(f"/boards/{photo.pk}/").text


def test_others_see_a_photo_that_is_shown_whole(guest: Guest, member: Guest) -> None:
    photo = shared(guest, make_photo(guest.visitor))
    for part in PARTS:
        assert size_of(member.get(f"/boards/{photo.pk}/{part}/")) == (160, 100), part
