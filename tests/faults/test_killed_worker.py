"""A worker killed at any moment: no picture is lost, none is made twice, files and rows agree."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from huey.contrib.djhuey import HUEY

from jobs.states import State
from stockgen.models import Concept, Picture, Plan, RegisteredModel, Run, Topic
from stockgen.seed import seed
from tests.factories import make_run, make_user
from tests.faults.worker import consumer, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def done(run: Run) -> int:
    return run.pictures.done().count()


def make_planned_by_model(**settings: Any) -> Run:
    """Launch a run that the embedded language model plans."""
    seed()
    medicine, interior = Topic.objects.get(key="medicine"), Concept.objects.get(key="interior")
    return make_run(make_user(), topic=medicine, concept=interior, **settings)


def assert_done_distinct_files(run: Run, media_root: Path) -> None:
    """*done = distinct = files*, and each file holds what its row says."""
    pictures = list(run.pictures.all())
    assert {picture.state for picture in pictures} == {State.DONE}
    assert len(pictures) == run.count
    assert len({(picture.prompt_id, picture.seed) for picture in pictures}) == run.count
    assert len({picture.sha256 for picture in pictures}) == run.count
    on_disk = {str(path.relative_to(media_root)): path for path in media_root.rglob("*.png")}
    assert set(on_disk) == {picture.image.name for picture in pictures}
    for picture in pictures:
        assert hashlib.sha256(on_disk[picture.image.name].read_bytes()).hexdigest() == picture.sha256
    thumbnails = {str(path.relative_to(media_root)) for path in media_root.rglob("*.webp")}
    assert thumbnails == {picture.thumbnail.name for picture in pictures}


def test_a_run_of_sixty_survives_five_kills(
    subprocess_environment: dict[str, str], media_root: Path, tmp_path: Path
) -> None:
    run = make_planned_by_model(count=60, location_count=4, steps=2)
    with consumer(subprocess_environment, tmp_path / "worker.log") as worker:
        for kill, milestone in enumerate((1, 9, 20, 33, 47)):
            wait_until(lambda milestone=milestone: done(run) >= milestone, 240, f"{milestone} done")  # type: ignore[misc]
            if kill % 2:
                worker.kill_all()
                worker.restart()
            else:
                worker.kill_children()
        wait_until(lambda: not Picture.objects.open().exists(), 180, "the end of the run")
    assert_done_distinct_files(run, media_root)


def test_a_plan_killed_halfway_goes_on_from_what_it_had(
    subprocess_environment: dict[str, str], media_root: Path, tmp_path: Path
) -> None:
    run = make_planned_by_model(count=6, location_count=6, steps=2)
    with consumer(subprocess_environment, tmp_path / "worker.log") as worker:
        wait_until(run.locations.exists, 120, "locations")
        worker.kill_children()
        before = set(run.locations.values_list("pk", flat=True))
        wait_until(lambda: not Picture.objects.open().exists() and done(run) > 0, 180, "the end of the run")
    assert set(run.locations.values_list("pk", flat=True)) == before
    assert Plan.objects.get(run=run).state == State.DONE
    assert_done_distinct_files(run, media_root)


def test_an_orphaned_worker_ends_itself_and_another_goes_on(
    subprocess_environment: dict[str, str], media_root: Path, tmp_path: Path
) -> None:
    run = make_run(make_user(), prompt="a quiet meeting room", count=20, steps=2)
    with consumer(subprocess_environment, tmp_path / "worker.log") as worker:
        wait_until(lambda: done(run) >= 1, 120, "the first picture")
        orphans = worker.kill_parent()
        assert orphans
        wait_until(lambda: not any(orphan.is_running() for orphan in orphans), 30, "the end of the orphans")
        worker.restart()
        wait_until(lambda: not Picture.objects.open().exists(), 120, "the end of the run")
    assert_done_distinct_files(run, media_root)


def test_a_deploy_finishes_or_requeues_within_its_grace_time(
    subprocess_environment: dict[str, str], media_root: Path, tmp_path: Path
) -> None:
    run = make_run(make_user(), prompt="a quiet meeting room", count=20, steps=2)
    with consumer(subprocess_environment, tmp_path / "worker.log") as worker:
        wait_until(lambda: done(run) >= 1, 120, "the first picture")
        assert worker.terminate() == 0
        assert not Picture.objects.running().exists()
        assert set(run.pictures.values_list("failures", flat=True)) == {0}
        worker.restart()
        wait_until(lambda: not Picture.objects.open().exists(), 120, "the end of the run")
    assert_done_distinct_files(run, media_root)


def test_a_lost_message_costs_seconds_only(
    subprocess_environment: dict[str, str], media_root: Path, tmp_path: Path
) -> None:
    with consumer(subprocess_environment, tmp_path / "worker.log"):
        run = make_run(make_user(), prompt="a quiet meeting room", count=1, steps=2)
        HUEY.storage.flush_queue()
        wait_until(lambda: done(run) == 1, 60, "the picture")


def test_a_model_that_cannot_be_loaded_fails_its_jobs_and_the_worker_lives_on(
    subprocess_environment: dict[str, str], media_root: Path, tmp_path: Path
) -> None:
    RegisteredModel.objects.create(
        role="image", key="missing", title="Missing", licence="none", source_kind="folder",
        location=str(tmp_path / "no-model-here"), width=64, height=64, max_side=64,
    )  # fmt: skip
    owner = make_user()
    broken = make_run(owner, prompt="a quiet meeting room", count=2, image_model="missing")
    with consumer(subprocess_environment, tmp_path / "worker.log"):
        wait_until(lambda: broken.pictures.failed().count() == 2, 60, "the failure")
        fine = make_run(owner, prompt="a quiet meeting room", count=1, steps=2)
        wait_until(lambda: done(fine) == 1, 60, "the other run's picture")
    error = broken.pictures.all()[0].error
    assert "missing" in error
    assert "no-model-here" in error
