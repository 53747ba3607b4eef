"""`manage.py create_demo_users`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import create_demo_users, logins_file


class Command(BaseCommand):
    """Make one login per role for the demonstration and print them; twice in a row prints the same."""

    help = "Make one login per role for the demonstration and print user names and passwords."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse where the site is not in development: the passwords lie in a file."""
        if not settings.DEBUG:
            raise CommandError("Demonstration logins are for DEBUG only; use create_user.")
        for role, password in create_demo_users().items():
            self.stdout.write(f"{role.value:<10}{password}")
        self.stderr.write(f"Kept in {logins_file()}.")
