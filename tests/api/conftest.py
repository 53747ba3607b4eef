"""People of each role, what they order, and the client of a designer."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Role, User
from stockgen.models import Concept, Topic
from tests.api.boards import GuestClient
from tests.api.client import ApiClient
from tests.factories import make_concept, make_topic, make_user


@pytest.fixture(autouse=True)
def fresh_rates() -> None:
    """Start every test with no request counted."""
    cache.clear()


@pytest.fixture
def designer(db: None) -> User:
    return make_user(Role.DESIGNER)


@pytest.fixture
def expert(db: None) -> User:
    return make_user(Role.EXPERT)


@pytest.fixture
def operator(db: None) -> User:
    return make_user(Role.OPERATOR)


@pytest.fixture
def api(designer: User) -> ApiClient:
    """Give the client of a designer."""
    return ApiClient(designer)


@pytest.fixture
def guest(db: None) -> GuestClient:
    """Give the client of somebody without an account."""
    return GuestClient()


@pytest.fixture
def topic(db: None) -> Topic:
    return make_topic(key="medicine", name="Medicine and health", name_ru="Медицина и здоровье")


@pytest.fixture
def concept(db: None) -> Concept:
    return make_concept(key="interior", name="Interiors", name_ru="Интерьеры", share=60)


@pytest.fixture
def order(topic: Topic, concept: Concept) -> dict[str, Any]:
    """Give the smallest body that launches a run."""
    return {"topic": topic.key, "concept": concept.key, "count": 3}
