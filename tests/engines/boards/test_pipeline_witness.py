"""The second reader's part in the way of a photo: what it finds worse is not delivered, and it never fails a photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from engines.boards.efforts import EFFORTS, Effort
from engines.boards.results import Image
from tests.engines.boards.reading_boards import (
    BEFORE,
    BETTER,
    PaintingEnlarger,
    SayingWitness,
    SizeReader,
    draw,
    line,
    run,
)

NETWORK = PaintingEnlarger.spec.key
_FULL, QUICK, LIGHT, SWIFT, LEAST = EFFORTS.values()

MIDDLING = [line("energy equals mass", 0.92), line("light has a speed", 0.95)]
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
    # The photo once, then the three that read best, and the one that is delivered; "evened" is spared.
    assert witness.widths == [480, 960, 960, 960, 480]
    assert witness.asked[0] is image
    assert witness.asked[-1] is result.image


def test_what_the_witness_finds_no_worse_is_delivered_at_once() -> None:
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, MIDDLING), SayingWitness(only_at(480, 960))
    assert run(reader, PaintingEnlarger(), witness=witness).method == NETWORK
    assert witness.widths == [480, 960]


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


def test_a_quick_effort_delivers_the_first_that_both_find_no_worse() -> None:
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, BETTER), SayingWitness(only_at(480))
    result = run(reader, PaintingEnlarger(), effort=QUICK, witness=witness)
    assert result.method == "evened"
    assert witness.widths == [480, 960, 480]
    reader, witness = SizeReader({480: BEFORE, 960: BETTER}, BETTER), SayingWitness(only_at(480, 960))
    assert run(reader, PaintingEnlarger(), effort=QUICK, witness=witness).method == NETWORK


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


def test_a_witness_is_spared_where_it_could_object_to_nothing() -> None:
    letters = [line("a b c d", 0.95)]
    witness = SayingWitness(lambda image: ["a b c d"])
    assert run(SizeReader({480: letters, 960: letters}), witness=witness).method == "bicubic"
    assert witness.asked == []
    witness = SayingWitness(lambda image: ["Свет имеет скорость"])
    assert run(SizeReader({480: BEFORE, 960: BETTER}, BEFORE), witness=witness).method == "bicubic"
    assert witness.widths == [480]


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
