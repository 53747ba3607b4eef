"""What belongs to an export, fixed in the moment it is asked for: two statements, however many pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from delivery.models.export import Export

NOTHING_NEW = "nothing-new"
"""The code of the ``ValidationError`` where an earlier export has it all."""

HELD = """
WITH RECURSIVE chain AS (
    SELECT id, base_id FROM delivery_export WHERE id = %s
    UNION ALL SELECT earlier.id, earlier.base_id FROM delivery_export earlier JOIN chain ON earlier.id = chain.base_id
), held AS (
    SELECT picture_id FROM (
        SELECT DISTINCT ON (picture_id) picture_id, change FROM delivery_item
        WHERE export_id IN (SELECT id FROM chain) AND state = 'packed' ORDER BY picture_id, export_id DESC
    ) AS last WHERE change = 'added'
)
"""
"""What the receiver has after an export and those it builds on: delivered, and not told of as withdrawn since."""


def snapshot(export: Export) -> None:
    """Store the items of a new export. Raises ``ValidationError`` where there are none or too many.

    Pictures come in the order in which they were made; of an export that builds on another, only those that the
    receiver has not, and, to be told of, those that it has and that are no longer approved.
    """
    chosen = export.selection.pictures().order_by().values("id")
    sql, parameters = chosen.query.sql_with_params()
    held = f"{HELD} " if export.base_id else ""
    is_new = "WHERE id NOT IN (SELECT picture_id FROM held)" if export.base_id else ""
    base = [export.base_id] if export.base_id else []
    with connection.cursor() as cursor:
        cursor.execute(  # the query's own text; everything else is a parameter
            f"INSERT INTO delivery_item (export_id, picture_id, position) {held}"  # noqa: S608
            f"SELECT %s, id, row_number() OVER (ORDER BY id) FROM ({sql}) AS chosen {is_new} LIMIT %s",
            [*base, export.pk, *parameters, settings.EXPORT_MAX_PICTURES + 1],
        )
        count = cursor.rowcount
        withdrawn = 0
        if export.base_id:
            cursor.execute(
                f"INSERT INTO delivery_item (export_id, picture_id, position, change) {HELD} "  # noqa: S608
                "SELECT %s, picture_id, %s + row_number() OVER (ORDER BY picture_id), 'withdrawn' FROM held "
                "JOIN stockgen_picture picture ON picture.id = picture_id WHERE verdict <> 'approved'",
                [export.base_id, export.pk, count],
            )
            withdrawn = cursor.rowcount
    if count > settings.EXPORT_MAX_PICTURES:
        raise ValidationError(
            _("An export has at most %(most)d pictures. Choose a topic, a concept or a campaign.")
            % {"most": settings.EXPORT_MAX_PICTURES}
        )
    if not count + withdrawn:
        if export.base_id:
            raise ValidationError(_("Nothing is new since then."), code=NOTHING_NEW)
        raise ValidationError(_("No approved picture fits."))
    type(export).objects.filter(pk=export.pk).update(count=count, withdrawn=withdrawn)
