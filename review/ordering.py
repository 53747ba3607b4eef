"""Which pictures of the queue wait behind the others: those whose cell has its quota of approved ones already.

A picture of a campaign goes by the quota of its own cell there, any other by that of the stock.
"""

from __future__ import annotations

from django.db import connection

from stockgen.models import CampaignCell, Picture, Verdict
from stockgen.models.quota import Cell, full_cells

_FULL_IN_CAMPAIGNS = """
    SELECT cell.campaign_id AS campaign, cell.topic_id AS topic, cell.concept_id AS concept
    FROM stockgen_campaigncell cell
    LEFT JOIN (SELECT cell_id, count(*) AS count FROM stockgen_picture
               WHERE cell_id IS NOT NULL AND verdict = 'approved' GROUP BY cell_id) approved
        ON approved.cell_id = cell.id
    WHERE coalesce(approved.count, 0) >= cell.quota
"""
_RANK = f"""
UPDATE review_entry SET surplus = NOT surplus WHERE picture_id IN (
    SELECT entry.picture_id FROM review_entry entry
    LEFT JOIN unnest(%s::bigint[], %s::bigint[]) stock (topic, concept)
        ON entry.campaign_id IS NULL AND stock.topic = entry.topic_id AND stock.concept = entry.concept_id
    LEFT JOIN ({_FULL_IN_CAMPAIGNS}) own
        ON own.campaign = entry.campaign_id AND own.topic = entry.topic_id AND own.concept = entry.concept_id
    WHERE entry.is_open AND entry.surplus <> (coalesce(stock.topic, own.topic) IS NOT NULL)
    ORDER BY entry.picture_id FOR UPDATE OF entry SKIP LOCKED
)
"""  # noqa: S608


def rank() -> int:
    """Put what waits in cells that have their quota behind the rest. Return how many entries changed place.

    Entries that somebody is working on are left as they are; the next call finds them.
    """
    full = full_cells()
    with connection.cursor() as cursor:
        cursor.execute(_RANK, [[cell.topic for cell in full], [cell.concept for cell in full]])
        return int(cursor.rowcount)


class Quotas:
    """Tells of pictures that come into the queue whether their cells have their quota; looks each thing up once."""

    def __init__(self) -> None:
        self._stock: set[Cell] | None = None
        self._own: dict[int, bool] = {}

    def are_met_for(self, picture: Picture) -> bool:
        """Tell whether a picture is one too many."""
        if picture.cell is not None:
            return self._is_met(picture.cell)
        if self._stock is None:
            self._stock = full_cells()
        return Cell(picture.topic_id, picture.concept_id) in self._stock

    def _is_met(self, cell: CampaignCell) -> bool:
        if cell.pk not in self._own:
            self._own[cell.pk] = cell.pictures.filter(verdict=Verdict.APPROVED).count() >= cell.quota
        return self._own[cell.pk]
