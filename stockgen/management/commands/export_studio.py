"""``manage.py export_studio``: everything that designers steer as one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stockgen.exchange.writing import export_studio


class Command(BaseCommand):
    help = "Write topics, concepts, additions and reasons to a TOML file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="where to write; - is the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        text = export_studio()
        if options["file"] == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["file"]).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from None
