from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from jobs.states import State
from stockgen.models import Picture, Run
from tests.api.client import ApiClient, assert_problem
from tests.factories import claim_pictures, finish_picture, make_planned_run, make_run, some_uuid

pytestmark = pytest.mark.django_db
VERBS = ["pause", "resume", "cancel", "retry"]


def finish_all() -> None:
    while batch := claim_pictures():
        for picture in batch:
            finish_picture(picture)


def test_a_run_shows_its_plan_with_locations_and_prompts(api: ApiClient, designer: User) -> None:
    run = make_planned_run(designer, locations=2, count=4)
    body = api.get(f"/runs/{run.pk}").json()
    assert body["phase"] == "rendering"
    counts = {"queued": 4, "running": 0, "done": 0, "failed": 0, "cancelled": 0, "total": 4}
    assert body["tally"] == counts | {"approved": 0, "rejected": 0, "undecided": 0}
    assert body["plan"]["locations"] == [
        {"text": "location 0", "prompts": ["a picture of location 0"]},
        {"text": "location 1", "prompts": ["a picture of location 1"]},
    ]
    assert (body["plan"]["asked_locations"], body["plan"]["shortfall"]) == (2, 0)
    assert (body["pace"], body["seconds_left"]) == (None, None)


def test_a_run_tells_its_pace_once_a_few_pictures_are_done(api: ApiClient, designer: User) -> None:
    run = make_planned_run(designer, count=9)
    for picture in claim_pictures()[:4]:
        finish_picture(picture)
    body = api.get(f"/runs/{run.pk}").json()
    assert body["pace"] > 0
    assert body["seconds_left"] >= 0


def test_a_plan_that_found_too_few_locations_says_how_many_are_missing(
    api: ApiClient, designer: User
) -> None:
    run = make_planned_run(designer, locations=2)
    run.plan._rows.update(asked_locations=5)
    assert api.get(f"/runs/{run.pk}").json()["plan"]["shortfall"] == 3


@pytest.mark.parametrize("path", ["", "/pictures"])
def test_another_persons_run_is_not_there(api: ApiClient, operator: User, path: str) -> None:
    run = make_run(operator)
    assert_problem(api.get(f"/runs/{run.pk}{path}"), 404, "not_found")
    assert_problem(api.get(f"/runs/{some_uuid()}{path}"), 404, "not_found")


def test_an_operator_sees_everyones_runs(designer: User, operator: User) -> None:
    run = make_run(designer)
    assert ApiClient(operator).get(f"/runs/{run.pk}").status_code == 200


@pytest.mark.parametrize("verb", VERBS)
def test_another_persons_run_cannot_be_changed(api: ApiClient, operator: User, verb: str) -> None:
    run = make_run(operator)
    assert_problem(api.post(f"/runs/{run.pk}/{verb}"), 404, "not_found")
    assert api.post(f"/runs/{some_uuid()}/{verb}").status_code == 404
    run.refresh_from_db()
    assert not run.is_paused
    assert run.plan.state == State.QUEUED


@pytest.mark.parametrize("verb", VERBS)
def test_who_is_a_designer_no_more_changes_nothing(api: ApiClient, designer: User, verb: str) -> None:
    run = make_run(designer)
    designer.give_roles()
    assert_problem(api.post(f"/runs/{run.pk}/{verb}"), 403, "forbidden")


def test_pausing_and_resuming(api: ApiClient, designer: User) -> None:
    run = make_planned_run(designer)
    for _twice in range(2):
        response = api.post(f"/runs/{run.pk}/pause")
        assert (response.status_code, response.json()["phase"]) == (200, "paused")
    assert claim_pictures() == []
    assert api.post(f"/runs/{run.pk}/resume").json()["phase"] == "rendering"
    assert len(claim_pictures()) == 3


def test_cancelling_twice_and_retrying(api: ApiClient, designer: User) -> None:
    run = make_planned_run(designer)
    for _twice in range(2):
        response = api.post(f"/runs/{run.pk}/cancel")
        assert (response.status_code, response.json()["phase"]) == (200, "cancelled")
    body = api.post(f"/runs/{run.pk}/retry").json()
    assert (body["phase"], body["tally"]["queued"]) == ("rendering", 3)


@pytest.mark.parametrize("verb", ["pause", "cancel", "retry"])
def test_a_run_that_is_done_stays_done(api: ApiClient, designer: User, verb: str) -> None:
    run = make_planned_run(designer)
    finish_all()
    assert_problem(api.post(f"/runs/{run.pk}/{verb}"), 409, "wrong_state")
    assert api.get(f"/runs/{run.pk}").json()["tally"]["done"] == 3


def test_runs_are_listed_page_by_page_newest_first(api: ApiClient, designer: User, operator: User) -> None:
    runs = [make_run(designer) for _ in range(5)]
    make_run(operator)
    seen: list[UUID] = []
    address: str | None = "/runs?limit=2"
    sizes = []
    while address:
        page = api.get(address).json()
        sizes.append(len(page["items"]))
        seen += [UUID(item["id"]) for item in page["items"]]
        address = page["next"]
    assert sizes == [2, 2, 1]
    assert seen == [run.pk for run in reversed(runs)]


def test_the_last_page_that_is_full_has_no_next(api: ApiClient, designer: User) -> None:
    make_run(designer)
    make_run(designer)
    assert api.get("/runs", {"limit": 2}).json()["next"] is None


def test_a_page_of_runs_costs_the_same_queries_however_long(
    api: ApiClient, designer: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        make_planned_run(designer)
    with django_assert_max_num_queries(7):
        items = api.get("/runs").json()["items"]
    assert [item["tally"]["queued"] for item in items] == [3] * 12


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "all"}, "limit"),
        ({"before": "yesterday"}, "before"),
        ({"before": "\0"}, "before"),
        ({"ofset": 5}, "ofset"),
    ],
)
def test_a_wrong_query_is_named(api: ApiClient, query: dict[str, Any], field: str) -> None:
    assert_problem(api.get("/runs", query), 422, "invalid", field)


def test_the_pictures_of_a_run_are_its_own(api: ApiClient, designer: User) -> None:
    run = make_planned_run(designer)
    make_planned_run(designer)
    page = api.get(f"/runs/{run.pk}/pictures", {"limit": 2}).json()
    rest = api.get(page["next"]).json()
    found = {UUID(item["id"]) for item in page["items"] + rest["items"]}
    assert found == set(run.pictures.values_list("pk", flat=True))
    assert rest["next"] is None


def test_the_tallies_of_several_runs_are_those_of_each(designer: User) -> None:
    runs = [make_planned_run(designer, count=2), make_planned_run(designer, count=3), make_run(designer)]
    finish_picture(claim_pictures()[0])
    assert Run.tallies(runs) == {run.pk: run.tally() for run in runs}
    assert [Run.tallies(runs)[run.pk].total for run in runs] == [2, 3, 0]
    assert Picture.objects.done().count() == 1
