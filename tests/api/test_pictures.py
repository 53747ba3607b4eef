from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from jobs.states import State
from stockgen.models import Picture
from tests.api.client import ApiClient, assert_problem
from tests.factories import claim_pictures, finish_picture, make_planned_run, some_uuid

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(designer: User) -> Picture:
    """Give a picture that is queued."""
    picture = make_planned_run(designer, count=1).pictures.get()
    assert picture.state == State.QUEUED
    return picture


@pytest.fixture
def done(waiting: Picture) -> Picture:
    """Give a picture that is done."""
    [claimed] = claim_pictures()
    assert finish_picture(claimed, png=b"\x89PNG the picture")
    waiting.refresh_from_db()
    return waiting


def ids(response: Any) -> set[UUID]:
    return {UUID(item["id"]) for item in response.json()["items"]}


def test_a_done_picture_shows_its_files_and_whole_lineage(api: ApiClient, done: Picture) -> None:
    body = api.get(f"/pictures/{done.pk}").json()
    assert (body["state"], body["progress"], body["demonstration"]) == ("done", 1, True)
    assert (body["sha256"], body["byte_size"]) == (done.sha256, done.byte_size)
    assert body["lineage"] == done.lineage()
    assert api.get(body["image_url"]).status_code == 200
    assert api.get(body["thumbnail_url"]).status_code == 200


def test_a_waiting_picture_has_no_files_yet(api: ApiClient, waiting: Picture) -> None:
    body = api.get(f"/pictures/{waiting.pk}").json()
    assert (body["image_url"], body["thumbnail_url"], body["sha256"]) == (None, None, None)
    for which in ("image", "thumbnail"):
        assert_problem(api.get(f"/pictures/{waiting.pk}/{which}"), 404, "not_found")


@pytest.mark.parametrize(
    ("which", "content", "content_type"),
    [("image", b"\x89PNG the picture", "image/png"), ("thumbnail", b"webp", "image/webp")],
)
def test_files_are_served_safely_and_privately(
    api: ApiClient, done: Picture, which: str, content: bytes, content_type: str
) -> None:
    response: Any = api.get(f"/pictures/{done.pk}/{which}")
    assert b"".join(response.streaming_content) == content
    assert response.headers["Content-Type"] == content_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"].startswith("private")
    assert (
        f"{str(done.pk)[-6:]}.{'png' if which == 'image' else 'webp'}"
        in response.headers["Content-Disposition"]
    )
    again = api.get(f"/pictures/{done.pk}/{which}", If_None_Match=response.headers["ETag"])
    assert again.status_code == 304


def test_the_picture_is_an_attachment_the_thumbnail_is_not(api: ApiClient, done: Picture) -> None:
    assert api.get(f"/pictures/{done.pk}/image").headers["Content-Disposition"].startswith("attachment")
    assert api.get(f"/pictures/{done.pk}/thumbnail").headers["Content-Disposition"].startswith("inline")


def test_a_file_that_is_gone_is_404(api: ApiClient, done: Picture) -> None:
    done.image.storage.delete(str(done.image.name))
    assert_problem(api.get(f"/pictures/{done.pk}/image"), 404, "not_found")


@pytest.mark.parametrize("path", ["", "/image", "/thumbnail"])
def test_another_designers_picture_is_not_there(operator: User, done: Picture, path: str) -> None:
    stranger = ApiClient(make_planned_run().owner)
    assert_problem(stranger.get(f"/pictures/{done.pk}{path}"), 404, "not_found")
    assert_problem(stranger.get(f"/pictures/{some_uuid()}{path}"), 404, "not_found")
    assert ApiClient(operator).get(f"/pictures/{done.pk}{path}").status_code == 200


