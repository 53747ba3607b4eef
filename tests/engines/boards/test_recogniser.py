"""The recogniser of lines: text and confidence, the same in any company."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.boards.alphabet import COUNT
from engines.boards.recogniser import MOST_COLUMNS, Recogniser
from engines.errors import ModelUnavailable
from tests.engines.boards.made_recogniser import bars, write_recogniser


@pytest.fixture
def recogniser(tmp_path: Path) -> Recogniser:
    return Recogniser.load(write_recogniser(tmp_path / "lines.onnx"), key="made", threads=1)


def test_lines_are_read_in_their_order_whatever_their_widths(recogniser: Recogniser) -> None:
    texts = ["жaб", 12 * "жzб", "ж", "жжбб", "ж" + 12 * "a"]
    read = recogniser.read([bars(text) for text in texts])
    assert [text for text, _ in read] == texts
    assert all(confidence > 0.9 for _, confidence in read)


def test_a_line_is_read_in_any_size(recogniser: Recogniser) -> None:
    assert [
        text for text, _ in recogniser.read([bars("жбжж", height=height) for height in (32, 64, 96)])
    ] == ["жбжж"] * 3


def test_a_line_reads_the_same_alone_and_beside_others(recogniser: Recogniser) -> None:
    random = np.random.default_rng(1)
    lines = [
        bars("ж" + "".join(random.choice(list("жaбz"), count)), uncertain=0.05) for count in (2, 3, 9, 40)
    ]
    assert recogniser.read(lines) == tuple(recogniser.read([line])[0] for line in lines)


def test_what_lies_between_two_letters_is_read_with_less_confidence(recogniser: Recogniser) -> None:
    [(_, sure)] = recogniser.read([bars("жбжб")])
    half = bars("жбжб")
    half[half == 128] = 156  # between б and z, but nearer to the one
    [(text, less_sure)] = recogniser.read([half])
    assert text == "жбжб"
    assert sure > 0.99
    assert 0.7 < less_sure < sure - 0.005


def test_an_empty_place_and_a_stroke_across_the_board_read_as_nothing(recogniser: Recogniser) -> None:
    empty = np.full((20, 90, 3), 200, dtype=np.uint8)
    stroke = np.zeros((2, MOST_COLUMNS // 16 + 1, 3), dtype=np.uint8)
    none = np.zeros((0, 5, 3), dtype=np.uint8)
    assert recogniser.read([empty, stroke, none]) == (("", 0.0),) * 3
    assert recogniser.read([]) == ()


def test_another_file_has_another_revision(recogniser: Recogniser, tmp_path: Path) -> None:
    file = write_recogniser(tmp_path / "lines.onnx")
    assert Recogniser.load(file, key="made").revision == recogniser.revision
    file.write_bytes(file.read_bytes() + b"\x32\x01x")  # a description
    assert Recogniser.load(file, key="made").revision != recogniser.revision


def test_a_file_that_is_missing_damaged_or_of_other_letters_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lines.onnx"
    with pytest.raises(ModelUnavailable, match=r"lines\.onnx.*not there.*export_reader"):
        Recogniser.load(file, key="made")
    file.write_bytes(b"no network at all")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        Recogniser.load(file, key="made")
    with pytest.raises(ModelUnavailable, match="other letters"):
        Recogniser.load(write_recogniser(file, COUNT - 1), key="made")
