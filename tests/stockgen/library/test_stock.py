"""The stock keeps in step with the verdicts, and is embedded by a worker."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.management import call_command
from pytest_django import DjangoCaptureOnCommitCallbacks

from engines.gates.results import Examined, Finding
from jobs.states import worker_name
from stockgen.library import encoder
from stockgen.library.indexing import index_some
from stockgen.models import (
    Cause,
    Examination,
    Flag,
    Orientation,
    Picture,
    Run,
    StockPicture,
    Topic,
)
from tests.comparing import make_comparison
from tests.factories import make_campaign, make_pictures, render_all, write_plans

pytestmark = pytest.mark.django_db


def approve(*pictures: Picture) -> None:
    for picture in pictures:
        assert picture.approve(Cause.VOTES)


def test_an_approved_picture_is_in_the_stock_with_what_it_is_filtered_by() -> None:
    [picture] = make_pictures(1)
    assert not StockPicture.objects.exists()
    approve(picture)
    row = StockPicture.objects.get()
    picture.refresh_from_db()
    assert (row.pk, row.topic_id, row.concept_id, row.run_id, row.campaign_id) == (
        picture.pk, picture.topic_id, picture.concept_id, picture.run_id, None,
    )  # fmt: skip
    assert (row.location, row.image_model) == ("location 0", picture.image_model)
    assert (row.width, row.height, row.orientation) == (picture.width, picture.height, Orientation.SQUARE)
    assert row.approved_at == picture.verdict_at
    assert (row.vector, row.embedder, row.flags) == (None, "", [])


@pytest.mark.parametrize("verb", ["reject", "reopen"])
def test_a_verdict_that_is_taken_back_takes_the_picture_out(verb: str) -> None:
    picture, other = make_pictures(2)
    approve(picture, other)
    getattr(picture, verb)(Cause.OVERRIDE)
    assert [row.pk for row in StockPicture.objects.all()] == [other.pk]
    approve(picture)
    assert StockPicture.objects.count() == 2


@pytest.mark.parametrize(
    ("width", "height", "orientation"),
    [(512, 256, "landscape"), (256, 512, "portrait"), (256, 256, "square")],
)
def test_the_orientation_is_that_of_its_sides(width: int, height: int, orientation: str) -> None:
    approve(*make_pictures(1, width=width, height=height))
    assert StockPicture.objects.get().orientation == orientation


def test_a_picture_of_a_campaign_is_found_by_it() -> None:
    campaign = make_campaign()
    from stockgen.campaigns.advancing import advance

    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    render_all(campaign)
    approve(Picture.objects.filter(cell__campaign=campaign).done()[0])
    assert StockPicture.objects.get().campaign_id == campaign.pk


def test_a_picture_made_to_compare_models_is_no_stock() -> None:
    [picture] = make_pictures(1)
    Run.objects.filter(pk=picture.run_id).update(comparison=make_comparison())
    approve(picture)
    assert not StockPicture.objects.exists()


def test_a_worker_embeds_what_was_approved(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr("stockgen.tasks.index_stock", lambda: asked.append(1))
    pictures = make_pictures(3)
    with django_capture_on_commit_callbacks(execute=True):
        approve(*pictures)
    assert asked
    assert index_some(2) == 2
    assert index_some(2) == 1
    assert index_some(2) == 0
    assert set(StockPicture.objects.values_list("embedder", flat=True)) == {encoder.name()}


def test_the_text_that_is_embedded_names_place_topic_concept_and_prompt() -> None:
    approve(*make_pictures(1, topic=Topic.objects.create(key="clinics", name="Clinics")))
    row = StockPicture.objects.get()
    [(key, text)] = StockPicture.objects.describe([row.pk])
    assert key == row.pk
    assert text == f"location 0, Clinics ({row.concept.name}). a picture of location 0"
    index_some()
    row.refresh_from_db()
    assert float(encoder.vector_of(text) @ np.array(row.vector)) == pytest.approx(1, abs=1e-3)


def test_vectors_of_another_embedder_are_made_anew() -> None:
    approve(*make_pictures(1))
    index_some()
    StockPicture.objects.update(embedder="another@1")
    assert index_some() == 1
    assert StockPicture.objects.get().embedder == encoder.name()


def test_the_command_takes_in_what_was_approved_before_there_was_a_library(
    capsys: pytest.CaptureFixture[str],
) -> None:
    approve(*make_pictures(2))
    StockPicture.objects.all().delete()
    call_command("index_library")
    assert "2 pictures taken into the library, 2 embedded" in capsys.readouterr().out
    call_command("index_library", anew=True)
    assert "0 pictures taken into the library, 2 embedded" in capsys.readouterr().out


def test_flags_found_later_are_known_to_the_stock() -> None:
    [picture] = make_pictures(1)
    approve(picture)
    [job] = Examination.objects.claim(worker_name())
    job.store(Examined(findings=(Finding("dark", 0.1),), failures=()), looks=("0" * 256,), seconds=0.1)
    assert Flag.objects.get().kind == "dark"
    assert StockPicture.objects.get().flags == ["dark"]
