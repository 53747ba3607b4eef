"""Exports into a folder and into a bucket of S3."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

import pytest

from delivery.errors import BUCKET_AWAY, BUCKET_MISSING, BUCKET_REFUSES, DISK_FULL, NO_PLACE, NOT_WRITABLE
from delivery.models import Export
from delivery.targets import Target
from delivery.work import bucket, exporting
from delivery.work.cleaning import clean_up_all
from jobs.states import State
from stockgen.models import Cause
from tests.delivery.conftest import BUCKET
from tests.exporting import assert_agrees, files_in, make_approved, work_on, work_once
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def objects(s3: Any) -> dict[str, bytes]:
    """Read all that is in the bucket."""
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def start(target: Target, count: int = 3) -> Export:
    owner = make_user()
    make_approved(count, owner)
    return Export.objects.start(owner, target=target)


def test_a_folder_gets_the_files_and_the_manifest(export_folder: Path) -> None:
    export = work_on(start(Target.FOLDER))
    assert export.state == State.DONE, export.error
    assert export.place == str(export_folder / export.title)
    assert_agrees(files_in(export_folder / export.title), 3)


def test_a_bucket_gets_the_files_and_the_manifest(s3: Any) -> None:
    export = work_on(start(Target.S3))
    assert export.state == State.DONE, (export.error, export.detail)
    prefix = f"exports/{export.title}/"
    assert export.place == f"s3://{BUCKET}/{prefix}"
    found = objects(s3)
    assert all(key.startswith(prefix) for key in found)
    assert_agrees({key.removeprefix(prefix): content for key, content in found.items()}, 3)
    [picture] = [key for key in found if key.endswith(".png")][:1]
    assert s3.head_object(Bucket=BUCKET, Key=picture)["ContentType"] == "image/png"


@pytest.mark.parametrize("target", [Target.FOLDER, Target.S3])
def test_a_worker_that_dies_costs_one_part(
    target: Target, export_folder: Path, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART", 2)
    export = start(target, count=5)
    put = exporting._Packing._pack_file
    seen: list[str] = []

    class Killed(BaseException):
        """What a SIGKILL is to a test in the same process."""

    def dying(self: Any, item: Any) -> None:
        seen.append(str(item.picture_id))
        put(self, item)
        if len(seen) == 4:
            raise Killed

    monkeypatch.setattr(exporting._Packing, "_pack_file", dying)
    with pytest.raises(Killed):
        work_on(export)
    export.refresh_from_db()
    assert (export.files, export.state) == (2, State.QUEUED)
    work_on(export)
    assert len(seen) == 4 + 3  # two were kept, the part of two that was being packed is packed again
    assert (export.state, export.files) == (State.DONE, 5)
    prefix = f"exports/{export.title}/"
    files = (
        files_in(export_folder / export.title)
        if target == Target.FOLDER
        else {key.removeprefix(prefix): content for key, content in objects(s3).items()}
    )
    assert_agrees(files, 5)


@pytest.mark.parametrize("target", [Target.FOLDER, Target.S3])
def test_a_picture_put_by_a_worker_that_died_and_rejected_since_is_not_delivered(
    target: Target, export_folder: Path, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = start(target, count=2)
    put = exporting._Packing._pack_file

    class Killed(BaseException):
        """What a SIGKILL is to a test in the same process."""

    def dying(self: Any, item: Any) -> None:
        put(self, item)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(exporting._Packing, "_pack_file", dying)
        with pytest.raises(Killed):
            work_once()
    export.items.first().picture.reject(Cause.VOTES)
    monkeypatch.setattr(
        "delivery.work.exporting.wipe", lambda export, on_step: None
    )  # as if a part had been kept before
    work_on(export)
    prefix = f"exports/{export.title}/"
    files = (
        files_in(export_folder / export.title)
        if target == Target.FOLDER
        else {key.removeprefix(prefix): content for key, content in objects(s3).items()}
    )
    assert_agrees(files, 1)


def test_what_a_dead_worker_was_writing_is_tidied_up(export_folder: Path, media_root: Path) -> None:
    export = start(Target.FOLDER)
    begun = export_folder / export.title / "topic" / "a.png.token.part"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"half")
    stray = media_root / export.folder / "token-manifest.csv"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half")
    work_on(export)
    assert_agrees(files_in(export_folder / export.title), 3)
    assert len(files_in(media_root / export.folder)) == 3
    assert not stray.exists()


def test_a_bucket_that_is_not_there_is_said_at_once(s3: Any, settings: Any) -> None:
    settings.EXPORT_S3_BUCKET = "nobody-has-made-this"
    export = work_on(start(Target.S3))
    assert (export.state, export.error) == (State.FAILED, BUCKET_MISSING)
    assert "nobody-has-made-this" in export.detail


def test_a_bucket_that_refuses_is_said_and_nothing_is_left(
    s3: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import ClientError

    export = start(Target.S3)
    client = bucket._client(settings.EXPORT_S3_ENDPOINT)
    put, calls = client.put_object, []

    def refusing(**request: Any) -> Any:
        calls.append(request["Key"])
        if len(calls) > 2:
            answer = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
            raise ClientError(answer, "PutObject")
        return put(**request)

    monkeypatch.setattr(client, "put_object", refusing)
    work_on(export)
    assert (export.state, export.error) == (State.FAILED, BUCKET_REFUSES)
    assert "AccessDenied" in export.detail
    assert len(calls) == 3
    assert objects(s3) == {}
    assert not export.is_littered


def test_no_credentials_are_a_refusal(s3: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    import boto3

    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    bucket._client.cache_clear()
    export = work_on(start(Target.S3))
    assert (export.state, export.error) == (State.FAILED, BUCKET_REFUSES)
    assert "credentials" in export.detail


def test_a_bucket_that_is_away_is_tried_again(s3: Any, settings: Any) -> None:
    export = start(Target.S3)
    settings.EXPORT_S3_ENDPOINT = "http://127.0.0.1:9"
    bucket._client.cache_clear()
    assert work_once()
    export.refresh_from_db()
    assert (export.state, export.error, export.failures) == (State.QUEUED, BUCKET_AWAY, 1)


def test_a_full_disk_is_said_and_nothing_is_left(export_folder: Path) -> None:
    owner = make_user()
    make_approved(3, owner, side=160)  # each some 30 kB
    export = Export.objects.start(owner, target=Target.FOLDER)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        work_on(export)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (export.state, export.error) == (State.FAILED, DISK_FULL)
    assert export.detail == str(export_folder / export.title)
    assert not (export_folder / export.title).exists()
    assert not export.is_littered


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_said(export_folder: Path) -> None:
    export_folder.mkdir()
    export_folder.chmod(0o500)
    export = work_on(start(Target.FOLDER))
    assert (export.state, export.error) == (State.FAILED, NOT_WRITABLE)


def test_a_file_where_the_folder_should_be_is_said(export_folder: Path) -> None:
    export_folder.write_text("in the way")
    export = work_on(start(Target.FOLDER))
    assert (export.state, export.error) == (State.FAILED, NOT_WRITABLE)


def test_a_target_that_is_set_up_no_longer_is_said(export_folder: Path, settings: Any) -> None:
    export = start(Target.FOLDER)
    settings.EXPORT_FOLDER = ""
    work_on(export)
    assert (export.state, export.error) == (State.FAILED, NO_PLACE)


def test_what_a_cancelled_export_has_made_is_removed(
    export_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SLICE_SECONDS", 0)
    monkeypatch.setattr(exporting, "PART", 1)
    export = start(Target.FOLDER)
    assert work_once()
    assert files_in(export_folder)
    export.refresh_from_db()
    export.cancel()
    clean_up_all()
    assert files_in(export_folder) == {}
    export.refresh_from_db()
    assert not export.is_littered


def test_a_worker_whose_export_is_cancelled_leaves_nothing(
    export_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = start(Target.FOLDER)
    put = exporting._Packing._pack_file

    def cancelled_meanwhile(self: Any, item: Any) -> None:
        put(self, item)
        if item.position == 2:
            Export.objects.get(pk=export.pk).cancel()
            clean_up_all()

    monkeypatch.setattr(exporting._Packing, "_pack_file", cancelled_meanwhile)
    work_on(export)
    assert export.state == State.CANCELLED
    assert files_in(export_folder) == {}
    assert export.items.packed().count() == 0


def test_an_export_lets_other_work_go_first_and_goes_on(
    export_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SLICE_SECONDS", 0)
    monkeypatch.setattr(exporting, "PART", 1)
    export = start(Target.FOLDER, count=3)
    assert work_once()
    export.refresh_from_db()
    assert (export.state, export.files, export.failures) == (State.QUEUED, 1, 0)
    work_on(export)
    assert (export.state, export.attempts) == (State.DONE, 4)  # three pictures, then the manifest
