"""Videos taken in, and frames of them taken as photos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from pytest_django import Settings

from engines.boards.formats import video_suffix
from engines.boards.refusals import VideoRefused
from jobs.models import WrongState
from jobs.states import State
from tests.boards import as_file, draw_board, make_room, make_visitor
from upscale import intake
from upscale.clips import MOST_OPEN, TooManyClips, take_frames, take_in_clip
from upscale.intake import TooMany, Wish
from upscale.models import Clip, ClipFrame, Photo, PhotoSource
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"\0" * 200


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def make_clip(visitor: Visitor | None = None, *, frames: int = 3) -> Clip:
    """Take a video in and find frames in it, as a worker would."""
    clip = take_in_clip(visitor or make_visitor(), ContentFile(MP4))
    [claimed] = Clip.objects.filter(pk=clip.pk).claim("worker")
    for number in range(frames):
        picture = as_file(draw_board([f"lesson number {number}"]))
        name = default_storage.save(f"{clip.folder}/{number}.jpg", ContentFile(picture))
        ClipFrame.objects.create(
            clip=clip, seconds=1.5 * number, sharpness=100.0 + number, image=name, width=640, height=400
        )
    assert claimed.succeed(duration=12.0)
    clip.refresh_from_db()
    return clip


def keys(clip: Clip) -> list[int]:
    return list(clip.frames.values_list("pk", flat=True))


# ---------------------------------------------------------------------- taking in
def test_a_video_is_stored_and_queued(media_root: Path) -> None:
    visitor = make_visitor()
    clip = take_in_clip(visitor, ContentFile(MP4))
    assert (clip.state, clip.person, clip.byte_size) == (State.QUEUED, visitor.person, len(MP4))
    assert files(media_root) == [f"{clip.folder}/video.mp4"]
    with clip.file.open("rb") as file:
        assert file.read() == MP4
    assert list(Clip.objects.claim("worker")) == [clip]


def test_a_large_upload_is_moved_and_never_read_into_memory(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = TemporaryUploadedFile("video", "video/mp4", 0, None)
    file.write(MP4)
    file.size = len(MP4)
    read = file.file.read
    sizes: list[int] = []

    def watched(size: int = -1) -> bytes:
        sizes.append(size)
        content: bytes = read(size)
        return content

    monkeypatch.setattr(file.file, "read", watched, raising=False)
    clip = take_in_clip(make_visitor(), file)
    file.close()
    assert sizes == [64]  # its first bytes; the rest was moved as a file
    assert files(media_root) == [str(clip.file.name)]


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"", "empty", 415),
        (b"hello, this is a text" * 10, "not-a-video", 415),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "not-a-video", 415),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "not-a-video", 415),
        (b"RIFF\0\0\0\0WAVE" + b"\0" * 100, "not-a-video", 415),
        (b"ftyp", "not-a-video", 415),
    ],
)
def test_what_is_no_video_is_refused_and_nothing_is_stored(
    media_root: Path, content: bytes, code: str, status: int
) -> None:
    with pytest.raises(VideoRefused) as refused:
        take_in_clip(make_visitor(), ContentFile(content))
    assert (refused.value.code, refused.value.status) == (code, status)
    assert not Clip.objects.exists()
    assert files(media_root) == []


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (MP4, "mp4"),
        (b"\0\0\0\x14ftypqt  ", "mov"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\x01\x42\x82\x84webm", "webm"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x23\x42\x82\x88matroska", "mkv"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
    ],
)
def test_a_video_is_known_by_its_first_bytes(head: bytes, suffix: str) -> None:
    assert video_suffix(head) == suffix


def test_a_video_that_is_too_large_is_refused(media_root: Path, settings: Settings) -> None:
    settings.CLIP_MAX_MIB = 1
    with pytest.raises(VideoRefused) as refused:
        take_in_clip(make_visitor(), ContentFile(MP4 + b"\0" * 1024 * 1024))
    assert refused.value.status == 413
    assert files(media_root) == []


def test_a_person_has_at_most_so_many_videos_waiting(media_root: Path) -> None:
    visitor = make_visitor()
    clips = [take_in_clip(visitor, ContentFile(MP4)) for _ in range(MOST_OPEN)]
    with pytest.raises(TooManyClips):
        take_in_clip(visitor, ContentFile(MP4))
    assert len(files(media_root)) == MOST_OPEN
    take_in_clip(make_visitor(), ContentFile(MP4))
    clips[0].cancel()
    take_in_clip(visitor, ContentFile(MP4))


def test_an_account_can_be_asked_for(settings: Settings) -> None:
    settings.PHOTOS_NEED_ACCOUNT = True
    with pytest.raises(PermissionDenied):
        take_in_clip(make_visitor(), ContentFile(MP4))
    take_in_clip(make_visitor("user:1"), ContentFile(MP4))


# ---------------------------------------------------------------------- taking frames
@pytest.mark.django_db(transaction=True)
def test_chosen_frames_become_photos_once_however_often_they_are_asked_for() -> None:
    visitor = make_visitor()
    clip = make_clip(visitor)
    first, second, third = keys(clip)
    photos = take_frames(clip, visitor, [first, third])
    assert [photo.source for photo in photos] == [PhotoSource.CLIP] * 2
    assert {photo.person for photo in photos} == {visitor.person}
    again = take_frames(clip, visitor, [first, second, third])
    assert [photo.pk for photo in again][::2] == [photo.pk for photo in photos]
    assert Photo.objects.queued().count() == 3
    assert list(clip.frames.values_list("photo", flat=True)) == [photo.pk for photo in again]


@pytest.mark.django_db(transaction=True)
def test_a_frame_whose_photo_was_deleted_can_be_taken_again() -> None:
    visitor = make_visitor()
    clip = make_clip(visitor, frames=1)
    [photo] = take_frames(clip, visitor, keys(clip))
    photo.remove()
    [anew] = take_frames(clip, visitor, keys(clip))
    assert anew.pk != photo.pk


@pytest.mark.django_db(transaction=True)
def test_frames_of_another_video_and_ids_that_are_none_are_left_out() -> None:
    visitor = make_visitor()
    clip, other = make_clip(visitor, frames=1), make_clip(frames=1)
    assert take_frames(clip, visitor, [*keys(other), 10**6, 10**30]) == []
    assert not Photo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_frames_can_be_shared_in_a_room() -> None:
    visitor = make_visitor()
    room = make_room(visitor)
    clip = make_clip(visitor, frames=2)
    take_frames(clip, visitor, keys(clip), Wish(room=room))
    assert room.photos.count() == 2


@pytest.mark.django_db(transaction=True)
def test_over_the_rate_the_frames_before_are_taken_all_the_same(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR = 2
    visitor = make_visitor()
    clip = make_clip(visitor)
    with pytest.raises(TooMany):
        take_frames(clip, visitor, keys(clip))
    assert Photo.objects.count() == 2
    assert clip.frames.filter(photo__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_a_frame_is_decoded_and_it_is_taken_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor = make_visitor()
    clip = make_clip(visitor, frames=1)
    room = make_room(visitor)
    decode = intake.decode_photo
    pressed: list[list[Photo]] = []
    presses = iter([True])

    def pressed_again(*arguments: Any) -> Any:
        assert not connection.in_atomic_block
        if next(presses, False):
            pressed.append(take_frames(clip, visitor, keys(clip), Wish(room=room)))
        return decode(*arguments)

    monkeypatch.setattr(intake, "decode_photo", pressed_again)
    photos = take_frames(clip, visitor, keys(clip))
    assert pressed == [photos]
    assert Photo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_video_deleted_while_its_frames_are_taken_ends_that_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor = make_visitor()
    clip = make_clip(visitor)
    decode = intake.decode_photo

    def deleting(*arguments: Any) -> Any:
        clip.remove()
        return decode(*arguments)

    monkeypatch.setattr(intake, "decode_photo", deleting)
    with pytest.raises(WrongState, match="not there any more"):
        take_frames(clip, visitor, keys(clip))
    assert Photo.objects.count() == 1


# ---------------------------------------------------------------------- deleting, trying again
@pytest.mark.django_db(transaction=True)
def test_deleting_a_video_takes_its_frames_along_and_leaves_the_photos(media_root: Path) -> None:
    visitor = make_visitor()
    clip = make_clip(visitor)
    [photo] = take_frames(clip, visitor, keys(clip)[:1])
    clip.remove()
    assert not ClipFrame.objects.exists()
    left = files(media_root)
    assert str(photo.original.name) in left
    assert all(name.startswith(f"{photo.folder}/") for name in left)


def test_a_failed_video_is_looked_at_again_only_while_it_is_there() -> None:
    clip = take_in_clip(make_visitor(), ContentFile(MP4))
    [claimed] = Clip.objects.claim("worker")
    claimed.fail("It broke.", retry=False)
    clip.refresh_from_db()
    clip.retry()
    assert clip.state == State.QUEUED
    with pytest.raises(WrongState):
        clip.retry()
    [claimed] = Clip.objects.claim("worker")
    claimed.fail("It broke.", retry=False)
    Clip.objects.update(file="")
    clip.refresh_from_db()
    with pytest.raises(WrongState, match="not there any more"):
        clip.retry()


def test_a_video_is_seen_by_its_person_and_by_operators_only(operator_visitor: Visitor) -> None:
    visitor = make_visitor()
    clip = take_in_clip(visitor, ContentFile(MP4))
    assert list(Clip.objects.of(visitor)) == [clip]
    assert list(Clip.objects.of(operator_visitor)) == [clip]
    assert not Clip.objects.of(make_visitor())
    assert not Clip.objects.of(None)


@pytest.fixture
def operator_visitor() -> Visitor:
    """Give an operator."""
    from accounts.models import Role
    from tests.factories import make_user

    user: Any = make_user(Role.OPERATOR)
    return Visitor(user.person, user)
