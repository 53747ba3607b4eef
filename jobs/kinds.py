"""Which kinds of work there are and in what order a worker looks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from jobs.models import Job


@dataclass(frozen=True)
class Kind:
    """A kind of work.

    ``handler`` is the dotted path of a ``handler(jobs, work)``, imported in the worker only, because it brings the
    engines. It gets the jobs of one claim and a :class:`jobs.worker.Work`, and ends each by ``succeed`` or ``fail``.
    The lower ``rank`` goes first; a kind that ``gives_way`` lets those after it go first once after each claim, so
    that it cannot keep them waiting for ever. Where somebody may wait for single jobs of it, ``urgent_rank`` is the
    rank of those: of a priority of ``URGENT`` or more.
    """

    model: type[Job]
    rank: int
    handler: str
    gives_way: bool = False
    urgent_rank: int | None = None

    def load_handler(self) -> Callable[[list[Any], Any], None]:
        """Import the handler."""
        handler: Callable[[list[Any], Any], None] = import_string(self.handler)
        return handler


URGENT = 1000
"""From this priority on somebody waits for a job."""


@dataclass(frozen=True)
class Place:
    """A place in the order in which a worker looks for work: the jobs of a kind, or the urgent ones of it alone."""

    rank: int
    kind: Kind
    is_urgent: bool = False

    def is_due(self) -> bool:
        """True if there is a job to claim. The claim takes the highest priority, so the urgent ones, first."""
        due = self.kind.model.objects.due()
        return (due.filter(priority__gte=URGENT) if self.is_urgent else due).exists()


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind of work; called once from ``AppConfig.ready`` of the app that owns the model."""
    _kinds[kind.model.kind] = kind


def rank_of(model: type[Job]) -> int:
    """Return the rank of a kind of work."""
    return _kinds[model.kind].rank


def by_rank() -> list[Kind]:
    """Return the kinds, those that nobody should wait for first (board photos before plans before pictures)."""
    return sorted(_kinds.values(), key=lambda kind: kind.rank)


def places() -> list[Place]:
    """Return the order in which a worker looks for work; urgent jobs of a kind stand before it, at their own rank."""
    usual = [Place(kind.rank, kind) for kind in _kinds.values()]
    urgent = [
        Place(kind.urgent_rank, kind, is_urgent=True)
        for kind in _kinds.values()
        if kind.urgent_rank is not None
    ]
    return sorted(usual + urgent, key=lambda place: place.rank)
