"""Who may ask the rating queue over REST, and what an expert must not learn from it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Role, User
from review.models import Entry, Hold, Policy, Rule, Undo, Vote
from stockgen.models import Verdict
from tests.api.client import ApiClient, assert_problem
from tests.api.rating import ballot, undo_of
from tests.factories import cast, give, make_ballot, make_expert, make_pictures, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def api(expert: User) -> ApiClient:
    """Give the client of an expert."""
    return ApiClient(expert)


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
