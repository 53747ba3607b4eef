"""Runs, with their plan, and their verbs as actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import Operated, ReadOnly, StackedInline, TabularInline, as_uuid
from jobs.models import WrongState
from stockgen.models import Location, Plan, Run
from stockgen.models.tally import Tally

MOST_LOCATIONS = 200
"""Locations and given prompts shown on a run's page; the run's own page on the site has them all."""


class PlanInline(ReadOnly, StackedInline):
    """How the language model fared."""

    model = Plan
    fields = (
        ("state", "attempts", "failures"),
        "error",
        ("asked_locations", "location_attempts", "shortfall"),
        ("locations_addition", "descriptions_addition"),
        "language_model_revision",
        ("started_at", "finished_at"),
    )
    readonly_fields = tuple(flatten(fields))

    @admin.display(description=gettext_lazy("locations missing"))
    def shortfall(self, plan: Plan) -> int:
        """Say how many asked locations were not found."""
        return plan.shortfall


class LocationInline(ReadOnly, TabularInline):
    """The locations with their prompts."""

    model = Location
    fields = readonly_fields = ("text", "prompts_written")
    verbose_name_plural = gettext_lazy("locations and their prompts (the first %(most)d)") % {
        "most": MOST_LOCATIONS
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Location]:
        """Read the first locations and their prompts, in two queries."""
        return super().get_queryset(request).filter(position__lt=MOST_LOCATIONS).prefetch_related("prompts")

    @admin.display(description=gettext_lazy("prompts"))
    def prompts_written(self, location: Location) -> SafeString:
        """List the prompts."""
        return format_html_join("", "<p>{}</p>", ((prompt.text,) for prompt in location.prompts.all()))


class RunChangeList(ChangeList):
    """The list of runs, which counts the pictures of a whole page in one query."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page and the tallies of its runs."""
        super().get_results(request)
        runs = list(self.result_list)
        tallies = Run.tallies(runs)
        for run in runs:
            run.shown_tally = tallies[run.pk]
        self.result_list = runs


def tally_of(run: Run) -> Tally:
    """Return the tally that the list has read, or read it."""
    tally: Tally | None = getattr(run, "shown_tally", None)
    if tally is None:
        tally = run.shown_tally = run.tally()  # type: ignore[attr-defined]
    return tally


class PausedFilter(admin.SimpleListFilter):
    """Runs that somebody paused."""

    title = gettext_lazy("paused")
    parameter_name = "paused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer yes and no."""
        return [("1", gettext_lazy("yes")), ("0", gettext_lazy("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        """Narrow to the chosen kind."""
        return queryset.filter(paused_at__isnull=self.value() == "0") if self.value() else queryset


@admin.register(Run)
class RunAdmin(ReadOnly, Operated):
    """Everyone's runs. What was asked for cannot be edited; the verbs are actions."""

    list_display = ("__str__", "owner", "phase", "finished", "failures", "image_model", "created_at")
    list_filter = (PausedFilter, "topic", "concept")
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("topic", "concept", "owner", "plan")
    list_per_page = 50
    search_fields = ("owner__username", "topic__name", "concept__name", "image_model")
    search_help_text = gettext_lazy("Owner, topic, concept or image model, or a run's whole id.")
    ordering = ("-id",)
    actions = ("pause", "resume", "cancel", "retry")
    inlines = (PlanInline, LocationInline)
    fieldsets = (
        (None, {"fields": (("topic", "concept"), "count", "owner", "created_at")}),
        (gettext_lazy("How far it is"), {"fields": ("phase", "finished", "failures", "paused_at")}),
        (
            gettext_lazy("What makes it"),
            {
                "fields": (
                    ("image_model", "language_model"),
                    ("width", "height"),
                    ("steps", "guidance_scale"),
                    ("seed", "location_count"),
                    "prompt",
                    "negative_prompt",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("phase", "finished", "failures")
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Count the pictures of a page together."""
        return RunChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Run], search_term: str
    ) -> tuple[QuerySet[Run], bool]:
        """Find a run by its whole id, too."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if identifier := as_uuid(search_term):
            return queryset.filter(pk=identifier), False
        return found, may_repeat

    @admin.display(description=gettext_lazy("phase"))
    def phase(self, run: Run) -> str:
        """Say where the run is."""
        return str(run.phase(tally_of(run)).label)

    @admin.display(description=gettext_lazy("done"))
    def finished(self, run: Run) -> str:
        """Say how many pictures are done, of how many."""
        return f"{tally_of(run).done} / {run.expected}"

    @admin.display(description=gettext_lazy("failed"))
    def failures(self, run: Run) -> int:
        """Say how many pictures failed."""
        return tally_of(run).failed

    @admin.action(description=gettext_lazy("Pause"), permissions=["operate"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        """Pause the chosen runs."""
        self._do(request, queryset, Run.pause)

    @admin.action(description=gettext_lazy("Resume"), permissions=["operate"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        """Resume the chosen runs."""
        self._do(request, queryset, Run.resume)

    @admin.action(description=gettext_lazy("Cancel what is not done"), permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        """Cancel the chosen runs."""
        self._do(request, queryset, Run.cancel)

    @admin.action(description=gettext_lazy("Retry what failed or was cancelled"), permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        """Queue again what failed in the chosen runs."""
        self._do(request, queryset, Run.retry)

    def _do(self, request: HttpRequest, runs: QuerySet[Run], verb: Callable[[Run], object]) -> None:
        """Call a verb on each run and say at which it did not apply."""
        changed = 0
        for run in runs.select_related("topic", "concept", "plan"):
            try:
                verb(run)
            except WrongState as error:
                messages.warning(request, f"{run}: {error}")
            else:
                changed += 1
        if changed:
            said = ngettext("Done for %(count)d run.", "Done for %(count)d runs.", changed)
            messages.success(request, said % {"count": changed})
