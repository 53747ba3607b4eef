from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from accounts.models import ApiToken, User
from config.api import api as ninja_api
from stockgen.models import Run
from tests.api.client import ApiClient, assert_problem

pytestmark = pytest.mark.django_db


def every_operation() -> list[tuple[str, str]]:
    """Return method and address of everything in the OpenAPI document that is not open to all."""
    nothing = "00000000-0000-7000-8000-000000000000"
    numbers = {"token_id": "1", "cell_id": "1", "member_id": "1"}
    words = {"key": "none", "side": "left", "code": "ABC234"}
    parts = defaultdict(lambda: nothing, numbers | words)
    return [
        (method, path.format_map(parts))
        for path, methods in ninja_api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
        if operation.get("security")
    ]


def test_all_but_becoming_a_guest_needs_to_know_who_asks() -> None:
    paths = ninja_api.get_openapi_schema()["paths"]
    open_to_all = [
        path for path, methods in paths.items() for one in methods.values() if "security" not in one
    ]
    assert open_to_all == ["/api/v1/photos/guests"]


@pytest.mark.parametrize(
    "secret",
    [None, "Bearer stk_unknown", "Bearer", "Bearer ", "Basic ZG9yYTp4", "stk_x", "Bearer gst_forged"],
)
def test_nothing_answers_without_a_good_token(secret: str | None) -> None:
    headers = {} if secret is None else {"Authorization": secret}
    client = Client()
    for method, path in every_operation():
        response = client.generic(method, path, b"{}", "application/json", headers=headers)
        assert_problem(response, 401, "unauthenticated")
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_an_expired_token_is_401(designer: User) -> None:
    client = ApiClient(designer)
    assert client.get("/me").status_code == 200
    ApiToken.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert_problem(client.get("/me"), 401, "unauthenticated")


def test_a_revoked_token_is_401(designer: User) -> None:
    client = ApiClient(designer)
    ApiToken.objects.get().revoke()
    assert_problem(client.get("/me"), 401, "unauthenticated")


def test_a_person_switched_off_is_401(designer: User) -> None:
    client = ApiClient(designer)
    User.objects.update(is_active=False)
    assert_problem(client.get("/me"), 401, "unauthenticated")


def test_a_bad_token_is_401_even_in_a_signed_in_browser(designer: User) -> None:
    client = Client()
    client.force_login(designer)
    assert client.get("/api/v1/me").status_code == 200
    response = client.get("/api/v1/me", headers={"Authorization": "Bearer stk_unknown"})
    assert_problem(response, 401, "unauthenticated")


def test_a_token_acts_for_its_person_whoever_is_signed_in(designer: User, operator: User) -> None:
    client = Client()
    client.force_login(designer)
    _token, secret = ApiToken.objects.issue(operator, "test")
    response = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert response.json()["username"] == operator.username


def test_a_session_reads_without_and_writes_with_the_csrf_token(
    designer: User, order: dict[str, Any]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(designer)
    assert client.get("/api/v1/me").status_code == 200
    refused = client.post("/api/v1/runs", order, "application/json")
    assert_problem(refused, 403, "forbidden")
    assert not Run.objects.exists()
    token = "a" * 32
    client.cookies["csrftoken"] = token
    accepted = client.post("/api/v1/runs", order, "application/json", headers={"X-CSRFToken": token})
    assert accepted.status_code == 201


def test_a_token_needs_no_csrf_token(designer: User, order: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    _token, secret = ApiToken.objects.issue(designer, "test")
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.post("/api/v1/runs", order, "application/json", headers=headers).status_code == 201
