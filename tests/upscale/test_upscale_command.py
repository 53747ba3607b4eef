"""``manage.py upscale``: one photo from the command line, without worker or tables."""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django import Settings

from tests.boards import as_file, draw_board

KEYS = {
    "output", "width", "height", "effort", "method", "seconds", "before", "after", "fallen_back", "notes",
    "candidates", "marks", "text",
}  # fmt: skip


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "board.jpg"
    path.write_bytes(as_file(draw_board()))
    return path


def upscale(photo: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("upscale", str(photo), "--output", str(photo.with_name("out.png")), *options, stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_it_prints_method_time_and_legibility_and_writes_the_picture(photo: Path) -> None:
    text = upscale(photo, "--effort", "light")
    assert "Method: " in text
    assert "Time: " in text
    assert "Legibility before: " in text
    assert "Legibility after:  " in text
    with Image.open(photo.with_name("out.png")) as written:
        assert (written.format, written.size) == ("PNG", (640, 400))


@pytest.mark.slow
def test_a_program_gets_json_with_the_text(photo: Path) -> None:
    found = json.loads(upscale(photo, "--json", "--no-network"))
    assert set(found) == KEYS
    assert found["after"]["score"] >= found["before"]["score"] > 5
    assert "energy equals mass" in found["text"]
    assert found["effort"] == "full"
    assert {one["method"] for one in found["candidates"]} == {"original", "bicubic", "enhanced", "evened"}


@pytest.mark.slow
def test_corners_and_rotation_cut_the_board_out(photo: Path) -> None:
    corners = "0,0 0.5,0 0.5,1 0,1"
    found = json.loads(
        upscale(photo, "--effort", "least", "--json", "--corners", corners, "--rotation", "90")
    )
    assert found["width"] == pytest.approx(400, abs=2)
    assert found["height"] == pytest.approx(320, abs=2)
    assert found["notes"] == ["not-read"]
    assert found["before"] is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--effort", "heroic"), "There is no effort “heroic”. There are: full, quick, light, swift, least."),
        (("--rotation", "45"), "A rotation is 0, 90, 180 or 270 degrees, not 45."),
        (("--corners", "0,0 1,0 1,1"), "are no corners"),
        (("--corners", "0,0 1,0 1,1 0,nan"), "are no corners"),
        (("--corners", "left"), "are no corners"),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(photo: Path, options: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as caught:
        upscale(photo, *options)
    assert caught.value.returncode == 1
    assert not photo.with_name("out.png").exists()


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent.jpg cannot be read: No such file") as caught:
        upscale(tmp_path / "absent.jpg")
    assert caught.value.returncode == 1


@pytest.mark.slow
def test_what_is_no_photo_is_refused_as_at_the_page(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("no picture")
    with pytest.raises(CommandError, match=r"notes.png: This is not a photo that can be read"):
        upscale(path)


@pytest.mark.slow
def test_a_place_that_cannot_be_written_is_told_in_a_sentence(photo: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            "upscale", str(photo), "--output", str(photo.parent / "no" / "out.png"), "--effort", "least"
        )


@pytest.mark.slow
def test_a_second_reader_that_is_wished_for_and_missing_is_told(
    photo: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.SECOND_READER = "tesseract"
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match=r"“tesseract” cannot be loaded: looked in the PATH. Install it"):
        upscale(photo)
    assert not photo.with_name("out.png").exists()


@pytest.mark.slow
def test_a_second_reader_decides_with_the_first(
    photo: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It reads the photo, whose picture comes first, and nothing in whatever was made of it."""
    small = cv2.GaussianBlur(draw_board(size=(200, 110), height=7), (0, 0), 0.3)
    photo.write_bytes(as_file(np.asarray(small, dtype=np.uint8), "PNG"))
    program = tmp_path / "tesseract"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --list-langs ] && echo eng && exit\n'
        f"[ -e {tmp_path}/asked ] || echo energy equals mass\n: >> {tmp_path}/asked\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    settings.SECOND_READER = "none"
    assert json.loads(upscale(photo, "--json", "--no-network"))["method"] != "original"
    settings.SECOND_READER = "auto"
    found = json.loads(upscale(photo, "--json", "--no-network"))
    assert (found["method"], "nothing-helped" in found["notes"]) == ("original", True)


def test_an_unknown_network_in_the_settings_is_told(photo: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.SUPER_RESOLUTION_MODEL = "waifu"
    with pytest.raises(CommandError, match="“waifu” is unknown"):
        upscale(photo)
