"""Which pictures are in the stock: the approved ones, kept so by whatever changes a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from stockgen.signals import stock_grew

ADD = """
INSERT INTO stockgen_stockpicture (
    picture_id, topic_id, concept_id, run_id, campaign_id, location, image_model, width, height, orientation, flags,
    approved_at, embedder
)
SELECT
    picture.id, picture.topic_id, picture.concept_id, picture.run_id, cell.campaign_id, coalesce(location.text, ''),
    picture.image_model, picture.width, picture.height,
    CASE WHEN picture.width > picture.height * 1.05 THEN 'landscape'
         WHEN picture.height > picture.width * 1.05 THEN 'portrait' ELSE 'square' END,
    ARRAY(SELECT kind FROM stockgen_flag WHERE picture_id = picture.id ORDER BY kind),
    coalesce(picture.verdict_at, statement_timestamp()), ''
FROM stockgen_picture picture
JOIN stockgen_run run ON run.id = picture.run_id AND run.comparison_id IS NULL
JOIN stockgen_prompt prompt ON prompt.id = picture.prompt_id
LEFT JOIN stockgen_location location ON location.id = prompt.location_id
LEFT JOIN stockgen_campaigncell cell ON cell.id = picture.cell_id
"""
"""Adds pictures to the stock, with what they are filtered by; those that compare models are none of it."""


def keep_in_step(pictures: Sequence[UUID]) -> None:
    """Add those of the pictures to the stock that are approved, and take the others out.

    Call it in the transaction that changed their verdicts: it holds their rows, so no other change comes between.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM stockgen_stockpicture USING stockgen_picture picture "
            "WHERE picture_id = picture.id AND picture.id = ANY(%s) AND picture.verdict <> 'approved'",
            [list(pictures)],
        )
        cursor.execute(
            f"{ADD} WHERE picture.id = ANY(%s) AND picture.verdict = 'approved' ON CONFLICT (picture_id) DO NOTHING",
            [list(pictures)],
        )
        if cursor.rowcount:
            stock_grew.send(None)
