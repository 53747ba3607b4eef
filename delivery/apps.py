from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "delivery"
    verbose_name = _("Exports")
    default_auto_field = "django.db.models.BigAutoField"
    role_permissions: ClassVar = {"operator": ("view_export",)}

    def ready(self) -> None:
        from delivery.models import Export
        from jobs import kinds

        kinds.register(
            kinds.Kind(
                model=Export, rank=29, handler="delivery.work.exporting.export_pictures", gives_way=True
            )
        )
