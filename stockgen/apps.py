from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StockgenConfig(AppConfig):
    name = "stockgen"
    verbose_name = _("Stock generation")
    default_auto_field = "django.db.models.BigAutoField"
    role_permissions: ClassVar = {
        "operator": (
            "add_topic", "change_topic", "delete_topic", "view_topic",
            "add_concept", "change_concept", "delete_concept", "view_concept",
            "add_promptaddition", "view_promptaddition",
            "add_registeredmodel", "change_registeredmodel", "delete_registeredmodel", "view_registeredmodel",
            "view_run", "view_plan", "view_location", "view_prompt", "view_picture",
            "add_reason", "change_reason", "view_reason", "view_verdictchange",
        ),
    }  # fmt: skip

    def ready(self) -> None:
        from jobs import kinds
        from stockgen.models import Picture, Plan

        kinds.register(
            kinds.Kind(model=Plan, rank=20, handler="stockgen.work.planning.make_plan", gives_way=True)
        )
        kinds.register(kinds.Kind(model=Picture, rank=30, handler="stockgen.work.rendering.render_pictures"))
