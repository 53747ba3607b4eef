"""One login per role for the demonstration, the same at every start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import Role, User

FILE_NAME = "demo-logins.txt"


def logins_file() -> Path:
    """Return where the demonstration's logins are kept, readable by the owner of the data folder only."""
    return Path(settings.DATA_DIR) / FILE_NAME


def demo_logins() -> dict[Role, str]:
    """Return the demonstration's passwords by role, making and keeping those that are missing.

    They are kept in a file, not only as hashes, so that starting the demonstration again prints the same.
    """
    path = logins_file()
    kept = dict(line.split() for line in path.read_text().splitlines()) if path.exists() else {}
    logins = {role: kept.get(role.value) or secrets.token_urlsafe(9) for role in Role}
    lines = "".join(f"{role.value} {password}\n" for role, password in logins.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(lines)
    draft.replace(path)
    return logins


def create_demo_users() -> dict[Role, str]:
    """Make the users *designer*, *expert* and *operator* sign in with the passwords returned, by role."""
    logins = demo_logins()
    with transaction.atomic():
        for role, password in logins.items():
            user, _made = User.objects.get_or_create(username=role.value)
            if not user.check_password(password):
                user.set_password(password)
            user.is_active = True
            user.save()
            user.give_roles(role)
    return logins
