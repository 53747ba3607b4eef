"""How long photos are kept, and what is swept."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import transaction
from django.db.models.functions import Now
from pytest_django import Settings

from jobs.models import WrongState
from tests.boards import as_file, draw_board, finish, make_photo, make_room, make_visitor
from tests.upscale.test_clips import make_clip
from upscale import files as sweeping
from upscale import intake, tasks
from upscale.files import forget_outdated, sweep_all, sweep_recent
from upscale.intake import Wish, take_in
from upscale.models import Clip, Photo, PhotoSource

pytestmark = pytest.mark.django_db(transaction=True)


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")} if root.exists() else set()


def test_photos_are_forgotten_after_their_time_with_their_files(settings: Settings, media_root: Path) -> None:
    settings.PHOTO_RETENTION_DAYS = 30
    old, recent = finish(make_photo()), make_photo()
    Photo.objects.filter(pk=old.pk).update(created_at=Now() - timedelta(days=31))
    assert forget_outdated() == 1
    assert list(Photo.objects.all()) == [recent]
    assert not any(str(old.pk) in name for name in files(media_root))


def test_where_the_setting_is_nought_they_are_kept(settings: Settings) -> None:
    settings.PHOTO_RETENTION_DAYS = 0
    photo = make_photo()
    Photo.objects.update(created_at=Now() - timedelta(days=5000))
    assert forget_outdated() == 0
    assert list(Photo.objects.all()) == [photo]


def test_a_room_that_closes_while_a_photo_comes_in_leaves_nothing(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = make_visitor()
    room = make_room(visitor)
    decode = intake.decode_photo

    def closing(*arguments: object) -> object:
        room.close()
        return decode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "decode_photo", closing)
    with pytest.raises(WrongState), transaction.atomic():
        take_in(visitor, as_file(draw_board()), PhotoSource.WEB, Wish(room=room))
    assert not Photo.objects.exists()
    assert not {name for name in files(media_root) if "original" in name or name.count("/") > 1}


# ---------------------------------------------------------------------- forgetting
def test_videos_are_forgotten_with_photos_and_one_that_cannot_be_does_not_keep_the_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PHOTO_RETENTION_DAYS = 30
    make_clip()
    stuck, other = make_photo(), make_photo()
    for model in (Photo, Clip):
        model.objects.update(created_at=Now() - timedelta(days=31))
    remove = Photo.remove

    def failing(photo: Photo) -> None:
        if photo.pk == stuck.pk:
            raise OSError("The disk is away.")
        remove(photo)

    monkeypatch.setattr(Photo, "remove", failing)
    assert forget_outdated() == 2
    assert list(Photo.objects.all()) == [stuck]
    assert not Clip.objects.exists()
    assert not default_storage.exists(other.folder)


# ---------------------------------------------------------------------- sweeping
def aged(key: UUID, *, seconds: int) -> str:
    """Return the folder of a photo that came in so long ago, which has a file and no row."""
    milliseconds = int((time.time() - seconds) * 1000)
    photo = Photo(pk=UUID(int=milliseconds << 80 | (key.int & ((1 << 80) - 1))))
    default_storage.save(f"{photo.folder}/original.jpg", ContentFile(b"photo"))
    return photo.folder


def test_folders_without_a_row_are_swept_once_no_upload_can_be_at_them(media_root: Path) -> None:
    key = make_photo().pk
    coming, left = aged(key, seconds=3500), aged(key, seconds=3700)
    default_storage.save("photos/00/by-hand/a.txt", ContentFile(b"of somebody"))
    default_storage.save(
        "photos/00/11111111-1111-4111-8111-111111111100/a.jpg", ContentFile(b"no time in it")
    )
    assert sweep_all() == 1
    assert not default_storage.exists(left)
    assert default_storage.exists(f"{coming}/original.jpg")
    assert {"photos/00/by-hand/a.txt", "photos/00/11111111-1111-4111-8111-111111111100/a.jpg"} < files(
        media_root
    )


def test_a_video_whose_row_is_gone_is_swept_and_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = make_clip(), make_clip(frames=1)
    Clip.objects.filter(pk=gone.pk).delete()
    monkeypatch.setattr(sweeping, "UNTOUCHED_SECONDS", -1)
    assert sweep_all() == 2
    assert not default_storage.exists(gone.folder)
    assert default_storage.exists(str(kept.frames.first().image.name))  # type: ignore[union-attr]


def test_what_a_worker_killed_at_its_first_attempt_left_of_a_cancelled_photo_is_swept() -> None:
    photo = make_photo()
    [claimed] = Photo.objects.claim("worker")
    stray = default_storage.save(f"{photo.folder}/{claimed.token}.png", ContentFile(b"half"))
    photo.cancel()
    assert sweep_recent() == 1
    assert not default_storage.exists(stray)
    assert default_storage.exists(str(photo.original.name))


def test_the_daily_task_and_the_command_look_through_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_photo().pk
    first = aged(key, seconds=4000)
    tasks.sweep_photos.call_local()
    assert not default_storage.exists(first)
    second, out = aged(key, seconds=5000), io.StringIO()
    call_command("sweep_files", stdout=out)
    assert not default_storage.exists(second)
    assert "Deleted 1 files of photos and videos." in out.getvalue()


# ---------------------------------------------------------------------- deleting beside a worker
def test_a_file_put_into_a_folder_that_is_being_deleted_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photos = [finish(make_photo()) for _ in range(2)]
    delete = FileSystemStorage.delete

    def racing(storage: FileSystemStorage, name: str) -> None:
        if name == photos[0].folder:
            storage.save(f"{name}/late.png", ContentFile(b"stored beside"))
        delete(storage, name)

    monkeypatch.setattr(FileSystemStorage, "delete", racing)
    for photo in photos:
        photo.remove()
    assert not Photo.objects.exists()
    assert not default_storage.exists(photos[1].folder)
    monkeypatch.undo()
    monkeypatch.setattr(sweeping, "UNTOUCHED_SECONDS", -1)
    assert sweep_all() == 1
    assert not default_storage.exists(photos[0].folder)


def test_a_photo_deleted_while_its_folder_is_swept_is_no_error() -> None:
    photo = finish(make_photo())
    Photo.objects.filter(pk=photo.pk).delete()
    assert photo.sweep_folder() == 0
