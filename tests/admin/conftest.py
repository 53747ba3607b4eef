"""An operator signed in to the admin."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Role, User
from tests.factories import make_user


@pytest.fixture
def operator(db: None) -> User:
    user = make_user(Role.OPERATOR)
    user.give_roles(Role.OPERATOR)
    return user


@pytest.fixture
def as_operator(operator: User) -> Client:
    """Give the browser of an operator."""
    client = Client()
    client.force_login(operator)
    return client
