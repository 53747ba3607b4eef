"""Pictures for a slide over REST."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from jobs.states import worker_name
from stockgen.models import Match, Picture, Plan
from tests.api.client import ApiClient, assert_problem
from tests.factories import finish_picture, make_user, some_uuid
from tests.stocked import stock

pytestmark = pytest.mark.django_db

FAR = "Вулканы Камчатки"


@pytest.fixture
def shown(db: None) -> dict[str, Picture]:
    return stock()


def ask(client: ApiClient, shown: dict[str, Picture], **body: Any) -> Any:
    headers = {"Idempotency_Key": key} if (key := body.pop("key", None)) else {}
    usual = {"text": "Свежий хлеб из пекарни", "concept": shown["bakery"].concept.key}
    return client.post(f"/stock/match{body.pop('query', '')}", usual | body, **headers)


def test_a_russian_slide_finds_its_picture_and_the_answer_says_what_was_searched_for(
    api: ApiClient, shown: dict[str, Picture]
) -> None:
    response = ask(api, shown, generate=True)
    assert response.status_code == 201
    found = response.json()
    assert found["pictures"][0]["id"] == str(shown["bakery"].pk)
    assert found["pictures"][0]["similarity"] >= found["near_enough_from"]
    assert found["is_near_enough"] is True
    assert found["generated"] is None
    assert found["searched_for"] == {"text": "fresh bread from bakery", "is_translated": True, "unknown": []}
    assert api.get(found["url"]).json() == found


def test_a_picture_is_made_where_none_is_near_and_can_be_fetched_later(
    api: ApiClient, shown: dict[str, Picture]
) -> None:
    found = ask(api, shown, text=FAR, generate=True).json()
    assert found["is_near_enough"] is False
    assert found["generated"]["is_waiting"] is True
    assert found["generated"]["picture"] is None
    [plan] = Plan.objects.claim(worker_name())
    plan.add_locations(["volcano"], asked=1, attempts=1)
    plan.add_prompts(plan.run.locations.get(), ["a volcano at dawn"])
    plan.finish(language_model_revision="test")
    assert api.get(found["url"]).json()["generated"]["picture"]["state"] == "queued"
    for picture in Picture.objects.claim(worker_name()):
        finish_picture(picture)
    made = api.get(found["url"], {"wait": 5}).json()["generated"]
    assert (made["is_waiting"], made["error"]) == (False, "")
    assert made["picture"]["state"] == "done"
    assert made["picture"]["verdict"] == "pending"
    assert api.get(made["picture"]["image_url"]).status_code == 200


def test_the_same_key_asks_once(api: ApiClient, shown: dict[str, Picture]) -> None:
    first = ask(api, shown, text=FAR, generate=True, key="one")
    again = ask(api, shown, text=FAR, generate=True, key="one")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert_problem(ask(api, shown, key="one"), 409, "idempotency_conflict")
    assert Match.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": None}, "text"),
        ({"concept": "none"}, "concept"),
        ({"topic": "none"}, "topic"),
        ({"count": 0}, "count"),
        ({"count": 49}, "count"),
        ({"image_model": "none", "generate": True, "text": FAR}, "image_model"),
        ({"colour": "red"}, "colour"),
        ({"query": "?wait=26"}, "wait"),
        ({"query": "?wait=-1"}, "wait"),
        ({"query": "?wait=nan"}, "wait"),
    ],
)
def test_what_makes_no_sense_is_422_at_its_field_and_stores_nothing(
    api: ApiClient, shown: dict[str, Picture], body: dict[str, Any], field: str
) -> None:
    assert_problem(ask(api, shown, **body), 422, "invalid", field)
    assert not Match.objects.exists()


def test_anothers_match_is_404_and_experts_have_none(
    api: ApiClient, operator: User, expert: User, shown: dict[str, Picture]
) -> None:
    found = ask(api, shown).json()
    for user in (make_user(), operator):
        assert_problem(ApiClient(user).get(found["url"]), 404, "not_found")
    assert_problem(ApiClient(expert).get(found["url"]), 403, "forbidden")
    assert_problem(ask(ApiClient(expert), shown), 403, "forbidden")
    assert_problem(api.get(f"/stock/match/{some_uuid()}"), 404, "not_found")


def test_pictures_made_for_slides_count_as_launches(
    api: ApiClient, shown: dict[str, Picture], settings: Any
) -> None:
    settings.API_LAUNCHES_PER_MINUTE = 1
    assert ask(api, shown, generate=True).status_code == 201
    assert ask(api, shown, generate=True).status_code == 429
    assert ask(api, shown).status_code == 201
