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
    that it cannot keep them waiting for ever.
    """

    model: type[Job]
    rank: int
    handler: str
    gives_way: bool = False

    def load_handler(self) -> Callable[[list[Any], Any], None]:
        """Import the handler."""
        handler: Callable[[list[Any], Any], None] = import_string(self.handler)
        return handler


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
