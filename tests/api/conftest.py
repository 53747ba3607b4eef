"""People of each role, and a client that sends JSON with their tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import ApiToken, Role, User
from stockgen.models import Concept, Topic
from tests.factories import make_concept, make_topic, make_user


class ApiClient:
    """Ask /api/v1 as one person, by token."""

    def __init__(self, user: User | None = None, **headers: str) -> None:
        if user is not None:
            _token, secret = ApiToken.objects.issue(user, "test")
            headers["Authorization"] = f"Bearer {secret}"
        self.headers = headers
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        return self.client.get(self.address(path), query or {}, headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send a value as JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.post(self.address(path), content, "application/json", headers=headers)

    def delete(self, path: str) -> HttpResponse:
        return self.client.delete(self.address(path), headers=self.headers)

    @staticmethod
    def address(path: str) -> str:
        """Take a path within the API, or a whole one as the API returned it."""
        return path if path.startswith("/api/") else f"/api/v1{path}"


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
def topic(db: None) -> Topic:
    return make_topic(key="medicine", name="Medicine and health", name_ru="Медицина и здоровье")


@pytest.fixture
def concept(db: None) -> Concept:
    return make_concept(key="interior", name="Interiors", name_ru="Интерьеры", share=60)


@pytest.fixture
def order(topic: Topic, concept: Concept) -> dict[str, Any]:
    """Give the smallest body that launches a run."""
    return {"topic": topic.key, "concept": concept.key, "count": 3}


def assert_problem(
    response: HttpResponse, status: int, code: str, field: str | None = None
) -> dict[str, Any]:
    """Check that an error has the API's shape, its status, its code and the field it names."""
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    assert body["message"]
    assert body["field"] == field
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body
