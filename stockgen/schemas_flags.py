"""Flags over REST, on pictures and on cards to rate."""

from __future__ import annotations

from ninja import Field, Schema

from stockgen.models import Flag


class BoxOut(Schema):
    """A place in the picture, as shares of its width and height from the top left, and what was read there."""

    left: float
    top: float
    width: float
    height: float
    text: str


class FlagOut(Schema):
    """What a detector found wrong with a picture, before anybody looked."""

    kind: str = Field(description="blank, dark, blurred, low-contrast or fake-text.")
    name: str = Field(description="In the language of Accept-Language.")
    evidence: str = Field(description="What was measured, in a sentence in the language of Accept-Language.")
    measure: float
    threshold: float = Field(description="From where on the measure is doubtful.")
    boxes: list[BoxOut] = Field(description="Where the text stands; empty for the other flags.")
    version: int = Field(description="Of the detectors.")

    @classmethod
    def of(cls, flag: Flag) -> FlagOut:
        """Describe a flag."""
        return cls(
            kind=flag.kind, name=flag.name, evidence=flag.evidence, measure=flag.measure, threshold=flag.threshold,
            boxes=[BoxOut(**box) for box in flag.boxes], version=flag.version,
        )  # fmt: skip
