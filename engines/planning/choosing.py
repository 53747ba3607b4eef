"""Choosing from more candidates than needed: on topic, of the right kind, and unlike each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engines.embedding import TextEmbedder, Vectors, cosine
from engines.planning.examples import LocationExamples

Scores = npt.NDArray[np.float32]

SAME_LOCATION = 0.82
"""From this cosine on two locations are one: “construction site with cranes / with a crane” 0.95, “meeting room
with a desk / with a conference desk” 0.9; different places of one topic stay below (docs/decisions/0002)."""

SAME_PROMPT = 0.93
"""From this cosine on two prompts of one location would give the same picture."""

ON_TOPIC = 0.42
"""From this sum on a candidate is on topic: its cosine to the topic's name and description, plus half of its cosine
to the nearest part of the description."""

_REDUNDANCY = 1.0
_LENIENCE = 0.5


class KindOfSubject:
    """Tells places from things, and inside from outside, by the concept's worked examples alone.

    The direction from the mean of the unsuitable examples to the mean of the suitable ones, cut a little nearer to
    the unsuitable ones. It works because both lists speak of the same topics, so that only the kind differs.
    """

    def __init__(self, embedder: TextEmbedder, examples: LocationExamples) -> None:
        self._direction: Vectors | None = None
        self._cut = 0.0
        if examples.unsuitable:
            good, bad = embedder.embed(examples.suitable), embedder.embed(examples.unsuitable)
            direction = good.mean(axis=0) - bad.mean(axis=0)
            self._direction = direction / np.linalg.norm(direction)
            means = float((good @ self._direction).mean()), float((bad @ self._direction).mean())
            self._cut = _LENIENCE * means[1] + (1 - _LENIENCE) * means[0]

    def score(self, vectors: Vectors) -> Scores:
        """Return how well each vector suits the concept: 0 or more fits; all 0 where nothing is unsuitable."""
        if self._direction is None:
            return np.zeros(len(vectors), dtype=np.float32)
        scores: Scores = vectors @ self._direction - self._cut
        return scores


def choose_varied(
    vectors: Vectors, relevance: Scores, taken: Vectors, count: int, *, same: float
) -> list[int]:
    """Return the indices of up to ``count`` candidates, most relevant first, none too like another or a taken one.

    Maximal marginal relevance (Carbonell & Goldstein 1998): each step takes the best relevance minus the
    likeness to what is already there. A likeness of ``same`` or more rules a candidate out.
    """
    likeness = cosine(vectors, taken).max(axis=1) if len(taken) else np.zeros(len(vectors), dtype=np.float32)
    left = set(range(len(vectors)))
    chosen: list[int] = []
    while left and len(chosen) < count:
        left = {index for index in left if likeness[index] < same}
        if not left:
            break
        best = max(left, key=lambda index: (float(relevance[index] - _REDUNDANCY * likeness[index]), -index))
        chosen.append(best)
        left.remove(best)
        likeness = np.maximum(likeness, cosine(vectors, vectors[best : best + 1])[:, 0])
    return chosen


def distinct(texts: Sequence[str]) -> list[int]:
    """Return the indices of the first of each text, letter case and spaces aside."""
    seen: dict[str, int] = {}
    for index, text in enumerate(texts):
        seen.setdefault(" ".join(text.lower().split()), index)
    return list(seen.values())
