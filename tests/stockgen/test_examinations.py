"""Examining pictures: in a worker, once for each version of the detectors, and never at the price of the picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from bench.defects import blank, scaled
from bench.rooms import Pixels, room
from engines.boards.results import ReadLine
from engines.gates import results
from engines.gates.results import VERSION, Examined, Finding
from jobs.states import State, worker_name
from jobs.worker import Work
from stockgen.models import Examination, Flag, Picture, Verdict
from stockgen.models.flag import rejected_by_flag
from stockgen.work import examining
from tests.factories import make_pictures, make_user

pytestmark = pytest.mark.django_db

WHERE = ((0.1, 0.2), (0.4, 0.2), (0.4, 0.3), (0.1, 0.3))


class Reader:
    """Reads the same in every picture."""

    def __init__(self, *texts: str) -> None:
        self.lines = tuple(ReadLine(text, 0.9, WHERE) for text in texts)

    def read_all(self, image: Pixels) -> tuple[ReadLine, ...]:
        return self.lines


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Read nothing: the real engine has tests of its own."""
    made = Reader()
    monkeypatch.setattr(examining, "_reader", lambda: made)
    return made


def png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def showing(pixels: Pixels | bytes, **fields: Any) -> Picture:
    """Make a picture that is done, with this file."""
    [picture] = make_pictures(1, **fields)
    name = str(picture.image.name)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(pixels if isinstance(pixels, bytes) else png(pixels)))
    return picture


def examine_all() -> None:
    """Do what waits, as a worker does."""
    while jobs := Examination.objects.claim(worker_name()):
        examining.examine_pictures(jobs, Work(jobs))


def kinds(picture: Picture) -> set[str]:
    return set(picture.flags.values_list("kind", flat=True))


def test_a_picture_that_is_done_waits_for_its_examination() -> None:
    [picture] = make_pictures()
    examination = Examination.objects.get()
    assert (examination.picture_id, examination.state, examination.version) == (picture.pk, "queued", VERSION)


def test_asking_again_changes_nothing() -> None:
    [picture] = make_pictures()
    assert Examination.objects.ask_for([picture]) == 0
    assert Examination.objects.count() == 1


def test_a_good_picture_gets_no_flag() -> None:
    picture = showing(room(1))
    examine_all()
    assert kinds(picture) == set()
    examination = Examination.objects.get()
    assert examination.state == State.DONE
    assert examination.seconds is not None


def test_a_dark_picture_is_flagged_with_its_measure_and_its_threshold() -> None:
    picture = showing(scaled(room(1), 0.1))
    examine_all()
    flag = picture.flags.get(kind="dark")
    assert flag.measure <= flag.threshold == results.THRESHOLDS["dark"].bound
    assert flag.version == VERSION


def test_fake_text_is_flagged_with_its_places(reader: Reader) -> None:
    reader.lines = Reader("Zbgiokd").lines
    picture = showing(room(1))
    examine_all()
    [box] = picture.flags.get(kind="fake-text").boxes
    assert box == {
        "left": 0.1, "top": 0.2, "width": pytest.approx(0.3), "height": pytest.approx(0.1), "text": "Zbgiokd",
    }  # fmt: skip


@pytest.mark.parametrize("file", [b"", b"no picture", png(room(1))[:5000]])
def test_a_picture_whose_file_is_broken_stays_done_and_unflagged(file: bytes) -> None:
    picture = showing(file)
    examine_all()
    examination = Examination.objects.get()
    assert examination.state == State.QUEUED  # for another attempt
    assert "cannot be read" in examination.error
    picture.refresh_from_db()
    assert picture.state == State.DONE
    assert kinds(picture) == set()


def test_a_picture_whose_file_is_missing_fails_after_three_attempts(settings: Any) -> None:
    [picture] = make_pictures()
    default_storage.delete(str(picture.image.name))
    for _attempt in range(settings.JOB_MAX_ATTEMPTS):
        Examination.objects.update(due_at="2020-01-01T00:00Z")
        examine_all()
    assert Examination.objects.get().state == State.FAILED
    assert Examination.objects.ask_for_missing() == 0  # it would fail again


def test_one_broken_file_does_not_keep_the_others_from_their_flags() -> None:
    owner = make_user()
    broken = showing(b"no picture", owner=owner)
    fine = showing(scaled(room(1), 0.1), owner=owner)
    examine_all()
    assert kinds(broken) == set()
    assert "dark" in kinds(fine)


