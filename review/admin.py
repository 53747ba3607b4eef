"""The facts of rating, to be looked up. What can be changed has its pages under /review/, which call the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ModelAdmin, NewestPaginator, ReadOnly, as_uuid
from accounts.models import Role, User
from review.models import Competence, Entry, GoldPicture, Hold, Judgement, Override, Policy, Undo, Vote
from stockgen.models import Comparison, VerdictChange


class Facts(ReadOnly, ModelAdmin):
    """A long list of facts, the newest first, found by the whole id of a picture or a person's name."""

    picture_field = "entry"
    person_field = "rater"
    list_per_page = 50
    list_max_show_all = 0
    paginator = NewestPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("pk",)
    search_help_text = gettext_lazy("A picture's whole id, or a user name.")
    ordering = ("-created_at",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find exactly, by what identifies a picture or a person."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if identifier := as_uuid(term):
            return queryset.filter(**{self.picture_field: identifier}), False
        person = User.objects.filter(username=term.replace("\0", "")).first()
        return queryset.filter(**{self.person_field: person}) if person else queryset.none(), False

    @admin.display(description=gettext_lazy("picture"))
    def picture_link(self, row: Any) -> SafeString:
        """Lead to how the picture was decided."""
        pk = getattr(row, f"{self.picture_field}_id")
        return format_html('<a href="{}">…{}</a>', reverse("review-picture", args=[pk]), str(pk)[-8:])


class Untold(Facts):
    """Facts that tell of votes: an operator who rates, too, does not see those of pictures still to come."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what the reader may still be given to rate."""
        rows = super().get_queryset(request)
        reader = request.user
        assert isinstance(reader, User)
        if not reader.has_role(Role.EXPERT):
            return rows
        rated = Vote.objects.live().decisive().of(reader).filter(entry=OuterRef(self.picture_field))
        to_come = Entry.objects.filter(Q(is_open=True) | Q(gold=True), pk=OuterRef(self.picture_field))
        return rows.filter(~Exists(to_come) | Exists(rated))


@admin.register(Vote)
class VoteAdmin(Untold):
    """Every vote, those taken back, too."""

    list_display = ("created_at", "picture_link", "rater", "choice", "score", "live", "gold")
    list_filter = ("choice", "live", "gold")
    list_select_related = ("rater",)
    fields = (
        "entry", "rater", "choice", "reasons", "score", "note", "seconds", ("live", "gold"), "replaces", "created_at",
    )  # fmt: skip


@admin.register(Undo)
class UndoAdmin(ReadOnly, ModelAdmin):
    """Who took which vote back."""

    list_display = ("created_at", "vote", "rater")
    list_select_related = ("vote__rater", "rater")
    list_per_page = 50
    paginator = NewestPaginator
    show_full_result_count = False
    sortable_by = ()
    ordering = ("-created_at",)


@admin.register(Entry)
class EntryAdmin(Facts):
    """Pictures in the queue."""

    picture_field = "picture"
    person_field = "picture__owner"
    list_display = ("picture_link", "topic", "concept", "votes", "slots", "is_open", "flagged", "gold")
    list_filter = ("is_open", "flagged", "gold", "overridden", "topic", "concept")
    list_select_related = ("topic", "concept")
    ordering = ("-pk",)
    fields = (
        ("topic", "concept"), ("wanted", "votes", "slots"), ("is_open", "flagged", "gold", "overridden"), "queue_at",
    )  # fmt: skip


@admin.register(Hold)
class HoldAdmin(Facts):
    """Who has which picture in hand, or had."""

    list_display = ("created_at", "picture_link", "rater", "expires_at")
    list_select_related = ("rater",)


@admin.register(Override)
class OverrideAdmin(Facts):
    """Decisions over the votes, those that hold no longer, too."""

    person_field = "by"
    list_display = ("created_at", "picture_link", "verdict", "by", "note", "live")
    list_filter = ("verdict", "live")
    list_select_related = ("by",)


@admin.register(GoldPicture)
class GoldPictureAdmin(Facts):
    """Known pictures."""

    person_field = "added_by"
    list_display = ("created_at", "picture_link", "expected", "added_by", "note", "is_active")
    list_filter = ("expected", "is_active")
    list_select_related = ("added_by",)


@admin.register(VerdictChange)
class VerdictChangeAdmin(Untold):
    """Every change of a verdict."""

    picture_field = "picture"
    person_field = "by"
    list_display = ("created_at", "picture_link", "verdict", "cause", "by", "note")
    list_filter = ("verdict", "cause")
    list_select_related = ("by",)
    ordering = ("-pk",)


class Steered(ReadOnly, ModelAdmin):
    """Rows that are set on a page of their own, which applies them to what waits."""

    page = ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Say where they are set."""
        said = format_html('<a href="{}">{}</a>', reverse(self.page), _("Set them on their own page."))
        return super().changelist_view(request, {"subtitle": said} | (extra_context or {}))


@admin.register(Policy)
class PolicyAdmin(Steered):
    """Rules for votes."""

    page = "review-rules"
    list_display = ("__str__", "votes", "calibration_share", "gold_share", "changed_at")
    list_select_related = ("topic", "campaign")


@admin.register(Comparison)
class ComparisonAdmin(ReadOnly, ModelAdmin):
    """Everyone's comparisons of models; their own pages are where they are steered and what they come to is read."""

    list_display = ("page_link", "varies", "models", "owner", "created_at", "closed_at")
    list_display_links = None
    list_filter = ("varies",)
    list_select_related = ("owner",)
    list_per_page = 50
    search_fields = ("name", "owner__username")
    ordering = ("-pk",)
    show_full_result_count = False

    @admin.display(description=gettext_lazy("name"))
    def page_link(self, comparison: Comparison) -> SafeString:
        """Lead to its page."""
        return format_html('<a href="{}">{}</a>', comparison.get_absolute_url(), comparison.name)

    @admin.display(description=gettext_lazy("models"))
    def models(self, comparison: Comparison) -> str:
        """Name the contestants."""
        return ", ".join(comparison.contestants)


@admin.register(Judgement)
class JudgementAdmin(ReadOnly, ModelAdmin):
    """Every judgement of a pair, those taken back, too."""

    list_display = ("created_at", "comparison", "rater", "choice", "seconds", "live")
    list_filter = ("choice", "live")
    list_select_related = ("pair__comparison", "pair__rater")
    list_per_page = 50
    list_max_show_all = 0
    paginator = NewestPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("pair__rater__username", "pair__comparison__name")
    ordering = ("-created_at",)

    @admin.display(description=gettext_lazy("comparison"))
    def comparison(self, judgement: Judgement) -> str:
        """Name what it belongs to."""
        return judgement.pair.comparison.name

    @admin.display(description=gettext_lazy("expert"))
    def rater(self, judgement: Judgement) -> str:
        """Name who judged."""
        return str(judgement.pair.rater)


@admin.register(Competence)
class CompetenceAdmin(Steered):
    """Topics of experts."""

    page = "review-experts"
    list_display = ("rater", "topic")
    list_select_related = ("rater", "topic")
    search_fields = ("rater__username",)
