"""The system prompts that are sent: the concept's text, then what the topic adds to it."""

from __future__ import annotations

from typing import Literal

from engines.planning.brief import Brief

PlanningStep = Literal["locations", "descriptions"]
STEPS: tuple[PlanningStep, ...] = ("locations", "descriptions")


def compose_system(brief: Brief, step: PlanningStep) -> str:
    """Return the system prompt of one step for this topic and concept, exactly as it is sent."""
    if step == "locations":
        parts = (brief.concept.locations_system, brief.topic.locations_addition)
    else:
        parts = (brief.concept.descriptions_system, brief.topic.descriptions_addition)
    return "\n".join(part.strip() for part in parts if part.strip())
