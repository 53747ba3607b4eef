"""Undo, history, release and skipped pictures over REST."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.models import User
from review.models import Hold, Policy, Rule, Undo, Vote
from stockgen.models import Verdict
from tests.api.client import ApiClient, assert_problem
from tests.api.rating import ballot, undo_of, verdict_of
from tests.factories import cast, give, make_expert, make_pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def api(expert: User) -> ApiClient:
    """Give the client of an expert."""
    return ApiClient(expert)


# ---------------------------------------------------------------------- undo
def test_an_undo_brings_the_picture_back_into_the_hand(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    vote = cast(expert, picture)
    path, body = undo_of(vote.pk)
    first, again = api.post(path, body), api.post(path, body)
    assert first.status_code == again.status_code == 200
    assert first.json()["vote"]["live"] is False
    assert first.json()["card"]["picture"] == again.json()["card"]["picture"] == str(picture.pk)
    assert verdict_of(picture) == Verdict.PENDING
    assert Undo.objects.count() == 1


def test_the_undo_of_a_skip_whose_picture_went_to_another_gives_no_card(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    vote = cast(expert, picture, "skip")
    give(make_expert(), picture)
    path, body = undo_of(vote.pk)
    assert api.post(path, body).json()["card"] is None
    assert_problem(api.post("/review/votes", ballot(picture)), 409, "not_held")


def test_the_undo_of_anothers_vote_is_404(api: ApiClient) -> None:
    [picture] = make_pictures()
    theirs = cast(make_expert(), picture)
    path, body = undo_of(theirs.pk)
    assert_problem(api.post(path, body), 404, "not_found")
    assert not Undo.objects.exists()
    assert verdict_of(picture) == Verdict.APPROVED


def test_an_undo_with_the_id_of_another_undo_is_409(api: ApiClient, expert: User) -> None:
    one, two = make_pictures(2)
    first, second = cast(expert, one), cast(expert, two)
    path, body = undo_of(first.pk)
    assert api.post(path, body).status_code == 200
    assert_problem(api.post(undo_of(second.pk)[0], body), 409, "id_taken")
    assert verdict_of(two) == Verdict.APPROVED


@pytest.mark.parametrize(
    ("field", "values"),
    [("id", {"id": "x"}), ("tab", {"tab": "a/b"}), ("tab", {"tab": None}), ("x", {"x": 1})],
)
def test_a_malformed_undo_is_422(api: ApiClient, expert: User, field: str, values: dict[str, Any]) -> None:
    vote = cast(expert, make_pictures()[0])
    path, body = undo_of(vote.pk)
    assert_problem(api.post(path, body | values), 422, "invalid", field)
    assert not Undo.objects.exists()


# ---------------------------------------------------------------------- history
def test_history_lists_every_own_vote_once_across_pages_even_of_the_same_moment(
    api: ApiClient, expert: User
) -> None:
    votes = [cast(expert, picture) for picture in make_pictures(7)]
    cast(make_expert(), make_pictures()[0])
    Vote.objects.filter(pk__in=[vote.pk for vote in votes[:5]]).update(created_at=Now())
    Vote.objects.undo(expert, votes[6].pk, undo_id=uuid.uuid4())
    path, seen = "/review/votes?limit=2", []
    while path:
        page = api.get(path).json()
        seen += page["items"]
        path = page["next"]
    assert len(seen) == 7
    assert {item["id"] for item in seen} == {str(vote.pk) for vote in votes}
    assert [item["created_at"] for item in seen] == sorted(
        (item["created_at"] for item in seen), reverse=True
    )
    assert [item["id"] for item in seen if not item["live"]] == [str(votes[6].pk)]


def test_a_page_of_history_costs_the_same_however_long_it_is(
    api: ApiClient, expert: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for picture in make_pictures(12):
        cast(expert, picture)
    with django_assert_max_num_queries(6):
        assert len(api.get("/review/votes").json()["items"]) == 12


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("limit", {"limit": 0}),
        ("limit", {"limit": 101}),
        ("before", {"before": "x"}),
        ("rater", {"rater": 1}),
    ],
)
def test_history_refuses_what_it_does_not_know(api: ApiClient, field: str, query: dict[str, Any]) -> None:
    assert_problem(api.get("/review/votes", query), 422, "invalid", field)


def test_history_does_not_go_on_behind_anothers_vote(api: ApiClient) -> None:
    theirs = cast(make_expert(), make_pictures()[0])
    assert_problem(api.get("/review/votes", {"before": theirs.pk}), 404, "not_found")


# ---------------------------------------------------------------------- release, skipped
def test_release_lets_go_of_one_tab_but_for_what_is_kept(api: ApiClient, expert: User) -> None:
    one, two, three = make_pictures(3)
    give(expert, one, two, tab="closing")
    give(expert, three, tab="open")
    response = api.post("/review/release", {"tab": "closing", "keep": [str(two.pk)]})
    assert response.json() == {"released": 1}
    assert set(Hold.objects.live().values_list("entry", flat=True)) == {two.pk, three.pk}
    assert api.post("/review/votes", ballot(one)).status_code == 201  # it was on its way, and there is room


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("keep", {"tab": "a", "keep": [str(uuid.uuid4())] * 1001}),
        ("keep.0", {"tab": "a", "keep": ["x"]}),
        ("tab", {}),
    ],
)
def test_a_malformed_release_is_422(api: ApiClient, expert: User, field: str, body: dict[str, Any]) -> None:
    give(expert, *make_pictures(), tab="a")
    assert_problem(api.post("/review/release", body), 422, "invalid", field)
    assert Hold.objects.live().exists()


def test_skipped_pictures_come_again(api: ApiClient, expert: User) -> None:
    pictures = make_pictures(2)
    for picture in pictures:
        cast(expert, picture, "skip")
    cast(make_expert(), make_pictures()[0], "skip")
    assert api.post("/review/skipped").json() == {"returned": 2}
    assert Vote.objects.live().count() == 1
    cards = api.post("/review/next", {"tab": "tab", "count": 9}).json()["cards"]
    assert {str(picture.pk) for picture in pictures} <= {card["picture"] for card in cards}
