"""Models that this installation offers beside the built-in registry."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ModelAdmin
from stockgen.models import RegisteredModel


@admin.register(RegisteredModel)
class RegisteredModelAdmin(ModelAdmin):
    """A model is offered to runs as soon as it is saved; workers load it at its first use."""

    list_display = ("title", "key", "role", "source_kind", "location", "licence", "memory_gib", "is_active")
    list_editable = ("is_active",)
    list_filter = ("role", "source_kind", "is_active")
    search_fields = ("title", "key", "location")
    radio_fields = {"role": admin.HORIZONTAL, "source_kind": admin.HORIZONTAL}  # noqa: RUF012
    save_as = True
    fieldsets = (
        (None, {"fields": ("role", ("title", "key"), "licence", "is_active")}),
        (
            _("Where the weights are"),
            {
                "fields": ("source_kind", "location", "revision", "endpoint_model", "api_key_variable"),
                "description": _(
                    "Only safetensors, GGUF and weights-only checkpoints are loaded, and no code with them."
                ),
            },
        ),
        (_("How it runs"), {"fields": (("precision", "batch_size", "memory_gib"),)}),
        (
            _("Image model"),
            {
                "fields": (
                    ("width", "height", "max_side"),
                    ("steps", "guidance_scale"),
                    ("lora", "lora_weight"),
                ),
                "description": _("Only for image models; a language model ignores this."),
                "classes": ("collapse",),
            },
        ),
        (
            _("Language model"),
            {
                "fields": (("style", "context_tokens"),),
                "description": _("Only for language models; an image model ignores this."),
                "classes": ("collapse",),
            },
        ),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: RegisteredModel | None = None
    ) -> tuple[str, ...]:
        """Keep role and key once they exist: runs know the model by them."""
        return ("role", "key") if obj else ()
