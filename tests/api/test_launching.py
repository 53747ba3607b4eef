from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, User
from stockgen.models import Concept, Plan, Run, Topic
from tests.api.client import ApiClient, assert_problem
from tests.factories import make_user


def test_a_launched_run_waits_with_the_defaults_of_its_model(api: ApiClient, order: dict[str, Any]) -> None:
    response = api.post("/runs", order)
    assert response.status_code == 201
    body = response.json()
    assert body["phase"] == "waiting"
    assert body["topic"] == "medicine"
    assert body["concept"] == "interior"
    assert body["count"] == 3
    assert body["image_model"] == "demonstration"
    assert body["width"] > 0
    assert 0 <= body["seed"] < 2**32
    assert body["tally"]["total"] == 0
    assert body["plan"]["state"] == "queued"
    assert api.get(body["url"]).json()["id"] == body["id"]
    assert Plan.objects.get().run_id == Run.objects.get().pk


def test_whatever_the_order_names_is_what_the_run_has(api: ApiClient, order: dict[str, Any]) -> None:
    wishes = {
        "width": 128,
        "height": 192,
        "steps": 4,
        "guidance_scale": 2,
        "seed": 2**32 - 1,
        "location_count": 2,
        "negative_prompt": "people",
        "prompt": "A bright ward.",
    }
    body = api.post("/runs", order | wishes).json()
    assert {name: body[name] for name in wishes} == wishes


def test_a_null_takes_the_default(api: ApiClient, order: dict[str, Any]) -> None:
    assert api.post("/runs", order | {"width": None, "seed": None, "prompt": None}).status_code == 201


@pytest.mark.parametrize("role", [Role.EXPERT, None])
def test_only_designers_and_operators_launch(order: dict[str, Any], role: Role | None) -> None:
    assert_problem(ApiClient(make_user(role)).post("/runs", order), 403, "forbidden")
    assert not Run.objects.exists()


def test_an_operator_launches(operator: User, order: dict[str, Any]) -> None:
    assert ApiClient(operator).post("/runs", order).status_code == 201


BAD = [
    ("count", 0),
    ("count", -1),
    ("count", 10**9),
    ("count", 10**30),
    ("count", float("nan")),
    ("count", "12"),
    ("count", 1.5),
    ("count", True),
    ("count", None),
    ("width", 513),
    ("width", 99_999),
    ("width", -512),
    ("height", 513),
    ("height", 10**30),
    ("steps", 0),
    ("steps", 10**6),
    ("seed", -1),
    ("seed", 2**32),
    ("seed", 2**64),
    ("guidance_scale", float("nan")),
    ("guidance_scale", float("inf")),
    ("guidance_scale", -1),
    ("guidance_scale", "high"),
    ("location_count", 0),
    ("location_count", 4),
    ("image_model", "no-such-model"),
    ("image_model", "../../etc/passwd"),
    ("image_model", "/models/sdxl"),
    ("image_model", "https://example.com/model.safetensors"),
    ("image_model", "nul\0"),
    ("language_model", "no-such-model"),
    ("language_model", "file:///etc/passwd"),
    ("topic", "no-such-topic"),
    ("topic", "Medicine and health"),
    ("topic", ""),
    ("topic", "nul\0"),
    ("topic", 7),
    ("topic", ["medicine"]),
    ("concept", "no-such-concept"),
    ("concept", {"key": "interior"}),
    ("prompt", "x" * 2001),
    ("prompt", "nul\0"),
    ("negative_prompt", "x" * 2001),
    ("picture_count", 3),
]


@pytest.mark.parametrize(
    ("field", "value"), BAD, ids=[f"{field}={str(value)[:20]!r}" for field, value in BAD]
)
def test_bad_input_is_named_and_stores_nothing(
    api: ApiClient, order: dict[str, Any], field: str, value: Any
) -> None:
    problem = assert_problem(api.post("/runs", order | {field: value}), 422, "invalid", field)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert not Run.objects.exists()
    assert not Plan.objects.exists()


