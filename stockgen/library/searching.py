"""The nearest pictures of the stock to a vector, among those that pass a filter."""

from __future__ import annotations

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

FEW = 20_000
"""Up to so many rows that pass a filter are compared one by one: at most about 20 ms, and exact."""

EF_SEARCH = 800
"""How many candidates the walk through the graph keeps: the more, the more of the true nearest are found."""

MOST_SCANNED = 60_000
"""How many rows the walk may look at before it gives up looking for more that pass the filter."""


def nearest(vector: Vectors, among: StockPictureQuerySet, *, size: int) -> list[tuple[UUID, float]]:
    """Return up to ``size`` pictures, the nearest first, with their cosine similarity (−1 … 1).

    Exact where the filter leaves few; else by the index, which finds at least 95 % of the ten nearest
    (``bench.stock``).
    """
    rows = among.indexed_by(encoder.name()).order_by()
    asked = Cast(Value(vector.tolist(), HalfVectorField()), HalfVectorField(dimensions=DIMENSIONS))
    distance: Expression = MaxInnerProduct("vector", asked)
    is_filtered = among.query.has_filters() or among.query.alias_map.keys() - {StockPicture._meta.db_table}
    with transaction.atomic():
        _set_up_the_index()
        if is_filtered and rows[: FEW + 1].count() <= FEW:
            # An expression that no index knows, so that none is walked.
            distance = distance + Value(0.0)
        found = rows.annotate(distance=Cast(distance, FloatField())).order_by(distance)
        return [(key, -away) for key, away in found.values_list("pk", "distance")[:size]]


def nearest_to(picture: StockPicture, among: StockPictureQuerySet, *, size: int) -> list[tuple[UUID, float]]:
    """Return the pictures whose descriptions mean nearly the same as one's, without itself."""
    if picture.vector is None:
        return []
    vector = np.array(picture.vector, dtype=np.float32)
    found = nearest(vector, among, size=size + 1)
    return [(key, similarity) for key, similarity in found if key != picture.pk][:size]


def _set_up_the_index() -> None:
    """Set, for this transaction, how the graph is walked: on and on until enough rows pass, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'strict_order', true), "
            "set_config('hnsw.max_scan_tuples', %s, true)",
            [str(EF_SEARCH), str(MOST_SCANNED)],
        )
