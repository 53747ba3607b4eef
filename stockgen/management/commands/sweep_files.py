"""``manage.py sweep_files``: delete files that no picture names."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from stockgen.files import sweep_all


class Command(BaseCommand):
    help = "Look through the whole picture storage and delete files that no picture names."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Deleted {sweep_all()} files.")
