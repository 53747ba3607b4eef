"""What the writer of prompts is given: the concept's texts and the topic with its additions."""

from __future__ import annotations

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
