from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the queue's tables part of every ``migrate``, test databases included."""
        post_migrate.connect(create_queue_tables, sender=self)


def create_queue_tables(**_: Any) -> None:
    """Create Huey's tables where they are missing."""
    from huey.contrib.djhuey import HUEY

    HUEY.storage.initialize_schema()