def test_an_expert_sees_finished_pictures_only(expert: User, done: Picture) -> None:
    unfinished = make_planned_run(count=1).pictures.get()
    client = ApiClient(expert)
    assert ids(client.get("/pictures")) == {done.pk}
    assert client.get(f"/pictures/{done.pk}/image").status_code == 200
    assert client.get(f"/pictures/{unfinished.pk}").status_code == 404


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_another_persons_picture_cannot_be_changed(waiting: Picture, verb: str) -> None:
    stranger = ApiClient(make_planned_run().owner)
    assert_problem(stranger.post(f"/pictures/{waiting.pk}/{verb}"), 404, "not_found")
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_an_expert_changes_no_picture(expert: User, done: Picture, verb: str) -> None:
    assert_problem(ApiClient(expert).post(f"/pictures/{done.pk}/{verb}"), 403, "forbidden")


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_a_designer_who_also_rates_sees_but_does_not_change_other_peoples(
    expert: User, done: Picture, verb: str
) -> None:
    expert.give_roles(Role.EXPERT, Role.DESIGNER)
    assert ApiClient(expert).get(f"/pictures/{done.pk}").status_code == 200
    assert_problem(ApiClient(expert).post(f"/pictures/{done.pk}/{verb}"), 404, "not_found")


def test_cancelling_twice_and_retrying(api: ApiClient, waiting: Picture) -> None:
    for _twice in range(2):
        response = api.post(f"/pictures/{waiting.pk}/cancel")
        assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    assert claim_pictures() == []
    assert api.post(f"/pictures/{waiting.pk}/retry").json()["state"] == "queued"
    assert len(claim_pictures()) == 1


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_a_picture_that_is_done_stays_done(api: ApiClient, done: Picture, verb: str) -> None:
    assert_problem(api.post(f"/pictures/{done.pk}/{verb}"), 409, "wrong_state")
    assert api.get(f"/pictures/{done.pk}").json()["state"] == "done"


def test_a_waiting_picture_cannot_be_retried(api: ApiClient, waiting: Picture) -> None:
    assert_problem(api.post(f"/pictures/{waiting.pk}/retry"), 409, "wrong_state")


def test_pictures_are_filtered_by_each_of_their_properties(api: ApiClient, done: Picture) -> None:
    other = make_planned_run(done.owner, count=1, image_model="sdxl").pictures.get()
    assert ids(api.get("/pictures")) == {done.pk, other.pk}
    filters = {
        "topic": done.topic.key,
        "concept": done.concept.key,
        "run": done.run_id,
        "model": done.image_model,
        "state": "done",
    }
    for name, value in filters.items():
        assert ids(api.get("/pictures", {name: value})) == {done.pk}, name
    assert ids(api.get("/pictures", filters)) == {done.pk}
    assert ids(api.get("/pictures", filters | {"state": "failed"})) == set()


def test_the_next_page_keeps_the_filters(api: ApiClient, designer: User) -> None:
    run = make_planned_run(designer, count=5)
    make_planned_run(designer, count=2)
    first = api.get("/pictures", {"topic": run.topic.key, "limit": 3})
    second = api.get(first.json()["next"])
    assert ids(first) | ids(second) == set(run.pictures.values_list("pk", flat=True))
    assert not ids(first) & ids(second)
    assert second.json()["next"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topic", "no-such-topic"),
        ("topic", "\0"),
        ("concept", "no-such-concept"),
        ("run", "no-uuid"),
        ("state", "rotten"),
        ("model", "../secret"),
        ("limit", -1),
        ("before", 7),
        ("colour", "red"),
    ],
)
def test_a_wrong_filter_is_named(api: ApiClient, name: str, value: object) -> None:
    assert_problem(api.get("/pictures", {name: value}), 422, "invalid", name)


def test_another_persons_run_as_a_filter_finds_nothing(api: ApiClient) -> None:
    assert ids(api.get("/pictures", {"run": make_planned_run().pk})) == set()


def test_a_page_counts_nothing_and_costs_the_same_queries_however_long(
    api: ApiClient, designer: User
) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert api.get("/pictures").status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    make_planned_run(designer, count=1)
    api.get("/pictures")  # notes the token's use, once a minute
    few = queries()
    make_planned_run(designer, count=30, locations=5)
    many = queries()
    assert len(many) == len(few)
    assert not any("COUNT(" in sql.upper() or "OFFSET" in sql.upper() for sql in many)
