"""How boards are judged: what counts as recovered and as broken, and how near a picture is to another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.board_measures import Tally, psnr, ssim
from bench.board_report import promises
from bench.board_results import Made, Reading, Results, every


def tally(truth: str, clean: str, photo: str, after: str) -> Tally:
    made = Tally()
    made.add(truth, clean, photo, after)
    return made


def test_words_are_recovered_broken_and_gone() -> None:
    made = tally(
        truth="Energy is mass twice twice",
        clean="energy is mass twice",
        photo="energy is twice twice",  # the second "twice" by luck: the board itself does not show it
        after="Energy mass twice wice",
    )
    assert (made.written, made.right, made.read) == (5, 3, 4)
    assert (made.lost, made.recovered) == (1, 1)  # mass
    assert (made.sure, made.broken) == (3, 1)  # is
    assert (made.had, made.gone) == (4, 2)  # is, a twice
    assert made.recall == pytest.approx(3 / 5)
    assert made.precision == pytest.approx(3 / 4)
    assert made.broken_share == pytest.approx(1 / 3)
    assert made.gone_share == pytest.approx(1 / 2)


def test_what_is_invented_lowers_precision_and_recovers_nothing() -> None:
    made = tally("one two", clean="one two", photo="", after="won too three")
    assert (made.recall, made.precision, made.recovered_share) == (0, 0, 0)


def test_letters_are_counted_against_the_best_line() -> None:
    assert tally("abcd\nefgh", "", "", "efgx\nabcd").character_errors == pytest.approx(1 / 8)
    assert tally("abcd", "", "", "").character_errors == 1


def test_nothing_written_is_no_error() -> None:
    empty = tally("", "", "", "noise")
    assert (empty.recall, empty.recovered_share, empty.broken_share, empty.character_errors) == (0, 0, 0, 0)


def test_psnr_is_that_of_its_definition() -> None:
    truth = np.full((8, 8, 3), 100, dtype=np.uint8)
    assert psnr(truth + np.uint8(10), truth) == pytest.approx(10 * np.log10(255**2 / 100))


def test_ssim_falls_with_noise_and_is_1_for_the_same() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 256, (64, 64, 1), dtype=np.uint8).repeat(3, axis=2)
    noisy = [truth + random.normal(0, noise, truth.shape) for noise in (0, 10, 60)]
    values = [ssim(np.clip(image, 0, 255).astype(np.uint8), truth) for image in noisy]
    assert values[0] == pytest.approx(1)
    assert values[0] > values[1] > values[2]


def test_ssim_of_two_even_grounds_is_that_of_their_light() -> None:
    """Without contrast, Wang's formula leaves (2ab + c) / (a² + b² + c)."""
    one, other = (np.full((32, 32, 3), level, dtype=np.uint8) for level in (100, 150))
    light = (0.01 * 255) ** 2
    assert ssim(one, other) == pytest.approx((2 * 100 * 150 + light) / (100**2 + 150**2 + light), abs=1e-6)


def test_results_are_pooled_by_group_and_come_back_from_a_file(tmp_path: Path) -> None:
    results = Results()
    for size, right in (("8 px", 9), ("6 px", 3)):
        counted = Tally(written=10, right=right, sure=4, broken=1)
        results.readings.append(Reading("one", ("latin", size, "white"), "bicubic", "tesseract", counted))
    results.made.append(Made("one", ("latin", "8 px", "white"), "bicubic", 2.0, 0.5, 30.0, 0.9))
    results.made.append(Made("two", ("photo", "÷1"), "bicubic", 1.0, 0.5))
    results.save(tmp_path / "figures.json")
    back = Results.load(tmp_path / "figures.json")
    assert back == results
    assert back.tally("bicubic", "tesseract").recall == pytest.approx(0.6)
    assert back.tally("bicubic", "tesseract", every("8 px", "latin")).recall == pytest.approx(0.9)
    assert back.tally("bicubic", "rapidocr").written == 0
    assert back.psnr("bicubic") == 30.0
    assert back.seconds("bicubic") == pytest.approx(3.0)
    assert np.isnan(back.psnr("lanczos"))


def test_a_promise_is_missed_where_a_word_of_large_writing_is_broken() -> None:
    results = Results()
    for broken in (0, 1):
        counted = Tally(written=10, right=10, sure=10, broken=broken)
        results.readings.append(
            Reading(f"{broken}", ("latin", "16 px", "white"), "ours", "tesseract", counted)
        )
        kept = {promise.name: promise.is_kept for promise in promises(results, "ours")}
        assert kept["words broken at 16 px, tesseract"] is (broken == 0)
