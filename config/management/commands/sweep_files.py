"""``manage.py sweep_files``: delete files that no row names."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from stockgen.files import sweep_all as sweep_pictures
from upscale.files import sweep_all as sweep_photos


class Command(BaseCommand):
    help = (
        "Look through the whole storage and delete the files of pictures, photos and videos that no row names. What "
        "came in within the last hour is left alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Deleted {sweep_pictures()} files of pictures.")
        self.stdout.write(f"Deleted {sweep_photos()} files of photos and videos.")
