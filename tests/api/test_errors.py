from __future__ import annotations

import logging
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from ninja.openapi.schema import OpenAPISchema

from accounts.models import User
from config import BASE_DIR
from config.api import api as ninja_api
from config.api import openapi_document
from stockgen.models.named import NamedQuerySet
from tests.api.client import ApiClient, assert_problem

pytestmark = pytest.mark.django_db


def test_the_committed_openapi_document_is_what_the_api_says() -> None:
    committed = (BASE_DIR / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert committed == openapi_document(), (
        "run `python manage.py export_openapi` and commit docs/openapi.json"
    )


def test_no_two_schemas_of_the_document_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, set[str]] = defaultdict(set)

    def look(self: OpenAPISchema, found: dict[str, Any]) -> None:
        for name, schema in found.items():
            told[name].add(schema.get("description", ""))

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", look)
    ninja_api.get_openapi_schema()
    assert told
    assert {name: texts for name, texts in told.items() if len(texts) > 1} == {}


def test_an_unknown_address_has_the_shape_of_every_error(api: ApiClient) -> None:
    for method in (api.get, api.post, api.delete):
        assert_problem(method("/no/such/thing"), 404, "not_found")


def test_a_wrong_method_says_which_are_right(api: ApiClient) -> None:
    response = api.delete("/runs")
    assert_problem(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_what_nobody_expected_tells_nothing_and_is_logged_with_its_id(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(self: NamedQuerySet) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(NamedQuerySet, "active", break_down)
    with caplog.at_level(logging.ERROR):
        response = api.get("/topics")
    body = assert_problem(response, 500, "internal")
    assert b"swordfish" not in response.content
    [record] = [record for record in caplog.records if record.name == "config.api_errors"]
    assert body["request_id"] in record.getMessage()
    assert record.exc_info


def test_a_request_keeps_the_id_that_the_proxy_gave_it(api: ApiClient) -> None:
    assert api.get("/me", X_Request_ID="edge-12345678").headers["X-Request-ID"] == "edge-12345678"
    forged = api.get("/me", X_Request_ID="<script>alert(1)</script>").headers["X-Request-ID"]
    assert "script" not in forged


def test_errors_speak_the_readers_language(designer: User, order: dict[str, Any]) -> None:
    english = ApiClient(designer, **{"Accept-Language": "en"}).post("/runs", order | {"count": "12"}).json()
    assert english["message"] == "Give a whole number."


class TestRates:
    """Who asks too often waits; the others do not."""

    @pytest.fixture(autouse=True)
    def in_one_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("accounts.rates.time", lambda: 1_000_000_000.5)

    def test_the_next_minute_is_another(
        self, api: ApiClient, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.API_REQUESTS_PER_MINUTE = 1
        assert [api.get("/me").status_code for _ in range(2)] == [200, 429]
        monkeypatch.setattr("accounts.rates.time", lambda: 1_000_000_060.5)
        assert api.get("/me").status_code == 200

    def test_over_the_rate_is_429_with_the_seconds_to_wait(
        self, api: ApiClient, operator: User, settings: Any
    ) -> None:
        settings.API_REQUESTS_PER_MINUTE = 3
        assert [api.get("/me").status_code for _ in range(3)] == [200] * 3
        response = api.get("/me")
        assert_problem(response, 429, "throttled")
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert ApiClient(operator).get("/me").status_code == 200

    def test_launches_have_a_rate_of_their_own(
        self, api: ApiClient, order: dict[str, Any], settings: Any
    ) -> None:
        settings.API_LAUNCHES_PER_MINUTE = 1
        assert api.post("/runs", order).status_code == 201
        assert_problem(api.post("/runs", order), 429, "throttled")
        assert api.get("/runs").status_code == 200

    def test_a_rate_of_zero_is_no_limit(self, api: ApiClient, settings: Any) -> None:
        settings.API_REQUESTS_PER_MINUTE = 0
        assert api.get("/me").status_code == 200


def test_the_documentation_page_loads_nothing_from_elsewhere() -> None:
    client = Client()
    page = client.get("/api/v1/docs")
    html = page.content.decode()
    assert page.status_code == 200
    assert "https://" not in html
    assert "http://" not in html
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"].replace(
        "style-src-attr 'unsafe-inline'", ""
    )
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.")
