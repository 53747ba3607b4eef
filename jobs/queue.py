"""PostgresHuey whose scheduler does not outlive its consumer."""

from __future__ import annotations

import os
from typing import Any

from huey import PostgresHuey
from huey.consumer import Consumer, Scheduler


class LoyalScheduler(Scheduler):  # type: ignore[misc]
    """Ends when the consumer above it is gone, as the ticker makes a worker do."""

    def initialize(self) -> None:
        """Remember whose child this process is."""
        self._parent = os.getppid()

    def loop(self, now: Any = None) -> None:
        """Do one round, unless orphaned. Huey takes the interrupt as a request to stop."""
        if os.getppid() != self._parent:
            raise KeyboardInterrupt
        super().loop(now)


class ProjectConsumer(Consumer):  # type: ignore[misc]
    """The consumer with that scheduler."""

    scheduler_class = LoyalScheduler


class ProjectHuey(PostgresHuey):  # type: ignore[misc]
    """The project's queue."""

    def create_consumer(self, **options: Any) -> Consumer:
        """Return the consumer that ``run_huey`` runs."""
        return ProjectConsumer(self, **options)
