from __future__ import annotations

import pytest

from accounts.models import User
from stockgen.models import Concept, RegisteredModel, Topic
from tests.api.client import ApiClient
from tests.factories import make_topic

pytestmark = pytest.mark.django_db


def test_topics_and_concepts_are_named_in_the_readers_language(
    designer: User, topic: Topic, concept: Concept
) -> None:
    english, russian = ApiClient(designer), ApiClient(designer, **{"Accept-Language": "ru"})
    assert english.get("/topics").json() == [
        {"key": "medicine", "name": "Medicine and health", "description": ""}
    ]
    assert russian.get("/topics").json()[0]["name"] == "Медицина и здоровье"
    assert english.get("/concepts").json() == [{"key": "interior", "name": "Interiors", "share": 60}]
    assert russian.get("/concepts").json()[0]["name"] == "Интерьеры"


def test_what_is_no_longer_offered_is_not_listed(api: ApiClient, topic: Topic) -> None:
    make_topic(is_active=False)
    assert [item["key"] for item in api.get("/topics").json()] == [topic.key]


def test_models_tell_their_limits_and_which_is_a_demonstration(api: ApiClient) -> None:
    body = api.get("/models").json()
    by_key = {model["key"]: model for model in body["image_models"]}
    assert by_key["demonstration"]["demonstration"] is True
    assert by_key["demonstration"]["is_default"] is True
    assert by_key["sdxl"]["demonstration"] is False
    assert by_key["sdxl"]["max_side"] >= by_key["sdxl"]["default_width"] >= 512
    assert [model["key"] for model in body["language_models"] if model["is_default"]]


def test_a_model_that_an_operator_added_is_listed_and_its_place_is_not_told(api: ApiClient) -> None:
    RegisteredModel.objects.create(
        role="image", key="house-style", title="House style", licence="own", source_kind="folder",
        location="/secret/place",
    )  # fmt: skip
    response = api.get("/models")
    assert "house-style" in {model["key"] for model in response.json()["image_models"]}
    assert "/secret/place" not in response.content.decode()
