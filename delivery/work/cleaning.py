"""Leave nothing half-made behind."""

from __future__ import annotations

import logging

from django.db import transaction

from delivery.errors import ExportFailed
from delivery.models import Export
from delivery.work.places import place_of
from jobs.states import State

logger = logging.getLogger(__name__)


def wipe(export: Export) -> None:
    """Remove all files that were made for an export, wherever. Raises :class:`ExportFailed`."""
    export.delete_kept()
    place_of(export).wipe()


def clean_up(export: Export, *, anyway: bool = False) -> None:
    """Remove what an attempt that failed or was cancelled has left; one that is queued again is left alone.

    ``anyway`` also where somebody has done so already: a worker may have gone on writing meanwhile. Holds the row's
    lock, so that it is not made anew at the same time. Raises :class:`ExportFailed`.
    """
    with transaction.atomic():
        over = Export.objects.filter(pk=export.pk, state__in=[State.FAILED, State.CANCELLED])
        row = over.select_for_update().first()
        if row is not None and (row.is_littered or anyway):
            wipe(row)
            row.note_clean()


def clean_up_all() -> None:
    """Do that for all; one that cannot be cleaned up now, because its bucket is away, is tried again later."""
    for export in Export.objects.littered():
        try:
            clean_up(export)
        except (ExportFailed, OSError):
            logger.warning("What export %s left behind cannot be removed now.", export.pk, exc_info=True)
