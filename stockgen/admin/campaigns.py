"""Campaigns with their cells, to look at; their own pages are where they are steered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.admin_base import ModelAdmin, ReadOnly, TabularInline, as_uuid
from stockgen.models import Campaign, CampaignCell, PauseReason
from stockgen.models.campaign_stage import Stage


class CellInline(ReadOnly, TabularInline):
    """The cells with their quotas."""

    model = CampaignCell
    fields = readonly_fields = ("topic", "concept", "quota", "pause_reason", "resumed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CampaignCell]:
        """Bring the names along."""
        return super().get_queryset(request).select_related("topic", "concept")


class StageFilter(admin.SimpleListFilter):
    """Campaigns by where they are."""

    title = gettext_lazy("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the stages."""
        return list(Stage.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> QuerySet[Campaign]:
        """Narrow to the chosen stage."""
        chosen: dict[str, dict[str, Any]] = {
            Stage.STOPPED: {"stopped_at__isnull": False},
            Stage.PAUSED: {"stopped_at": None, "paused_at__isnull": False},
            Stage.REACHED: {"stopped_at": None, "paused_at": None, "reached_at__isnull": False},
            Stage.RUNNING: {"stopped_at": None, "paused_at": None, "reached_at": None},
        }
        stage = self.value()
        return queryset.filter(**chosen[stage]) if stage in chosen else queryset


@admin.register(Campaign)
class CampaignAdmin(ReadOnly, ModelAdmin):
    """Everyone's campaigns. Nothing is edited here."""

    list_display = ("name", "owner", "stage_name", "reason", "target", "image_model", "created_at")
    list_filter = (StageFilter,)
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("owner",)
    list_per_page = 50
    search_fields = ("name", "owner__username")
    search_help_text = gettext_lazy("Name or owner, or a campaign's whole id.")
    ordering = ("-id",)
    inlines = (CellInline,)
    fieldsets = (
        (None, {"fields": ("name", "owner", "target", ("stage_name", "reason"), "created_at")}),
        (
            gettext_lazy("Limits"),
            {"fields": (("unrated_limit", "pictures_per_location"), ("max_renders", "max_gpu_hours"), "ends_on")},
        ),
        (gettext_lazy("What makes it"), {"fields": (("image_model", "language_model"), "seed")}),
        (gettext_lazy("Times"), {"fields": (("paused_at", "reached_at", "stopped_at"),)}),
    )  # fmt: skip
    readonly_fields = ("stage_name", "reason", "created_at", "seed", "paused_at", "reached_at", "stopped_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Campaign], search_term: str
    ) -> tuple[QuerySet[Campaign], bool]:
        """Find a campaign by its whole id, too."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if identifier := as_uuid(search_term):
            return queryset.filter(pk=identifier), False
        return found, may_repeat

    @admin.display(description=gettext_lazy("stage"))
    def stage_name(self, campaign: Campaign) -> str:
        """Say where the campaign is."""
        return str(campaign.stage.label)

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, campaign: Campaign) -> str:
        """Say why it is paused."""
        return str(PauseReason(campaign.pause_reason).label) if campaign.pause_reason else ""
