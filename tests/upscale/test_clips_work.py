"""The worker's part of a lecture video, with a real video."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.db.models.fields.files import FieldFile
from PIL import Image

from engines.boards.frames import Frame
from engines.errors import Cancelled
from jobs.ids import uuid7
from jobs.states import State
from jobs.worker import Work, work_once
from tests.boards import make_photo
from tests.engines.boards.filming import boards, hold, write_video
from upscale.models import Clip, ClipFrame
from upscale.models.storing import files_in
from upscale.work import clips as handler
from upscale.work.clips import find_frames

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_connection_is_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.worker.close_old_connections", lambda: None)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Film two boards, one after the other."""
    first, second, _third = boards()
    path = write_video(
        tmp_path_factory.mktemp("film") / "a.avi", [*hold(first, 1.6), *hold(second, 1.6, seed=40)]
    )
    return path.read_bytes()


def make_clip(content: bytes) -> Clip:
    """Queue a video as the page stores it."""
    clip = Clip(id=uuid7(), person="guest:1", byte_size=len(content))
    clip.file = default_storage.save(f"{clip.folder}/video.avi", ContentFile(content))
    Clip.objects.submit([clip])
    clip.refresh_from_db()
    return clip


def claim() -> tuple[Clip, Work]:
    """Claim the one video that waits."""
    [clip] = Clip.objects.claim("test")
    return clip, Work([clip])


def test_the_boards_of_a_video_are_kept_and_the_video_is_not(film: bytes) -> None:
    clip = make_clip(film)
    assert work_once()
    clip.refresh_from_db()
    assert (clip.state, clip.progress, clip.error) == (State.DONE, 1, "")
    assert clip.duration == pytest.approx(3.2, abs=0.2)
    assert not clip.file
    first, second = clip.frames.all()
    assert first.seconds < 1.7 < second.seconds
    assert first.sharpness > 0
    for frame, board in zip((first, second), boards(), strict=False):
        with frame.image.open("rb") as file, Image.open(file) as image:
            assert image.size == (frame.width, frame.height) == (640, 400)
            assert np.abs(np.asarray(image).astype(int) - board).mean() < 8
    assert sorted(files_in(clip.folder)) == sorted(Path(one.image.name).name for one in (first, second))


def test_a_file_that_is_no_video_fails_for_good_with_a_sentence_and_is_deleted() -> None:
    clip = make_clip(b"RIFF\0\0\0\0AVI LIST" + b"\7" * 2000)
    assert work_once()
    clip.refresh_from_db()
    assert clip.state == State.FAILED
    assert clip.error == "This video is damaged: no picture of it could be read."
    assert not clip.file
    assert files_in(clip.folder) == []
    assert not work_once()


def test_a_video_removed_meanwhile_leaves_nothing(
    film: bytes, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    make_clip(film)
    clip, work = claim()
    store = Clip.store

    def removed_first(self: Clip, *args: object) -> bool:
        with django_capture_on_commit_callbacks(execute=True):
            Clip.objects.get(pk=self.pk).remove()
        return store(self, *args)

    monkeypatch.setattr(Clip, "store", removed_first)
    find_frames([clip], work)
    assert not Clip.objects.exists()
    assert not ClipFrame.objects.exists()
    assert files_in(clip.folder) == []


def some_frames() -> list[Frame]:
    """Make two frames; what is in their files does not matter here."""
    return [Frame(0.5, b"one", 64, 48, 2.0), Frame(3.0, b"two", 64, 48, 3.0)]


def test_a_worker_that_lost_its_claim_changes_nothing(film: bytes) -> None:
    make_clip(film)
    clip, _work = claim()
    Clip.objects.filter(pk=clip.pk).update(token=uuid.uuid4())
    assert not clip.store(some_frames(), 4.0)
    assert not ClipFrame.objects.exists()
    assert files_in(clip.folder) == ["video.avi"]
    assert Clip.objects.get().state == State.RUNNING
    assert not clip.refuse("no")
    assert files_in(clip.folder) == ["video.avi"]


def test_what_a_killed_worker_left_is_deleted_with_the_video(film: bytes) -> None:
    make_clip(film)
    clip, _work = claim()
    default_storage.save(f"{clip.folder}/{uuid.uuid4()}-0.jpg", ContentFile(b"left"))
    assert clip.store(some_frames(), 4.0)
    assert sorted(files_in(clip.folder)) == [Path(frame.image.name).name for frame in clip.frames.all()]


def test_an_error_while_rows_are_written_leaves_the_video_and_no_frames(film: bytes) -> None:
    make_clip(film)
    clip, _work = claim()
    twice = [some_frames()[0], some_frames()[0]]  # one moment, one frame
    with pytest.raises(IntegrityError, match="one_frame_a_moment"):
        clip.store(twice, 4.0)
    assert files_in(clip.folder) == ["video.avi"]


def test_a_cancelled_video_is_given_up(film: bytes) -> None:
    make_clip(film)
    clip, work = claim()
    clip.cancel()
    work.lease_seconds = 0  # every step looks whether the claim is still ours
    with pytest.raises(Cancelled):
        find_frames([clip], work)
    assert not ClipFrame.objects.exists()


def test_a_video_gives_way_to_a_photo_three_times(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "LOOK_SECONDS", 0)
    make_clip(film)
    make_photo()
    for _attempt in range(handler.PATIENCE):
        clip, work = claim()
        with pytest.raises(Cancelled):
            find_frames([clip], work)
        assert Clip.objects.release(work.token) == 1
    clip, work = claim()
    find_frames([clip], work)
    assert Clip.objects.get().state == State.DONE


def test_a_video_in_a_remote_storage_is_copied(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_path(file: FieldFile) -> str:
        raise NotImplementedError

    make_clip(film)
    clip, work = claim()
    monkeypatch.setattr(FieldFile, "path", property(no_path))
    find_frames([clip], work)
    assert clip.frames.count() == 2
    assert len(files_in(clip.folder)) == 2
