"""``manage.py index_library``: have every approved picture found by its meaning, older ones too."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from stockgen.library.indexing import index_some
from stockgen.models import StockPicture


class Command(BaseCommand):
    help = "Take approved pictures into the library that are not in it, and embed what has no vector of the embedder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anew", action="store_true", help="embed all again: names of topics or concepts changed"
        )

    def handle(self, *args: Any, anew: bool, **options: Any) -> None:
        """Embed some at a time; interrupted, it goes on where it was."""
        taken = StockPicture.objects.take_in_missing()
        if anew:
            StockPicture.objects.exclude(embedder="").update(embedder="")
        done = 0
        while some := index_some():
            done += some
            if done % 1024 == 0:
                self.stdout.write(f"{done} …")
        self.stdout.write(f"{taken} pictures taken into the library, {done} embedded.")
