"""Rating in the admin: facts are looked up, not changed; reasons are edited, never deleted."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Role
from review.comparing import next_pairs
from review.models import Entry, Policy, Rule, Vote
from stockgen.models import Reason, Verdict
from tests.comparing import judge, make_compared
from tests.factories import cast, make_expert, make_pictures, make_reason, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_votes_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))


def listed(client: Client, model: str, **query: str) -> int:
    return int(client.get(f"/admin/{model}/", query).context["cl"].result_count)


@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/"])
@pytest.mark.parametrize("model", ["vote", "entry", "policy"])
def test_no_fact_is_changed_by_hand(as_operator: Client, model: str, path: str) -> None:
    [picture] = make_pictures()
    vote = cast(make_expert(), picture)
    pk = {"vote": vote.pk, "entry": picture.pk, "policy": Policy.objects.get().pk}[model]
    response = as_operator.post(f"/admin/review/{model}/{path.format(pk=pk)}", {"post": "yes", "votes": 5})
    assert response.status_code == 403
    assert (Vote.objects.count(), Entry.objects.count(), Policy.objects.get().votes) == (1, 1, 2)


def test_votes_are_found_by_picture_and_by_person(as_operator: Client) -> None:
    one, two = make_pictures(2)
    rater = make_expert()
    cast(rater, one)
    cast(make_expert(), two)
    assert listed(as_operator, "review/vote") == 2
    assert listed(as_operator, "review/vote", q=str(one.pk)) == 1
    assert listed(as_operator, "review/vote", q=rater.username) == 1
    assert listed(as_operator, "review/vote", q="nobody") == 0
    assert listed(as_operator, "stockgen/verdictchange", q=str(one.pk)) == 0


def test_an_operator_who_rates_does_not_see_votes_on_what_they_may_be_given() -> None:
    both = make_user(Role.OPERATOR)
    both.give_roles(Role.OPERATOR, Role.EXPERT)
    client = Client()
    client.force_login(both)
    waiting, decided, known = make_pictures(3)
    for picture in (waiting, decided, decided, known):
        cast(make_expert(), picture)
    Entry.objects.get(pk=known.pk).mark_known(make_user(Role.OPERATOR), Verdict.APPROVED)
    assert listed(client, "review/vote", q=str(waiting.pk)) == 0
    assert listed(client, "review/vote", q=str(decided.pk)) == 2
    assert listed(client, "review/vote", q=str(known.pk)) == 0
    assert listed(client, "stockgen/verdictchange", q=str(known.pk)) == 0
    hidden = Vote.objects.get(entry=waiting.pk)
    assert client.get(f"/admin/review/vote/{hidden.pk}/change/").status_code == 302
    cast(both, waiting)
    assert listed(client, "review/vote", q=str(waiting.pk)) == 2


def test_a_reason_is_edited_and_keeps_its_key(as_operator: Client) -> None:
    reason = make_reason(key="people")
    form = {"position": 3, "is_active": "on", "name": "People look wrong", "name_ru": "", "key": "other"}
    as_operator.post(f"/admin/stockgen/reason/{reason.pk}/change/", form)
    reason.refresh_from_db()
    assert (reason.key, reason.name, reason.position) == ("people", "People look wrong", 3)


def test_a_digit_that_is_taken_is_refused(as_operator: Client) -> None:
    make_reason(position=3)
    form = {"position": 3, "is_active": "on", "name": "People", "key": "people"}
    assert as_operator.post("/admin/stockgen/reason/add/", form).status_code == 200
    assert not Reason.objects.filter(key="people").exists()


def test_a_reason_is_never_deleted(as_operator: Client) -> None:
    reason = make_reason()
    assert as_operator.post(f"/admin/stockgen/reason/{reason.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Reason.objects.exists()


def test_comparisons_and_judgements_are_looked_up_and_not_changed(as_operator: Client) -> None:
    comparison = make_compared(name="Which is better", pictures_per_cell=2)
    judgement = judge(rater := make_expert(), next_pairs(comparison, rater, 1)[0])
    judge(other := make_expert(), next_pairs(comparison, other, 1)[0], "same")
    assert f"/comparisons/{comparison.pk}/" in as_operator.get("/admin/stockgen/comparison/").text
    assert listed(as_operator, "review/judgement") == 2
    assert listed(as_operator, "review/judgement", q=rater.username) == 1
    assert listed(as_operator, "review/judgement", choice="same") == 1
    for address in (f"stockgen/comparison/{comparison.pk}", f"review/judgement/{judgement.pk}"):
        assert as_operator.post(f"/admin/{address}/delete/", {"post": "yes"}).status_code == 403
        assert as_operator.get(f"/admin/{address}/change/").status_code == 200
