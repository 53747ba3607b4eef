"""``manage.py examine_pictures``: have pictures from before the flags, or from another version of them, looked at."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from stockgen.models import Examination


class Command(BaseCommand):
    help = "Ask the workers to examine pictures that never were, or by another version of the detectors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--failed", action="store_true", help="also those whose file could not be read")

    def handle(self, *args: Any, failed: bool, **options: Any) -> None:
        """Ask for some hundred at a time; interrupted, it goes on where it was."""
        asked = Examination.objects.failed().retry() if failed else 0
        while some := Examination.objects.ask_for_missing():
            asked += some
            self.stdout.write(f"{asked} …")
        waiting = Examination.objects.open().count()
        self.stdout.write(f"{asked} pictures asked for; {waiting} examinations wait for a worker.")
