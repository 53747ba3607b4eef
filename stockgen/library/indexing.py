"""Giving the pictures of the stock the vectors by which their meaning is found."""

from __future__ import annotations

from django.db import transaction

from stockgen.library import encoder
from stockgen.models import StockPicture

BATCH = 64


def index_some(most: int = BATCH) -> int:
    """Embed the descriptions of up to so many pictures that have no vector of the present embedder. Return how many.

    Call it until it returns 0. Several at once share the work; what one is at, another leaves alone.
    """
    embedder = encoder.name()
    with transaction.atomic():
        waiting = StockPicture.objects.unindexed(embedder).order_by("embedder", "-pk")
        keys = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
        found = StockPicture.objects.describe(keys)
        vectors = encoder.encoder().embed([text for _key, text in found])
        return StockPicture.objects.store(
            ((key, vector) for (key, _text), vector in zip(found, vectors, strict=True)), embedder
        )