@pytest.mark.parametrize("field", ["topic", "concept", "count"])
def test_a_missing_field_is_named(api: ApiClient, order: dict[str, Any], field: str) -> None:
    del order[field]
    assert_problem(api.post("/runs", order), 422, "invalid", field)
    assert not Run.objects.exists()


def test_every_wrong_field_is_listed_at_once(api: ApiClient, order: dict[str, Any]) -> None:
    body = api.post("/runs", order | {"count": 0, "seed": -1, "steps": 0}).json()
    assert {error["field"] for error in body["errors"]} == {"count", "seed", "steps"}


@pytest.mark.parametrize("field", ["topic", "concept"])
def test_what_is_no_longer_offered_cannot_be_launched(
    api: ApiClient, order: dict[str, Any], field: str
) -> None:
    Topic.objects.update(is_active=field != "topic")
    Concept.objects.update(is_active=field != "concept")
    assert_problem(api.post("/runs", order), 422, "invalid", field)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b"\xff\xfe",
        b"[" * 1000 + b"]" * 1000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b"1" * 5000,
    ],
    ids=["cut off", "no JSON", "no UTF-8", "1,000 deep", "100 deep", "a number of 5,000 digits"],
)
def test_a_body_that_is_not_plain_json_is_400(api: ApiClient, topic: Topic, body: bytes) -> None:
    assert_problem(api.post("/runs", body), 400, "malformed")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"3"])
def test_a_body_that_is_no_object_is_422(api: ApiClient, topic: Topic, body: bytes) -> None:
    response = api.post("/runs", body)
    assert response.status_code == 422
    assert response.json()["code"] == "invalid"


def test_a_body_over_the_limit_is_413(api: ApiClient, order: dict[str, Any], settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert_problem(api.post("/runs", order | {"prompt": "x" * 1000}), 413, "too_large")


class TestIdempotency:
    """The same key never launches twice."""

    @staticmethod
    def launch(api: ApiClient, order: dict[str, Any], key: str = "monday-1", **headers: str) -> Any:
        return api.post("/runs", order, Idempotency_Key=key, **headers)

    def test_the_same_request_again_answers_with_the_first_run(
        self, api: ApiClient, order: dict[str, Any]
    ) -> None:
        first = self.launch(api, order)
        again = self.launch(api, order)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json()["id"] == first.json()["id"]
        assert Run.objects.count() == 1

    def test_the_readers_language_makes_no_other_request(self, api: ApiClient, order: dict[str, Any]) -> None:
        first = self.launch(api, order, Accept_Language="en")
        again = self.launch(api, order, Accept_Language="ru")
        assert again.status_code == 200
        assert again.json()["id"] == first.json()["id"]

    def test_another_request_under_the_same_key_is_409(self, api: ApiClient, order: dict[str, Any]) -> None:
        self.launch(api, order)
        assert_problem(self.launch(api, order | {"count": 2}), 409, "idempotency_conflict")
        assert Run.objects.count() == 1

    def test_another_person_may_use_the_same_key(
        self, api: ApiClient, operator: User, order: dict[str, Any]
    ) -> None:
        first = self.launch(api, order).json()
        other = self.launch(ApiClient(operator), order)
        assert other.status_code == 201
        assert other.json()["id"] != first["id"]

    def test_without_a_key_every_request_launches(self, api: ApiClient, order: dict[str, Any]) -> None:
        assert api.post("/runs", order).json()["id"] != api.post("/runs", order).json()["id"]

    @pytest.mark.parametrize("key", ["x" * 201, "two words", "ключ".encode().decode("latin-1")])
    def test_a_malformed_key_is_422(self, api: ApiClient, order: dict[str, Any], key: str) -> None:
        assert_problem(self.launch(api, order, key), 422, "invalid", "Idempotency-Key")
        assert not Run.objects.exists()
