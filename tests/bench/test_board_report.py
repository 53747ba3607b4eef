"""What is promised of the board model: on which boards, and what a run says that lacks them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.board_report import BICUBIC, GATE, GRAIN, LARGE, ORIGINAL, Unmeasured, promises, show
from bench.board_results import Made, Reading, Results
from bench.report import Promise, conclude
from tests.bench.made_results import OURS, complete, counted, without

Row = Reading | Made
OVER_LARGE = f"recall of the gate on photos over {LARGE}, mean of the judges"


def named(results: Results) -> dict[str, Promise]:
    return {promise.name: promise for promise in promises(results, OURS)}


def on_photos(**right: dict[str, dict[str, int]]) -> Results:
    """Return how many of 100 words each judge read on each photo, by method: judge → photo → method → words."""
    return Results(
        [
            Reading(photo, ("photo", "÷1"), method, judge, counted(words))
            for judge, photos in right.items()
            for photo, methods in photos.items()
            for method, words in methods.items()
        ]
    )


def test_a_whole_run_measures_every_promise() -> None:
    made = promises(complete(), OURS)
    assert len(made) == 16
    assert [str(promise) for promise in made if not promise.is_kept] == []


@pytest.mark.parametrize(
    ("is_left_out", "missing"),
    [
        (lambda row: row.method == GATE, {"gate"}),
        (
            lambda row: row.method == OURS,
            {"words recovered", "words broken", "recall of ours", "x4plus at", "worst script", "seconds"},
        ),
        (lambda row: "5 px" in row.group, {"5 to 8 px", "worst size", "at 5 px"}),
        (lambda row: "16 px" in row.group, {"16 px", "worst size"}),
        (lambda row: row.group[0] == "photo", {"photo,", "photos"}),
        (lambda row: row.method == LARGE, {"x4plus"}),
        (lambda row: row.method == BICUBIC, {"bicubic"}),
        (lambda row: row.method == ORIGINAL, {"better of photo", "than the photo"}),
        (lambda row: getattr(row, "judge", "") == "tesseract", {"tesseract", "mean of the judges"}),
        (lambda row: getattr(row, "judge", "") == "rapidocr", {"rapidocr", "mean of the judges"}),
        (lambda row: "black" in row.group, {"worst script and colour"}),
        (lambda row: True, {""}),
    ],
)
def test_what_lacks_boards_a_method_or_a_judge_is_not_measured_and_nothing_else(
    is_left_out: Callable[[Row], bool], missing: set[str]
) -> None:
    made = named(without(complete(), is_left_out))
    assert made.keys() == named(complete()).keys()
    unmeasured = {name for name, promise in made.items() if isinstance(promise, Unmeasured)}
    assert unmeasured == {name for name in made if any(part in name for part in missing)}
    assert all(promise.is_kept for name, promise in made.items() if name not in unmeasured)


def test_the_gate_is_compared_on_the_photos_that_a_rival_was_given() -> None:
    small = {GATE: 40, LARGE: 30, BICUBIC: 35}
    easy, hard = {GATE: 90, BICUBIC: 85}, {GATE: 10, BICUBIC: 5}
    for large in (easy, hard):
        photos = {"small": small, "large": large}
        made = named(on_photos(rapidocr=photos, tesseract=photos))
        assert made[OVER_LARGE].measured == pytest.approx(10)
        over_bicubic = made[f"recall of the gate on photos over {BICUBIC}, mean of the judges"]
        assert over_bicubic.measured == pytest.approx(5)


def test_a_gain_by_one_judge_pays_for_a_loss_by_the_other() -> None:
    made = named(on_photos(rapidocr={"one": {GATE: 40, LARGE: 44}}, tesseract={"one": {GATE: 40, LARGE: 30}}))
    assert made[OVER_LARGE].measured == pytest.approx(3)
    made = named(on_photos(rapidocr={"one": {GATE: 40, LARGE: 51}}, tesseract={"one": {GATE: 40, LARGE: 30}}))
    assert not made[OVER_LARGE].is_kept


def test_the_worst_photo_counts_for_each_judge() -> None:
    photos = {"one": {GATE: 60, ORIGINAL: 50}, "two": {GATE: 49, ORIGINAL: 50}}
    made = named(on_photos(rapidocr=photos, tesseract={"one": photos["one"]}))
    name = "words that the gate's picture has more than the photo, {}, worst photo"
    assert made[name.format("rapidocr")].measured == -1
    assert made[name.format("tesseract")].measured == 10


def test_a_check_fails_where_a_promise_was_not_measured_and_names_it_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = without(complete(), lambda row: row.method == LARGE)
    with pytest.raises(SystemExit) as stopped:
        conclude(promises(results, OURS), check=True)
    assert stopped.value.code == 1
    assert capsys.readouterr().out.splitlines()[-1] == f"not measured: {OVER_LARGE}"


def test_a_check_of_a_part_passes_without_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    results = without(complete(), lambda row: row.method == LARGE)
    conclude(promises(results, OURS, is_partial=True), check=True)
    assert f"not measured: {OVER_LARGE}" in capsys.readouterr().out


def test_what_a_judge_breaks_by_chance_is_shown_and_no_rival(capsys: pytest.CaptureFixture[str]) -> None:
    show(complete())
    read, near = capsys.readouterr().out.split("\nPSNR")
    assert GRAIN in read
    assert GRAIN not in near
    better = complete()
    better.readings += [
        Reading("one", ("photo", "÷1"), GRAIN, judge, counted(100)) for judge in ("rapidocr", "tesseract")
    ]
    assert promises(better, OURS) == promises(complete(), OURS)
