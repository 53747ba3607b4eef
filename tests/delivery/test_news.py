"""What is new since an earlier export."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from delivery.models import Export
from delivery.models.export import MOST_OPEN
from delivery.selecting import Selection
from delivery.targets import Target
from jobs.models import IdempotencyConflict
from stockgen.models import Cause
from tests.exporting import assert_agrees, make_approved, work_on, zip_of
from tests.factories import make_expert, make_pictures, make_user

pytestmark = pytest.mark.django_db


def contents(export: Export, count: int) -> list[tuple[str, str]]:
    """Return change and picture of each row of a manifest that agrees with its files."""
    with zip_of(export) as archive:
        rows = assert_agrees({name: archive.read(name) for name in archive.namelist()}, count)
    return [(row["change"], row["picture"]) for row in rows]


def test_only_what_was_approved_since_is_in_it() -> None:
    owner = make_user()
    make_approved(2, owner)
    first = work_on(Export.objects.start(owner))
    [new] = make_approved(1, owner)
    second = work_on(Export.objects.start(owner, since=first))
    assert contents(second, 1) == [("added", str(new.pk))]
    [newest] = make_approved(1, owner)
    assert contents(work_on(Export.objects.start(owner, since=second)), 1) == [("added", str(newest.pk))]


def test_what_was_delivered_and_is_no_longer_approved_is_told() -> None:
    owner = make_user()
    picture, _other = make_approved(2, owner)
    first = work_on(Export.objects.start(owner))
    picture.reject(Cause.VOTES)
    second = work_on(Export.objects.start(owner, since=first))
    assert contents(second, 0) == [("withdrawn", str(picture.pk))]
    picture.approve(Cause.VOTES)
    third = work_on(Export.objects.start(owner, since=second))
    assert contents(third, 1) == [("added", str(picture.pk))]


def test_what_an_export_left_out_is_new_to_the_next_one() -> None:
    owner = make_user()
    picture, _other = make_approved(2, owner)
    first = Export.objects.start(owner)
    picture.reject(Cause.VOTES)
    work_on(first)
    picture.approve(Cause.VOTES)
    second = work_on(Export.objects.start(owner, since=first))
    assert contents(second, 1) == [("added", str(picture.pk))]


def test_it_takes_the_selection_and_the_target_of_the_earlier_one(export_folder: object) -> None:
    owner = make_user()
    [picture] = make_approved(1, owner)
    first = work_on(
        Export.objects.start(owner, Selection(topic=picture.topic), target=Target.FOLDER, longest_side=0)
    )
    make_approved(1, owner)
    with pytest.raises(ValidationError, match="Nothing is new"):
        Export.objects.start(owner, since=first)
    make_approved(1, owner, topic=picture.topic)
    second = Export.objects.start(owner, since=first)
    assert (second.topic, second.target, second.count) == (picture.topic, Target.FOLDER, 1)


def test_it_needs_an_own_export_that_is_done() -> None:
    owner, other = make_user(), make_user()
    make_approved(1, owner)
    make_approved(1, other)
    waiting = Export.objects.start(owner)
    with pytest.raises(ValidationError) as refused:
        Export.objects.start(owner, since=waiting)
    assert "since" in refused.value.message_dict
    work_on(waiting)
    with pytest.raises(ValidationError):
        Export.objects.start(other, since=waiting)
    assert Export.objects.count() == 1


def test_nothing_to_export_stores_nothing() -> None:
    owner = make_user()
    make_pictures(1, owner)
    with pytest.raises(ValidationError, match="No approved picture"):
        Export.objects.start(owner)
    assert Export.objects.count() == 0


def test_too_many_pictures_are_refused(settings: object) -> None:
    settings.EXPORT_MAX_PICTURES = 2
    owner = make_user()
    make_approved(3, owner)
    with pytest.raises(ValidationError, match="at most 2"):
        Export.objects.start(owner)
    assert Export.objects.count() == 0


@pytest.mark.parametrize("side", [1, 255, 8193, 10**9])
def test_a_size_out_of_range_is_refused(side: int) -> None:
    owner = make_user()
    make_approved(1, owner)
    with pytest.raises(ValidationError) as refused:
        Export.objects.start(owner, longest_side=side)
    assert list(refused.value.message_dict) == ["longest_side"]


def test_a_target_that_is_not_set_up_is_refused() -> None:
    owner = make_user()
    make_approved(1, owner)
    for target in (Target.S3, Target.FOLDER, "ftp"):
        with pytest.raises(ValidationError) as refused:
            Export.objects.start(owner, target=target)
        assert list(refused.value.message_dict) == ["target"]


def test_experts_export_nothing() -> None:
    make_approved(1)
    with pytest.raises(PermissionDenied):
        Export.objects.start(make_expert())


def test_a_person_has_a_few_exports_in_work_at_a_time() -> None:
    owner = make_user()
    make_approved(1, owner)
    exports = [Export.objects.start(owner) for _number in range(MOST_OPEN)]
    with pytest.raises(ValidationError, match="in work"):
        Export.objects.start(owner)
    exports[0].cancel()
    Export.objects.start(owner)


def test_the_same_key_is_one_export() -> None:
    owner = make_user(Role.OPERATOR)
    [picture] = make_approved(1, owner)
    first = Export.objects.start(owner, idempotency_key="k")
    assert Export.objects.start(owner, idempotency_key="k") == first
    with pytest.raises(IdempotencyConflict):
        Export.objects.start(owner, Selection(topic=picture.topic), idempotency_key="k")
    assert Export.objects.count() == 1
