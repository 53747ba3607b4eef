"""Which of several pictures of one board reads best, by what two readers of different make read in all of them.

A picture that a reader chose by its own confidence proves little to anybody else's eyes. What is written on the board
nobody knows; but a word that one reader finds in some picture of it, and the other reader in some picture of it, is
hardly chance, nor is one that the first reader is sure of. Of these words each reader finds so many in each picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engines.boards.legibility import READ, SURE, words_of
from engines.boards.results import ReadLine

LEAST_LETTERS = 2
"""Letters and digits from which on a word is believed: strokes of drawings read as single letters."""

LEAST_GAIN, LEAST_SHARE = 1.0, 0.05
"""Words by both readers, and share of the words that the two find in the photo, that a picture must gain.

Less than that is chance: either reader changes a word in fifty for noise that nobody sees.
"""

MOST_FEWER = 0.02
"""The share of the photo's words that the first reader may miss in a picture in which both together find more."""


@dataclass(frozen=True)
class Reading:
    """The believable words that two readers find in one picture, and those of the first reader's sure lines.

    ``expected`` is how many right words the first reader's confidence promises (``legibility``'s score).
    """

    first: Counter[str]
    sure: Counter[str]
    second: Counter[str]
    expected: float

    @classmethod
    def of(cls, lines: Sequence[ReadLine], told: Iterable[str], expected: float) -> Reading:
        """Take the first reader's lines, of any confidence, and those that the second tells."""
        return cls(
            believable(line.text for line in lines if line.confidence >= READ),
            believable(line.text for line in lines if line.confidence >= SURE),
            believable(told),
            expected,
        )


@dataclass(frozen=True)
class Count:
    """How many of the words that are taken for written the first and the second reader find in a picture.

    ``expected`` is as in :class:`Reading`.
    """

    first: int
    second: int
    expected: float = 0.0

    @property
    def score(self) -> float:
        """Return the mean of the two."""
        return (self.first + self.second) / 2

    def is_no_worse(self, photo: Count) -> bool:
        """Tell whether the two together find no fewer words than in the photo, and neither of them far fewer."""
        return (
            self.score >= photo.score
            and self.second >= photo.second
            and self.first >= (1 - MOST_FEWER) * photo.first
        )

    def gain_over(self, photo: Count) -> float:
        """Return how many words more both find, and those that the first reader's confidence promises beyond.

        Less confidence counts for nothing: it falls for whatever is enlarged, however well that is read.
        """
        return 2 * (self.score - photo.score) + max(0.0, self.expected - photo.expected)

    def is_better(self, photo: Count) -> bool:
        """Tell whether a picture is no worse than the photo, and gains more than chance gives."""
        least = LEAST_GAIN + LEAST_SHARE * (photo.first + photo.second)
        return self.is_no_worse(photo) and self.gain_over(photo) >= least


def believable(texts: Iterable[str]) -> Counter[str]:
    """Return the words of at least ``LEAST_LETTERS`` letters or digits, case folded, as often as they stand there."""
    return Counter(
        word for text in texts for word in words_of(text) if sum(map(str.isalnum, word)) >= LEAST_LETTERS
    )


def written(readings: Iterable[Reading]) -> Counter[str]:
    """Return the words that are taken for written, as often as they were found in one picture.

    Those that each reader finds in some picture, not necessarily the same one, and those of sure lines.
    """
    first: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for reading in readings:
        first |= reading.first
        sure |= reading.sure
        second |= reading.second
    return (first & second) | sure


def counted(readings: Sequence[Reading]) -> list[Count]:
    """Count, in the order of the pictures, what each reader finds of the words taken for written."""
    words = written(readings)
    return [
        Count((one.first & words).total(), (one.second & words).total(), one.expected) for one in readings
    ]


def best(counts: Sequence[Count]) -> int:
    """Return which picture to deliver: 0, the photo, unless another is better; the first of those that gain most."""
    photo, *others = counts
    better = [place for place, count in enumerate(others, start=1) if count.is_better(photo)]
    return max(better, key=lambda place: counts[place].gain_over(photo), default=0)
