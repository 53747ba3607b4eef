"""A topic, a concept and a step, as an address names them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from engines.planning.systems import PlanningStep
from stockgen.models import Concept, Topic
from stockgen.models.addition import Step


@dataclass(frozen=True)
class Cell:
    """Where an addition stands."""

    topic: Topic
    concept: Concept
    step: Step

    @property
    def url(self) -> str:
        """Return the address of the addition's page."""
        return reverse("addition", args=[self.topic.key, self.concept.key, self.step])

    @property
    def planning_step(self) -> PlanningStep:
        """Return the step as the engines name it."""
        return "locations" if self.step == Step.LOCATIONS else "descriptions"

    @property
    def system(self) -> str:
        """Return the concept's own system prompt for the step."""
        return (
            self.concept.locations_system if self.step == Step.LOCATIONS else self.concept.descriptions_system
        )


def cell_or_404(topic: str, concept: str, step: str) -> Cell:
    """Find a cell by the keys of an address. Raises ``Http404``."""
    if step not in Step.values:
        raise Http404
    return Cell(get_object_or_404(Topic, key=topic), get_object_or_404(Concept, key=concept), Step(step))
