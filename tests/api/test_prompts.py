"""The prompts of a planned run over REST."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from accounts.models import Role, User
from stockgen.models import Run
from stockgen.models.prompt_table import MOST_PROMPTS
from tests.api.client import ApiClient, assert_problem
from tests.factories import claim_pictures, finish_picture, make_planned_run, make_user, some_uuid

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(designer: User) -> Run:
    """Give a planned run of two locations with a prompt each."""
    return make_planned_run(designer, locations=2, count=4, stops_after_planning=True)


def address(run: Run, part: str = "prompts") -> str:
    return f"/runs/{run.pk}/{part}"


def body_of(listed: dict[str, Any]) -> dict[str, Any]:
    """Return what puts a list back as it is."""

    def rows(prompts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{name: prompt[name] for name in ("id", "text", "is_dropped")} for prompt in prompts]

    return {
        "revision": listed["revision"],
        "locations": [
            {"id": location["id"], "text": location["text"], "prompts": rows(location["prompts"])}
            for location in listed["locations"]
        ],
        "prompts": rows(listed["prompts"]),
    }


def test_the_list_tells_what_each_prompt_stands_for(api: ApiClient, run: Run) -> None:
    prompt = run.prompts.order_by("pk").first()
    prompt.text, prompt.written = "{a|b} light", prompt.text
    prompt.save()
    listed = api.get(address(run)).json()
    assert listed["can_change"] is True
    assert (listed["prompt_count"], listed["combination_count"], listed["picture_count"]) == (2, 3, 4)
    [first, second] = listed["locations"]
    assert first["prompts"] == [
        {
            "id": prompt.pk, "text": "{a|b} light", "written": "a picture of location 0", "is_edited": True,
            "is_dropped": False, "has_pictures": False, "combinations": 2,
        }
    ]  # fmt: skip
    assert second["prompts"][0]["is_edited"] is False


def test_putting_the_list_back_as_it_is_changes_nothing(api: ApiClient, run: Run) -> None:
    listed = api.get(address(run)).json()
    answer = api.put(address(run), body_of(listed))
    assert answer.status_code == 200
    assert answer.json() == listed


def test_a_list_edits_adds_drops_brings_back_and_reorders(api: ApiClient, run: Run) -> None:
    body = body_of(api.get(address(run)).json())
    body["locations"][0]["prompts"][0]["text"] = "a desk in {morning|evening} light"
    body["locations"][0]["prompts"].insert(0, {"text": "a desk from above"})
    body["locations"][1]["prompts"] = []
    body["locations"].append({"text": "a roof", "prompts": [{"text": "a roof at noon", "is_dropped": True}]})
    body["locations"].reverse()
    listed = api.put(address(run), body).json()
    shown = [
        (place["text"], [(row["text"], row["is_dropped"]) for row in place["prompts"]])
        for place in listed["locations"]
    ]
    assert shown == [
        ("a roof", [("a roof at noon", True)]),
        ("location 1", [("a picture of location 1", True)]),
        ("location 0", [("a desk from above", False), ("a desk in {morning|evening} light", False)]),
    ]
    again = body_of(listed)
    again["locations"][1]["prompts"][0]["is_dropped"] = False
    assert api.put(address(run), again).json()["prompt_count"] == 3


def test_an_outdated_list_is_refused(api: ApiClient, run: Run) -> None:
    body = body_of(api.get(address(run)).json())
    body["locations"][0]["prompts"][0]["text"] = "mine"
    assert api.put(address(run), body).status_code == 200
    body["locations"][0]["prompts"][0]["text"] = "mine, again"
    assert_problem(api.put(address(run), body), 409, "outdated")
    assert run.prompts.filter(text="mine").exists()


def test_every_fault_is_named_by_its_place_and_nothing_is_stored(api: ApiClient, run: Run) -> None:
    listed = api.get(address(run)).json()
    other = make_planned_run(stops_after_planning=True)
    body = body_of(listed)
    first, second = body["locations"]
    first["text"] = " "
    first["prompts"] += [
        {"text": "{a|b"}, {"text": ""}, dict(second["prompts"][0]), {"id": other.prompts.get().pk, "text": "x"},
        dict(first["prompts"][0]),
    ]  # fmt: skip
    body["locations"].append({"id": 10**30, "text": "x", "prompts": []})
    body["prompts"] = [{"text": "x" * 2001}]
    answer = api.put(address(run), body)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {
        "locations.0.text", "locations.0.prompts.1.text", "locations.0.prompts.2.text",
        "locations.0.prompts.3.id", "locations.0.prompts.4.id", "locations.0.prompts.5.id", "locations.1.prompts.0.id",
        "locations.2.id", "prompts.0.text",
    }  # fmt: skip
    assert api.get(address(run)).json() == listed


def test_too_many_prompts_are_refused(api: ApiClient, run: Run) -> None:
    body = body_of(api.get(address(run)).json())
    body["prompts"] = [{"text": "x"}] * (MOST_PROMPTS - 1)
    assert_problem(api.put(address(run), body), 422, "invalid")
    assert run.prompts.count() == 2


def test_the_rendering_is_started_once(api: ApiClient, run: Run) -> None:
    answer = api.post(address(run, "render"), {"count": 6})
    assert answer.status_code == 200
    assert (answer.json()["phase"], answer.json()["tally"]["queued"], answer.json()["count"]) == (
        "rendering", 6, 6
    )  # fmt: skip
    assert_problem(api.post(address(run, "render")), 409, "wrong_state")
    listed = api.get(address(run)).json()
    assert listed["can_change"] is False
    assert listed["why_not"]
    assert_problem(api.put(address(run), body_of(listed)), 409, "wrong_state")


def test_without_a_body_as_many_pictures_are_rendered_as_were_asked_for(api: ApiClient, run: Run) -> None:
    assert api.post(address(run, "render")).json()["tally"]["queued"] == 4


@pytest.mark.parametrize("count", [0, -1, 10**9, "6", 1.5, True])
def test_a_count_that_cannot_be_starts_nothing(api: ApiClient, run: Run, count: Any) -> None:
    assert_problem(api.post(address(run, "render"), {"count": count}), 422, "invalid", "count")
    assert not run.pictures.exists()


def test_a_run_without_a_prompt_does_not_start(api: ApiClient, run: Run) -> None:
    run.prompts.update(is_dropped=True)
    assert_problem(api.post(address(run, "render")), 422, "invalid")


def test_a_run_that_renders_by_itself_has_a_list_to_read(api: ApiClient, designer: User) -> None:
    run = make_planned_run(designer)
    assert api.get(address(run)).json()["prompt_count"] == 1
    assert_problem(api.post(address(run, "render")), 409, "wrong_state")


def test_a_run_can_be_launched_to_stop_after_planning(api: ApiClient, order: dict[str, Any]) -> None:
    answer = api.post("/runs", order | {"stops_after_planning": True})
    assert answer.status_code == 201
    assert answer.json()["stops_after_planning"] is True
    assert Run.objects.get().stops_after_planning
    assert_problem(api.post("/runs", order | {"prompt": "{a|b"}), 422, "invalid", "prompt")


def test_the_lineage_tells_the_template_and_that_it_was_edited(api: ApiClient, run: Run) -> None:
    body = body_of(api.get(address(run)).json())
    body["locations"][0]["prompts"][0]["text"] = "a desk in {morning|evening} light"
    api.put(address(run), body)
    api.post(address(run, "render"), {"count": 2})
    found = {}
    for picture in claim_pictures():
        finish_picture(picture)
        lineage = api.get(f"/pictures/{picture.pk}").json()["lineage"]
        found[lineage["prompt"]] = (lineage["prompt_template"], lineage["edited"])
    while claimed := claim_pictures():
        for picture in claimed:
            finish_picture(picture)
            lineage = api.get(f"/pictures/{picture.pk}").json()["lineage"]
            found[lineage["prompt"]] = (lineage["prompt_template"], lineage["edited"])
    assert found == {
        "a desk in morning light": ("a desk in {morning|evening} light", True),
        "a picture of location 1": (None, False),
    }


def test_the_plan_of_a_run_shows_neither_dropped_prompts_nor_combinations(api: ApiClient, run: Run) -> None:
    prompt = run.prompts.order_by("pk").first()
    prompt.text = "{a|b}"
    prompt.save()
    run.prompts.exclude(pk=prompt.pk).update(is_dropped=True)
    run.start_rendering()
    places = api.get(f"/runs/{run.pk}").json()["plan"]["locations"]
    assert [place["prompts"] for place in places] == [["{a|b}"], []]


def test_whose_run_it_is_not_finds_nothing(run: Run, api: ApiClient) -> None:
    stranger, operator = ApiClient(make_user(Role.DESIGNER)), ApiClient(make_user(Role.OPERATOR))
    body = body_of(api.get(address(run)).json())
    assert_problem(stranger.get(address(run)), 404, "not_found")
    assert_problem(stranger.put(address(run), body), 404, "not_found")
    assert_problem(stranger.post(address(run, "render")), 404, "not_found")
    assert_problem(api.get(f"/runs/{some_uuid()}/prompts"), 404, "not_found")
    assert operator.put(address(run), body).status_code == 200


def test_experts_change_nothing(run: Run) -> None:
    expert = ApiClient(make_user(Role.EXPERT))
    assert_problem(expert.put(address(run), {"revision": "x", "locations": []}), 403, "forbidden")
    assert_problem(expert.post(address(run, "render")), 403, "forbidden")


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text()
    | some.sampled_from(["{a|b}", "{", "\0", "\ud800", 10**30, -1]),
    lambda inner: some.lists(inner, max_size=3)
    | some.dictionaries(some.sampled_from(["id", "text", "prompts", "is_dropped", "x"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changes=some.dictionaries(
        some.sampled_from(["revision", "locations", "prompts", "x"]), VALUES, max_size=3
    ),
    raw=some.binary(max_size=30),
)
def test_any_json_is_taken_or_refused_at_its_fields(
    api: ApiClient, run: Run, settings: Any, changes: dict[str, Any], raw: bytes
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    listed = api.get(address(run)).json()
    answer = api.put(address(run), body_of(listed) | changes)
    assert answer.status_code in {200, 409, 422}, (changes, answer.content)
    if answer.status_code != 200:
        assert api.get(address(run)).json() == listed
    for content in (raw, json.dumps(changes).encode()):
        response = api.client.put(api.address(address(run)), content, "application/json", headers=api.headers)
        assert response.status_code in {400, 409, 422}, content
    started = api.post(address(run, "render"), {"count": None, **changes, "y": 1})
    assert started.status_code == 422
