"""The encoder without torch: the reference's vectors, from the same files."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.embedding import TextEmbedder
from engines.encoder import SentenceEncoder, gelu, mapped_tensors
from engines.errors import ModelUnavailable
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from engines.sources import FolderSource

SPEC = TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER]

TEXTS = [
    "team around a whiteboard",
    "",
    "Ünïcode — доска, 白板 🙂",
    "word " * 1000,
    "a modern dental clinic with two chairs, soft morning light, wide view",
    *(f"{'very ' * number}old house" for number in range(40)),
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load(SPEC)


def test_its_vectors_are_those_of_the_reference(encoder: SentenceEncoder) -> None:
    reference = TextEmbedder.load(SPEC)
    ours, theirs = encoder.embed(TEXTS), reference.embed(TEXTS)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() < 1e-4
    assert encoder.revision == reference.revision


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.embed([]).shape == (0, SPEC.dimensions)


def test_a_vector_does_not_depend_on_its_batch(encoder: SentenceEncoder) -> None:
    together = encoder.embed(TEXTS)
    alone = np.concatenate([encoder.embed([text]) for text in TEXTS[:5]])
    assert np.allclose(together[:5], alone, atol=1e-5)


def test_a_short_text_has_the_same_vector_bit_for_bit_when_it_is_read_whole(encoder: SentenceEncoder) -> None:
    for text in (TEXTS[0], TEXTS[1], TEXTS[2], "word " * 254):
        assert np.array_equal(encoder.embed_whole(text), encoder.embed([text])[0])


def test_long_texts_have_the_vectors_of_the_reference_too(encoder: SentenceEncoder) -> None:
    text = "The budget of the office is planned every year. " * 60 + "Teeth are examined by dentists. " * 30
    whole = TextEmbedder.load(SPEC).embed_whole(text)
    assert whole == pytest.approx(encoder.embed_whole(text), abs=1e-4)


def test_the_end_of_a_long_text_counts_as_much_as_its_beginning(encoder: SentenceEncoder) -> None:
    finance, bakery = "Our revenue grew again in this quarter. ", "Fresh bread from the oven of a bakery. "
    begins, ends = finance * 60 + bakery * 60, bakery * 60 + finance * 60
    asked = encoder.embed(["a bakery with fresh bread"])[0]
    assert encoder.embed([begins])[0] @ asked < 0.2, "the cut text does not know of the bakery"
    assert encoder.embed_whole(begins) @ asked > 0.4
    assert encoder.embed_whole(begins) @ encoder.embed_whole(ends) > 0.98
    assert np.linalg.norm(encoder.embed_whole(begins)) == pytest.approx(1, abs=1e-5)


def test_gelu_is_the_exact_one_to_the_seventh_place() -> None:
    values = np.linspace(-8, 8, 4001, dtype=np.float32)
    exact = [value * 0.5 * (1 + math.erf(value / math.sqrt(2))) for value in values.tolist()]
    assert np.abs(gelu(values) - np.array(exact)).max() < 2e-6


def test_missing_or_broken_weights_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=SPEC.key):
        SentenceEncoder.load(replace(SPEC, source=FolderSource(str(tmp_path / "nowhere"))))
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        SentenceEncoder.load(replace(SPEC, source=FolderSource(str(tmp_path))))


def test_a_file_that_is_cut_off_is_no_safetensors_file(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\x10\0\0\0")
    with pytest.raises(ValueError, match="no safetensors"):
        mapped_tensors(tmp_path / "model.safetensors")
