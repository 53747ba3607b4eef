"""Next, vote, undo and history over REST: what an expert's program may do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.models import Role, User
from review.models import Entry, Hold, Policy, Rule, Undo, Vote
from stockgen.models import Picture, Verdict
from tests.api.client import ApiClient, assert_problem
from tests.factories import cast, give, make_ballot, make_expert, make_pictures, make_reason, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def api(expert: User) -> ApiClient:
    """Give the client of an expert."""
    return ApiClient(expert)


def ballot(picture: Picture | str, choice: str = "approve", **fields: Any) -> dict[str, Any]:
    key = str(getattr(picture, "pk", picture))
    return {"id": str(uuid.uuid4()), "picture": key, "choice": choice, **fields}


def undo_of(vote_id: Any, **fields: Any) -> tuple[str, dict[str, Any]]:
    return f"/review/votes/{vote_id}/undo", {"id": str(uuid.uuid4()), "tab": "tab", **fields}


def verdict_of(picture: Picture) -> str:
    picture.refresh_from_db()
    return picture.verdict


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
        "demonstration": True, "stack": None,
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


# ---------------------------------------------------------------------- who
OPERATIONS: list[tuple[str, str, Callable[[Vote], Any]]] = [
    ("post", "/review/next", lambda vote: {"tab": "tab"}),
    ("post", "/review/votes", lambda vote: ballot(str(vote.entry_id))),
    ("post", "/review/votes/batch", lambda vote: {"votes": [ballot(str(vote.entry_id))]}),
    ("post", "/review/votes/{}/undo", lambda vote: {"id": str(uuid.uuid4()), "tab": "tab"}),
    ("get", "/review/votes", lambda vote: None),
    ("post", "/review/release", lambda vote: {"tab": "tab"}),
    ("post", "/review/skipped", lambda vote: None),
    ("get", "/review/session", lambda vote: None),
    ("get", "/review/preferences", lambda vote: None),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS, ids=[path for _m, path, _b in OPERATIONS])
@pytest.mark.parametrize("role", [Role.DESIGNER, Role.OPERATOR, None])
def test_without_the_role_of_an_expert_everything_is_403_and_nothing_is_stored(
    method: str, path: str, body: Callable[[Vote], Any], role: Role | None
) -> None:
    expert, person = make_expert(), make_user(role)
    voted, free = make_pictures(2)
    vote = cast(expert, voted)
    give(person, free)
    sent = body(vote)
    response = getattr(ApiClient(person), method)(path.format(vote.pk), sent)
    assert_problem(response, 403, "forbidden")
    assert (Vote.objects.count(), Undo.objects.count(), Hold.objects.count()) == (1, 0, 1)


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS, ids=[path for _m, path, _b in OPERATIONS])
def test_without_a_name_everything_is_401(method: str, path: str, body: Callable[[Vote], Any]) -> None:
    vote = cast(make_expert(), make_pictures()[0])
    response = getattr(ApiClient(), method)(path.format(vote.pk), body(vote))
    assert_problem(response, 401, "unauthenticated")


def test_a_session_without_the_csrf_token_cannot_vote(expert: User) -> None:
    from django.test import Client

    [picture] = make_pictures()
    give(expert, picture)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(expert)
    for path, body in (("votes", ballot(picture)), ("next", {"tab": "tab"}), ("release", {"tab": "tab"})):
        response = browser.post(f"/api/v1/review/{path}", body, "application/json")
        assert_problem(response, 403, "forbidden")
    assert not Vote.objects.exists()
    assert Hold.objects.live().exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1,", b"\xff\xfe", b"[" * 1000 + b"]" * 1000, b'{"tab": 1e999']
)
@pytest.mark.parametrize("path", ["next", "votes", "votes/batch", "release"])
def test_a_body_that_is_no_json_is_refused(api: ApiClient, path: str, body: bytes) -> None:
    response = api.post(f"/review/{path}", body)
    assert response.status_code in {400, 422}, response.content
    assert response.json()["message"]
    assert not Vote.objects.exists()


@pytest.mark.parametrize("path", ["next", "votes", "votes/batch", "release"])
@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_422(api: ApiClient, path: str, body: Any) -> None:
    assert api.post(f"/review/{path}", b"null" if body is None else body).status_code == 422


def test_refusals_speak_russian_where_asked_to(api: ApiClient, expert: User) -> None:
    [picture] = make_pictures()
    not_held = api.post("/review/votes", ballot(picture), Accept_Language="ru").json()["message"]
    cast(expert, picture)
    twice = api.post("/review/votes", ballot(picture), Accept_Language="ru").json()["message"]
    maybe = api.post("/review/votes", ballot(picture, "maybe"), Accept_Language="ru").json()["message"]
    batch = api.post("/review/votes/batch", {"votes": [ballot(picture)]}, Accept_Language="ru").json()
    for text in (not_held, twice, maybe, batch["results"][0]["problem"]["message"]):
        assert any("а" <= letter <= "я" for letter in text.lower()), text


# ---------------------------------------------------------------------- what an expert must not learn
TELLING = {
    "verdict",
    "gold",
    "known",
    "expected",
    "image_model",
    "model",
    "rater",
    "votes_of_others",
    "overridden",
}


def test_no_answer_to_an_expert_tells_of_others_votes_the_verdict_known_pictures_or_the_model(
    api: ApiClient, expert: User, operator: User
) -> None:
    Policy.objects.set(None, Rule(votes=3, calibration_share=0, gold_share=0))
    other = make_expert(username="somebody-else")
    pictures = make_pictures(3)
    for picture in pictures:
        cast(other, picture, "reject", note="a secret note of another")
    known = make_pictures()[0]
    known.entry.mark_known(operator, Verdict.REJECTED, note="a secret note of the operator")
    give(expert, known, pictures[0])
    body = ballot(pictures[0])
    skip = ballot(known, "skip")
    answers = [
        api.post("/review/next", {"tab": "tab", "count": 9}),
        api.post("/review/votes", body),
        api.post("/review/votes/batch", {"votes": [body, skip, ballot(pictures[1])]}),
        api.post(*undo_of(body["id"])),
        api.post(*undo_of(skip["id"])),
        api.get("/review/votes"), api.get("/review/session"), api.get("/review/preferences"),
        api.get("/review/reasons"), api.get("/review/policies"), api.get(f"/review/pictures/{pictures[2].pk}"),
    ]  # fmt: skip
    for response in answers:
        text = response.content.decode()
        for secret in ("somebody-else", "secret note", operator.username, f': "{pictures[0].image_model}"'):
            assert secret not in text, (secret, text)
        assert not TELLING & set(keys_in(response.json())), text
    assert [response.status_code for response in answers[-2:]] == [403, 403]


def keys_in(value: Any) -> list[str]:
    """Return every field name of a JSON value, however deep."""
    if isinstance(value, dict):
        return [*value, *(key for inner in value.values() for key in keys_in(inner))]
    return [key for inner in value for key in keys_in(inner)] if isinstance(value, list) else []


def test_a_known_picture_answers_like_any_other(api: ApiClient, expert: User, operator: User) -> None:
    ordinary, known = make_pictures(2)
    known.entry.mark_known(operator, Verdict.REJECTED)
    give(expert, ordinary, known)
    shapes = []
    for picture in (ordinary, known):
        card = next(
            card
            for card in api.post("/review/next", {"tab": "tab", "count": 2}).json()["cards"]
            if card["picture"] == str(picture.pk)
        )
        skip, approve = ballot(picture, "skip"), ballot(picture)
        answers = [api.post("/review/votes", skip)]
        answers += [
            api.get("/review/session"),
            api.post(*undo_of(skip["id"])),
            api.post("/review/votes", approve),
        ]
        answers += [api.post(*undo_of(approve["id"])), api.post("/review/votes", ballot(picture))]
        shapes.append(
            [
                {name: type(value) for name, value in card.items()},
                *[(answer.status_code, sorted(answer.json())) for answer in answers],
                answers[1].json()["skipped"],
                [answers[index].json()["card"] is None for index in (2, 4)],
            ]
        )
    assert shapes[0] == shapes[1]
    assert Entry.objects.get(pk=known.pk).gold


def test_agreement_is_told_only_as_a_whole_over_ten_decided_pictures(api: ApiClient, expert: User) -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    other = make_expert()
    pictures = make_pictures(11)
    for picture in pictures[:9]:
        cast(expert, picture)
        cast(other, picture)
    cast(expert, pictures[9])  # not decided yet
    assert api.get("/review/session").json()["agreement"] is None
    cast(other, pictures[9])
    assert api.get("/review/session").json()["agreement"] == 1.0
    give(expert, pictures[10])
    Vote.objects.cast(expert, make_ballot(pictures[10]))
    assert api.get("/review/session").json()["agreed_on"] == 10
