"""Verdicts over REST: who is told, who may ask, and deciding over the votes."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, User
from review.models import Entry, Policy, Rule
from stockgen.models import Picture, Verdict
from tests.api.client import ApiClient, assert_problem
from tests.factories import cast, make_expert, make_pictures, make_reason, make_user

FIELDS = ("verdict", "verdict_reasons", "verdict_at")


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def three(designer: User) -> list[Picture]:
    """Give an approved, a rejected and an undecided picture of the designer."""
    good, bad, waiting = make_pictures(3, owner=designer)
    cast(make_expert(), good)
    cast(make_expert(), bad, "reject", reasons=[make_reason(key="people").key])
    return [good, bad, waiting]


def told(response: Any) -> dict[str, Any]:
    return {item["id"]: item["verdict"] for item in response.json()["items"]}


def test_designers_and_operators_are_told_the_verdict(
    api: ApiClient, operator: User, three: list[Picture]
) -> None:
    expected = dict(
        zip((str(picture.pk) for picture in three), ("approved", "rejected", "pending"), strict=True)
    )
    for client in (api, ApiClient(operator)):
        assert told(client.get("/pictures")) == expected
        assert told(client.get(f"/runs/{three[0].run_id}/pictures")) == expected
        bad, waiting = (client.get(f"/pictures/{picture.pk}").json() for picture in three[1:])
        assert (bad["verdict"], bad["verdict_reasons"]) == ("rejected", ["people"])
        assert bad["verdict_at"]
        assert [waiting[name] for name in FIELDS] == ["pending", [], None]


def test_experts_are_never_told_not_even_after_their_own_vote(three: list[Picture]) -> None:
    rater = make_expert()
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    cast(rater, three[2])
    Entry.objects.get(pk=three[0].pk).mark_known(make_user(Role.OPERATOR), Verdict.APPROVED)
    client = ApiClient(rater)
    for item in client.get("/pictures").json()["items"]:
        assert [item[name] for name in FIELDS] == [None] * 3
    for picture in three:
        body = client.get(f"/pictures/{picture.pk}").json()
        assert [body[name] for name in FIELDS] == [None] * 3


def test_lists_narrow_by_verdict(api: ApiClient, three: list[Picture]) -> None:
    for picture, verdict in zip(three, ("approved", "rejected", "pending"), strict=True):
        assert set(told(api.get("/pictures", {"verdict": verdict}))) == {str(picture.pk)}
    page = api.get("/pictures", {"verdict": "approved", "limit": 1, "run": str(three[0].run_id)}).json()
    assert len(page["items"]) == 1


def test_a_designer_who_rates_narrows_among_own_pictures(three: list[Picture]) -> None:
    both = make_user(Role.DESIGNER)
    both.give_roles(Role.DESIGNER, Role.EXPERT)
    [own] = make_pictures(owner=both)
    cast(make_expert(), own)
    assert told(ApiClient(both).get("/pictures", {"verdict": "approved"})) == {str(own.pk): "approved"}


def test_an_expert_may_not_ask_for_a_verdict(expert: User, three: list[Picture]) -> None:
    for verdict in ("approved", "rejected", "pending"):
        assert_problem(ApiClient(expert).get("/pictures", {"verdict": verdict}), 422, "invalid", "verdict")


def test_there_are_three_verdicts(api: ApiClient) -> None:
    assert_problem(api.get("/pictures", {"verdict": "maybe"}), 422, "invalid", "verdict")


def test_a_run_counts_its_verdicts(api: ApiClient, three: list[Picture]) -> None:
    for body in (api.get(f"/runs/{three[0].run_id}").json(), api.get("/runs").json()["items"][0]):
        assert [body["tally"][name] for name in ("approved", "rejected", "undecided")] == [1, 1, 1]


# ---------------------------------------------------------------------- deciding
def test_votes_are_not_told_to_an_operator_who_may_still_rate_it(three: list[Picture]) -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    cast(make_expert(), three[2], "reject")
    both = make_user(Role.OPERATOR)
    both.give_roles(Role.OPERATOR, Role.EXPERT)
    address = f"/review/pictures/{three[2].pk}"
    body = ApiClient(both).get(address).json()
    assert (body["votes_hidden"], body["votes"], body["history"]) == (True, [], [])
    cast(both, three[2])
    body = ApiClient(both).get(address).json()
    assert (body["votes_hidden"], len(body["votes"])) == (False, 2)


def test_a_known_picture_is_not_overridden(operator: User, three: list[Picture]) -> None:
    Entry.objects.get(pk=three[2].pk).mark_known(operator, Verdict.APPROVED)
    body = {"verdict": "rejected", "note": "Why."}
    response = ApiClient(operator).post(f"/review/pictures/{three[2].pk}/override", body)
    assert_problem(response, 422, "invalid")
    assert Picture.objects.get(pk=three[2].pk).verdict == Verdict.APPROVED
