"""The evaluation of boards: what is judged, by what, and what a judge breaks by chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import board_sets, boards
from bench.board_methods import Method
from bench.board_report import BICUBIC, BOARD, GATE, GRAIN, LARGE, ORIGINAL
from bench.board_sets import CONTENTS, FIRST_CHOICE, X_HEIGHTS, Sample, drawn, grained
from bench.boards import OURS, loaded, main, measure, options_of, samples
from bench.report import Promise
from engines.boards.results import Image
from tests.bench.made_results import complete, without

EVEN: Image = np.full((40, 60, 3), 128, dtype=np.uint8)


class NoiseJudge:
    """A judge that reads "one two" in a smooth picture and "one" in any other."""

    name = "tesseract"

    def read(self, image: Image) -> list[str]:
        return ["one two" if image.std() == 0 else "one"]

    def read_lines(self, images: Sequence[Image]) -> list[str]:
        return [" ".join(self.read(image)) for image in images]


@pytest.fixture
def drawn_boards(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note which boards are drawn, without drawing them."""
    noted: list[Any] = []
    monkeypatch.setattr(board_sets, "draw", lambda *board: noted.append(board))
    return noted


def sample(name: str = "one", *, is_drawn: bool = True) -> Sample:
    group = ("latin", "8 px", "white") if is_drawn else ("photo", "÷1")
    whole = ((0.0, 0.0, 1.0, 1.0),) if is_drawn else ()
    return Sample(name, group, EVEN[::2, ::2], EVEN, ("one two",), whole)


def test_the_grain_is_faint_and_the_same_for_the_same_board() -> None:
    noise = grained(sample()).astype(int) - EVEN
    assert noise.std() == pytest.approx(2, rel=0.05)
    assert abs(noise.mean()) < 0.1
    assert np.array_equal(grained(sample()), grained(sample()))
    assert not np.array_equal(grained(sample()), grained(sample("other")))


def test_what_is_broken_by_chance_is_measured_beside_every_drawn_board() -> None:
    tried = [Method(ORIGINAL, lambda image: image, 1)]
    results = measure([sample(), sample("photo", is_drawn=False)], tried, [NoiseJudge()])
    assert [(row.board, row.method) for row in results.readings] == [
        ("one", BOARD), ("one", GRAIN), ("one", ORIGINAL), ("photo", ORIGINAL)
    ]  # fmt: skip
    assert (results.tally(GRAIN, "tesseract").sure, results.tally(GRAIN, "tesseract").broken) == (2, 1)
    assert results.tally(BOARD, "tesseract").broken == 0
    assert {row.method for row in results.made} == {ORIGINAL}


def test_boards_to_choose_on_are_never_those_of_the_figures(drawn_boards: list[Any]) -> None:
    list(samples(options_of(["--boards", str(FIRST_CHOICE)])))
    reported = {(content, size, number) for content, size, _, number in drawn_boards}
    drawn_boards.clear()
    list(samples(options_of(["--boards", str(FIRST_CHOICE), "--choose"])))
    to_choose = {(content, size, number) for content, size, _, number in drawn_boards}
    assert len(reported) == len(to_choose) == len(CONTENTS) * len(X_HEIGHTS) * FIRST_CHOICE
    assert not reported & to_choose
    assert min(number for *_, number in to_choose) == FIRST_CHOICE


def test_photos_are_left_out_where_settings_are_chosen(
    drawn_boards: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "photos", lambda folder: [sample(folder.name, is_drawn=False)])
    photos = ["--photos", str(tmp_path)]
    assert [one.name for one in samples(options_of(photos)) if one] == [tmp_path.name]
    for other in ("--choose", "--quick"):
        assert [one for one in samples(options_of([*photos, other])) if one] == []


@pytest.mark.parametrize(
    ("given", "count"), [([], 3), (["--quick"], 1), (["--quick", "--boards", "4"], 4), (["--boards", "2"], 2)]
)
def test_a_quick_run_draws_one_board_of_each_kind_unless_it_is_told(given: list[str], count: int) -> None:
    assert options_of(given).boards == count


@pytest.mark.parametrize("given", [["--boards", "51"], ["--boards", "-1"], ["--choose", "--check"]])
def test_options_that_would_mix_choices_and_figures_are_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit):
        options_of(given)


def test_board_numbers_end_where_those_of_another_size_begin(drawn_boards: list[Any]) -> None:
    list(drawn(50, ("latin",), first=50))
    assert len(drawn_boards) == 50 * len(X_HEIGHTS)
    with pytest.raises(ValueError, match="up to 99"):
        list(drawn(51, first=50))


def test_options_reach_the_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(boards, "methods", lambda *given, **named: (*given, named))
    monkeypatch.setattr(boards, "measure", lambda boards, tried, *given, **named: asked.append(tried))
    for given in (
        ["--weights", "a/one.safetensors,two.safetensors", "--strengths"],
        ["--quick"],
        ["--quick", "--methods", "bicubic, gate"],
    ):
        boards.measured(options_of([*given, "--judges", "rapidocr"]))
    assert asked == [
        (None, [Path("a/one.safetensors"), Path("two.safetensors")], {"with_strengths": True}),
        ([ORIGINAL, BICUBIC, LARGE, OURS, GATE], [], {"with_strengths": False}),
        (["bicubic", "gate"], [], {"with_strengths": False}),
    ]


@pytest.mark.parametrize(
    ("given", "is_excused"),
    [([], False), (["--methods", "bicubic"], True), (["--judges", "rapidocr"], True), (["--quick"], True)],
)
def test_only_a_part_that_was_asked_for_may_lack_promises(
    given: list[str],
    is_excused: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(complete(), lambda row: row.group[0] == "photo").save(tmp_path / "figures.json")
    monkeypatch.setattr("sys.argv", ["boards", "--from", str(tmp_path / "figures.json"), "--check", *given])
    monkeypatch.setattr(boards, "OURS", "ours")
    concluded: list[Promise] = []
    monkeypatch.setattr(boards, "conclude", lambda promises, *, check: concluded.extend(promises))
    main()
    assert all(promise.is_kept for promise in concluded) is is_excused


def test_what_was_saved_in_parts_is_put_together(tmp_path: Path) -> None:
    parts = [without(complete(), lambda row, name=name: row.method != name) for name in (ORIGINAL, BICUBIC)]  # type: ignore[misc]
    for number, part in enumerate(parts):
        part.save(tmp_path / f"{number}.json")
    together = loaded([str(tmp_path / "0.json"), str(tmp_path / "1.json")])
    assert together.readings == parts[0].readings + parts[1].readings
    assert together.made == parts[0].made + parts[1].made
    assert set(together.methods()) == {ORIGINAL, BICUBIC}
