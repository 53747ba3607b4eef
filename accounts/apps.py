from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and access")
    default_auto_field = "django.db.models.BigAutoField"
    role_permissions: ClassVar = {
        "operator": ("add_user", "change_user", "view_user", "view_apitoken"),
    }

    def ready(self) -> None:
        from accounts.roles import grant_role_permissions

        post_migrate.connect(grant_role_permissions, dispatch_uid="accounts.grant_role_permissions")
