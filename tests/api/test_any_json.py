"""Whatever JSON comes in, the API answers in its own shape, and never with 500."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from stockgen.models import Run
from stockgen.schemas import RunIn
from tests.api.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SCALARS = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text()
    | some.sampled_from(["medicine", "interior", "demonstration", "\0", "12", "../x", 3, 64, 128, 0.5])
)
VALUES = some.recursive(
    SCALARS, lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner), max_leaves=5
)
FIELDS = some.sampled_from(sorted(RunIn.model_fields)) | some.text(max_size=12)
PARAMETERS = some.sampled_from(["topic", "concept", "run", "model", "state", "before", "limit", "colour"])
BODIES = some.dictionaries(FIELDS, VALUES, max_size=6)

often = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@often
@given(changes=BODIES)
def test_any_order_is_launched_or_refused_at_its_fields(
    api: ApiClient, order: dict[str, Any], settings: Any, changes: dict[str, Any]
) -> None:
    settings.API_LAUNCHES_PER_MINUTE = settings.API_REQUESTS_PER_MINUTE = 0
    before = Run.objects.count()
    response = api.post("/runs", order | changes)
    assert response.status_code in {201, 422}, (changes, response.content)
    assert Run.objects.count() - before == (response.status_code == 201)
    if response.status_code == 422:
        body = response.json()
        assert {error["field"] for error in body["errors"]} <= set(changes)


@often
@given(body=some.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_answered(api: ApiClient, settings: Any, body: bytes) -> None:
    settings.API_LAUNCHES_PER_MINUTE = settings.API_REQUESTS_PER_MINUTE = 0
    for path in ("/runs", "/tokens"):
        assert api.post(path, body).status_code in {201, 400, 422}, (path, body)


@often
@given(query=some.dictionaries(PARAMETERS, some.text()))
def test_any_query_is_answered(api: ApiClient, settings: Any, query: dict[str, str]) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    assert api.get("/pictures", query).status_code in {200, 422}, query
    assert api.get(f"/runs/{uuid.uuid4()}/pictures", query).status_code in {404, 422}, query
