"""The second recogniser: it reads the boards in whose photo it finds Cyrillic, and all pictures made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import ImageFont

from engines.boards.legibility import words_of
from engines.boards.pipeline import Reader
from engines.boards.reading import FAIR, LOOKED_AT, BoardReader, Place, is_board_cyrillic
from engines.boards.results import Image, ReadLine
from engines.errors import ModelUnavailable
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER
from tests.engines.boards.made_recogniser import bars, write_recogniser
from tests.engines.boards.reading_boards import (
    BEFORE,
    BETTER,
    LINES,
    PaintingEnlarger,
    SizeReader,
    box,
    draw,
    real_reader,
    run,
)

SPEC = BOARD_READERS[DEFAULT_BOARD_READER]
CYRILLIC, LATIN = "жбжбжб", "жazazaz"
WIDTH, ROW = 400, 48


def board(*lines: str) -> tuple[Image, list[Place]]:
    """Draw lines of bars under each other, in rows of ``ROW`` pixels, and say where they stand."""
    image = np.full((ROW * len(lines), WIDTH, 3), 255, dtype=np.uint8)
    places = []
    for row, text in enumerate(lines):
        part = bars(text)
        top, width = ROW * row + 8, part.shape[1]
        image[top : top + 32, :width] = part
        places.append(Place(box(0.0, top / image.shape[0], width / WIDTH, (top + 32) / image.shape[0]), 0.9))
    return image, places


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> BoardReader:
    """Load the registry's reader with a second recogniser that reads bars."""
    file = write_recogniser(tmp_path_factory.mktemp("weights") / "lines.onnx")
    return BoardReader.load(replace(SPEC, second=str(file)))


@pytest.mark.slow
def test_a_cyrillic_board_is_read_by_the_second_and_so_is_all_that_is_made_of_it(reader: BoardReader) -> None:
    photo, places = board(CYRILLIC, "жбж", LATIN)
    suited = reader.suited_to(photo, places)
    assert [line.text for line in suited.read(photo, places)] == [CYRILLIC, "жбж", LATIN]
    other, there = board(LATIN, LATIN)
    assert [line.text for line in suited.read(other, there)] == [LATIN, LATIN]
    assert (suited.is_by_second, suited.revision) == (True, reader.revision)


@pytest.mark.slow
def test_a_latin_board_stays_with_the_first_whatever_is_made_of_it(reader: BoardReader) -> None:
    photo, places = board(LATIN, LATIN, "жбж")
    suited = reader.suited_to(photo, places)
    assert suited is reader
    other, there = board(CYRILLIC, CYRILLIC)
    assert CYRILLIC not in [line.text for line in suited.read(other, there)]


@pytest.mark.slow
def test_the_widest_lines_decide(reader: BoardReader) -> None:
    narrow = ["жaz"] * (LOOKED_AT + 4)
    assert reader.suited_to(*board(*narrow)) is reader
    assert reader.suited_to(*board(*narrow, *[CYRILLIC] * LOOKED_AT)).is_by_second


@pytest.mark.slow
def test_a_board_without_lines_stays_with_the_first(reader: BoardReader) -> None:
    photo, _ = board("ж")
    assert reader.suited_to(photo, []) is reader
    assert reader.suited_to(photo, [Place(box(0.5, 0.5, 0.5, 0.5), 0.9)]) is reader


@pytest.mark.slow
def test_a_reader_without_a_second_reads_as_one_with_a_second_reads_latin(reader: BoardReader) -> None:
    alone = BoardReader.load(replace(SPEC, second=None))
    photo = draw()
    assert alone.read_all(photo) == reader.read_all(photo)
    assert [line.text for line in alone.read_all(photo)] == list(LINES)
    photo, places = board(CYRILLIC, CYRILLIC)
    assert alone.suited_to(photo, places) is alone
    assert reader.revision.startswith(f"{alone.revision}+")


@pytest.mark.slow
def test_the_shipped_recogniser_reads_a_board_in_russian() -> None:
    lines = (
        "предел функции равен нулю",
        "производная суммы двух",
        "ряд сходится быстро",
        "найти площадь фигуры",
    )
    font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    photo = draw(lines, width=640, font=ImageFont.truetype(font, 26))
    wanted, told = Counter(" ".join(lines).split()), Counter[str]()
    for line in real_reader().read_all(photo):
        told += Counter(words_of(line.text))
    alone = Counter(
        word
        for line in BoardReader.load(replace(SPEC, second=None)).read_all(photo)
        for word in words_of(line.text)
    )
    assert (wanted & told).total() >= 10
    assert (wanted & alone).total() <= 2


class DecidingReader(SizeReader):
    """A reader that reads nothing itself and leaves every board to another, saying what it was asked of."""

    def __init__(self, other: Reader) -> None:
        super().__init__({480: BEFORE})
        self.other = other
        self.asked: list[tuple[int, ...]] = []

    def suited_to(self, photo: Image, places: Sequence[Place]) -> Reader:
        self.asked.append((*photo.shape, len(places)))
        return self.other

    def read(self, image: Image, places: Sequence[Place]) -> tuple[ReadLine, ...]:
        raise AssertionError("This reader was told to read.")


def test_who_reads_is_decided_once_by_the_photo_and_kept_for_all_that_is_made_of_it() -> None:
    suited = SizeReader({480: BEFORE, 960: BETTER}, BEFORE)
    reader = DecidingReader(suited)
    result = run(reader, PaintingEnlarger())
    assert reader.asked == [(260, 480, 3, len(BEFORE))]
    assert reader.found == 1  # the photo's places are found before it is decided
    assert suited.found == len(result.candidates) - 1 > 0
    assert result.method == PaintingEnlarger.spec.key


def test_a_second_recogniser_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"lines\.onnx"):
        BoardReader.load(replace(SPEC, second=str(tmp_path / "lines.onnx")))


@pytest.mark.parametrize(
    ("read", "is_it"),
    [
        ([("предел", FAIR), ("функции", 0.9)], True),
        ([("предел", FAIR - 0.01), ("функции", FAIR - 0.01)], False),
        ([("предел", 0.9), ("жжж", 0.3)], True),
        ([("предел", 0.9), ("жжж", 0.3), ("", 0.0)], False),
        ([("предел", 0.9), ("the limit of", 0.9)], False),
        ([("limit", 0.9)], False),
        ([], False),
    ],
)
def test_fair_confidence_in_half_of_the_lines_and_cyrillic_in_most_letters_are_wanted(
    read: list[tuple[str, float]], is_it: bool
) -> None:
    assert is_board_cyrillic(read) is is_it
