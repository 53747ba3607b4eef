"""`manage.py create_token NAME --user USER [--acts-for telegram]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import ApiToken, User


class Command(BaseCommand):
    """Make an API token for a person and print its secret, alone on a line, this once."""

    help = "Make an API token for a person and print its secret, which cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the token is for, whose it is, and how long it lives."""
        parser.add_argument("name", help="what the token is for")
        parser.add_argument("--user", required=True, help="the user name it acts for")
        parser.add_argument("--days", type=int, help="days until it expires; without, it does not")
        parser.add_argument(
            "--acts-for",
            default="",
            metavar="NETWORK",
            help="trust it to speak for the people of an outside network, such as telegram",
        )

    def handle(
        self, *args: Any, name: str, user: str, days: int | None, acts_for: str, **options: Any
    ) -> None:
        """Make the token, or say why it cannot be made; then nothing is stored."""
        person = User.objects.filter(username=user, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active user {user!r}.")
        if not 1 <= len(name) <= 80:
            raise CommandError("Give a name of 1 to 80 characters.")
        if days is not None and days < 1:
            raise CommandError(f"--days {days} must be at least 1.")
        try:
            _token, secret = ApiToken.objects.issue(person, name, days=days, acts_for=acts_for)
        except ValidationError as error:
            raise CommandError("--acts-for: " + " ".join(error.messages)) from None
        self.stdout.write(secret)
