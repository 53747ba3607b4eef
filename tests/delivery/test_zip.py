"""An export as a ZIP: what is in it, from any byte on."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role
from delivery.archive import ArchiveBroken, stream
from delivery.models import Export, Item
from delivery.selecting import Selection
from jobs.states import State
from stockgen.models import Cause, Collection
from tests.exporting import assert_agrees, make_approved, work_on, zip_of
from tests.factories import cast, make_expert, make_pictures, make_user

pytestmark = pytest.mark.django_db


def contents(export: Export) -> dict[str, bytes]:
    with zip_of(export) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_zip_holds_the_approved_pictures_and_a_manifest_that_agrees() -> None:
    owner = make_user()
    pictures = make_approved(3, owner)
    make_pictures(2, owner)  # nobody has approved these
    export = work_on(Export.objects.start(owner))
    rows = assert_agrees(contents(export), 3)
    picture = pictures[0]
    assert rows[0] | {
        "topic": picture.topic.key, "concept": picture.concept.key, "location": "location 0",
        "prompt": picture.prompt.text, "image_model": picture.image_model, "seed": picture.seed,
        "image_model_revision": "test", "picture": str(picture.pk), "picture_sha256": picture.sha256,
        "width": picture.width, "enlarged_by": "", "approvals": 0, "rejections": 0,
    } == rows[0]  # fmt: skip
    assert rows[0]["licence"]
    assert (export.state, export.count, export.files, export.is_littered) == (State.DONE, 3, 3, False)


def test_the_manifest_counts_the_votes() -> None:
    owner = make_user()
    [picture] = make_pictures(1, owner)
    cast(make_expert(), picture)
    content = picture.image.open().read()
    import hashlib

    type(picture).objects.filter(pk=picture.pk).update(sha256=hashlib.sha256(content).hexdigest())
    rows = assert_agrees(contents(work_on(Export.objects.start(owner))), 1)
    assert (rows[0]["approvals"], rows[0]["rejections"]) == (1, 0)


def test_the_votes_on_pictures_of_others_are_told_to_operators_only() -> None:
    [picture] = make_approved(1, make_user())
    designer, operator = make_user(), make_user(Role.OPERATOR)
    rows = assert_agrees(contents(work_on(Export.objects.start(designer))), 1)
    assert (rows[0]["picture"], rows[0]["approvals"], rows[0]["rejections"]) == (str(picture.pk), None, None)
    rows = assert_agrees(contents(work_on(Export.objects.start(operator))), 1)
    assert (rows[0]["approvals"], rows[0]["rejections"]) == (0, 0)


def test_votes_are_not_told_to_an_expert_who_may_still_be_given_the_picture() -> None:
    owner = make_user()
    operator = make_user(Role.OPERATOR)
    operator.give_roles(Role.OPERATOR, Role.EXPERT)
    [picture] = make_approved(1, owner)
    picture.entry.mark_known(operator, picture.verdict)
    rows = assert_agrees(contents(work_on(Export.objects.start(operator))), 1)
    assert (rows[0]["approvals"], rows[0]["rejections"]) == (None, None)


def test_every_range_is_the_same_bytes() -> None:
    owner = make_user()
    make_approved(4, owner)
    export = work_on(Export.objects.start(owner))
    whole = b"".join(stream(export))
    assert whole == b"".join(stream(export))
    chance = random.Random(5)
    for _number in range(60):
        start = chance.randrange(len(whole))
        stop = chance.randrange(start, len(whole)) + 1
        assert b"".join(stream(export, start, stop)) == whole[start:stop]
    assert b"".join(stream(export, len(whole) - 1)) == whole[-1:]


def test_info_zip_reads_it_too(tmp_path: Path) -> None:
    owner = make_user()
    make_approved(2, owner)
    export = work_on(Export.objects.start(owner))
    file = tmp_path / "export.zip"
    file.write_bytes(b"".join(stream(export)))
    try:
        done = subprocess.run(["unzip", "-t", file], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("There is no unzip on this machine.")
    assert done.returncode == 0, done.stdout
    assert "No errors detected" in done.stdout


def test_a_picture_deleted_after_the_export_breaks_the_download_off() -> None:
    owner = make_user()
    [picture] = make_approved(1, owner)
    export = work_on(Export.objects.start(owner))
    picture.image.storage.delete(picture.image.name)
    with pytest.raises(ArchiveBroken, match="gone"):
        b"".join(stream(export))


def test_an_approval_taken_back_before_its_part_leaves_the_picture_out() -> None:
    owner = make_user()
    first, second = make_approved(2, owner)
    export = Export.objects.start(owner)
    first.reject(Cause.VOTES)
    work_on(export)
    rows = assert_agrees(contents(export), 1)
    assert rows[0]["picture"] == str(second.pk)
    assert (export.count, export.files, export.left_out) == (2, 1, 1)


def test_an_export_of_which_nothing_is_left_fails_with_that_reason() -> None:
    owner = make_user()
    [picture] = make_approved(1, owner)
    export = Export.objects.start(owner)
    picture.reject(Cause.VOTES)
    work_on(export)
    assert export.state == State.FAILED
    assert "no picture" in export.error.lower()


def test_what_is_approved_later_is_not_in_it() -> None:
    owner = make_user()
    make_approved(1, owner)
    export = Export.objects.start(owner)
    make_approved(1, owner)
    assert_agrees(contents(work_on(export)), 1)


def test_it_is_narrowed_to_topic_and_concept() -> None:
    owner = make_user()
    [wanted] = make_approved(1, owner)
    make_approved(1, owner, topic=wanted.topic)
    make_approved(1, owner, concept=wanted.concept)
    export = Export.objects.start(owner, Selection(topic=wanted.topic, concept=wanted.concept))
    assert list(Item.objects.filter(export=export).values_list("picture", flat=True)) == [wanted.pk]


def test_the_stock_is_everybodys_whoever_asked_for_the_pictures() -> None:
    one, other = make_user(), make_user()
    make_approved(1, one)
    make_approved(2, other)
    assert Export.objects.start(one).count == 3
    assert Export.objects.start(make_user(Role.OPERATOR)).count == 3


def test_a_collection_is_exported_with_the_pictures_of_others_in_it() -> None:
    owner = make_user()
    first, second, _third = make_approved(3, make_user())
    collection = Collection.objects.start(owner, name="For the deck")
    collection.add([first.pk, second.pk])
    export = work_on(Export.objects.start(owner, Selection(collection=collection)))
    assert {row["picture"] for row in assert_agrees(contents(export), 2)} == {str(first.pk), str(second.pk)}


def test_what_is_new_in_a_collection_is_exported_until_it_is_deleted() -> None:
    owner = make_user()
    first, second = make_approved(2, owner)
    collection = Collection.objects.start(owner, name="For the deck")
    collection.add([first.pk])
    export = work_on(Export.objects.start(owner, Selection(collection=collection)))
    collection.add([second.pk])
    newer = Export.objects.start(owner, since=export)
    assert list(Item.objects.filter(export=newer).values_list("picture", flat=True)) == [second.pk]
    collection.delete()
    export.refresh_from_db()
    assert export.collection_name == "For the deck"
    with pytest.raises(ValidationError, match="no longer there"):
        Export.objects.start(owner, since=export)


def test_somebody_elses_private_collection_is_none() -> None:
    [picture] = make_approved(1)
    collection = Collection.objects.start(make_user(), name="Private")
    collection.add([picture.pk])
    with pytest.raises(ValidationError, match="no such collection"):
        Export.objects.start(make_user(), Selection(collection=collection))
    collection.edit(is_shared=True)
    assert Export.objects.start(make_user(), Selection(collection=collection)).count == 1
