"""`manage.py create_user NAME --role designer`."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Role, User


class Command(BaseCommand):
    """Make a login with a random password, printed this once; an operator may also enter the admin."""

    help = "Make a login with the given roles and print its password, which is stored nowhere in clear."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the name, the roles and, where it is known, the address."""
        parser.add_argument("name", help="the user name to sign in with")
        parser.add_argument(
            "--role", action="append", choices=Role.values, default=[], help="may be given more than once"
        )
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, name: str, role: list[str], email: str, **options: Any) -> None:
        """Make the login, or say why it cannot be made; then nothing is stored."""
        password = secrets.token_urlsafe(12)
        user = User(username=name, email=email)
        user.set_password(password)
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        with transaction.atomic():
            user.save()
            user.give_roles(*(Role(value) for value in role))
        self.stdout.write(f"{name}  {password}")
