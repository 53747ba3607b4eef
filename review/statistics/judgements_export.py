"""All judgements of a comparison as CSV, with the models named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.http import StreamingHttpResponse

from review.models import Judgement, Preferred
from review.statistics.export import CHUNK, CONTENT_TYPES, csv_lines
from review.statistics.ranking import contestant_field
from stockgen.models import Comparison

COLUMNS = {
    "judgement": "pk",
    "created_at": "created_at",
    "rater": "pair__rater__username",
    "choice": "choice",
    "left_model": "",
    "right_model": "",
    "seconds": "seconds",
    "live": "live",
    "undone_at": "undo__created_at",
    "topic": "pair__left__topic__key",
    "concept": "pair__left__concept__key",
    "seed": "pair__left__seed",
    "left_picture": "pair__left_id",
    "right_picture": "pair__right_id",
    "left_prompt": "pair__left__prompt__text",
    "right_prompt": "pair__right__prompt__text",
}
"""Every column and where it comes from, seen from a judgement; behind them comes the preferred model."""


def judgements_csv(comparison: Comparison) -> StreamingHttpResponse:
    """Stream the judgements of a comparison, oldest first. One row is one fact: those taken back have ``live`` false.

    ``preferred`` is the key of the preferred model, ``same`` where neither was, and empty for a skip.
    """
    field = contestant_field(comparison)
    paths = COLUMNS | {f"{side}_model": f"pair__{side}__{field}" for side in ("left", "right")}
    judgements = Judgement.objects.filter(pair__comparison=comparison).order_by("created_at", "pk")
    rows = judgements.values_list(*(F(path) for path in paths.values())).iterator(chunk_size=CHUNK)
    response = StreamingHttpResponse(
        csv_lines([*paths, "preferred"], _with_preferred(list(paths), rows)),
        content_type=CONTENT_TYPES["csv"],
    )
    name = f"comparison-{comparison.created_at:%Y-%m-%d}-{str(comparison.pk)[-6:]}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _with_preferred(columns: list[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    choice, left, right = (columns.index(name) for name in ("choice", "left_model", "right_model"))
    for row in rows:
        preferred = {Preferred.LEFT: row[left], Preferred.RIGHT: row[right], Preferred.SAME: "same"}
        yield (*row, preferred.get(row[choice], ""))
