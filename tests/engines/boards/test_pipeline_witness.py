"""The second reader's part in the way of a photo: what it finds worse is not delivered, and it never fails a photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from engines.boards.efforts import EFFORTS, Effort
from engines.boards.results import Image
from tests.engines.boards.reading_boards import (
    BEFORE,
    BETTER,
    ColourReader,
    PaintingEnlarger,
    SayingWitness,
    SizeReader,
    draw,
    line,
    rows,
    run,
)

NETWORK = PaintingEnlarger.spec.key
_FULL, QUICK, LIGHT, SWIFT, LEAST = EFFORTS.values()

MIDDLING = [line("energy equals mass", 0.95), line("light has a speed", 0.97)]
TEXT = [line.text for line in BEFORE]


def only_at(*widths: int) -> Callable[[Image], Sequence[str]]:
    """Return what says the board's text of pictures so wide, and nothing of others."""
    return lambda image: TEXT if image.shape[1] in widths else ()


def test_what_the_witness_finds_worse_gives_way_to_the_next_best() -> None:
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, MIDDLING), SayingWitness(only_at(480))
    image = draw()
    result = run(reader, PaintingEnlarger(), image=image, witness=witness)
    assert result.method == "enhanced"
    assert "nothing-helped" not in result.notes
    assert witness.widths == [480, 960, 960, 960, 480, 480]
    assert witness.asked[0] is image


def test_what_reads_best_is_delivered_where_the_witness_finds_it_no_worse() -> None:
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, MIDDLING), SayingWitness(only_at(480, 960))
    assert run(reader, PaintingEnlarger(), witness=witness).method == NETWORK


def test_the_figures_are_those_of_both_readers() -> None:
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, BEFORE), SayingWitness(lambda seen: TEXT)
    result = run(reader, PaintingEnlarger(), witness=witness)
    assert result.method == NETWORK
    assert (result.before.score, result.after.score, result.after.words) == (6.0, 6.0, 6)
    witness = SayingWitness(lambda seen: TEXT[: 1 + (seen.shape[1] == 960)])
    result = run(reader, PaintingEnlarger(), witness=witness)
    # Both read "energy equals mass" in the photo, the second reader "light", "has" and "speed" in the result alone.
    assert (result.before.score, result.after.score) == (4.5, 6.0)
    assert (result.before.words, result.after.words) == (5, 6)
    assert {one.method: one.legibility for one in result.candidates}[NETWORK] == result.after


def test_a_picture_of_which_too_much_would_be_put_back_is_judged_whole_by_both() -> None:
    def paint(image: Image) -> None:
        image[..., 0] = 200

    places = rows(4)
    meanings = {240: ("energy equals mass", 0.95), 200: ("enorgy oguals moss", 0.9)}
    reader, other = ColourReader(places, meanings), ColourReader(places, meanings)
    alone = run(reader, PaintingEnlarger(paint), image=np.full((240, 480, 3), 240, np.uint8))
    assert NETWORK in [one.method for one in alone.candidates]
    assert f"{NETWORK}-softened" not in [one.method for one in alone.candidates]
    witness = SayingWitness(lambda seen: ["energy equals mass"])
    result = run(other, PaintingEnlarger(paint), image=np.full((240, 480, 3), 240, np.uint8), witness=witness)
    assert f"{NETWORK}-softened" in [one.method for one in result.candidates]
    assert result.method == "original"


def test_the_photo_itself_comes_back_where_the_witness_finds_everything_worse() -> None:
    image = draw()
    witness = SayingWitness(lambda seen: TEXT if seen is image else TEXT[:1])
    result = run(
        SizeReader({480: BEFORE, 960: BETTER}, BETTER), PaintingEnlarger(), image=image, witness=witness
    )
    assert result.image is image
    assert (result.method, result.before) == ("original", result.after)
    assert "nothing-helped" in result.notes
    assert len(witness.asked) == 6


def test_a_quick_effort_delivers_the_first_that_both_find_better() -> None:
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, BETTER), SayingWitness(only_at(480))
    result = run(reader, PaintingEnlarger(), effort=QUICK, witness=witness)
    assert result.method == "evened"
    assert witness.widths == [480, 960, 480]
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, BETTER), SayingWitness(only_at(480, 960))
    assert run(reader, PaintingEnlarger(), effort=QUICK, witness=witness).method == NETWORK
    assert witness.widths == [480, 960]


def test_words_on_which_both_agree_make_up_for_a_small_gain_of_the_score() -> None:
    slightly = [line("energy equals mass", 0.85), line("light has a speed", 0.92)]
    reader = SizeReader({480: BEFORE, 960: slightly}, BEFORE)
    reads_more = SayingWitness(lambda image: TEXT if image.shape[1] == 960 else TEXT[:1])
    assert run(reader, PaintingEnlarger(), witness=reads_more).method == NETWORK
    assert run(reader, PaintingEnlarger(), witness=SayingWitness(lambda image: TEXT)).method == "original"


@pytest.mark.parametrize("effort", [LIGHT, SWIFT, LEAST], ids=lambda effort: effort.key)
def test_with_less_effort_nobody_else_is_asked(effort: Effort) -> None:
    witness = SayingWitness(only_at())
    alone = run(SizeReader({480: BEFORE}, BETTER), effort=effort)
    assert run(SizeReader({480: BEFORE}, BETTER), effort=effort, witness=witness).method == alone.method
    assert witness.asked == []


@pytest.mark.parametrize("answers", [0, 1], ids=["at the photo", "at the result"])
def test_a_witness_that_fails_is_left_out_and_asked_no_more(
    answers: int, caplog: pytest.LogCaptureFixture
) -> None:
    def say(image: Image) -> Sequence[str]:
        if len(witness.asked) > answers:
            raise RuntimeError("out of ink")
        return TEXT

    witness = SayingWitness(say)
    result = run(SizeReader({480: BEFORE, 960: BETTER}, BEFORE), PaintingEnlarger(), witness=witness)
    assert result.method == NETWORK
    assert len(witness.asked) == answers + 1
    assert "second, is left out" in caplog.text
    assert "out of ink" in caplog.text


def test_a_witness_that_fails_is_not_asked_about_the_next_version_either() -> None:
    slightly = [line("energy equals mass", 0.85), line("light has a speed", 0.92)]

    def say(image: Image) -> Sequence[str]:
        raise RuntimeError("out of ink")

    witness = SayingWitness(say)
    result = run(SizeReader({480: BEFORE, 960: slightly}, slightly), PaintingEnlarger(), witness=witness)
    assert result.method == "original"
    assert sum(one.legibility.score > result.before.score for one in result.candidates) > 1
    assert len(witness.asked) == 1


def test_faint_words_that_both_read_in_the_photo_are_not_given_for_what_shows_once_enhanced() -> None:
    faint, image = [line(text, 0.5) for text in TEXT], draw()
    for changed, note, resolver in ((BETTER, "nothing-helped", None), (faint, "no-text", PaintingEnlarger())):
        witness = SayingWitness(lambda seen: TEXT if seen is image else ())
        result = run(SizeReader({480: faint}, changed), resolver, image=image, witness=witness)
        assert (result.method, note in result.notes) == ("original", True)
        assert result.image is image
        witness = SayingWitness(lambda seen: TEXT)
        result = run(SizeReader({480: faint}, changed), resolver, image=image, witness=witness)
        assert result.method == "enhanced"
