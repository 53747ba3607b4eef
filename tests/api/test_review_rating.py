"""Next and vote over REST: what an expert's program may do, one by one and several at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.models import User
from review.models import Hold, Policy, Rule, Vote
from stockgen.models import Verdict
from tests.api.client import ApiClient, assert_problem
from tests.api.rating import ballot, verdict_of
from tests.factories import cast, give, make_expert, make_pictures, make_reason

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def api(expert: User) -> ApiClient:
    """Give the client of an expert."""
    return ApiClient(expert)


# ---------------------------------------------------------------------- next
def test_next_gives_cards_with_all_that_a_page_needs(api: ApiClient, topic: Any, concept: Any) -> None:
    [picture] = make_pictures(topic=topic, concept=concept)
    body = api.post("/review/next", {"tab": "one", "count": 4}, Accept_Language="ru").json()
    [card] = body["cards"]
    assert body["empty"] is True
    assert card.pop("held_until")
    assert card == {
        "picture": str(picture.pk),
        "image_url": f"/api/v1/pictures/{picture.pk}/image",
        "thumbnail_url": f"/api/v1/pictures/{picture.pk}/thumbnail",
        "width": picture.width, "height": picture.height,
        "topic": {"key": "medicine", "name": "Медицина и здоровье"},
        "concept": {"key": "interior", "name": "Интерьеры"},
        "location": "location 0", "prompt": "a picture of location 0", "negative_prompt": picture.run.negative_prompt,
        "demonstration": True, "stack": None, "flags": [],
    }  # fmt: skip
    assert api.get(card["thumbnail_url"]).status_code == 200


def test_next_again_gives_the_same_cards_in_the_same_order(api: ApiClient) -> None:
    make_pictures(5)
    first = api.post("/review/next", {"tab": "one", "count": 3}).json()["cards"]
    again = api.post("/review/next", {"tab": "one", "count": 3}).json()["cards"]
    assert [card["picture"] for card in again] == [card["picture"] for card in first]
    assert [card["held_until"] for card in again] > [card["held_until"] for card in first]


def test_an_empty_queue_is_said_to_be_empty(api: ApiClient) -> None:
    assert api.post("/review/next", {"tab": "one"}).json() == {"cards": [], "empty": True}


def test_a_full_hand_costs_as_many_queries_as_a_small_one(
    api: ApiClient, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    make_pictures(24)
    with django_assert_max_num_queries(25):
        assert len(api.post("/review/next", {"tab": "one", "count": 24}).json()["cards"]) == 24


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("tab", {"tab": ""}),
        ("tab", {"tab": "a b"}),
        ("tab", {"tab": "x" * 65}),
        ("tab", {"tab": "tab\n"}),
        ("tab", {"tab": 7}),
        ("tab", {"tab": None}),
        ("count", {"count": 0}),
        ("count", {"count": -1}),
        ("count", {"count": 97}),
        ("count", {"count": 10**9}),
        ("count", {"count": "3"}),
        ("count", {"count": 1.5}),
        ("count", {"count": True}),
        ("topic", {"topic": "medicine"}),
    ],
)
def test_next_refuses_what_it_cannot_give(api: ApiClient, field: str, values: dict[str, Any]) -> None:
    make_pictures()
    assert_problem(api.post("/review/next", {"tab": "tab", **values}), 422, "invalid", field)
    assert not Hold.objects.exists()


# ---------------------------------------------------------------------- vote
def test_a_vote_is_201_and_the_same_again_200(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    reason = make_reason(key="blurred")
    give(expert, picture)
    body = ballot(picture, "reject", reasons=[reason.key], score=2, note="soft", seconds=1.25)
    first, again = api.post("/review/votes", body), api.post("/review/votes", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert {name: first.json()[name] for name in body} == body
    assert first.json()["live"] is True
    assert verdict_of(picture) == Verdict.REJECTED


def test_the_same_id_with_another_body_is_409(api: ApiClient, expert: User) -> None:
    one, two = make_pictures(2)
    give(expert, one, two)
    body = ballot(one)
    assert api.post("/review/votes", body).status_code == 201
    for other in ({"choice": "reject"}, {"score": 3}, {"note": "x"}, {"picture": str(two.pk)}):
        assert_problem(api.post("/review/votes", body | other), 409, "id_taken")
    assert Vote.objects.count() == 1


def test_a_picture_one_does_not_hold_is_409(api: ApiClient) -> None:
    [picture] = make_pictures()
    assert_problem(api.post("/review/votes", ballot(picture)), 409, "not_held")
    assert not Vote.objects.exists()


def test_a_picture_that_another_holds_is_409(api: ApiClient) -> None:
    [picture] = make_pictures()
    give(make_expert(), picture)
    assert_problem(api.post("/review/votes", ballot(picture)), 409, "not_held")
    assert not Vote.objects.exists()
    assert Hold.objects.live().count() == 1


def test_a_second_vote_is_409(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    cast(expert, picture)
    assert_problem(api.post("/review/votes", ballot(picture, "reject")), 409, "already_voted")
    assert verdict_of(picture) == Verdict.APPROVED


def test_a_vote_after_its_slot_was_filled_is_409(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    give(expert, picture)
    Hold.objects.update(expires_at=Now())
    cast(make_expert(), picture)
    assert_problem(api.post("/review/votes", ballot(picture, "reject")), 409, "slot_filled")
    assert Vote.objects.count() == 1
    assert verdict_of(picture) == Verdict.APPROVED


def test_a_vote_on_what_was_decided_over_the_votes_is_409(
    api: ApiClient, expert: User, operator: User
) -> None:
    [picture] = make_pictures()
    give(expert, picture)
    picture.entry.override(operator, Verdict.REJECTED, note="a brand")
    assert_problem(api.post("/review/votes", ballot(picture)), 409, "closed")
    assert not Vote.objects.exists()


def test_replacing_a_vote_taken_back_is_409(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    vote = cast(expert, picture)
    Vote.objects.undo(expert, vote.pk, undo_id=uuid.uuid4(), tab="tab")
    response = api.post("/review/votes", ballot(picture, "reject", replaces=str(vote.pk)))
    assert_problem(response, 409, "taken_back")
    assert Vote.objects.count() == 1


def test_a_picture_or_a_vote_to_replace_that_is_not_there_is_404(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    give(expert, picture)
    assert_problem(api.post("/review/votes", ballot(str(uuid.uuid4()))), 404, "not_found")
    unknown = ballot(picture, replaces=str(uuid.uuid4()))
    assert_problem(api.post("/review/votes", unknown), 404, "not_found")
    assert not Vote.objects.exists()


def test_replacing_anothers_vote_is_404(api: ApiClient, expert: User) -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    [picture] = make_pictures()
    theirs = cast(make_expert(), picture)
    give(expert, picture)
    response = api.post("/review/votes", ballot(picture, "reject", replaces=str(theirs.pk)))
    assert_problem(response, 404, "not_found")
    theirs.refresh_from_db()
    assert theirs.live


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("id", {"id": "12"}),
        ("id", {"id": 12}),
        ("picture", {"picture": None}),
        ("choice", {"choice": "maybe"}),
        ("choice", {"choice": 1}),
        ("choice", {"choice": ["approve"]}),
        ("reasons", {"reasons": ["blurred"]}),
        ("reasons", {"choice": "reject", "reasons": ["no-such-reason"]}),
        ("reasons", {"choice": "reject", "reasons": ["blurred", "blurred"]}),
        ("reasons", {"choice": "reject", "reasons": ["blurred"] * 10}),
        ("reasons", {"choice": "reject", "reasons": "blurred"}),
        ("reasons.0", {"choice": "reject", "reasons": ["../x"]}),
        ("reasons.0", {"choice": "reject", "reasons": [None]}),
        ("score", {"score": 0}),
        ("score", {"score": 6}),
        ("score", {"score": -1}),
        ("score", {"score": 10**9}),
        ("score", {"score": 10**30}),
        ("score", {"score": 3.5}),
        ("score", {"score": "5"}),
        ("score", {"score": True}),
        ("note", {"note": "x" * 501}),
        ("note", {"note": "a\0b"}),
        ("note", {"note": None}),
        ("note", {"note": "\ud800"}),
        ("seconds", {"seconds": -0.1}),
        ("seconds", {"seconds": 86_401}),
        ("seconds", {"seconds": float("nan")}),
        ("seconds", {"seconds": float("inf")}),
        ("seconds", {"seconds": "1"}),
        ("replaces", {"replaces": "x"}),
        ("rater", {"rater": 1}),
        ("gold", {"gold": True}),
        ("live", {"live": True}),
    ],
)
def test_a_vote_out_of_range_is_422_at_its_field(
    api: ApiClient, expert: User, field: str, values: dict[str, Any]
) -> None:
    make_reason(key="blurred")
    [picture] = make_pictures()
    give(expert, picture)
    assert_problem(api.post("/review/votes", ballot(picture) | values), 422, "invalid", field)
    assert not Vote.objects.exists()
    assert Hold.objects.live().exists()
    assert verdict_of(picture) == Verdict.PENDING


# ---------------------------------------------------------------------- batch
def test_each_vote_of_a_batch_is_taken_or_refused_on_its_own(api: ApiClient, expert: User) -> None:
    one, two, three = make_pictures(3)
    give(expert, one, two)
    votes = [
        ballot(one), ballot(two, "reject", score=9), ballot(three), ballot(str(uuid.uuid4())), ballot(two, "reject"),
    ]  # fmt: skip
    response = api.post("/review/votes/batch", {"votes": [*votes, votes[0]]})
    results = response.json()["results"]
    assert response.status_code == 200
    assert [result["id"] for result in results] == [vote["id"] for vote in [*votes, votes[0]]]
    assert [result["status"] for result in results] == [201, 422, 409, 404, 201, 200]
    problems = [
        result["problem"] and (result["problem"]["code"], result["problem"]["field"]) for result in results
    ]
    assert problems == [None, ("invalid", "score"), ("not_held", None), ("not_found", None), None, None]
    assert all(bool(result["problem"]) != bool(result["vote"]) for result in results)
    assert Vote.objects.count() == 2


@pytest.mark.parametrize("count", [0, 49])
def test_a_batch_of_none_or_of_too_many_is_422(api: ApiClient, expert: User, count: int) -> None:
    [picture] = make_pictures()
    give(expert, picture)
    response = api.post("/review/votes/batch", {"votes": [ballot(picture) for _index in range(count)]})
    assert_problem(response, 422, "invalid", "votes")
    assert not Vote.objects.exists()


def test_a_batch_with_a_malformed_vote_is_refused_as_a_whole(api: ApiClient, expert: User) -> None:
    one, two = make_pictures(2)
    give(expert, one, two)
    response = api.post("/review/votes/batch", {"votes": [ballot(one), ballot(two, colour="red")]})
    assert_problem(response, 422, "invalid", "votes.1.colour")
    assert not Vote.objects.exists()
