"""The reasons to reject a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import ModelAdmin
from stockgen.models import Reason


@admin.register(Reason)
class ReasonAdmin(ModelAdmin):
    """Reasons by their digit. None is deleted: votes name them by key; one is offered no longer instead."""

    list_display = ("position", "name", "name_ru", "key", "is_active")
    list_display_links = ("name",)
    list_filter = ("is_active",)
    search_fields = ("name", "name_ru", "key")
    ordering = ("-is_active", "position", "name")
    fields = (("position", "is_active"), ("name", "name_ru"), "key")
    prepopulated_fields: ClassVar = {"key": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Reason | None = None) -> bool:
        """Refuse: votes and verdicts refer to its key."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Reason | None = None) -> tuple[str, ...]:
        """Keep the key once it exists."""
        return ("key",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Reason | None = None
    ) -> dict[str, Sequence[str]]:
        """Make the key of a new row from its name."""
        return {} if obj else {"key": ("name",)}
