"""The worker's part of a photo, with the real reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from engines.errors import ModelUnavailable
from jobs.states import State
from jobs.worker import Work
from tests.boards import draw_board, make_photo
from upscale.models import Photo
from upscale.work.enhancing import enhance_photos
from upscale.work.models import board_pipeline, revision_of


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_result_says_which_model_in_which_revision_made_or_chose_it() -> None:
    photo = make_photo(image=draw_board(size=(480, 300), height=24))
    claimed = Photo.objects.claim("worker")
    enhance_photos(claimed, Work(claimed))
    photo.refresh_from_db()
    assert photo.state == State.DONE
    key, _at, revision = photo.model_revision.partition("@")
    assert key
    assert {len(part) for part in revision.split("+")} <= {16, 40}  # a reader names both its recognisers
    assert photo.model_revision == revision_of(photo.method)
    assert revision_of("realesr-animevideov3-x2").startswith("realesr-animevideov3-x2@")
    assert revision_of("realesr-animevideov3-x2-softened") == revision_of("realesr-animevideov3-x2")


@pytest.mark.slow
@pytest.mark.django_db
def test_the_second_reader_is_the_one_of_the_settings(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_photo()
    work = Work(Photo.objects.claim("worker"))
    monkeypatch.setenv("PATH", str(tmp_path))
    settings.SECOND_READER = "auto"
    assert board_pipeline(work).witness is None
    settings.SECOND_READER = "tesseract"
    with pytest.raises(ModelUnavailable, match="“tesseract” cannot be loaded"):
        board_pipeline(work)
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho eng\n")
    program.chmod(0o700)
    assert board_pipeline(work).witness.name == "tesseract"
    settings.SECOND_READER = "none"
    assert board_pipeline(work).witness is None
