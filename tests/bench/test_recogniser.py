"""The bench of the second recogniser: who read how much, and what is promised of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import recogniser
from bench.board_sets import Sample
from bench.recogniser import ALONE, BOTH, TESSERACT, Row, Word, bands, judged, measure, options_of, promises
from engines.boards.reading import BoardReader, Place
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER
from tests.engines.boards.made_recogniser import bars, write_recogniser
from tests.engines.boards.reading_boards import LINES, box, draw, line


def rows(**gained: int) -> list[Row]:
    """Return what was read of 100 words of each content: 40 by PP-OCR alone, so many more with the second."""
    return [
        Row((content.replace("_", " "), size), reader, 50, right // 2)
        for content, more in gained.items()
        for size in ("16 px", "5 px")
        for reader, right in ((ALONE, 40), (TESSERACT, 60), (BOTH, 40 + more))
    ]


@pytest.mark.parametrize(
    ("cyrillic", "latin", "photo", "kept"),
    [
        (30, 0, 0, [True] * 4),
        (26, 0, 2, [False, True, True, True]),
        (24, 0, 0, [False, False, True, True]),
        (40, -2, -2, [True, True, False, False]),
    ],
)
def test_much_is_promised_for_cyrillic_and_no_loss_for_all_else(
    cyrillic: int, latin: int, photo: int, kept: list[bool]
) -> None:
    made = promises(rows(cyrillic=cyrillic, latin=latin, photo=photo))
    assert [one.is_kept for one in made] == kept
    assert [one.measured for one in made] == pytest.approx([cyrillic, cyrillic - 20, latin, photo])


def test_a_word_is_right_as_often_as_it_is_written() -> None:
    read = [line("да да", 0.9), line("Да нет", 0.6)]
    assert list(judged(read, Counter({"да": 2, "нет": 1}))) == [
        Word(0.9, True), Word(0.9, True), Word(0.6, False), Word(0.6, True)
    ]  # fmt: skip


def test_words_are_counted_by_their_confidence() -> None:
    words = [Word(1.0, True), Word(0.96, True), Word(0.96, False), Word(0.5, False)]
    assert list(bands(words)) == [("0.5–0.7", 1, "0.00"), ("0.95–1", 3, "0.67")]


def test_boards_have_letters_down_to_five_pixels_in_both_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = np.zeros((2, 2, 3), dtype=np.uint8)

    def drawn(boards: int, contents: tuple[str, ...]) -> Any:
        return [
            Sample("", (content, f"{size} px"), empty, empty, ())
            for content in contents
            for size in (16, 5, 4)
        ]

    asked: list[Any] = []

    def photos(folder: Path, reductions: tuple[int, ...]) -> list[Sample]:
        asked.append((folder, reductions))
        return []

    monkeypatch.setattr(recogniser, "drawn", drawn)
    monkeypatch.setattr(recogniser, "photos", photos)
    found = list(recogniser.samples(options_of(["--photos", "there"])))
    assert [one.group for one in found] == [
        ("latin", "16 px"), ("latin", "5 px"), ("cyrillic", "16 px"), ("cyrillic", "5 px")
    ]  # fmt: skip
    assert asked == [(Path("there"), (1,))]


def test_without_weights_it_says_how_to_make_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["recogniser", "--second", str(tmp_path / "lines.onnx")])
    with pytest.raises(SystemExit, match=r"lines\.onnx is missing: .*export_reader"):
        recogniser.main()


class SayingJudge:
    """Stands for tesseract, which not every machine has: reads one line of every board."""

    name = TESSERACT

    def read(self, image: Any) -> list[str]:
        return [LINES[0]]

    def read_lines(self, images: Sequence[Any]) -> list[str]:
        raise AssertionError("Lines are found by each reader itself.")


@pytest.mark.slow
def test_every_reader_reads_every_board(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = BOARD_READERS[DEFAULT_BOARD_READER]
    second = write_recogniser(tmp_path / "lines.onnx")
    photo = draw()
    sample = Sample("one", ("latin", "16 px", "white"), photo, photo, LINES)
    rows, words = measure([sample], BoardReader.load(replace(spec, second=str(second))), SayingJudge())
    assert rows == [
        Row(("latin", "16 px"), ALONE, 14, 14),
        Row(("latin", "16 px"), TESSERACT, 14, 3),
        Row(("latin", "16 px"), BOTH, 14, 14, False),
    ]
    assert words == []
    recogniser.show(rows, [Word(0.96, True)])
    told = capsys.readouterr().out
    assert "100.0 %" in told
    assert "21.4 %" in told
    assert "0.95–1" in told


@pytest.mark.slow
def test_boards_left_to_the_second_are_counted_with_its_words(tmp_path: Path) -> None:
    spec = BOARD_READERS[DEFAULT_BOARD_READER]
    reader = BoardReader.load(replace(spec, second=str(write_recogniser(tmp_path / "lines.onnx"))))
    photo = np.full((80, 400, 3), 255, dtype=np.uint8)
    part = bars("жбжбжб")
    photo[24:56, 20 : 20 + part.shape[1]] = part
    places = (Place(box(20 / 400, 0.3, (20 + part.shape[1]) / 400, 0.7), 0.9),)
    reader.find = lambda image: places  # type: ignore[method-assign]
    sample = Sample("one", ("cyrillic", "16 px", "white"), photo, photo, ("жбжбжб да",))
    rows, words = measure([sample], reader, SayingJudge())
    assert [(row.reader, row.right, row.is_by_second) for row in rows] == [
        (ALONE, 0, False), (TESSERACT, 0, False), (BOTH, 1, True)
    ]  # fmt: skip
    assert [word.is_right for word in words] == [True]
