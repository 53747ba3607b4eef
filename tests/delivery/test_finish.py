"""Pictures enlarged by a network before they are delivered."""

from __future__ import annotations

import io
import json
import resource
import tempfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from delivery.errors import DISK_FULL, NO_ENLARGER
from delivery.models import Export
from delivery.targets import Target
from jobs.states import State
from tests.exporting import assert_agrees, files_in, make_approved, work_on, zip_of
from tests.factories import make_concept, make_topic, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MODEL = "realesr-animevideov3-x4"


@pytest.fixture(autouse=True)
def quick_network(settings: Any) -> None:
    """Enlarge by the small network: the large one takes minutes on a CPU."""
    settings.EXPORT_SUPER_RESOLUTION_MODEL = MODEL


def test_pictures_are_enlarged_to_the_wanted_side_with_what_made_them(media_root: Path) -> None:
    owner = make_user()
    first, _second = make_approved(2, owner, side=100)
    export = work_on(Export.objects.start(owner, longest_side=300))
    with zip_of(export) as archive:
        assert archive.testzip() is None
        rows = assert_agrees({name: archive.read(name) for name in archive.namelist()}, 2)
        image = Image.open(io.BytesIO(archive.read(rows[0]["file"])))
    assert image.size == (300, 300) == (rows[0]["width"], rows[0]["height"])
    assert json.loads(image.text["lineage"]) == {"seed": first.seed}
    assert json.loads(image.text["enlarged"]) == {"enlarged_by": rows[0]["enlarged_by"]}
    assert rows[0]["enlarged_by"].startswith(f"{MODEL}@")
    assert rows[0]["picture_sha256"] == first.sha256 != rows[0]["sha256"]
    assert len(list((media_root / export.folder).iterdir())) == 2 + 3
    export.discard()
    assert not (media_root / export.folder).exists()


def test_it_looks_like_the_picture(export_folder: Path) -> None:
    owner = make_user()
    [picture] = make_approved(1, owner, side=100)
    export = work_on(Export.objects.start(owner, target=Target.FOLDER, longest_side=400))
    [row] = assert_agrees(files_in(export_folder / export.title), 1)
    large = Image.open(export_folder / export.title / row["file"]).convert("L")
    small = Image.open(picture.image.open()).convert("L").resize((8, 8), Image.Resampling.BOX)
    again = large.resize((8, 8), Image.Resampling.BOX)
    assert max(abs(a - b) for a, b in zip(small.tobytes(), again.tobytes(), strict=True)) < 12


def test_what_is_large_enough_stays_as_it_is() -> None:
    owner = make_user()
    make_approved(1, owner, side=300)
    export = work_on(Export.objects.start(owner, longest_side=256))
    with zip_of(export) as archive:
        [row] = assert_agrees({name: archive.read(name) for name in archive.namelist()}, 1)
    assert (row["sha256"], row["enlarged_by"]) == (row["picture_sha256"], "")


def test_nothing_is_enlarged_beyond_what_the_network_does() -> None:
    owner = make_user()
    make_approved(1, owner, side=100)
    export = work_on(Export.objects.start(owner, longest_side=1000))
    with zip_of(export) as archive:
        [row] = assert_agrees({name: archive.read(name) for name in archive.namelist()}, 1)
    assert (row["width"], row["height"]) == (400, 400)


def test_a_network_that_is_gone_fails_the_export() -> None:
    owner = make_user()
    make_approved(1, owner)
    export = Export.objects.start(owner, longest_side=300)
    Export.objects.filter(pk=export.pk).update(enlarger="gone")
    export.refresh_from_db()
    work_on(export)
    assert (export.state, export.error, export.detail) == (State.FAILED, NO_ENLARGER, "gone")


def test_long_keys_make_no_path_too_long() -> None:
    owner = make_user()
    topic, concept = make_topic(key="t" * 60), make_concept(key="c" * 60)
    make_approved(1, owner, side=100, topic=topic, concept=concept)
    export = work_on(Export.objects.start(owner, longest_side=300))
    with zip_of(export) as archive:
        assert archive.testzip() is None
        [row] = assert_agrees({name: archive.read(name) for name in archive.namelist()}, 1)
    assert row["file"].startswith(f"{topic.key}/{concept.key}/")
    assert row["enlarged_by"]


def test_a_disk_that_is_full_while_enlarging_is_not_the_pictures_fault() -> None:
    owner = make_user()
    make_approved(1, owner, side=100)
    export = Export.objects.start(owner, longest_side=400)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        work_on(export)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (export.state, export.error, export.detail) == (State.FAILED, DISK_FULL, tempfile.gettempdir())
