"""Exports for operators to look at: whose they are, how far, what went wrong."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import NewestPaginator, Operated, ReadOnly
from delivery.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnly, Operated):
    """The exports of everybody, without their files."""

    list_display = ("created_at", "owner", "target", "state", "count", "files", "byte_size", "error")
    list_filter = ("state", "target")
    list_select_related = ("owner",)
    paginator = NewestPaginator
    ordering = ("-id",)
    fields = readonly_fields = (
        "owner", "topic", "concept", "campaign", "base", "target", "longest_side", "enlarger", "state", "count",
        "files", "left_out", "withdrawn", "byte_size", "place", "error", "detail", "attempts", "failures", "worker",
        "created_at", "started_at", "finished_at", "discarded_at",
    )  # fmt: skip
