"""A message wakes; losing it, or failing to send it, loses no work."""

from __future__ import annotations

import pytest
from huey.contrib.djhuey import HUEY

from jobs.worker import Ticker
from stockgen.models import Picture, Run
from tests.factories import make_planned_run, make_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_queue() -> None:
    HUEY.storage.flush_queue()


def test_submitting_sends_one_message_after_the_commit() -> None:
    make_run(count=500)
    assert HUEY.pending_count() == 1


def test_a_queue_that_cannot_be_reached_does_not_fail_the_submit(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(HUEY.storage, "enqueue", refuse)
    run = make_run()
    assert Run.objects.filter(pk=run.pk).exists()


def test_the_ticker_wakes_for_work_whose_message_was_lost() -> None:
    make_planned_run(count=1)
    HUEY.storage.flush_queue()
    Ticker().tick()
    assert HUEY.pending_count() == 1
    Ticker().tick()
    assert HUEY.pending_count() == 1


def test_the_ticker_wakes_nobody_for_nothing() -> None:
    Ticker().tick()
    assert HUEY.pending_count() == 0
    assert not Picture.objects.exists()
