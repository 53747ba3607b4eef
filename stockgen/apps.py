from __future__ import annotations

from django.apps import AppConfig


class StockgenConfig(AppConfig):
    name = "stockgen"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jobs import kinds
        from stockgen.models import Picture, Plan

        kinds.register(kinds.Kind(model=Plan, rank=20, handler="stockgen.work.planning.make_plan"))
        kinds.register(kinds.Kind(model=Picture, rank=30, handler="stockgen.work.rendering.render_pictures"))
