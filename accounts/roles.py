"""The groups behind the roles, and what an app lets each of them do in the admin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps

from accounts.models import Role


def grant_role_permissions(app_config: AppConfig, using: str, apps: Apps = installed_apps, **_: Any) -> None:
    """Make the groups of the roles where they are missing, and grant what the migrated app declares.

    An app declares it as ``role_permissions`` on its ``AppConfig``: role → code names of its permissions.
    Runs after every ``migrate``, once an app, behind Django's own making of permissions. Grants are only
    ever added, so those that an administrator gave besides stay.
    """
    declared: Mapping[str, Sequence[str]] | None = getattr(app_config, "role_permissions", None)
    if declared is None:
        return
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # migrated back to before there were groups
        return
    for role in Role:
        group, _made = groups.get_or_create(name=role.value)
        wanted = permissions.filter(
            content_type__app_label=app_config.label, codename__in=declared.get(role.value, ())
        )
        group.permissions.add(*wanted)
