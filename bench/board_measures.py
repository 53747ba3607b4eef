"""What became of a picture: which words can be read, were recovered or broken, and how near it is to the truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from bench.readers import words_of
from engines.boards.results import Image

SSIM_SIGMA = 1.5
"""Of the window of structural similarity (Wang et al. 2004), in pixels."""


@dataclass
class Tally:
    """Sums over places of boards: words written, read, read rightly; of those lost in the photo, and those it kept.

    A place is a line of a drawn board, or the whole photo of a real one.
    """

    written: int = 0
    read: int = 0
    right: int = 0
    lost: int = 0
    recovered: int = 0
    had: int = 0
    gone: int = 0
    sure: int = 0
    broken: int = 0
    letters: int = 0
    errors: int = 0

    def add(self, truth: str, clean: str, photo: str, after: str) -> None:
        """Count one place: what is written there, and what was read on three pictures; lines of text."""
        written = Counter(words_of(truth))
        on_clean, on_photo, now = (Counter(words_of(text)) & written for text in (clean, photo, after))
        lost, sure = on_clean - on_photo, on_photo & on_clean
        self.written += written.total()
        self.read += len(words_of(after))
        self.right += now.total()
        self.lost += lost.total()
        self.recovered += (lost & (now - on_photo)).total()
        self.had += on_photo.total()
        self.gone += (on_photo - now).total()
        self.sure += sure.total()
        self.broken += (sure - now).total()
        lines = after.splitlines()
        for line in truth.splitlines():
            self.letters += len(line)
            self.errors += min((Levenshtein.distance(line, one) for one in lines), default=len(line))

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def recall(self) -> float:
        """Return the share of all written words that was read."""
        return self.right / max(1, self.written)

    @property
    def precision(self) -> float:
        """Return the share of what was read that is written there."""
        return self.right / max(1, self.read)

    @property
    def recovered_share(self) -> float:
        """Return, of the words read on the clean board but not in the photo, the share that is read now."""
        return self.recovered / max(1, self.lost)

    @property
    def broken_share(self) -> float:
        """Return, of the words read in the photo and on the clean board, the share that is no longer read."""
        return self.broken / max(1, self.sure)

    @property
    def gone_share(self) -> float:
        """Return, of the words read in the photo, by luck too, the share that is no longer read."""
        return self.gone / max(1, self.had)

    @property
    def character_errors(self) -> float:
        """Return the edits to the best-matching line for each letter written, at most about 1."""
        return self.errors / max(1, self.letters)


def psnr(image: Image, truth: Image) -> float:
    """Return the peak signal-to-noise ratio in dB, over all colours."""
    difference = image.astype(np.float64) - truth
    return float(10 * np.log10(255**2 / max(1e-9, float(np.mean(difference * difference)))))


def ssim(image: Image, truth: Image) -> float:
    """Return the structural similarity of luminance (Wang et al. 2004), −1 … 1."""
    one, other = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64) for picture in (image, truth))

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), SSIM_SIGMA), dtype=np.float64)

    a, b = mean(one), mean(other)
    spread_a, spread_b, common = (
        mean(one * one) - a * a,
        mean(other * other) - b * b,
        mean(one * other) - a * b,
    )
    light, contrast = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similar = ((2 * a * b + light) * (2 * common + contrast)) / (
        (a * a + b * b + light) * (spread_a + spread_b + contrast)
    )
    return float(similar.mean())
