"""What the templates of the library need."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import template

from stockgen.models import StockPicture

register = template.Library()


@register.simple_tag
def similarity_of(row: StockPicture, similarities: Mapping[UUID, float]) -> str | None:
    """Return how near a picture is to what was searched for, in per cent; None where nothing was."""
    similarity = similarities.get(row.pk)
    return None if similarity is None else f"{max(similarity, 0.0):.0%}"
