"""The split between what is trained on and what is measured on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from training import fonts, words
from training.fonts import Script
from training.formulas import FAMILIES, formula, mask_of

SCRIPTS: tuple[Script, ...] = ("latin", "cyrillic", "greek")


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_font_is_trained_on_and_held_out(script: Script) -> None:
    trained = {family.name for family in fonts.families_for(script, held_out=False)}
    held_out = {family.name for family in fonts.families_for(script, held_out=True)}
    assert trained
    assert held_out
    assert not trained & held_out
    assert not set(FAMILIES[False]) & set(FAMILIES[True])


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_word_is_trained_on_and_held_out(script: Script) -> None:
    trained, held_out = (set(words.vocabulary(script, held_out=half)) for half in (False, True))
    assert len(held_out) > 300
    assert len(trained) > 4 * len(held_out)
    assert not trained & held_out
    assert not {word.casefold() for word in trained} & {word.casefold() for word in held_out}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_token_is_written_with_letters_that_a_font_has(script: Script) -> None:
    random = np.random.default_rng(1)
    [family, *_] = fonts.families_for(script, held_out=False)
    texts = [words.token(random, script) for _ in range(60)]
    written = [text for text in texts if fonts.file_for(family, script, text)]
    assert len(written) > 40
    assert fonts.file_for(family, script, "\N{CUNEIFORM SIGN A}") is None


def test_small_letters_have_the_height_that_is_asked_for() -> None:
    file = next(family for family in fonts.families() if family.name == "roboto").file("latin")
    size = fonts.usual_size(30 / fonts.x_height(file, "latin"))
    top, bottom = fonts.load(file, size).getbbox("x")[1::2]
    assert bottom - top == pytest.approx(30, abs=1.5)


def test_a_package_with_another_checksum_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        def __init__(self, content: bytes) -> None:
            self.content = content

        def read(self, *_: object) -> bytes:
            return self.content

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

    told = b'{"dist": {"tarball": "https://example.invalid/a.tgz", "integrity": "sha512-AAAA"}}'
    monkeypatch.setattr(fonts, "urlopen", lambda address, timeout: Answer(told))
    with pytest.raises(ValueError, match="checksum"):
        fonts.fetch(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_family_under_another_licence_than_the_list_says_is_not_used(tmp_path: Path) -> None:
    listed = next(family for family in fonts.families() if family.name == "caveat")
    assert listed.licence == "OFL-1.1"
    with pytest.raises(ValueError, match=r"OFL-1\.1, not MIT"):
        fonts.fetch(tmp_path, [replace(listed, licence="MIT")])
    assert not list(tmp_path.iterdir())


def test_formulas_can_all_be_set() -> None:
    random = np.random.default_rng(2)
    written = {formula(random) for _ in range(80)}
    assert len(written) > 70
    for number, text in enumerate(sorted(written)):
        families = FAMILIES[bool(number % 2)]
        mask = mask_of(text, 12, families[number % len(families)])
        assert mask.max() > 0.5
        assert mask.shape[0] >= 9
