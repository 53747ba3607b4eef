"""Slides as people write them, in English and in Russian, each with a picture that suits it (``slides.txt``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Slide:
    """A slide's text in two languages, and the topic, concept, location and prompt of a picture for it."""

    topic: str
    concept: str
    location: str
    prompt: str
    english: str
    russian: str


def slides() -> list[Slide]:
    """Read all slides."""
    lines = Path(__file__).with_name("slides.txt").read_text(encoding="utf-8").splitlines()
    return [Slide(*line.split(" | ")) for line in lines if line and not line.startswith("#")]
