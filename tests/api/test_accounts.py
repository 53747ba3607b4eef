from __future__ import annotations

import pytest

from accounts.models import ApiToken, Role, User
from tests.api.client import ApiClient, assert_problem
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_me_is_the_person_with_all_roles() -> None:
    user = make_user(Role.DESIGNER, first_name="Dora", last_name="Day")
    user.give_roles(Role.DESIGNER, Role.EXPERT)
    body = ApiClient(user).get("/me").json()
    assert body == {"username": user.username, "display_name": "Dora Day", "roles": ["designer", "expert"]}


def test_a_new_token_works_and_its_secret_is_shown_once(api: ApiClient, designer: User) -> None:
    response = api.post("/tokens", {"name": "slides", "days": 30})
    body = response.json()
    assert response.status_code == 201
    assert body["secret"].startswith(body["prefix"])
    assert body["expires_at"] is not None
    assert ApiToken.objects.authenticate(body["secret"]) == designer
    listed = api.get("/tokens")
    assert body["secret"] not in listed.content.decode()
    assert "secret" not in listed.json()[0]
    assert [token["name"] for token in listed.json()] == ["slides", "test"]


def test_a_token_without_days_does_not_expire(api: ApiClient) -> None:
    assert api.post("/tokens", {"name": "slides"}).json()["expires_at"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "nul\0"}, "name"),
        ({"name": 7}, "name"),
        ({"name": "slides", "days": 0}, "days"),
        ({"name": "slides", "days": 10**9}, "days"),
        ({"name": "slides", "days": "30"}, "days"),
        ({"name": "slides", "user": 1}, "user"),
    ],
)
def test_a_wrong_token_is_named_and_not_made(api: ApiClient, body: dict[str, object], field: str) -> None:
    assert_problem(api.post("/tokens", body), 422, "invalid", field)
    assert ApiToken.objects.count() == 1


def test_a_token_revoked_twice_is_revoked(api: ApiClient) -> None:
    made = api.post("/tokens", {"name": "slides"}).json()
    for _twice in range(2):
        assert api.delete(f"/tokens/{made['id']}").status_code == 204
    assert ApiToken.objects.authenticate(made["secret"]) is None
    assert api.get("/tokens").json()[0]["revoked_at"] is not None


def test_another_persons_token_is_not_there(api: ApiClient, operator: User) -> None:
    token, secret = ApiToken.objects.issue(operator, "theirs")
    assert token.pk not in [item["id"] for item in api.get("/tokens").json()]
    assert_problem(api.delete(f"/tokens/{token.pk}"), 404, "not_found")
    assert_problem(api.delete("/tokens/99999999999999999999"), 404, "not_found")
    assert ApiToken.objects.authenticate(secret) == operator
