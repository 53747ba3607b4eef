"""Topics, concepts and the additions to their system prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ModelAdmin, ModelForm, TabularInline
from stockgen.forms.prose import SizesField
from stockgen.models import Concept, NegativePrompt, PromptAddition, Topic
from stockgen.models.named import Named


class NamedAdmin(ModelAdmin):
    """What topics and concepts have in common: a key that stays, a place in the list, an on and off."""

    list_filter = ("is_active",)
    search_fields = ("name", "name_ru", "key")
    ordering = ("position", "name")
    prepopulated_fields: ClassVar = {"key": ("name",)}
    formfield_overrides: ClassVar = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 8, "spellcheck": "true"})}
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Named | None = None) -> tuple[str, ...]:
        """Keep the key once it exists: runs, files and programs know it."""
        return ("key",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Named | None = None
    ) -> dict[str, Sequence[str]]:
        """Make the key of a new row from its name."""
        return {} if obj else {"key": ("name",)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Count the edit, so that whoever has the row open in the studio learns of it."""
        super().save_related(request, form, formsets, change)
        if change and (form.changed_data or any(formset.has_changed() for formset in formsets)):
            type(form.instance).objects.filter(pk=form.instance.pk).update(revision=F("revision") + 1)

    @admin.display(description=gettext_lazy("studio"))
    def studio_link(self, row: Named) -> SafeString:
        """Lead to the row's page in the studio."""
        return format_html(
            '<a href="{}">{}</a>', reverse(row._meta.model_name, args=[row.key]), _("edit there")
        )


@admin.register(Topic)
class TopicAdmin(NamedAdmin):
    """Topics, in the order in which they are offered."""

    list_display = ("name", "name_ru", "position", "is_active", "studio_link", "additions_link", "runs_link")
    list_editable = ("position", "is_active")
    fieldsets = (
        (None, {"fields": (("name", "name_ru"), "key", "description")}),
        (gettext_lazy("In lists"), {"fields": (("position", "is_active"),)}),
    )

    @admin.display(description=gettext_lazy("additions"))
    def additions_link(self, topic: Topic) -> SafeString:
        """Lead to the topic's additions to the system prompts."""
        address = reverse("admin:stockgen_promptaddition_changelist")
        return format_html('<a href="{}?topic__id__exact={}">{}</a>', address, topic.pk, _("additions"))

    @admin.display(description=gettext_lazy("runs"))
    def runs_link(self, topic: Topic) -> SafeString:
        """Lead to the topic's runs."""
        address = reverse("admin:stockgen_run_changelist")
        return format_html('<a href="{}?topic__id__exact={}">{}</a>', address, topic.pk, _("runs"))


class NegativePromptInline(TabularInline):
    """Other words than the concept's own negative prompt, for one image model each."""

    model = NegativePrompt
    extra = 0
    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 2})}}


class ConceptForm(ModelForm):
    """A concept with its sizes one a line."""

    sizes = SizesField(
        label=gettext_lazy("Picture sizes, px"),
        required=False,
        rows=3,
        help_text=gettext_lazy(
            "Width × height, one a line, the usual one first. Empty: the image model's own size."
        ),
    )


@admin.register(Concept)
class ConceptAdmin(NamedAdmin):
    """Concepts with the texts that the language model works from."""

    list_display = ("name", "name_ru", "subject", "share", "position", "is_active", "studio_link")
    form = ConceptForm
    inlines = (NegativePromptInline,)
    list_editable = ("share", "position", "is_active")
    fieldsets = (
        (None, {"fields": (("name", "name_ru"), "key", ("subject", "subject_ru"), "sizes")}),
        (gettext_lazy("In lists"), {"fields": (("share", "position", "is_active"),)}),
        (
            gettext_lazy("First step: locations"),
            {"fields": ("locations_system", "locations_examples")},
        ),
        (
            gettext_lazy("Second step: descriptions"),
            {"fields": ("descriptions_system", "descriptions_examples", "negative_prompt")},
        ),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say so where the shares of the offered concepts do not make a whole."""
        response = super().changelist_view(request, extra_context)
        total = Concept.objects.total_share()
        if request.method == "GET" and total not in {0, 100}:
            messages.warning(
                request, _("The shares of the offered concepts add up to %(total)d %%.") % {"total": total}
            )
        return response


class AdditionForm(ModelForm):
    """The next version of an addition."""

    class Meta:
        model = PromptAddition
        fields = ("topic", "concept", "step", "text", "note")


@admin.register(PromptAddition)
class PromptAdditionAdmin(ModelAdmin):
    """Every version of every addition. Versions are never edited or deleted: saving makes the next one."""

    form = AdditionForm
    list_display = (
        "topic",
        "concept",
        "step",
        "version",
        "studio_link",
        "next_link",
        "beginning",
        "author",
        "created_at",
    )
    sortable_by = ()
    list_display_links = ("version",)
    list_filter = ("topic", "concept", "step")
    list_select_related = ("topic", "concept", "author")
    search_fields = ("text", "note")
    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 14})}}

    def has_change_permission(self, request: HttpRequest, obj: PromptAddition | None = None) -> bool:
        """Refuse: pictures refer to this very text."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PromptAddition | None = None) -> bool:
        """Refuse: pictures refer to this very text."""
        return False

    def get_fields(self, request: HttpRequest, obj: PromptAddition | None = None) -> tuple[str, ...]:
        """Show also what was filled in by itself, once it was."""
        asked = ("topic", "concept", "step", "text", "note")
        return (*asked, "version", "author", "created_at") if obj else asked

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the text of the newest version of the cell and step named in the address."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        cell = {name: str(initial.get(name, "")) for name in ("topic", "concept")}
        if all(value.isascii() and value.isdigit() for value in cell.values()):
            newest = PromptAddition.objects.filter(
                topic_id=int(cell["topic"]), concept_id=int(cell["concept"]), step=initial.get("step", "")
            )
            if latest := newest.order_by("-version").first():
                initial["text"] = latest.text
        return initial

    def save_model(self, request: HttpRequest, obj: PromptAddition, form: Any, change: bool) -> None:
        """Append the next version, in the name of who saves it."""
        made = PromptAddition.objects.append(
            topic=obj.topic, concept=obj.concept, step=obj.step, text=obj.text, note=obj.note,
            author=request.user,  # type: ignore[arg-type]
        )  # fmt: skip
        obj.pk, obj.version, obj.author = made.pk, made.version, made.author

    @admin.display(description=gettext_lazy("studio"))
    def studio_link(self, addition: PromptAddition) -> SafeString:
        """Lead to the addition's page in the studio, with its differences and what came of it."""
        address = reverse("addition", args=[addition.topic.key, addition.concept.key, addition.step])
        return format_html('<a href="{}">{}</a>', address, _("edit there"))

    @admin.display(description=gettext_lazy("text"))
    def beginning(self, addition: PromptAddition) -> str:
        """Show how the text begins."""
        return addition.text if len(addition.text) <= 80 else f"{addition.text[:80]}…"

    @admin.display(description="")
    def next_link(self, addition: PromptAddition) -> SafeString:
        """Lead to the form of the next version, filled with the newest text."""
        return format_html(
            '<a class="addlink" href="{}?topic={}&amp;concept={}&amp;step={}">{}</a>',
            reverse("admin:stockgen_promptaddition_add"),
            addition.topic_id,
            addition.concept_id,
            addition.step,
            _("new version"),
        )
