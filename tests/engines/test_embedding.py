from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.embedding import TextEmbedder, cosine, nearest
from engines.errors import ModelUnavailable
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from engines.sources import FolderSource

SPEC = TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER]


@pytest.fixture(scope="module")
def embedder() -> TextEmbedder:
    return TextEmbedder.load(SPEC)


def test_texts_become_unit_vectors(embedder: TextEmbedder) -> None:
    vectors = embedder.embed(["a dental clinic", "", "word " * 1000])
    assert vectors.shape == (3, SPEC.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(embedder: TextEmbedder) -> None:
    assert embedder.embed([]).shape == (0, SPEC.dimensions)


def test_a_vector_does_not_depend_on_its_batch(embedder: TextEmbedder) -> None:
    texts = [f"{'very ' * (number % 7)}old house number {number}" for number in range(150)]
    together = embedder.embed(texts)
    assert np.allclose(together[[0, 70, 149]], embedder.embed([texts[0], texts[70], texts[149]]), atol=1e-5)


def test_meaning_decides_what_is_near(embedder: TextEmbedder) -> None:
    kinds = embedder.embed(["medicine and hospitals", "banks and money", "farming"])
    asked = embedder.embed(["surgery ward", "safe with coins", "tractor in a field"])
    assert nearest(asked, kinds).tolist() == [0, 1, 2]
    assert cosine(asked, kinds).shape == (3, 3)


def test_the_vectors_are_those_of_the_published_model(embedder: TextEmbedder) -> None:
    left, right = embedder.embed(["This is an example sentence", "Each sentence is converted"])
    assert np.allclose(left[:3], [0.0677, 0.0635, 0.0487], atol=2e-4)
    assert np.allclose(right[:3], [0.0864, 0.1028, 0.0054], atol=2e-4)


def test_missing_weights_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=SPEC.key):
        TextEmbedder.load(replace(SPEC, source=FolderSource(str(tmp_path / "nowhere"))))
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        TextEmbedder.load(replace(SPEC, source=FolderSource(str(tmp_path))))
