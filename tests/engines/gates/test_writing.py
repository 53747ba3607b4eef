"""What is fake text, and what is only a sign."""

from __future__ import annotations

import numpy as np
import pytest

from engines.boards.results import ReadLine
from engines.gates.examining import examine, opened
from engines.gates.words import is_word
from engines.gates.writing import fake_text

WHERE = ((0.1, 0.2), (0.4, 0.25), (0.4, 0.35), (0.1, 0.3))


def line(text: str, confidence: float = 0.9) -> ReadLine:
    return ReadLine(text, confidence, WHERE)


@pytest.mark.parametrize(
    "word", ["exit", "coffee", "stairwell", "wc", "meetings", "reception", "cloakroom", "photocopiers"]
)
def test_words_of_signs_are_words(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("run", ["vorlane", "brelkto", "xqzvt", "zbgiokd", "hexfuskryq"])
def test_made_up_names_are_no_words(run: str) -> None:
    assert not is_word(run)


def test_a_letter_misread_in_a_long_word_is_forgiven() -> None:
    assert is_word("receptlon")


@pytest.mark.parametrize("text", ["EXIT", "Meeting room 4", "WC", "P2", "50 %", "12-14", "No", ""])
def test_real_words_and_numbers_are_no_fake_text(text: str) -> None:
    assert not fake_text([line(text)]).is_defect


def test_made_up_words_are_fake_text_with_their_place_and_what_was_read() -> None:
    found = fake_text([line("Zbgiokd"), line("Coffee")])
    assert found.is_defect
    assert found.measure == 7
    [box] = found.boxes
    assert (box.left, box.top, box.text) == (0.1, 0.2, "Zbgiokd")
    assert (box.width, box.height) == pytest.approx((0.3, 0.15))


def test_a_name_among_words_is_no_fake_text() -> None:
    assert fake_text([line("Welcome to the office of Brelkto")]).measure == 0


def test_scrawls_that_are_read_as_letters_of_another_script_are_fake_text() -> None:
    assert fake_text([line("丁如月西A", 0.6)]).is_defect


def test_cyrillic_is_not_judged() -> None:
    assert fake_text([line("Переговорная")]).measure == 0


def test_what_is_hardly_read_is_no_writing() -> None:
    assert fake_text([line("Zbgiokd", 0.2)]).measure == 0


def test_a_handle_that_is_read_as_a_letter_is_no_fake_text() -> None:
    assert fake_text([line("口", 0.8)] * 9).measure == 0


def test_a_detector_that_raises_does_not_keep_the_others_from_it() -> None:
    def no_reader() -> object:
        raise RuntimeError("no engine")

    examined = examine(np.zeros((64, 64, 3), np.uint8), no_reader)
    assert [failure.defect for failure in examined.failures] == ["fake-text"]
    assert "no engine" in examined.failures[0].error
    assert {finding.defect for finding in examined.defects} == {"blank", "dark", "low-contrast"}


@pytest.mark.parametrize("file", [b"", b"no picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"])
def test_what_is_no_picture_cannot_be_opened(file: bytes) -> None:
    with pytest.raises(OSError, match=r"."):
        opened(file)
