"""Pictures whose files are not what their rows say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from delivery.errors import BUCKET_AWAY, FILE_DIFFERS, FILE_MISSING, PATH_TOO_LONG
from delivery.models import Export
from delivery.models.export import MOST_OPEN
from delivery.targets import Target
from delivery.work import exporting
from jobs.models import WrongState
from jobs.states import State
from stockgen.models import Cause, Picture
from tests.exporting import assert_agrees, files_in, make_approved, work_on, work_once, zip_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def with_file_gone(pictures: list[Picture]) -> Picture:
    picture = pictures[1]
    picture.image.storage.delete(picture.image.name)
    return picture


def test_a_vanished_file_fails_the_export_and_names_the_picture() -> None:
    owner = make_user()
    picture = with_file_gone(make_approved(3, owner))
    export = work_on(Export.objects.start(owner))
    assert (export.state, export.error, export.detail) == (State.FAILED, FILE_MISSING, str(picture.pk))


def test_a_file_with_other_bytes_fails_the_export_and_names_the_picture() -> None:
    owner = make_user()
    picture = make_approved(3, owner)[2]
    storage, name = picture.image.storage, str(picture.image.name)
    storage.delete(name)
    assert storage.save(name, ContentFile(b"something else")) == name
    export = work_on(Export.objects.start(owner))
    assert (export.state, export.error, export.detail) == (State.FAILED, FILE_DIFFERS, str(picture.pk))


def test_it_can_be_made_without_the_picture_once_that_is_no_longer_approved() -> None:
    owner = make_user()
    picture = with_file_gone(make_approved(3, owner))
    export = work_on(Export.objects.start(owner))
    picture.reject(Cause.VOTES)
    export.retry()
    assert (export.files, export.detail, export.items.waiting().count()) == (0, "", 3)
    work_on(export)
    assert (export.state, export.files, export.left_out) == (State.DONE, 2, 1)
    assert zip_of(export).testzip() is None


def test_what_is_done_is_not_retried() -> None:
    owner = make_user()
    make_approved(1, owner)
    export = work_on(Export.objects.start(owner))
    with pytest.raises(WrongState):
        export.retry()
    export.refresh_from_db()
    assert export.files == 1


def test_a_path_that_the_database_would_cut_off_fails_the_export(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_user()
    make_approved(1, owner)
    monkeypatch.setattr(exporting, "LONGEST_PATH", 20)
    export = work_on(Export.objects.start(owner))
    assert (export.state, export.error) == (State.FAILED, PATH_TOO_LONG)


@pytest.mark.parametrize("target", [Target.FOLDER, Target.ZIP])
def test_an_approval_taken_back_while_its_part_is_packed_leaves_the_picture_out(
    target: Target, export_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_user()
    first, second, third = make_approved(3, owner)
    export = Export.objects.start(owner, target=target)
    pack = exporting._Packing._pack_file

    def meanwhile(self: Any, item: Any) -> None:
        pack(self, item)
        if item.picture_id == second.pk:
            second.reject(Cause.VOTES)  # while it is put
            third.reject(Cause.VOTES)  # before its turn comes

    monkeypatch.setattr(exporting._Packing, "_pack_file", meanwhile)
    work_on(export)
    assert (export.state, export.files, export.left_out) == (State.DONE, 1, 2)
    if target == Target.FOLDER:
        [row] = assert_agrees(files_in(export_folder / export.title), 1)
    else:
        with zip_of(export) as archive:
            assert archive.testzip() is None
            [row] = assert_agrees({name: archive.read(name) for name in archive.namelist()}, 1)
    assert row["picture"] == str(first.pk)


def test_an_error_that_has_passed_is_said_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_user()
    make_approved(2, owner)
    export = Export.objects.start(owner)
    Export.objects.filter(pk=export.pk).update(error=BUCKET_AWAY, detail="s3://stock", failures=1)
    monkeypatch.setattr(exporting, "SLICE_SECONDS", 0)
    monkeypatch.setattr(exporting, "PART", 1)
    assert work_once()
    export.refresh_from_db()
    assert (export.state, export.files, export.error, export.detail) == (State.QUEUED, 1, "", "")


def test_making_anew_is_no_way_round_the_most_in_work() -> None:
    owner = make_user()
    make_approved(1, owner)
    export = Export.objects.start(owner)
    export.cancel()
    for _number in range(MOST_OPEN):
        Export.objects.start(owner)
    with pytest.raises(WrongState, match="in work"):
        export.retry()
    export.refresh_from_db()
    assert export.state == State.CANCELLED
