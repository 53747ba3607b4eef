"""People of each role."""

from __future__ import annotations

import pytest

from accounts.models import Role, User


@pytest.fixture
def designer(db: None) -> User:
    """Give a person who launches runs."""
    user = User.objects.create_user("dora", password="a good password")
    user.give_roles(Role.DESIGNER)
    return user


@pytest.fixture
def operator(db: None) -> User:
    """Give a person who runs the installation."""
    user = User.objects.create_user("olga", password="a good password")
    user.give_roles(Role.OPERATOR)
    return user
