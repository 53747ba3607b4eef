"""The whole way of a photo: what is delivered never reads worse, whatever the candidates are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engines.boards.blending import resized
from engines.boards.candidates import evened
from engines.boards.efforts import EFFORTS
from engines.boards.pipeline import BoardPipeline
from engines.boards.results import Image
from engines.errors import Cancelled, OutOfMemory
from tests.engines.boards.reading_boards import (
    BEFORE,
    BETTER,
    LINES,
    ColourReader,
    PaintingEnlarger,
    SayingWitness,
    SizeReader,
    draw,
    line,
    real_reader,
    rows,
    run,
)

NETWORK = PaintingEnlarger.spec.key
SOFTENED = f"{NETWORK}-softened"
FULL, QUICK, LIGHT, SWIFT, LEAST = EFFORTS.values()
FULL_ALONE = replace(FULL, asks_witness=False)


TEXT = [line.text for line in BEFORE]
INVENTED = [line("onorgy oquals moss", 0.99), line("lignt nos o spood", 0.99)]


def test_the_network_is_delivered_where_the_whole_picture_reads_better() -> None:
    result = run(SizeReader({480: BEFORE, 960: BETTER}, BEFORE), PaintingEnlarger())
    assert result.method == NETWORK
    assert result.image.shape == (520, 960, 3)
    assert result.after.score > result.before.score
    assert result.text == "energy equals mass\nlight has a speed"
    assert "enlarged" in result.notes


def test_crisp_but_wrong_letters_are_never_delivered() -> None:
    result = run(SizeReader({480: BEFORE, 960: INVENTED}, BEFORE), PaintingEnlarger())
    assert result.method != NETWORK
    assert result.after.score >= result.before.score


def test_the_photo_itself_comes_back_where_nothing_helps() -> None:
    image = draw()
    result = run(SizeReader({480: BEFORE, 960: INVENTED}, INVENTED), PaintingEnlarger(), image=image)
    assert result.method == "original"
    assert result.image is image
    assert result.before == result.after
    assert "nothing-helped" in result.notes
    assert [one.method for one in result.candidates] == [
        *("original", NETWORK, SOFTENED, "bicubic", "enhanced", "evened")
    ]
    assert not any(mark.kind == "departs" for mark in result.marks)


def test_a_gain_that_may_be_chance_is_not_delivered_where_a_second_reader_may_be_asked() -> None:
    slightly = [line("energy equals mass", 0.85), line("light has a speed", 0.92)]
    reader, image = SizeReader({480: BEFORE}, slightly), draw()
    result = run(reader, PaintingEnlarger(), effort=FULL, image=image)
    assert result.image is image
    assert max(one.legibility.score for one in result.candidates) > result.before.score + 0.3
    assert run(SizeReader({480: BEFORE}, slightly), effort=LIGHT).method == "evened"


def test_a_full_effort_delivers_the_best_of_all_a_quick_one_the_first_that_holds() -> None:
    good = [line("energy equals mass", 0.92), line("light has a speed", 0.95)]
    for effort, method in ((FULL, "enhanced"), (QUICK, NETWORK)):
        reader = SizeReader({480: BEFORE, 960: good}, BETTER)
        assert run(reader, PaintingEnlarger(), effort=effort).method == method


def test_light_effort_needs_no_network_and_reads_two_pictures() -> None:
    reader, resolver = SizeReader({480: BEFORE}, BETTER), PaintingEnlarger()
    result = run(reader, resolver, effort=LIGHT)
    assert (result.method, reader.found, resolver.seen) == ("evened", 2, [])
    assert result.image.shape == draw().shape


def test_swift_effort_reads_the_photo_once_and_changes_nothing() -> None:
    reader, image = SizeReader({480: BEFORE}, BETTER), draw()
    result = run(reader, PaintingEnlarger(), effort=SWIFT, image=image)
    assert result.image is image
    assert (result.method, result.notes, reader.found) == ("original", ("only-read",), 1)
    assert [line.text for line in result.lines] == [line.text for line in BEFORE if line.confidence >= 0.5]
    assert result.before is not None
    assert result.after == result.before


def test_least_effort_reads_nothing_and_changes_nothing() -> None:
    reader, image = SizeReader({}), draw()
    result = run(reader, PaintingEnlarger(), effort=LEAST, image=image)
    assert result.image is image
    assert (result.method, result.notes, result.before, result.after) == (
        "original",
        ("not-read",),
        None,
        None,
    )
    assert reader.found == 0


def test_a_small_photo_is_enlarged_by_cubics_where_there_is_no_network() -> None:
    result = run(SizeReader({480: BEFORE, 960: BETTER}, BEFORE), None)
    assert (result.method, result.image.shape) == ("bicubic", (520, 960, 3))


def test_lines_that_the_network_spoilt_keep_the_gentle_pixels_and_are_counted() -> None:
    places = rows(4)
    reader = ColourReader(places, {230: ("energy", 0.95), 120: ("onorgy", 0.99), 20: ("energy", 0.99)})

    def paint(image: Image) -> None:
        image[:] = 20
        height = image.shape[0]
        image[height // 4 : height // 2] = 120

    image = np.full((200, 300, 3), 230, dtype=np.uint8)
    image[::2, ::7] = 225
    result = run(reader, PaintingEnlarger(paint), image=image, effort=FULL_ALONE)
    assert (result.method, result.fallen_back) == (NETWORK, 1)
    assert "lines-kept" in result.notes
    assert [one.text for one in result.lines] == ["energy"] * 4
    assert result.after.score >= result.before.score


def test_half_the_network_is_delivered_where_that_reads_better_than_all_of_it() -> None:
    reader = ColourReader(
        rows(4), {230: ("energy", 0.91), 20: ("energy", 0.95), 70: ("onorgy", 0.99), 125: ("energy", 0.99)}
    )

    def paint(image: Image) -> None:
        image[:] = 20
        image[image.shape[0] // 4 : image.shape[0] // 2] = 70

    resolver, image = PaintingEnlarger(paint), np.full((200, 300, 3), 230, dtype=np.uint8)
    result = run(reader, resolver, image=image, effort=FULL_ALONE)
    assert (result.method, result.image.shape) == (SOFTENED, (400, 600, 3))
    assert len(resolver.seen) == 1  # the network ran once
    cubic = resized(evened(image).image, 600, 400).astype(float)
    assert result.image[20:60, 80:500] == pytest.approx((20 + cubic[20:60, 80:500]) / 2, abs=1)
    # Where the network spoilt a line, the gentle pixels stay, and that is said.
    assert result.image[120:160, 80:500] == pytest.approx(cubic[120:160, 80:500], abs=1)
    assert (result.fallen_back, [one.text for one in result.lines]) == (1, ["energy"] * 4)
    assert "lines-kept" in result.notes
    quick = run(reader, PaintingEnlarger(paint), image=image, effort=replace(QUICK, asks_witness=False))
    assert quick.method == NETWORK
    assert SOFTENED not in {one.method for one in quick.candidates}


def test_patchwork_of_mostly_the_gentle_method_is_given_up() -> None:
    places = rows(4)
    reader = ColourReader(places, {230: ("energy", 0.95), 120: ("onorgy", 0.99)})

    def paint(image: Image) -> None:
        image[: 3 * image.shape[0] // 4] = 120

    result = run(reader, PaintingEnlarger(paint), image=np.full((200, 300, 3), 230, dtype=np.uint8))
    assert result.method != NETWORK
    assert NETWORK in {one.method for one in result.candidates}


def test_lines_that_a_quick_effort_did_not_compare_are_not_redrawn() -> None:
    places = rows(40)
    reader = ColourReader(places, {236: ("energy", 0.92), 20: ("energy", 0.99)})

    def paint(image: Image) -> None:
        image[:] = 20

    image = np.full((800, 300, 3), 236, dtype=np.uint8)
    result = run(reader, PaintingEnlarger(paint), image=image, effort=QUICK)
    assert result.method == NETWORK
    assert "read-partly" in result.notes
    assert sum(one.confidence == 0.92 for one in result.lines) >= 16 - 2


def test_a_photo_without_text_gets_a_picture_and_no_figures() -> None:
    result = run(SizeReader({480: [], 960: []}), PaintingEnlarger())
    assert (result.before, result.after, result.lines) == (None, None, ())
    assert "no-text" in result.notes
    assert result.method == NETWORK
    assert all(one.legibility is None for one in result.candidates)


def test_without_text_a_network_that_invents_strokes_is_not_believed() -> None:
    def paint(image: Image) -> None:
        image[100:300, 100:800:24] = 0

    result = run(SizeReader({480: [], 960: []}), PaintingEnlarger(paint))
    assert result.method == "enhanced"


def test_text_that_shows_only_once_enhanced_is_a_gain() -> None:
    result = run(SizeReader({480: []}, BETTER), None, effort=LIGHT)
    assert result.method == "enhanced"
    assert result.before.score == 0
    assert result.after.words == 7


def test_a_large_photo_goes_through_the_network_reduced_and_comes_back_no_smaller() -> None:
    resolver = PaintingEnlarger()
    result = run(SizeReader({480: BEFORE, 600: BETTER}, BEFORE), resolver, side=300)
    assert resolver.seen == [(162, 300, 3)]
    assert result.image.shape[1] == 600
    assert "reduced" in result.notes


def test_no_network_where_its_output_would_be_smaller_than_the_photo() -> None:
    resolver = PaintingEnlarger()
    result = run(SizeReader({480: BEFORE}, BETTER), resolver, side=100)
    assert resolver.seen == []
    assert min(result.image.shape[:2]) >= 260


def test_a_network_of_four_times_is_bounded_by_the_effort() -> None:
    resolver = PaintingEnlarger()
    resolver.spec = replace(resolver.spec, scale=4)
    resolver.enlarge = lambda image, **_: np.repeat(np.repeat(image, 4, 0), 4, 1)  # type: ignore[method-assign,assignment]
    result = run(SizeReader({480: BEFORE, 960: BETTER}, BEFORE), resolver, effort=QUICK)
    assert result.image.shape == (520, 960, 3)


def test_progress_never_falls_and_ends_at_one() -> None:
    told: list[float] = []
    for effort in EFFORTS.values():
        told.clear()
        reader = SizeReader({480: BEFORE, 960: BETTER}, BEFORE)
        witness = SayingWitness(lambda image: TEXT if image.shape[1] == 480 else ())
        BoardPipeline(reader=reader, resolver=PaintingEnlarger(), longest_side=1600, witness=witness).run(
            draw(), effort, told.append
        )
        assert told == sorted(told)
        assert 1.0 not in told[:-1]
        assert told[-1] == 1.0


def test_a_network_that_cannot_run_is_left_out_and_that_is_said() -> None:
    resolver = PaintingEnlarger()

    def enlarge(image: Image, **_: object) -> Image:
        raise OutOfMemory("The graphics card is full.")

    resolver.enlarge = enlarge  # type: ignore[method-assign,assignment]
    result = run(SizeReader({480: BEFORE, 960: BETTER}, BEFORE), resolver)
    assert result.method == "bicubic"
    assert "no-network" in result.notes


def _cancelled_after(count: int) -> Callable[[], bool]:
    asked = iter(range(10**6))
    return lambda: next(asked) >= count


@pytest.mark.parametrize("count", [0, 1, 3, 5, 8])
def test_a_cancelled_photo_ends_at_the_next_stage(count: int) -> None:
    reader = SizeReader({480: BEFORE, 960: BETTER}, BEFORE)
    pipeline = BoardPipeline(reader=reader, resolver=PaintingEnlarger(), longest_side=1600)
    with pytest.raises(Cancelled):
        pipeline.run(draw(), FULL, is_cancelled=_cancelled_after(count))


@pytest.mark.slow
def test_a_real_reader_sees_through_a_network_that_redraws_letters() -> None:
    wrong = draw(
        ("onorgy oquals moss", "lignt nos o spood", "tno sum ol spuores", "opon tno wlndow"),
        width=960,
        height=520,
        size=52,
    )

    def paint(image: Image) -> None:
        image[:] = wrong

    result = run(real_reader(), PaintingEnlarger(paint))
    assert result.method != NETWORK
    assert result.text.splitlines() == list(LINES)
    assert result.after.score >= result.before.score
