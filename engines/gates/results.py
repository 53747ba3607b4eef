"""What can be found wrong with a picture, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Defect = Literal["blank", "dark", "blurred", "low-contrast", "fake-text"]
"""What a picture may be doubted for.

``blank``: next to nothing is to be seen. ``dark``: even its brighter parts are dark. ``blurred``: not even its sharpest
edges are sharp. ``low-contrast``: light and shadow hardly differ. ``fake-text``: letters that are no words.
"""

VERSION = 1
"""Goes up with every change of a detector or a threshold: pictures examined by another version are examined again."""


@dataclass(frozen=True)
class Threshold:
    """From where on a measure is a defect: at ``bound`` and beyond, ``is_most`` upwards, otherwise downwards."""

    bound: float
    is_most: bool

    def is_passed_by(self, measure: float) -> bool:
        """Tell whether a measure is a defect."""
        return measure >= self.bound if self.is_most else measure <= self.bound


THRESHOLDS: dict[Defect, Threshold] = {
    "blank": Threshold(0.1, is_most=False),
    "dark": Threshold(0.24, is_most=False),
    "blurred": Threshold(0.0021, is_most=True),
    "low-contrast": Threshold(0.37, is_most=False),
    "fake-text": Threshold(4, is_most=True),
}
"""Chosen by ``python -m bench.flags --choose`` on pictures that its report does not show; but blank and fake text more
cautiously than proposed there, because real pictures have empty walls and abbreviations."""


@dataclass(frozen=True)
class Box:
    """Where letters that are no words stand, as shares of the picture from the top left, and what was read there."""

    left: float
    top: float
    width: float
    height: float
    text: str


@dataclass(frozen=True)
class Finding:
    """A measure of one detector. Text has ``boxes`` as its evidence, the others have the figure."""

    defect: Defect
    measure: float
    boxes: tuple[Box, ...] = ()

    @property
    def threshold(self) -> float:
        return THRESHOLDS[self.defect].bound

    @property
    def is_defect(self) -> bool:
        return THRESHOLDS[self.defect].is_passed_by(self.measure)


@dataclass(frozen=True)
class Failure:
    """A detector that raised; the others were asked all the same."""

    defect: Defect
    error: str


@dataclass(frozen=True)
class Examined:
    """All measures of a picture, defects or not, and what could not be measured."""

    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]

    @property
    def defects(self) -> tuple[Finding, ...]:
        """Return what is wrong. A blank picture is not blurred besides: it has no edges to be sharp."""
        wrong = tuple(finding for finding in self.findings if finding.is_defect)
        is_blank = any(finding.defect == "blank" for finding in wrong)
        return tuple(finding for finding in wrong if not (is_blank and finding.defect == "blurred"))