def test_a_detector_that_raises_is_noted_and_the_others_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Reader:
        raise RuntimeError("no engine")

    monkeypatch.setattr(examining, "_reader", fails)
    picture = showing(blank(1, "one colour"))
    examine_all()
    examination = Examination.objects.get()
    assert examination.state == State.DONE
    assert set(examination.failures_of) == {"fake-text"}
    assert "blank" in kinds(picture)


def test_what_could_not_be_measured_again_keeps_its_flag(
    monkeypatch: pytest.MonkeyPatch, reader: Reader
) -> None:
    reader.lines = Reader("Zbgiokd").lines
    picture = showing(room(1))
    examine_all()

    def fails() -> Reader:
        raise RuntimeError("no engine")

    monkeypatch.setattr(examining, "_reader", fails)
    Examination.objects.update(version=0)
    Examination.objects.ask_for_missing()
    examine_all()
    assert kinds(picture) == {"fake-text"}


def test_a_picture_that_is_deleted_meanwhile_gets_no_flags() -> None:
    picture = showing(room(1))
    [examination] = Examination.objects.claim(worker_name())
    picture.entry.delete()
    Picture.objects.filter(pk=picture.pk).delete()
    found = Examined((Finding("dark", 0.1),), ())
    assert not examination.store(found, looks=(), seconds=0.1)
    assert not Flag.objects.exists()


def test_a_worker_that_lost_its_claim_stores_nothing() -> None:
    picture = showing(room(1))
    [examination] = Examination.objects.claim(worker_name())
    Examination.objects.cancel()
    assert not examination.store(Examined((Finding("dark", 0.1),), ()), looks=(), seconds=0.1)
    assert kinds(picture) == set()


def test_another_version_of_the_detectors_replaces_the_flags() -> None:
    picture = showing(room(1))
    examine_all()
    Flag.objects.create(picture=picture, kind="dark", measure=0.1, threshold=0.2, version=0)
    Examination.objects.update(version=0)
    assert Examination.objects.ask_for_missing() == 1
    examine_all()
    assert kinds(picture) == set()
    assert Examination.objects.get().version == VERSION


def test_pictures_from_before_are_asked_for_in_parts_and_only_once() -> None:
    make_pictures(5)
    Examination.objects.all().delete()
    assert [Examination.objects.ask_for_missing(most=2) for _call in range(4)] == [2, 2, 1, 0]
    assert Examination.objects.filter(priority=-1).count() == 5  # behind what is new


def test_the_command_asks_for_all_that_were_never_examined(capsys: pytest.CaptureFixture[str]) -> None:
    make_pictures(3)
    Examination.objects.all().delete()
    call_command("examine_pictures")
    assert "3 pictures asked for; 3 examinations wait" in capsys.readouterr().out


def test_flags_are_counted_against_verdicts() -> None:
    dark, fine = showing(scaled(room(1), 0.1)), showing(room(2))
    examine_all()
    Flag.objects.filter(picture=dark).exclude(kind="dark").delete()
    Picture.objects.filter(pk=dark.pk).update(verdict=Verdict.REJECTED, verdict_reasons=["dark"])
    Picture.objects.filter(pk=fine.pk).update(verdict=Verdict.APPROVED)
    Flag.objects.create(picture=dark, kind="blurred", measure=0.1, threshold=0.002, version=VERSION)
    assert rejected_by_flag() == [("blurred", 1, 1, 0), ("dark", 1, 1, 1), ("", 1, 0, 0), ("all", 2, 1, 1)]


def test_new_pictures_are_claimed_as_many_as_are_rendered_at_once_and_old_ones_a_few() -> None:
    make_pictures(34, owner=make_user())
    assert len(Examination.objects.claim(worker_name())) == 32
    Examination.objects.queued().update(priority=-1)
    make_pictures(9, owner=make_user())
    assert len(Examination.objects.claim(worker_name())) == 9  # old ones wait behind them
    assert len(Examination.objects.claim(worker_name())) == 2


def test_the_rest_of_a_claim_waits_while_more_urgent_work_does(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_user()
    for seed in range(3):
        showing(room(seed), owner=owner)
    jobs = Examination.objects.claim(worker_name())
    monkeypatch.setattr(Work, "should_give_way", lambda work: True)
    examining.examine_pictures(jobs, Work(jobs))
    assert (Examination.objects.done().count(), Examination.objects.running().count()) == (1, 2)


def test_pixels_of_any_mode_are_examined() -> None:
    file = io.BytesIO()
    Image.fromarray(np.full((40, 60), 7, np.uint8)).save(file, "PNG")
    picture = showing(file.getvalue())
    examine_all()
    assert kinds(picture) == {"blank", "dark", "low-contrast"}
