"""`manage.py export_openapi`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config import BASE_DIR
from config.api import openapi_document


class Command(BaseCommand):
    """Write the OpenAPI document of the REST API to docs/openapi.json; a test compares the two."""

    help = "Write docs/openapi.json anew, after a change of the REST API."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and name it."""
        path = BASE_DIR / "docs" / "openapi.json"
        path.write_text(openapi_document(), encoding="utf-8")
        self.stdout.write(str(path))
