"""Rules for votes over REST: of topics, of campaigns, and the default."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, User
from review.models import Entry, Policy, Rule
from stockgen.models import Topic
from tests.api.client import ApiClient, assert_problem
from tests.factories import make_campaign, make_pictures, make_topic, make_user, some_uuid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


# ---------------------------------------------------------------------- topics, the default
RULE = {"votes": 2, "calibration_share": 10, "gold_share": 5}


def test_a_rule_for_a_topic_holds_beside_the_default_until_it_is_taken_away(
    operator: User, topic: Topic
) -> None:
    api = ApiClient(operator)
    other = make_topic()
    [picture] = make_pictures(topic=topic)
    assert api.put("/review/policies/medicine", RULE).json() == {
        "topic": "medicine", "campaign": None, "own": True, **RULE,
    }  # fmt: skip
    assert Entry.objects.get(pk=picture.pk).slots == 2
    rules = {rule["topic"]: rule for rule in api.get("/review/policies").json()}
    assert set(rules) >= {None, "medicine", other.key}
    assert (rules["medicine"]["votes"], rules[other.key]["votes"], rules[other.key]["own"]) == (2, 1, False)
    assert api.delete("/review/policies/medicine").json()["own"] is False
    assert Entry.objects.get(pk=picture.pk).slots == 1


def test_the_default_is_set_under_its_own_name(operator: User) -> None:
    assert ApiClient(operator).put("/review/policies/default", RULE).json()["topic"] is None
    assert Policy.objects.rules()[None] == Rule(**RULE)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("votes", 0), ("votes", 6), ("votes", -1), ("votes", 10**9), ("votes", 10**30), ("votes", "2"), ("votes", 1.5),
        ("votes", None), ("votes", True), ("calibration_share", -1), ("calibration_share", 101),
        ("gold_share", 51), ("gold_share", -1), ("gold_share", 10**12), ("colour", "red"),
    ],
)  # fmt: skip
def test_a_rule_out_of_range_is_422_and_changes_nothing(operator: User, field: str, value: Any) -> None:
    before = list(Policy.objects.values())
    response = ApiClient(operator).put("/review/policies/default", RULE | {field: value})
    assert_problem(response, 422, "invalid", field)
    assert list(Policy.objects.values()) == before


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.EXPERT, None])
def test_only_operators_set_rules(role: Role | None, topic: Topic) -> None:
    api = ApiClient(make_user(role))
    assert_problem(api.put("/review/policies/medicine", RULE), 403, "forbidden")
    assert_problem(api.delete("/review/policies/medicine"), 403, "forbidden")
    assert Policy.objects.get().topic is None


def test_a_rule_for_a_topic_that_is_not_there_is_404(operator: User) -> None:
    assert_problem(ApiClient(operator).put("/review/policies/nowhere", RULE), 404, "not_found")
    assert_problem(ApiClient(operator).delete("/review/policies/nowhere"), 404, "not_found")


# ---------------------------------------------------------------------- campaigns
def test_a_rule_for_a_campaign_holds_until_it_is_taken_away(operator: User) -> None:
    api, campaign = ApiClient(operator), make_campaign()
    address = f"/review/policies/campaigns/{campaign.pk}"
    expected = {"topic": None, "campaign": str(campaign.pk), "own": True, **RULE}
    assert api.put(address, RULE).json() == expected
    assert api.get("/review/policies").json()[-1] == expected
    assert Policy.objects.rules()[campaign.pk] == Rule(**RULE)
    assert [api.delete(address).status_code for _time in range(2)] == [204, 204]
    assert campaign.pk not in Policy.objects.rules()


def test_designers_are_told_the_rules_of_their_own_campaigns_only(designer: User) -> None:
    mine, theirs = make_campaign(owner=designer), make_campaign()
    for campaign in (mine, theirs):
        Policy.objects.set(campaign, Rule(**RULE))
    listed = ApiClient(designer).get("/review/policies").json()
    assert [rule["campaign"] for rule in listed if rule["campaign"]] == [str(mine.pk)]


def test_a_rule_out_of_range_for_a_campaign_is_422_at_its_field(operator: User) -> None:
    address = f"/review/policies/campaigns/{make_campaign().pk}"
    assert_problem(ApiClient(operator).put(address, RULE | {"votes": 6}), 422, "invalid", "votes")
    assert Policy.objects.count() == 1


def test_only_operators_set_rules_of_campaigns_and_only_of_those_that_are_there(
    operator: User, designer: User, expert: User
) -> None:
    address = f"/review/policies/campaigns/{make_campaign(owner=designer).pk}"
    for user in (designer, expert):
        assert_problem(ApiClient(user).put(address, RULE), 403, "forbidden")
        assert_problem(ApiClient(user).delete(address), 403, "forbidden")
    nowhere = f"/review/policies/campaigns/{some_uuid()}"
    assert_problem(ApiClient(operator).put(nowhere, RULE), 404, "not_found")
    assert_problem(ApiClient(operator).delete(nowhere), 404, "not_found")
    assert Policy.objects.count() == 1
