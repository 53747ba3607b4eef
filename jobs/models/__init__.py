"""A job is a row. Its verbs are the only way from one state to another."""

from __future__ import annotations

from jobs.models.job import IdempotencyConflict, Job, WrongState
from jobs.models.queryset import JobQuerySet
from jobs.models.turn import Turn
from jobs.models.worker import Worker

__all__ = ["IdempotencyConflict", "Job", "JobQuerySet", "Turn", "Worker", "WrongState"]
