"""Pictures whose files are not what their rows say."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from delivery.errors import FILE_DIFFERS, FILE_MISSING
from delivery.models import Export
from jobs.models import WrongState
from jobs.states import State
from stockgen.models import Cause, Picture
from tests.exporting import make_approved, work_on, zip_of
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
