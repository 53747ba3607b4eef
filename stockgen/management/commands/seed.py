"""``manage.py seed``: add the topics, concepts, additions and reasons of ``prompts/`` that are not there yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from stockgen.seed import seed


class Command(BaseCommand):
    help = (
        "Add the topics, concepts, additions and reasons of prompts/ that the database does not have. "
        "Changes none that it has."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = seed()
        self.stdout.write(
            f"Added {made.topics} topics, {made.concepts} concepts, {made.additions} additions and "
            f"{made.reasons} reasons."
        )
