"""A second reader: it is found or not, it reads or says that it failed, and what it says decides as it should."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest

from engines.boards.consensus import believable
from engines.boards.results import Image
from engines.boards.witness import (
    Hearing,
    TesseractWitness,
    WitnessFailed,
    find_witness,
)
from engines.errors import ModelUnavailable
from tests.engines.boards.reading_boards import LINES, SayingWitness, draw

real = pytest.mark.skipif(
    shutil.which("tesseract") is None,
    reason="tesseract is not installed (apt install tesseract-ocr tesseract-ocr-eng tesseract-ocr-rus)",
)
LISTED = "List of available languages (3):\neng\nosd\nrus"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of the PATH besides those of the system's own tools, without tesseract."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("cat", "cp", "env", "sleep"):
        (tools / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tools))
    return tools


def pretend(programs: Path, script: str, listed: str = LISTED) -> None:
    """Put a program named tesseract on the PATH that lists its languages and reads as the script says."""
    program = programs / "tesseract"
    program.write_text(f'#!/bin/sh\nif [ "$1" = --list-langs ]; then echo "{listed}"; exit 0; fi\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.mark.slow
@real
def test_the_real_program_reads_a_board() -> None:
    witness = TesseractWitness.find()
    image = draw()
    assert sorted(believable(witness.read(image))) == sorted(believable(LINES))
    assert witness.read(np.full((200, 300, 3), 240, dtype=np.uint8)) == ()
    # Three times as large, it is reduced, and reads the same.
    large = np.asarray(cv2.resize(image, None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    assert sorted(believable(witness.read(large))) == sorted(believable(LINES))


def test_lines_come_without_blanks_and_without_empty_ones(programs: Path) -> None:
    pretend(programs, r"printf ' open  the\n\n  \nwindow \n\f'")
    assert TesseractWitness.find().read(draw()) == ("open  the", "window")


def test_what_is_no_utf_8_does_not_stop_the_rest(programs: Path) -> None:
    pretend(programs, r"printf '\377\nwindow\n'")
    assert TesseractWitness.find().read(draw())[-1] == "window"


def test_it_is_asked_for_sparse_text_in_both_languages_on_one_core(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "nobody's business")
    monkeypatch.setenv("TESSDATA_PREFIX", "/languages")
    pretend(programs, f'echo "$@" > {tmp_path}/arguments; env > {tmp_path}/environment')
    TesseractWitness.find().read(draw())
    _picture, *options = (tmp_path / "arguments").read_text().split()
    assert options == ["stdout", "-l", "eng+rus", "--psm", "11"]
    seen = (tmp_path / "environment").read_text().splitlines()
    assert "OMP_THREAD_LIMIT=1" in seen
    assert "TESSDATA_PREFIX=/languages" in seen
    assert not any(variable.startswith("SECRET_KEY") for variable in seen)


@pytest.mark.parametrize(("shape", "read"), [((300, 400), (300, 400)), ((1000, 5000), (500, 2500))])
def test_it_sees_the_pictures_own_colours_and_no_more_than_2500_pixels(
    programs: Path, tmp_path: Path, shape: tuple[int, int], read: tuple[int, int]
) -> None:
    pretend(programs, f'cp "$1" {tmp_path}/seen.png; echo "$1" > {tmp_path}/where')
    image: Image = np.full((*shape, 3), (200, 100, 50), dtype=np.uint8)
    TesseractWitness.find().read(image)
    seen = cv2.cvtColor(cv2.imread(str(tmp_path / "seen.png")), cv2.COLOR_BGR2RGB)
    assert seen.shape == (*read, 3)
    assert seen[0, 0].tolist() == [200, 100, 50]
    assert not Path((tmp_path / "where").read_text().strip()).exists()


@pytest.mark.parametrize(
    ("listed", "languages"), [(LISTED, ("eng", "rus")), ("rus\nosd", ("rus",)), ("deu\neng", ("eng",))]
)
def test_of_the_languages_wanted_it_uses_what_is_there(
    programs: Path, listed: str, languages: tuple[str, ...]
) -> None:
    pretend(programs, "", listed)
    assert TesseractWitness.find().languages == languages


def test_without_a_wanted_language_it_cannot_be_used(
    programs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pretend(programs, "", "deu\nosd")
    with pytest.raises(ModelUnavailable, match=r"It has none of eng, rus. Install it: apt install"):
        find_witness("tesseract")
    assert find_witness("auto") is None
    assert "read by one reader only" in caplog.text


def test_where_it_is_missing_only_who_insists_on_it_is_told(
    programs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert find_witness("auto") is None
    assert find_witness("none") is None
    assert caplog.text == ""
    with pytest.raises(ModelUnavailable, match=r"“tesseract” cannot be loaded: looked in the PATH. Install"):
        find_witness("tesseract")


def test_where_it_is_there_it_is_used_unless_nobody_is_wished_for(programs: Path) -> None:
    pretend(programs, "echo window")
    for wish in ("auto", "tesseract"):
        witness = find_witness(wish)
        assert witness.name == "tesseract"
        assert witness.read(draw()) == ("window",)
    assert find_witness("none") is None


def test_a_program_that_does_not_start_is_not_used(programs: Path) -> None:
    program = programs / "tesseract"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o700)
    assert find_witness("auto") is None
    with pytest.raises(ModelUnavailable, match="cannot be run: No such file"):
        find_witness("tesseract")


def test_an_unknown_wish_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no second reader “easyocr”. There are: auto, none, tesseract"):
        find_witness("easyocr")


def test_a_program_that_breaks_down_is_told_with_its_own_words(programs: Path) -> None:
    pretend(programs, "echo window; echo 'Error opening data file' >&2; exit 3")
    with pytest.raises(WitnessFailed, match="ended with 3: Error opening data file"):
        TesseractWitness.find().read(draw())


def test_a_program_that_is_gone_meanwhile_has_failed(programs: Path) -> None:
    pretend(programs, "echo window")
    witness = TesseractWitness.find()
    (programs / "tesseract").unlink()
    with pytest.raises(WitnessFailed, match="cannot be run"):
        witness.read(draw())


def test_a_program_that_takes_too_long_is_killed_with_what_it_started(programs: Path, tmp_path: Path) -> None:
    pretend(programs, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    witness = TesseractWitness(str(programs / "tesseract"), ["eng"], seconds=0.5)
    begun = time.monotonic()
    with pytest.raises(WitnessFailed, match=r"took longer than 0.5 seconds"):
        witness.read(draw())
    assert time.monotonic() - begun < 20
    assert ends(int((tmp_path / "child").read_text()))


def test_a_hearing_goes_on_beside_other_work_one_picture_after_the_other() -> None:
    may_read, begun = Event(), Event()

    def say(image: Image) -> Sequence[str]:
        begun.set()
        assert may_read.wait(20)
        return [str(image.shape[1])]

    with Hearing(SayingWitness(say)) as hearing:
        told = [hearing.ask(draw(width=width)) for width in (200, 300)]
        assert begun.wait(20)
        assert not told[0].done()
        may_read.set()
        assert [one.result(20) for one in told] == [("200",), ("300",)]


def test_whoever_leaves_a_hearing_does_not_wait_for_what_is_being_read() -> None:
    may_read, begun = Event(), Event()

    def say(image: Image) -> Sequence[str]:
        begun.set()
        assert may_read.wait(20)
        return ["late"]

    with Hearing(SayingWitness(say)) as hearing:
        told, other = hearing.ask(draw()), hearing.ask(draw())
        assert begun.wait(20)
    assert not told.done()
    assert other.cancelled()
    may_read.set()
    assert told.result(20) == ("late",)


def test_a_witness_that_fails_is_heard_no_more(caplog: pytest.LogCaptureFixture) -> None:
    witness = SayingWitness(lambda image: [] if len(witness.asked) < 2 else [][1])
    with Hearing(witness) as hearing:
        assert hearing.ask(draw()).result(20) == ()
        assert [hearing.ask(draw()).result(20) for _ in range(3)] == [None] * 3
        assert not hearing.is_on
    assert len(witness.asked) == 2
    assert "The second reader, second, is left out." in caplog.text


def test_without_a_witness_nobody_is_heard() -> None:
    with Hearing(None) as hearing:
        assert not hearing.is_on
        assert hearing.ask(draw()).result() is None


def ends(process: int) -> bool:
    """Wait for a process that nobody here can reap to be gone, or to be left as a name only."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
