"""The states of a job and what a worker calls itself."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a job is; :class:`jobs.models.Job` draws the transitions."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN_STATES = (State.QUEUED, State.RUNNING)
FINAL_STATES = (State.DONE, State.FAILED, State.CANCELLED)


def _start_time(pid: int | str) -> str | None:
    """Return when a process started, in clock ticks since boot (proc(5), field 22); None if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


@cache
def _place() -> str:
    """Name this host's process namespace: process numbers mean something only inside one."""
    try:
        namespace = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()[:60]}/{namespace}"


def worker_name() -> str:
    """Name this process so that another one can tell whether it still lives."""
    return f"{_place()}/{os.getpid()}/{_start_time('self')}"


def is_known_dead(name: str) -> bool:
    """Tell whether the worker of this name ran here and is gone. False also where that cannot be known."""
    place, _, process = name.rpartition("/")[0].rpartition("/")
    started = name.rpartition("/")[2]
    return place == _place() and _start_time(process) != started
