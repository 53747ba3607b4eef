"""How long exports are kept, and what is left of those that ended badly."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db.models.functions import Now

from delivery.models import Export
from delivery.targets import Target
from delivery.tasks import discard_old_exports
from delivery.work.cleaning import clean_up, clean_up_all
from jobs.states import State
from tests.exporting import files_in, make_approved, work_on
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_old_exports_are_deleted_and_what_was_delivered_stays(
    export_folder: Path, media_root: Path, settings: object
) -> None:
    owner = make_user()
    make_approved(1, owner)
    old = work_on(Export.objects.start(owner, target=Target.FOLDER))
    new = work_on(Export.objects.start(owner))
    Export.objects.filter(pk=old.pk).update(finished_at=Now() - timedelta(days=31))
    discard_old_exports.call_local()
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.discarded_at
    assert not (media_root / old.folder).exists()
    assert len(files_in(export_folder / old.title)) == 4
    assert new.discarded_at is None
    assert len(files_in(media_root / new.folder)) == 3


def test_what_is_done_or_made_anew_is_not_cleaned_up(export_folder: Path) -> None:
    owner = make_user()
    make_approved(1, owner)
    done = work_on(Export.objects.start(owner, target=Target.FOLDER))
    clean_up(done, anyway=True)
    assert len(files_in(export_folder / done.title)) == 4
    again = Export.objects.start(owner, target=Target.FOLDER)
    Export.objects.filter(pk=again.pk).update(is_littered=True)
    again.cancel()
    again.retry()
    clean_up_all()
    again.refresh_from_db()
    assert (again.state, again.is_littered) == (State.QUEUED, True)
    assert work_on(again).state == State.DONE


def test_what_a_worker_that_died_for_good_left_is_removed_by_the_clock(export_folder: Path) -> None:
    owner = make_user()
    make_approved(1, owner)
    export = Export.objects.start(owner, target=Target.FOLDER)
    left = export_folder / export.title / "a.png.token.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    Export.objects.filter(pk=export.pk).update(state=State.FAILED, is_littered=True)
    clean_up_all()
    export.refresh_from_db()
    assert not export.is_littered
    assert files_in(export_folder) == {}


def test_files_that_cannot_be_deleted_now_are_deleted_by_the_clock_and_keep_no_other_waiting(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_user()
    make_approved(1, owner)
    first, second = work_on(Export.objects.start(owner)), work_on(Export.objects.start(owner))
    Export.objects.update(finished_at=Now() - timedelta(days=31))
    delete = FileSystemStorage.delete

    def refusing(self: object, name: str) -> None:
        if name.startswith(first.folder):
            raise PermissionError(13, "not now")
        delete(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", refusing)
        discard_old_exports.call_local()
    for export in (first, second):
        export.refresh_from_db()
        assert export.discarded_at
    assert (first.is_littered, second.is_littered) == (True, False)
    assert len(files_in(media_root / first.folder)) == 3
    assert not (media_root / second.folder).exists()
    clean_up_all()
    first.refresh_from_db()
    assert not first.is_littered
    assert not (media_root / first.folder).exists()


def test_what_was_delivered_stays_when_the_clock_deletes_what_is_kept(
    export_folder: Path, media_root: Path
) -> None:
    owner = make_user()
    make_approved(1, owner)
    export = work_on(Export.objects.start(owner, target=Target.FOLDER))
    Export.objects.update(discarded_at=Now(), is_littered=True)  # a worker that died before it deleted
    clean_up_all()
    export.refresh_from_db()
    assert not export.is_littered
    assert not (media_root / export.folder).exists()
    assert len(files_in(export_folder / export.title)) == 4
