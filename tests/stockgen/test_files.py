"""Files and rows agree: one picture, one PNG, whoever wrote before or after."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now

from stockgen.files import sweep_all, sweep_recent
from stockgen.models import Picture
from tests.factories import claim_pictures, finish_picture, make_planned_run, some_uuid

pytestmark = pytest.mark.django_db


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def lose(picture: Picture) -> None:
    Picture.objects.filter(pk=picture.pk).update(lease_until=Now() - timedelta(seconds=1))
    Picture.objects.sweep()
    Picture.objects.update(due_at=Now())


def test_a_stored_picture_has_one_png_and_one_thumbnail(media_root: Path) -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    finish_picture(picture)
    assert [path.suffix for path in files(media_root)] == [".png", ".webp"]


def test_a_result_that_came_too_late_leaves_no_file(media_root: Path) -> None:
    make_planned_run(count=1)
    [zombie] = claim_pictures()
    lose(zombie)
    finish_picture(zombie)
    assert files(media_root) == []


def test_what_a_killed_worker_left_is_swept_by_the_next_success(media_root: Path) -> None:
    make_planned_run(count=1)
    [killed] = claim_pictures()
    stray = media_root / killed.folder / f"{killed.token}.png"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half a pic")
    lose(killed)
    [heir] = claim_pictures()
    finish_picture(heir)
    assert not stray.exists()
    assert len(files(media_root)) == 2


def test_strays_of_a_cancelled_picture_are_swept(media_root: Path) -> None:
    make_planned_run(count=1)
    [killed] = claim_pictures()
    stray = media_root / killed.folder / f"{killed.token}.png"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half a pic")
    Picture.objects.cancel()
    assert sweep_recent() == 1
    assert not stray.exists()


def test_a_full_sweep_deletes_what_no_row_names_and_nothing_else(media_root: Path) -> None:
    make_planned_run(count=2)
    Picture.objects.order_by("id").update(alone=True)
    [finished] = claim_pictures()
    finish_picture(finished)
    [running] = claim_pictures()
    nobodys = some_uuid()
    for folder in (f"pictures/aa/{nobodys}", "pictures/aa/not-a-picture", running.folder, finished.folder):
        (media_root / folder).mkdir(parents=True, exist_ok=True)
        (media_root / folder / "stray.png").write_bytes(b"stray")
    assert sweep_all() == 3
    assert [path.name for path in files(media_root) if path.name == "stray.png"] == ["stray.png"]
    assert (media_root / running.folder / "stray.png").exists()
    assert finished.image.read() == b"png"
