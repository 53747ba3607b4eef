"""``manage.py import_studio``: take over a file that ``export_studio`` wrote, all of it or nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stockgen.exchange.applying import PreviewOutdated, apply
from stockgen.exchange.comparing import Change, compare
from stockgen.exchange.document import Unreadable
from stockgen.exchange.reading import read

SIGNS = {"add": "+", "change": "~"}


class Command(BaseCommand):
    help = (
        "Import topics, concepts, additions and reasons. Nothing is deleted; a faulty file changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a TOML file that export_studio wrote")
        parser.add_argument("--dry-run", action="store_true", help="only show what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(options["file"])
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        try:
            document = read(content)
            preview = compare(document) if options["dry_run"] else apply(document, author=None)
        except Unreadable as error:
            lines = [f"{file}:{fault}" for fault in error.faults]
            raise CommandError("\n".join([*lines, "Nothing was changed."])) from None
        except PreviewOutdated:
            raise CommandError(
                "Somebody changed the same just now. Nothing was imported; try again."
            ) from None
        for change in (*preview.added, *preview.changed):
            self.stdout.write(f"{SIGNS[change.action]} {_name(change)}")
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{len(preview.added)} {would}added, {len(preview.changed)} {would}changed, {len(preview.kept)} left alone."
        )


def _name(change: Change) -> str:
    values = ", ".join(value.name for value in change.values) if change.action == "change" else ""
    name = f"{change.entry.kind} {' · '.join(change.entry.identity)}"
    return f"{name}: {values}" if values else name
