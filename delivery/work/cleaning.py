"""Leave nothing half-made behind."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models.functions import Greatest, Now

from delivery.errors import ExportFailed
from delivery.models import Export
from delivery.work.places import OnStep, nothing, place_left
from jobs.states import State

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20
"""Exports that one clean-up takes on, at most."""

SECONDS_AT_ONCE = 20.0
"""After so long it begins no other one."""

_LOCK = 0x0DE11BE4


class _NotOurs(Exception):
    """The export is made anew, or somebody else is at it."""


def wipe(export: Export, on_step: OnStep = nothing) -> None:
    """Remove all files that were made for an export, wherever. Raises :class:`ExportFailed`, and what ``on_step`` does.

    ``on_step`` is called before each step, of which none takes longer than a bucket may stay silent.
    """
    export.delete_kept(on_step)
    if place := place_left(export):
        place.wipe(on_step)


def clean_up(export: Export, *, anyway: bool = False, on_step: OnStep = nothing) -> None:
    """Remove what an export that failed, was cancelled or deleted has left; one that is queued again is left alone.

    ``anyway`` also where somebody has done so already: a worker may have gone on writing meanwhile. Raises
    :class:`ExportFailed` and ``OSError``; then it is not tried again for a while.
    """
    if not export.start_cleaning(anyway=anyway):
        return

    def step() -> None:
        on_step()
        if not export.go_on_cleaning():
            raise _NotOurs

    try:
        if export.state == State.DONE:
            export.delete_kept(step)
        else:
            wipe(export, step)
        export.note_clean()
    except _NotOurs:
        pass
    except (ExportFailed, OSError) as error:
        wait = export.postpone_cleaning()
        if isinstance(error, ExportFailed) and error.may_pass:  # what is away for one is away for all
            Export.objects.littered().filter(target=export.target).update(
                clean_after=Greatest("clean_after", Now() + wait),
                clean_failures=Greatest("clean_failures", export.clean_failures + 1),
            )
        raise
    finally:
        export.end_cleaning()


def clean_up_all() -> None:
    """Do that for those that are due, for a while, one process at a time; what cannot be done now waits."""
    with _alone() as is_alone:
        if not is_alone:
            return
        begun = time.monotonic()
        for export in Export.objects.to_be_cleaned()[:MOST_AT_ONCE]:
            try:
                clean_up(export)
            except (ExportFailed, OSError):
                logger.warning("What export %s left behind cannot be removed now.", export.pk, exc_info=True)
            if time.monotonic() - begun > SECONDS_AT_ONCE:
                return


@contextmanager
def _alone() -> Iterator[bool]:
    """Tell whether nobody else is cleaning up, and keep others from it meanwhile. No row is locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        [is_alone] = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
