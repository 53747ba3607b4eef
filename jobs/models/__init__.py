"""A job is a row. Its verbs are the only way from one state to another."""

from __future__ import annotations

from jobs.models.job import Job, WrongState
from jobs.models.queryset import JobQuerySet
from jobs.models.turn import Turn
from jobs.models.worker import Worker

__all__ = ["Job", "JobQuerySet", "Turn", "Worker", "WrongState"]
