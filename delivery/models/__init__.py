"""The data of exports: the job, and what belongs to it picture by picture."""

from __future__ import annotations

from delivery.models.export import Export, ExportQuerySet
from delivery.models.item import Change, Item, ItemState

__all__ = ["Change", "Export", "ExportQuerySet", "Item", "ItemState"]
