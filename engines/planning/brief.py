"""What the writer of prompts is given: the concept's texts and the topic with its additions."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ConceptBrief:
    """One kind of picture. The texts have the form of the files in ``prompts/<key>/`` (see prompts/README.md)."""

    key: str
    name: str
    locations_system: str
    locations_examples: str
    descriptions_system: str
    descriptions_examples: str
    negative_prompt: str = ""


@dataclass(frozen=True, kw_only=True)
class TopicBrief:
    """A topic and what it adds to the two system prompts (empty: nothing)."""

    name: str
    description: str = ""
    locations_addition: str = ""
    descriptions_addition: str = ""


def details_of(topic: TopicBrief) -> list[str]:
    """Return the parts of the topic's description that the language model is asked about, in order, each once.

    Parts end with a comma, a semicolon, a full stop or a line; of 3 to 80 characters. Where there are none: the name.
    """
    parts = [part.strip(" .") for part in re.split(r"[,;.\n]", topic.description)]
    return [part for part in dict.fromkeys(parts) if 2 < len(part) <= 80] or [topic.name]


@dataclass(frozen=True)
class Brief:
    """A cell of the stock: one topic in one concept."""

    topic: TopicBrief
    concept: ConceptBrief


@dataclass(frozen=True)
class LocationProposal:
    """The distinct locations (for items: objects) found, in order, and how many attempts they took."""

    locations: tuple[str, ...]
    asked: int
    attempts: int

    @property
    def is_complete(self) -> bool:
        """True when as many were found as were asked for."""
        return len(self.locations) >= self.asked


@dataclass(frozen=True)
class LocationPrompts:
    """The distinct prompts written for one location.

    ``from_pattern`` is true where the model gave nothing usable and the one prompt is the bare pattern of the
    concept's worked examples.
    """

    location: str
    prompts: tuple[str, ...]
    asked: int
    attempts: int
    from_pattern: bool = False
