"""What engines say of refused files, in the reader's language."""

from __future__ import annotations

from engines.boards.refusals import SENTENCES
from upscale.refusals import REFUSALS


def test_every_sentence_of_the_engines_is_marked_for_translation() -> None:
    assert set(REFUSALS) == set(SENTENCES)
