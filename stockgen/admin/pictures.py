"""Pictures: found, looked at, cancelled and queued again, in a table of any size."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import NewestPaginator, Operated, ReadOnly, as_uuid
from engines.diffusion.limits import MAX_SEED
from jobs.states import State
from stockgen.models import Picture
from stockgen.models.registered import image_models

SHA256 = re.compile(r"[0-9a-f]{64}")


class ImageModelFilter(admin.SimpleListFilter):
    """Narrow by image model, from the catalogue: looking for the models in use would read every picture."""

    title = gettext_lazy("image model")
    parameter_name = "image_model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the models of the catalogue."""
        return [(spec.key, spec.title) for spec in image_models().values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> QuerySet[Picture]:
        """Narrow to the chosen model."""
        return queryset.filter(image_model=self.value()) if self.value() else queryset


@admin.register(Picture)
class PictureAdmin(ReadOnly, Operated):
    """Everyone's pictures, newest first."""

    list_display = (
        "preview",
        "__str__",
        "beginning",
        "state",
        "image_model",
        "owner",
        "run_link",
        "created_at",
    )
    list_display_links = ("preview", "__str__")
    list_filter = ("state", "topic", "concept", ImageModelFilter)
    list_select_related = ("topic", "concept", "prompt", "owner")
    list_per_page = 50
    list_max_show_all = 0
    paginator = NewestPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("id",)
    search_help_text = gettext_lazy("A picture's or a run's whole id, a seed, or a file's SHA-256.")
    ordering = ("-id",)
    actions = ("cancel", "retry")
    fieldsets = (
        (None, {"fields": ("large_preview", "state", "error", "owner", "run_link")}),
        (gettext_lazy("Verdict"), {"fields": (("verdict", "verdict_at"), "verdict_reasons")}),
        (gettext_lazy("What it shows"), {"fields": (("topic", "concept"), "location", "prompt_text")}),
        (
            gettext_lazy("What made it"),
            {
                "fields": (
                    "seed", ("image_model", "image_model_revision"), ("width", "height"),
                    ("steps", "guidance_scale"), "lineage",
                )
            },
        ),
        (gettext_lazy("The file"), {"fields": ("byte_size", "sha256", "seconds")}),
        (
            gettext_lazy("The job"),
            {"fields": (("attempts", "failures"), "worker", ("created_at", "started_at", "finished_at"))},
        ),
    )  # fmt: skip
    readonly_fields = ("large_preview", "run_link", "location", "prompt_text", "lineage")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Picture], search_term: str
    ) -> tuple[QuerySet[Picture], bool]:
        """Find exactly, by what identifies a picture; a term that identifies nothing finds nothing."""
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        if identifier := as_uuid(term):
            picture = queryset.filter(pk=identifier)
            return (picture if picture.exists() else queryset.filter(run=identifier)), False
        if SHA256.fullmatch(term):
            return queryset.filter(sha256=term), False
        if term.isascii() and term.isdigit() and int(term) <= MAX_SEED:
            return queryset.filter(seed=int(term)), False
        return queryset.none(), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say that the list ends at the newest ones."""
        said = _("The newest %(most)d. Filter or search to see others.") % {"most": NewestPaginator.MOST}
        return super().changelist_view(request, {"subtitle": said} | (extra_context or {}))

    @admin.display(description=gettext_lazy("picture"))
    def preview(self, picture: Picture) -> SafeString | str:
        """Show the thumbnail."""
        return self._image(picture, 72)

    @admin.display(description=gettext_lazy("picture"))
    def large_preview(self, picture: Picture) -> SafeString | str:
        """Show the thumbnail, larger."""
        return self._image(picture, 320)

    @staticmethod
    def _image(picture: Picture, side: int) -> SafeString | str:
        if picture.state != State.DONE:
            return "—"
        address = reverse("api:picture_thumbnail", args=[picture.pk])
        return format_html(
            '<img src="{}" alt="{}" width="{}" loading="lazy" decoding="async">', address, str(picture), side
        )

    @admin.display(description=gettext_lazy("prompt"))
    def beginning(self, picture: Picture) -> str:
        """Show how the prompt begins."""
        text = picture.prompt.text
        return text if len(text) <= 80 else f"{text[:80]}…"

    @admin.display(description=gettext_lazy("run"))
    def run_link(self, picture: Picture) -> SafeString:
        """Lead to the run."""
        address = reverse("admin:stockgen_run_change", args=[picture.run_id])
        return format_html('<a href="{}">…{}</a>', address, str(picture.run_id)[-8:])

    @admin.display(description=gettext_lazy("location"))
    def location(self, picture: Picture) -> str:
        """Name the location, where the language model found one."""
        return picture.prompt.location.text if picture.prompt.location else "—"

    @admin.display(description=gettext_lazy("prompt"))
    def prompt_text(self, picture: Picture) -> str:
        """Show the whole prompt."""
        return picture.prompt.text

    @admin.display(description=gettext_lazy("lineage"))
    def lineage(self, picture: Picture) -> SafeString:
        """Show where the picture comes from, as its file says it."""
        return format_html("<pre>{}</pre>", json.dumps(picture.lineage(), indent=2, ensure_ascii=False))

    @admin.action(description=gettext_lazy("Cancel"), permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Picture]) -> None:
        """Cancel those of the chosen pictures that are queued or running."""
        self._report(request, self._chosen(queryset).cancel())

    @admin.action(description=gettext_lazy("Retry"), permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Picture]) -> None:
        """Queue those of the chosen pictures again that failed or were cancelled."""
        self._report(request, self._chosen(queryset).retry())

    @staticmethod
    def _chosen(queryset: QuerySet[Picture]) -> Any:
        """Return no more pictures than the list shows, also where all of them were chosen."""
        shown = list(queryset.order_by("-pk").values_list("pk", flat=True)[: NewestPaginator.MOST])
        return Picture.objects.filter(pk__in=shown)

    @staticmethod
    def _report(request: HttpRequest, changed: int) -> None:
        if changed:
            said = ngettext("Done for %(count)d picture.", "Done for %(count)d pictures.", changed)
            messages.success(request, said % {"count": changed})
        else:
            messages.warning(request, _("This applies to none of the chosen pictures."))
