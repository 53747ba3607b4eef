"""Working on a photo anew: its earlier result stays until the new one is stored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from jobs.models import WrongState
from jobs.states import State
from tests.boards import finish, make_photo, make_room, make_visitor
from upscale.files import sweep_all, sweep_recent
from upscale.models import Photo, SurveyAnswer
from upscale.statistics import figures

pytestmark = pytest.mark.django_db(transaction=True)

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def names_of(photo: Photo) -> set[str]:
    return {str(file.name) for file in (photo.original, photo.result, photo.preview)}


def kept(photo: Photo) -> dict[str, Any]:
    """Return all that is known of a result."""
    photo.refresh_from_db()
    return {
        name: getattr(photo, name)
        for name in (
            "state", "result", "preview", "display", "cutout", "result_width", "result_height", "method", "before",
            "after", "notes", "marks", "lines", "candidates", "text", "effort", "work_seconds", "corners", "rotation",
            "fallen_back", "model_revision",
        )
    }  # fmt: skip


def fail(photo: Photo, *, retry: bool = False) -> None:
    [claimed] = Photo.objects.filter(pk=photo.pk).claim("worker")
    assert claimed.fail("It broke.", retry=retry)


@pytest.fixture
def photo() -> Photo:
    """Give a photo with a result in all its parts."""
    return finish(
        make_photo(corners=SQUARE, rotation=270),
        notes=["glare"], marks=[{"kind": "departs", "box": SQUARE}], lines=[{"text": "energy", "box": SQUARE}],
        candidates=[{"method": "enhanced", "seconds": 0.5, "legibility": None}], fallen_back=2, model_revision="a@1",
    )  # fmt: skip


def test_until_the_new_result_is_there_the_photo_has_none_and_its_files_stay(
    media_root: Path, photo: Photo
) -> None:
    old = names_of(photo)
    photo.redo(corners=None, rotation=90, predicted_seconds=17.5)
    assert (photo.state, photo.corners, photo.rotation) == (State.QUEUED, None, 90)
    assert (photo.text, photo.before, photo.result.name, photo.predicted_seconds) == ("", None, "", 17.5)
    assert files(media_root) == old
    [claimed] = Photo.objects.claim("worker")
    assert claimed == photo


def test_the_new_result_takes_the_place_of_the_earlier_one_and_of_what_was_said_of_it(
    media_root: Path, photo: Photo
) -> None:
    visitor = make_visitor(photo.person)
    SurveyAnswer.objects.answer(photo, visitor, "no")
    old = names_of(photo)
    photo.redo(rotation=90)
    assert SurveyAnswer.objects.count() == 1
    finish(photo, text="anew")
    assert (photo.state, photo.text, photo.rotation, photo.previous) == (State.DONE, "anew", 90, None)
    assert files(media_root) == names_of(photo)
    assert files(media_root) & old == {photo.original.name}
    assert not SurveyAnswer.objects.exists()
    SurveyAnswer.objects.answer(photo, visitor, "yes")
    assert figures(timezone.now() - timedelta(hours=1)).readable.value == 1


def test_where_the_new_attempt_fails_the_earlier_result_is_there_again_and_that_is_said(
    media_root: Path, photo: Photo
) -> None:
    room = make_room(make_visitor(photo.person))
    photo.share(room)
    SurveyAnswer.objects.answer(photo, make_visitor(photo.person), "yes")
    earlier, old, asked_at = kept(photo), names_of(photo), photo.asked_at
    photo.redo(rotation=90, predicted_seconds=3)
    fail(photo)
    assert kept(photo) == earlier
    assert (photo.error, photo.attempt_failed, photo.previous) == ("It broke.", True, None)
    assert photo.asked_at > asked_at
    assert photo.finished_at is not None
    assert photo.finished_at > photo.asked_at
    assert files(media_root) == old
    assert list(room.photos.done()) == [photo]
    assert SurveyAnswer.objects.count() == 1
    today = figures(timezone.now() - timedelta(hours=1))
    assert (today.done, today.failed) == (0, 1)


def test_after_an_attempt_that_failed_another_one_may_work(media_root: Path, photo: Photo) -> None:
    photo.redo(rotation=90)
    fail(photo)
    photo.refresh_from_db()
    photo.redo(rotation=180)
    finish(photo)
    assert (photo.rotation, photo.error, photo.attempt_failed) == (180, "", False)
    assert files(media_root) == names_of(photo)


def test_an_attempt_that_will_be_repeated_gives_nothing_back_yet(photo: Photo) -> None:
    photo.redo(rotation=90)
    fail(photo, retry=True)
    photo.refresh_from_db()
    assert (photo.state, photo.result.name) == (State.QUEUED, "")
    assert photo.previous is not None


@pytest.mark.parametrize("is_running", [False, True])
def test_a_cancelled_attempt_leaves_no_trace(media_root: Path, photo: Photo, is_running: bool) -> None:
    names = ("asked_at", "started_at", "finished_at", "predicted_seconds")
    earlier, old, times = kept(photo), names_of(photo), [getattr(photo, name) for name in names]
    photo.redo(rotation=90, predicted_seconds=99)
    claimed = Photo.objects.claim("worker")[0] if is_running else None
    photo.cancel()
    assert kept(photo) == earlier
    assert [getattr(photo, name) for name in names] == times
    assert (photo.error, photo.previous) == ("", None)
    assert claimed is None or not claimed.store(b"png", b"webp")
    assert files(media_root) == old
    with pytest.raises(WrongState):
        photo.cancel()


def test_many_are_cancelled_at_once_each_with_what_it_had(photo: Photo) -> None:
    waiting = make_photo()
    photo.redo(rotation=90)
    assert Photo.objects.open().cancel() == 2
    states = dict(Photo.objects.values_list("pk", "state"))
    assert states == {photo.pk: State.DONE, waiting.pk: State.CANCELLED}


def test_a_second_wish_before_the_first_is_done_keeps_the_result_that_there_is(
    media_root: Path, photo: Photo
) -> None:
    earlier, old = kept(photo), names_of(photo)
    photo.redo(rotation=90)
    [claimed] = Photo.objects.claim("worker")
    photo.redo(rotation=180)
    assert not claimed.store(b"png", b"webp")
    assert files(media_root) == old
    fail(photo)
    assert kept(photo) == earlier


def test_a_photo_deleted_while_it_is_worked_on_anew_leaves_nothing(media_root: Path, photo: Photo) -> None:
    photo.redo(rotation=90)
    [claimed] = Photo.objects.claim("worker")
    photo.remove()
    assert not claimed.store(b"png", b"webp")
    assert not Photo.objects.exists()
    assert files(media_root) == set()


def test_a_sweep_after_a_killed_worker_takes_its_files_and_not_those_of_the_earlier_result(
    media_root: Path, photo: Photo
) -> None:
    earlier, old = kept(photo), names_of(photo)
    photo.redo(rotation=90)
    [claimed] = Photo.objects.claim("worker")
    default_storage.save(f"{photo.folder}/{claimed.token}.png", ContentFile(b"half"))
    assert sweep_all() == 0  # whoever works on it may yet store it
    Photo.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert Photo.objects.sweep() == 1
    assert sweep_all() == 1
    assert files(media_root) == old
    photo.cancel()
    assert kept(photo) == earlier


def test_a_photo_that_kills_every_worker_is_done_with_what_it_had(settings: Settings, photo: Photo) -> None:
    settings.JOB_MAX_ATTEMPTS = 2
    earlier = kept(photo)
    photo.redo(rotation=90)
    for _attempt in range(2):
        Photo.objects.update(due_at=Now())
        assert Photo.objects.claim("worker")
        Photo.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert Photo.objects.sweep() == 1
    assert kept(photo) == earlier
    assert photo.attempt_failed


def test_what_a_worker_killed_right_after_the_row_left_of_the_earlier_result_is_swept(
    media_root: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = names_of(photo)
    photo.redo(rotation=90)
    with monkeypatch.context() as killed:
        killed.setattr(Photo, "sweep_folder", lambda photo: 0)
        finish(photo)
    assert old < files(media_root)
    assert sweep_recent() == 2
    assert files(media_root) == names_of(photo)


def test_no_photo_has_two_results(photo: Photo) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(previous={})


def test_a_failed_photo_without_a_result_is_failed_and_promised_anew_when_it_is_tried_again() -> None:
    photo = make_photo()
    photo.redo(rotation=90)
    fail(photo)
    photo.refresh_from_db()
    assert (photo.state, photo.attempt_failed) == (State.FAILED, False)
    photo.retry(predicted_seconds=42)
    photo.refresh_from_db()
    assert (photo.state, photo.predicted_seconds) == (State.QUEUED, 42)


def test_a_worker_that_is_at_it_loses_its_claim_to_the_new_wish() -> None:
    photo = make_photo()
    [claimed] = Photo.objects.claim("worker")
    photo.redo(rotation=180)
    assert not claimed.store(b"png", b"webp")
    photo.refresh_from_db()
    assert (photo.state, photo.rotation) == (State.QUEUED, 180)
