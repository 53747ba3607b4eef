"""Places that are away, silent, or other ones than when an export was begun; and what is cleaned up after them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from delivery.errors import BUCKET_AWAY, BUCKET_MISSING, PLACE_CHANGED
from delivery.models import Export
from delivery.targets import Target
from delivery.work import bucket, exporting
from delivery.work.cleaning import clean_up, clean_up_all
from jobs.states import State, worker_name
from jobs.worker import Work
from tests.delivery.test_targets import objects, start
from tests.exporting import files_in, work_on, work_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Have a bucket on a server that takes connections and says nothing; yields its connections."""
    taken: list[Any] = []
    server = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        while True:
            try:
                taken.append(server.accept())
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(bucket, "READ_SECONDS", 0.4)
    settings.EXPORT_S3_BUCKET, settings.EXPORT_S3_REGION = "stock", "us-east-1"
    settings.EXPORT_S3_ENDPOINT = f"http://127.0.0.1:{server.getsockname()[1]}"
    bucket._client.cache_clear()
    yield taken
    bucket._client.cache_clear()
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def litter(export: Export, **fields: Any) -> Export:
    """Have an export failed with something left where it would go."""
    Export.objects.filter(pk=export.pk).update(state=State.FAILED, is_littered=True, **fields)
    export.refresh_from_db()
    return export


@pytest.mark.parametrize("is_littered", [False, True])
def test_a_bucket_that_stays_silent_does_not_kill_the_worker(
    silent: list[Any], settings: Any, is_littered: bool
) -> None:
    settings.JOB_LEASE_SECONDS = 0.3  # over before the bucket is given up
    export = start(Target.S3, count=1)
    Export.objects.filter(pk=export.pk).update(is_littered=is_littered)
    jobs = Export.objects.claim(worker_name())
    work = Work(jobs)
    begun, over, ended = time.monotonic(), [], threading.Event()

    def watch() -> None:  # as the worker's ticker does
        while not ended.wait(0.05):
            over.append(time.monotonic() > work.deadline)

    watching = threading.Thread(target=watch)
    watching.start()
    exporting.export_pictures(jobs, work)
    ended.set()
    watching.join()
    export.refresh_from_db()
    assert (export.state, export.error) == (State.QUEUED, BUCKET_AWAY)
    assert len(silent) == bucket.ATTEMPTS
    assert time.monotonic() - begun > 0.8
    assert not any(over[2:])


def test_a_silent_bucket_is_given_up_well_within_a_step() -> None:
    longest = (
        bucket.ATTEMPTS * (bucket.CONNECT_SECONDS + bucket.READ_SECONDS) + 20
    )  # botocore's wait between them
    assert longest < exporting.STEP_SECONDS * 0.75


def test_what_cannot_be_cleaned_up_waits_longer_each_time_and_others_with_it(silent: list[Any]) -> None:
    first, second = litter(start(Target.S3)), litter(start(Target.S3))
    waits = []
    for _number in range(3):
        tried = len(silent)
        clean_up_all()
        assert len(silent) == tried + bucket.ATTEMPTS  # for one of them; the other's bucket is the same one
        clean_up_all()
        assert len(silent) == tried + bucket.ATTEMPTS
        first.refresh_from_db()
        second.refresh_from_db()
        assert first.is_littered
        assert second.is_littered
        assert first.clean_after
        waits.append((first.clean_after - first.created_at).total_seconds())
        Export.objects.update(clean_after=Now())
    assert 50 < waits[0] < 90 < waits[1] < 150 < waits[2] < 300


def test_an_export_is_made_anew_while_it_is_cleaned_up(export_folder: Path) -> None:
    export = litter(start(Target.FOLDER))
    cleaner = Export.objects.get(pk=export.pk)
    assert cleaner.start_cleaning()
    assert not Export.objects.get(pk=export.pk).start_cleaning()
    export.retry()
    assert export.due_at == cleaner.cleaning_until
    assert not work_once()  # what is removed meanwhile is not what is made
    assert not cleaner.go_on_cleaning()
    cleaner.note_clean()
    cleaner.end_cleaning()
    export.refresh_from_db()
    assert export.is_littered
    assert work_on(export).state == State.DONE
    assert not export.is_littered


def test_a_worker_that_comes_last_has_it_cleaned_up_once_more(export_folder: Path) -> None:
    export = litter(start(Target.FOLDER))
    cleaner = Export.objects.get(pk=export.pk)
    assert cleaner.start_cleaning()
    clean_up(Export.objects.get(pk=export.pk), anyway=True)
    cleaner.note_clean()
    cleaner.end_cleaning()
    export.refresh_from_db()
    assert export.is_littered


@pytest.mark.django_db(transaction=True)
def test_no_row_is_locked_while_files_are_removed(
    export_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = litter(start(Target.FOLDER), place="")
    seen = []

    def looking(self: Any, on_step: Any) -> None:
        seen.append(connection.in_atomic_block)

    monkeypatch.setattr("delivery.work.places.Folder.wipe", looking)
    clean_up_all()
    assert seen == [False]
    export.refresh_from_db()
    assert not export.is_littered


def test_a_bucket_that_is_not_there_is_clean(s3: Any, settings: Any) -> None:
    settings.EXPORT_S3_BUCKET = "nobody-has-made-this"
    export = work_on(start(Target.S3))
    assert (export.error, export.is_littered) == (BUCKET_MISSING, False)
    litter(
        export, place="s3://nobody-has-made-this/" + export.title + "/", endpoint=settings.EXPORT_S3_ENDPOINT
    )
    clean_up_all()
    export.refresh_from_db()
    assert not export.is_littered


@pytest.mark.parametrize("target", [Target.FOLDER, Target.S3])
def test_a_place_that_changes_in_the_middle_ends_the_export_and_the_old_one_is_cleaned_up(
    target: Target,
    export_folder: Path,
    s3: Any,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export = start(target)
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "SLICE_SECONDS", 0)
        patch.setattr(exporting, "PART", 1)
        assert work_once()
    assert len(files_in(export_folder)) + len(objects(s3)) == 1
    settings.EXPORT_FOLDER, settings.EXPORT_S3_PREFIX = str(tmp_path / "elsewhere"), "elsewhere"
    work_on(export)
    assert (export.state, export.error) == (State.FAILED, PLACE_CHANGED)
    assert export.detail == export.place
    assert "elsewhere" not in export.place
    assert not export.is_littered
    assert files_in(export_folder) == files_in(tmp_path / "elsewhere") == objects(s3) == {}
    export.retry()
    work_on(export)
    assert export.state == State.DONE
    assert "elsewhere" in export.place
    assert len(files_in(tmp_path / "elsewhere")) + len(objects(s3)) == 6


def test_another_server_in_the_middle_ends_the_export(s3: Any, settings: Any, monkeypatch: Any) -> None:
    export = start(Target.S3)
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "SLICE_SECONDS", 0)
        patch.setattr(exporting, "PART", 1)
        assert work_once()
    settings.EXPORT_S3_ENDPOINT = "http://127.0.0.1:9"
    work_on(export)
    assert (export.state, export.error, export.is_littered) == (State.FAILED, PLACE_CHANGED, False)
    assert objects(s3) == {}


def test_nothing_but_an_exports_own_folder_is_ever_removed(export_folder: Path) -> None:
    (export_folder / "other").mkdir(parents=True)
    export = litter(start(Target.FOLDER), place=str(export_folder / "other"))
    clean_up_all()
    export.refresh_from_db()
    assert export.is_littered
    assert (export_folder / "other").exists()
