"""Whatever JSON comes in, the API answers in its own shape, and never with 500."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from accounts.models import Role, User
from review.comparing import next_pairs
from review.models import Hold, Judgement, Policy, Rule, Vote
from review.schemas import NextIn, PreferencesIn, UndoIn, VoteIn
from review.schemas_decisions import OverrideIn, RuleBody
from stockgen.models import Campaign, Comparison, Run
from stockgen.schemas import RunIn
from stockgen.schemas_campaigns import CampaignIn
from tests.api.client import ApiClient
from tests.comparing import make_compared
from tests.factories import give, make_campaign, make_pictures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SCALARS = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text()
    | some.sampled_from(["medicine", "interior", "demonstration", "\0", "12", "../x", 3, 64, 128, 0.5])
    | some.sampled_from(["approve", "reject", "skip", "\ud800", "rejected", 10**30])
)
VALUES = some.recursive(
    SCALARS, lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner), max_leaves=5
)
RATING = {
    name
    for body in (NextIn, VoteIn, UndoIn, OverrideIn, PreferencesIn, RuleBody)
    for name in body.model_fields
}
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
    for path in (
        "/runs",
        "/campaigns",
        "/tokens",
        "/rooms",
        "/review/next",
        "/review/votes",
        "/review/votes/batch",
        "/review/release",
        "/review/judgements",
        "/review/judgements/batch",
    ):
        assert api.post(path, body).status_code in {201, 400, 403, 422}, (path, body)


SHARES = some.dictionaries(
    some.sampled_from(["medicine", "interior", "", "\ud800", "x" * 61]), VALUES, max_size=3
)


@often
@given(
    changes=some.dictionaries(
        some.sampled_from(sorted(CampaignIn.model_fields)) | some.text(max_size=12),
        VALUES | SHARES,
        max_size=5,
    )
)
def test_any_campaign_is_started_and_changed_or_refused_at_its_fields(
    api: ApiClient, order: dict[str, Any], settings: Any, changes: dict[str, Any]
) -> None:
    settings.API_LAUNCHES_PER_MINUTE = settings.API_REQUESTS_PER_MINUTE = 0
    asked = {"name": "Any", "target": 5, "topics": {order["topic"]: 1}, "concepts": {order["concept"]: 100}}
    before = Campaign.objects.count()
    response = api.post("/campaigns", asked | changes)
    assert response.status_code in {201, 422}, (changes, response.content)
    assert Campaign.objects.count() - before == (response.status_code == 201)
    campaign = Campaign.objects.first() or make_campaign(api.user)
    answer = api.patch(f"/campaigns/{campaign.pk}", changes)
    assert answer.status_code in {200, 422}, (changes, answer.content)
    for refused in (response, answer):
        if refused.status_code == 422:
            fields = {error["field"].split(".")[0] for error in refused.json()["errors"] if error["field"]}
            # A field's name may have a full stop in it itself.
            assert fields <= {name.split(".")[0] for name in changes}, (changes, refused.content)


@often
@given(query=some.dictionaries(PARAMETERS, some.text()))
def test_any_query_is_answered(api: ApiClient, settings: Any, query: dict[str, str]) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    assert api.get("/pictures", query).status_code in {200, 422}, query
    assert api.get(f"/runs/{uuid.uuid4()}/pictures", query).status_code in {404, 422}, query
    assert api.get("/campaigns", query).status_code in {200, 422}, query


@pytest.fixture
def rater(designer: User) -> ApiClient:
    """Give the client of somebody who may do everything that there is."""
    designer.give_roles(*Role)
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))
    return ApiClient(designer)


@often
@given(
    changes=some.dictionaries(some.sampled_from(sorted(RATING)) | some.text(max_size=12), VALUES, max_size=5)
)
def test_any_body_is_taken_or_refused_by_the_rating_queue(
    rater: ApiClient, designer: User, settings: Any, changes: dict[str, Any]
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    picture = Hold.objects.values_list("entry", flat=True).first()
    if picture is None:
        [made] = make_pictures(owner=designer)
        [hold] = give(designer, made)
        picture = hold.entry_id
    votes = Vote.objects.count()
    vote = {"id": str(uuid.uuid4()), "picture": str(picture), "choice": "approve"} | changes
    response = rater.post("/review/votes", vote)
    assert response.status_code in {201, 404, 409, 422}, (vote, response.content)
    assert Vote.objects.count() - votes == (response.status_code == 201)
    others: dict[str, dict[str, Any]] = {
        "/review/next": {"tab": "a"}, "/review/votes/batch": {"votes": [vote]}, "/review/release": {"tab": "a"},
        f"/review/votes/{uuid.uuid4()}/undo": {"id": str(uuid.uuid4()), "tab": "a"},
        f"/review/pictures/{picture}/override": {"verdict": "rejected", "note": "x"},
        f"/review/pictures/{picture}/reopen": {"note": "x"},
    }  # fmt: skip
    for path, body in others.items():
        answer = rater.post(path, body if path.endswith("batch") else body | changes)
        assert answer.status_code in {200, 404, 422}, (path, changes, answer.content)
    replaced: dict[str, dict[str, Any]] = {
        "/review/preferences": {"show_prompt": True, "grid_size": 12, "keys": {}},
        "/review/policies/default": {"votes": 1, "calibration_share": 0, "gold_share": 0},
        f"/review/pictures/{picture}/known": {"expected": None},
    }
    for path, body in replaced.items():
        address, content = rater.address(path), json.dumps(body | changes)
        answer = rater.client.put(address, content, "application/json", headers=rater.headers)
        assert answer.status_code in {200, 422}, (path, changes, answer.content)


@often
@given(
    changes=some.dictionaries(
        some.sampled_from(["id", "pair", "choice", "seconds"]) | some.text(max_size=12), VALUES, max_size=4
    )
)
def test_any_judgement_is_taken_or_refused(
    rater: ApiClient, designer: User, settings: Any, changes: dict[str, Any]
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    comparison = Comparison.objects.first() or make_compared(pictures_per_cell=50)
    [pair] = next_pairs(comparison, designer, 1)
    before = Judgement.objects.count()
    judgement = {"id": str(uuid.uuid4()), "pair": str(pair.pk), "choice": "left"} | changes
    response = rater.post("/review/judgements", judgement)
    assert response.status_code in {201, 404, 409, 422}, (judgement, response.content)
    assert Judgement.objects.count() - before == (response.status_code == 201)
    answer = rater.post(f"/review/judgements/{uuid.uuid4()}/undo", {"id": str(uuid.uuid4())} | changes)
    assert answer.status_code in {404, 422}, (changes, answer.content)
    answer = rater.post(f"/review/comparisons/{comparison.pk}/next", changes)
    assert answer.status_code in {200, 422}, (changes, answer.content)


@often
@given(query=some.dictionaries(some.sampled_from(["since", "before", "limit", "rater"]), some.text()))
def test_any_query_is_answered_by_the_rating_queue(
    rater: ApiClient, settings: Any, query: dict[str, str]
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    for path in ("/review/session", "/review/votes"):
        assert rater.get(path, query).status_code in {200, 404, 422}, query
