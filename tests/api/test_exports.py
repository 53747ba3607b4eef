"""Exports over REST."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from accounts.models import User
from delivery.models import Export
from delivery.models.export import MOST_OPEN
from jobs.states import State
from stockgen.models import Concept, Topic
from tests.api.client import ApiClient, assert_problem
from tests.exporting import assert_agrees, make_approved, work_on
from tests.factories import make_campaign, make_user, some_uuid

pytestmark = pytest.mark.django_db


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def done(designer: User, topic: Topic, concept: Concept) -> Export:
    """Give an export of two pictures."""
    make_approved(2, designer, topic=topic, concept=concept)
    return work_on(Export.objects.start(designer))


def test_an_export_is_started_followed_and_fetched(
    api: ApiClient, designer: User, topic: Topic, concept: Concept
) -> None:
    make_approved(2, designer, topic=topic, concept=concept)
    make_approved(1, designer)
    started = api.post("/exports", {"topic": "medicine", "concept": "interior"})
    assert started.status_code == 201
    told = started.json()
    assert (told["state"], told["count"], told["files"], told["archive"]) == ("queued", 2, 0, None)
    work_on(Export.objects.get(pk=told["id"]))
    told = api.get(f"/exports/{told['id']}").json()
    assert (told["state"], told["files"], told["target"]) == ("done", 2, "zip")
    response = api.get(told["archive"].removeprefix("/api/v1"))
    content = body(response)
    assert len(content) == told["archive_size"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = assert_agrees({name: archive.read(name) for name in archive.namelist()}, 2)
    lines = body(api.get(told["manifest_jsonl"].removeprefix("/api/v1"))).decode().splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert body(api.get(told["manifest_csv"].removeprefix("/api/v1"))).startswith(b"\xef\xbb\xbfchange,")


def test_the_archive_takes_ranges(api: ApiClient, done: Export) -> None:
    address = f"/exports/{done.pk}/archive"
    whole = body(api.get(address))
    part = api.get(address, Range="bytes=-50")
    assert (part.status_code, body(part)) == (206, whole[-50:])


def test_what_is_new_since_an_export(api: ApiClient, designer: User, done: Export) -> None:
    assert_problem(api.post("/exports", {"since": str(done.pk)}), 422, "invalid")
    make_approved(1, designer)
    assert_problem(
        api.post("/exports", {"since": str(done.pk), "topic": "medicine"}), 422, "invalid", "since"
    )
    news = api.post("/exports", {"since": str(done.pk)}).json()
    assert (news["count"], news["since"]) == (1, str(done.pk))


@pytest.mark.parametrize(
    ("request_body", "field"),
    [
        ({"topic": "none"}, "topic"), ({"concept": "none"}, "concept"), ({"campaign": str(some_uuid())}, "campaign"),
        ({"since": str(some_uuid())}, "since"), ({"target": "s3"}, "target"), ({"target": "ftp"}, "target"),
        ({"longest_side": 255}, "longest_side"), ({"longest_side": 10**9}, "longest_side"),
        ({"longest_side": "1024"}, "longest_side"), ({"count": 3}, "count"), ({"campaign": 7}, "campaign"),
    ],
)  # fmt: skip
def test_wrong_fields_are_named_and_store_nothing(
    api: ApiClient, designer: User, request_body: dict[str, Any], field: str
) -> None:
    make_approved(1, designer)
    assert_problem(api.post("/exports", request_body), 422, "invalid", field)
    assert not Export.objects.exists()


def test_a_campaign_of_somebody_else_is_none(api: ApiClient, designer: User) -> None:
    make_approved(1, designer)
    campaign = make_campaign(make_user())
    assert_problem(api.post("/exports", {"campaign": str(campaign.pk)}), 422, "invalid", "campaign")


def test_nothing_approved_is_422(api: ApiClient) -> None:
    assert_problem(api.post("/exports", {}), 422, "invalid")


def test_the_same_key_starts_one_export(api: ApiClient, designer: User) -> None:
    make_approved(1, designer)
    first = api.post("/exports", {}, Idempotency_Key="k")
    again = api.post("/exports", {}, Idempotency_Key="k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = api.post("/exports", {"longest_side": 512}, Idempotency_Key="k")
    assert_problem(other, 409, "idempotency_conflict")


def test_somebody_elses_is_404_for_operators_too(done: Export, operator: User) -> None:
    api = ApiClient(operator)
    for part in ("", "/archive", "/manifest.csv", "/manifest.jsonl"):
        assert_problem(api.get(f"/exports/{done.pk}{part}"), 404, "not_found")
    for verb in ("cancel", "retry", "discard"):
        assert_problem(api.post(f"/exports/{done.pk}/{verb}"), 404, "not_found")
    assert api.get("/exports").json()["items"] == []


def test_experts_are_refused(expert: User, done: Export) -> None:
    api = ApiClient(expert)
    assert_problem(api.get("/exports"), 403, "forbidden")
    assert_problem(api.post("/exports", {}), 403, "forbidden")
    assert_problem(api.get(f"/exports/{done.pk}"), 403, "forbidden")


def test_verbs_in_the_wrong_state_are_409(api: ApiClient, designer: User, done: Export) -> None:
    assert_problem(api.post(f"/exports/{done.pk}/retry"), 409, "wrong_state")
    assert_problem(api.post(f"/exports/{done.pk}/cancel"), 409, "wrong_state")
    waiting = Export.objects.start(designer)
    assert_problem(api.post(f"/exports/{waiting.pk}/discard"), 409, "wrong_state")
    assert_problem(api.get(f"/exports/{waiting.pk}/archive"), 404, "not_found")
    assert_problem(api.get(f"/exports/{waiting.pk}/manifest.csv"), 404, "not_found")
    assert api.post(f"/exports/{waiting.pk}/cancel").json()["state"] == State.CANCELLED
    assert api.post(f"/exports/{waiting.pk}/cancel").status_code == 200
    assert api.post(f"/exports/{waiting.pk}/retry").json()["state"] == State.QUEUED
    discarded = api.post(f"/exports/{done.pk}/discard").json()
    assert (discarded["archive"], discarded["manifest_csv"]) == (None, None)
    assert discarded["discarded_at"]


def test_the_list_is_paged_newest_first(api: ApiClient, designer: User, done: Export) -> None:
    newer = Export.objects.start(designer)
    page = api.get("/exports?limit=1").json()
    assert [item["id"] for item in page["items"]] == [str(newer.pk)]
    rest = api.get(page["next"].removeprefix("/api/v1")).json()
    assert ([item["id"] for item in rest["items"]], rest["next"]) == ([str(done.pk)], None)
    assert_problem(api.get("/exports?limit=0"), 422, "invalid", "limit")


def test_making_anew_counts_towards_the_most_in_work(api: ApiClient, designer: User) -> None:
    make_approved(1, designer)
    export = Export.objects.start(designer)
    export.cancel()
    for _number in range(MOST_OPEN):
        Export.objects.start(designer)
    refused = api.post(f"/exports/{export.pk}/retry")
    assert_problem(refused, 409, "wrong_state")
    assert "exports in work" in refused.text
    export.refresh_from_db()
    assert export.state == State.CANCELLED
