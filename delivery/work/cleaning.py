"""Leave nothing half-made behind."""

from __future__ import annotations

import logging

from django.db import transaction

from delivery.errors import ExportFailed
from delivery.models import Export
from delivery.work.places import place_of

logger = logging.getLogger(__name__)


def wipe(export: Export) -> None:
    """Remove all files that were made for an export, wherever. Raises :class:`ExportFailed`."""
    export.delete_kept()
    place_of(export).wipe()


def clean_up(export: Export) -> None:
    """Remove what an attempt that failed or was cancelled has left; one that is queued again is left alone."""
    with transaction.atomic():
        rows = Export.objects.filter(pk=export.pk).littered().select_for_update(skip_locked=True)
        if rows.first() is None:
            return
        wipe(export)
        export.note_clean()


def clean_up_all() -> None:
    """Do that for all; one that cannot be cleaned up now, because its bucket is away, is tried again later."""
    for export in Export.objects.littered():
        try:
            clean_up(export)
        except (ExportFailed, OSError):
            logger.warning("What export %s left behind cannot be removed now.", export.pk, exc_info=True)
