"""The nearest pictures of the stock to a vector, among those that pass a filter."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Expression, FloatField, Value
from django.db.models.functions import Cast
from pgvector.django import HalfVectorField, MaxInnerProduct

from engines.encoder import Vectors
from stockgen.library import encoder
from stockgen.models import StockPicture
from stockgen.models.stock import DIMENSIONS, StockPictureQuerySet

FEW = 10_000
"""Up to so many rows that pass a filter are compared one by one: exact, and no slower than the index."""

EF_SEARCH = 800
"""How many candidates the walk through the graph keeps: the more, the more of the true nearest are found."""

MOST_RANKED = 240
"""Pictures that a search by meaning shows at most; what comes later has little to do with what was asked.

Pages of a search are cut from one ranking of so many, for another limit may walk or sort otherwise.
"""

MOST_SCANNED = 60_000
"""How many rows the walk may look at before it gives up looking for more that pass the filter."""


def nearest(vector: Vectors, among: StockPictureQuerySet, *, size: int) -> list[tuple[UUID, float]]:
    """Return up to ``size`` pictures, the nearest first, with their cosine similarity (−1 … 1); equal ones by id.

    Exact where few rows pass; else by the index, which finds at least 95 % of the ten nearest
    (``bench.stock``).
    """
    rows = among.indexed_by(encoder.name()).order_by()
    asked = Cast(Value(vector.tolist(), HalfVectorField()), HalfVectorField(dimensions=DIMENSIONS))
    distance = MaxInnerProduct("vector", asked)
    # An expression that no index knows, so that none is walked.
    exact = _by(rows, distance + Value(0.0), size, "pk")
    if _expected(rows) <= FEW:
        return exact()
    with transaction.atomic():
        _set_up_the_index()
        found = sorted(_by(rows, distance, size)(), key=lambda one: (-one[1], one[0]))
    # The walk gave up, or the planner expected too many: few rows passed after all.
    return found if len(found) >= size else exact()


def _by(
    rows: StockPictureQuerySet, distance: Expression, size: int, *then: str
) -> Callable[[], list[tuple[UUID, float]]]:
    """Return what asks for the rows that are nearest by an expression; the index knows no further order."""
    ordered = rows.annotate(distance=Cast(distance, FloatField())).order_by(distance, *then)
    return lambda: [(key, -away) for key, away in ordered.values_list("pk", "distance")[:size]]


def _expected(rows: StockPictureQuerySet) -> float:
    """Return how many rows the planner expects to pass: counting them would take longer than the search."""
    [plan] = json.loads(rows.values("pk").explain(format="json"))
    return float(plan["Plan"]["Plan Rows"])


def nearest_to(picture: StockPicture, among: StockPictureQuerySet, *, size: int) -> list[tuple[UUID, float]]:
    """Return the pictures whose descriptions mean nearly the same as one's, without itself.

    None for a picture whose description the present embedder has not read: vectors of two embedders say nothing of
    each other.
    """
    if not is_read(picture):
        return []
    vector = np.array(picture.vector, dtype=np.float32)
    found = nearest(vector, among, size=size + 1)
    return [(key, similarity) for key, similarity in found if key != picture.pk][:size]


def is_read(picture: StockPicture) -> bool:
    """Tell whether the present embedder has read the description of a picture, so that others can be like it."""
    return picture.embedder == encoder.name()


def _set_up_the_index() -> None:
    """Set, for this transaction, how the graph is walked: on and on until enough rows pass, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'strict_order', true), "
            "set_config('hnsw.max_scan_tuples', %s, true)",
            [str(EF_SEARCH), str(MOST_SCANNED)],
        )
