"""The worker's loop: what it does with errors, and whom it lets go first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engines.errors import ModelUnavailable
from jobs import kinds
from jobs.models import Worker
from jobs.states import State, worker_name
from jobs.worker import end, work_once
from stockgen.models import Picture, Plan
from tests.factories import finish_picture, make_planned_run, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _batches_of_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picture, "batch_limit", classmethod(lambda cls, first: 4))
    # This connection belongs to the test's transaction.
    monkeypatch.setattr("jobs.worker.close_old_connections", lambda: None)


def handle(monkeypatch: pytest.MonkeyPatch, handler: Callable[[list[Any], Any], None]) -> None:
    """Let a function of the test do the work of every kind."""
    monkeypatch.setattr(kinds.Kind, "load_handler", lambda self: handler)


def test_one_bad_picture_fails_alone_and_the_others_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    make_planned_run(count=4)
    bad = Picture.objects.order_by("id")[2].pk

    def render(pictures: list[Picture], work: object) -> None:
        if any(picture.pk == bad for picture in pictures):
            raise ValueError("not a number")
        for picture in pictures:
            finish_picture(picture)

    handle(monkeypatch, render)
    while work_once():
        pass
    assert Picture.objects.done().count() == 3
    assert Picture.objects.get(pk=bad).state == State.FAILED
    assert "not a number" in Picture.objects.get(pk=bad).error


def test_a_model_that_is_not_there_fails_the_whole_batch_with_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_planned_run(count=4)

    def render(pictures: list[Picture], work: object) -> None:
        raise ModelUnavailable("sdxl", "/models/sdxl", "Put it there.")

    handle(monkeypatch, render)
    assert work_once()
    assert Picture.objects.failed().count() == 4
    assert "/models/sdxl" in Picture.objects.all()[0].error


def test_what_a_stopped_handler_leaves_goes_back_without_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    make_planned_run(count=2)

    def render(pictures: list[Picture], work: object) -> None:
        finish_picture(pictures[0])
        raise KeyboardInterrupt

    handle(monkeypatch, render)
    with pytest.raises(KeyboardInterrupt):
        work_once()
    assert Picture.objects.done().count() == 1
    assert list(Picture.objects.queued().values_list("failures", flat=True)) == [0]


def test_many_plans_do_not_keep_pictures_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    make_planned_run(count=8)
    for _ in range(3):
        make_run()
    seen: list[str] = []

    def note(jobs: list[Any], work: object) -> None:
        seen.append(jobs[0].kind)
        for job in jobs:
            job.fail("seen", retry=False)

    handle(monkeypatch, note)
    for _ in range(4):
        work_once()
    assert sorted(seen[:4]) == ["picture", "picture", "plan", "plan"]
    assert Plan.objects.queued().count() == 1


def test_a_worker_that_ends_signs_off() -> None:
    Worker.objects.beat(worker_name())
    assert Worker.objects.alive().exists()
    end()
    assert not Worker.objects.exists()


def test_a_worker_known_dead_is_not_alive() -> None:
    place = worker_name().rsplit("/", 2)[0]
    Worker.objects.beat(f"{place}/1/0")
    assert not Worker.objects.alive().exists()
