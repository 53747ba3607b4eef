"""Deciding over the votes, reasons, preferences and counters over REST."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from accounts.models import Role, User
from review.models import GoldPicture, Override, Policy, Preferences, Rule
from review.models.experts import KEYS
from stockgen.models import Picture, Verdict
from tests.api.client import ApiClient, assert_problem
from tests.factories import cast, make_expert, make_pictures, make_reason, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def put(api: ApiClient, path: str, body: Any, **headers: str) -> Any:
    return api.client.put(api.address(path), body, "application/json", headers={**api.headers, **headers})


def address(picture: Picture, verb: str = "") -> str:
    return f"/review/pictures/{picture.pk}{verb}"


def verdict_of(picture: Picture) -> str:
    picture.refresh_from_db()
    return picture.verdict


# ---------------------------------------------------------------------- a picture's decision
def test_a_designer_sees_how_their_picture_was_decided(api: ApiClient, designer: User) -> None:
    [picture] = make_pictures(owner=designer)
    reason = make_reason(key="blurred")
    rater = make_expert()
    cast(rater, picture, "reject", reasons=[reason.key], note="soft", score=1)
    body = api.get(address(picture)).json()
    assert (body["verdict"], body["reasons"], body["votes_hidden"]) == ("rejected", ["blurred"], False)
    [vote] = body["votes"]
    assert (vote["rater"], vote["choice"], vote["note"], vote["score"]) == (
        rater.username,
        "reject",
        "soft",
        1,
    )
    assert [(change["verdict"], change["cause"], change["by"]) for change in body["history"]] == [
        ("rejected", "votes", None)
    ]


def test_an_operator_decides_over_the_votes_with_a_reason(operator: User) -> None:
    [picture] = make_pictures()
    cast(make_expert(), picture)
    reason = make_reason(key="rights")
    order = {"verdict": "rejected", "note": " a brand ", "reasons": [reason.key]}
    body = ApiClient(operator).post(address(picture, "/override"), order).json()
    assert (body["verdict"], body["reasons"], body["overridden"]) == ("rejected", ["rights"], True)
    assert body["history"][-1] | {"created_at": ""} == {
        "verdict": "rejected", "reasons": ["rights"], "cause": "override", "by": operator.username, "note": "a brand",
        "created_at": "",
    }  # fmt: skip
    assert body["votes"][0]["live"] is True


def test_reopening_asks_for_one_vote_more(api: ApiClient, designer: User) -> None:
    [picture] = make_pictures(owner=designer)
    cast(make_expert(), picture)
    body = api.post(address(picture, "/reopen"), {"note": "look again"}).json()
    assert (body["verdict"], body["slots"], [change["cause"] for change in body["history"]]) == (
        "pending", 2, ["votes", "reopened"],
    )  # fmt: skip
    cast(make_expert(), picture)
    assert verdict_of(picture) == Verdict.APPROVED


def test_what_is_not_decided_cannot_be_reopened(api: ApiClient, designer: User) -> None:
    [picture] = make_pictures(owner=designer)
    assert_problem(api.post(address(picture, "/reopen"), {"note": "x"}), 422, "invalid")
    assert not picture.verdict_changes.exists()


def test_flags_are_cleared_by_who_has_looked(operator: User) -> None:
    [picture] = make_pictures()
    flag = cast(make_expert(), picture, "flag")
    assert ApiClient(operator).post(address(picture, "/flags/clear")).json()["flagged"] is False
    flag.refresh_from_db()
    assert (flag.live, flag.undo.rater) == (False, operator)


def test_a_known_picture_is_marked_and_made_ordinary_again(operator: User) -> None:
    [picture] = make_pictures()
    api = ApiClient(operator)
    body = put(api, address(picture, "/known"), {"expected": "rejected", "note": "six fingers"}).json()
    assert (body["known"], body["verdict"]) == (True, "rejected")
    assert GoldPicture.objects.active().get().expected == Verdict.REJECTED
    assert_problem(
        api.post(address(picture, "/override"), {"verdict": "approved", "note": "x"}), 422, "invalid"
    )
    body = put(api, address(picture, "/known"), {"expected": None}).json()
    assert (body["known"], body["verdict"]) == (False, "rejected")
    assert not GoldPicture.objects.active().exists()


def test_an_expert_who_may_still_rate_a_picture_of_their_own_is_not_told_the_votes(designer: User) -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    designer.give_roles(Role.DESIGNER, Role.EXPERT)
    [picture] = make_pictures(owner=designer)
    other = make_expert()
    cast(other, picture, "reject", note="soft")
    api = ApiClient(designer)
    before = api.get(address(picture))
    assert (before.json()["votes"], before.json()["votes_hidden"]) == ([], True)
    assert other.username not in before.content.decode()
    cast(designer, picture)
    assert len(api.get(address(picture)).json()["votes"]) == 2


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("verdict", {"verdict": "pending", "note": "x"}),
        ("verdict", {"verdict": "maybe", "note": "x"}),
        ("verdict", {"verdict": None, "note": "x"}),
        ("verdict", {"note": "x"}),
        ("note", {"verdict": "rejected"}),
        ("note", {"verdict": "rejected", "note": ""}),
        ("note", {"verdict": "rejected", "note": " \n\t"}),
        ("note", {"verdict": "rejected", "note": "x" * 501}),
        ("note", {"verdict": "rejected", "note": "a\0b"}),
        ("note", {"verdict": "rejected", "note": 7}),
        ("reasons", {"verdict": "approved", "note": "x", "reasons": ["blurred"]}),
        ("reasons", {"verdict": "rejected", "note": "x", "reasons": ["no-such-reason"]}),
        ("reasons", {"verdict": "rejected", "note": "x", "reasons": ["blurred", "blurred"]}),
        ("reasons", {"verdict": "rejected", "note": "x", "reasons": ["blurred"] * 10}),
        ("by", {"verdict": "rejected", "note": "x", "by": 1}),
    ],
)
def test_a_malformed_decision_is_422_and_decides_nothing(
    api: ApiClient, designer: User, field: str, body: dict[str, Any]
) -> None:
    make_reason(key="blurred")
    [picture] = make_pictures(owner=designer)
    assert_problem(api.post(address(picture, "/override"), body), 422, "invalid", field)
    assert verdict_of(picture) == Verdict.PENDING
    assert not Override.objects.exists()


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("expected", {"expected": "pending"}),
        ("expected", {"expected": 1}),
        ("expected", {}),
        ("note", {"expected": "approved", "note": "x" * 501}),
    ],
)
def test_a_malformed_mark_is_422_and_marks_nothing(operator: User, field: str, body: dict[str, Any]) -> None:
    [picture] = make_pictures()
    assert_problem(put(ApiClient(operator), address(picture, "/known"), body), 422, "invalid", field)
    assert not GoldPicture.objects.exists()
    assert verdict_of(picture) == Verdict.PENDING


def test_a_note_of_blanks_only_is_no_note_of_a_known_picture(operator: User) -> None:
    [picture] = make_pictures()
    body = {"expected": "approved", "note": "\n" * 600}
    assert put(ApiClient(operator), address(picture, "/known"), body).status_code == 200
    assert GoldPicture.objects.get().note == ""


VERBS = [
    ("get", "", None),
    ("post", "/override", {"verdict": "rejected", "note": "x"}),
    ("post", "/reopen", {"note": "x"}),
    ("post", "/flags/clear", None),
    ("put", "/known", {"expected": "rejected"}),
]


@pytest.mark.parametrize(("method", "verb", "body"), VERBS)
@pytest.mark.parametrize(("role", "status"), [(Role.DESIGNER, 404), (Role.EXPERT, 403), (None, 403)])
def test_on_anothers_picture_every_verb_is_refused(
    method: str, verb: str, body: Any, role: Role | None, status: int
) -> None:
    [picture] = make_pictures()
    cast(make_expert(), picture)
    client = ApiClient(make_user(role))
    path = address(picture, verb)
    response = put(client, path, body) if method == "put" else getattr(client, method)(path, body)
    assert_problem(response, status, {403: "forbidden", 404: "not_found"}[status])
    assert verdict_of(picture) == Verdict.APPROVED
    assert not Override.objects.exists()


def test_a_picture_that_is_not_there_is_404(operator: User) -> None:
    assert_problem(ApiClient(operator).get(f"/review/pictures/{uuid.uuid4()}"), 404, "not_found")


# ---------------------------------------------------------------------- reasons, preferences, counters
def test_reasons_come_by_their_digits_in_the_readers_language(expert: User) -> None:
    make_reason(key="people", name="People look wrong", name_ru="Люди", position=2)
    make_reason(key="fake-text", name="Fake text", name_ru="Текст", position=1)
    make_reason(key="old", name="Old", position=3, is_active=False)
    api = ApiClient(expert)
    assert api.get("/review/reasons").json() == [
        {"key": "fake-text", "name": "Fake text", "digit": 1},
        {"key": "people", "name": "People look wrong", "digit": 2},
    ]
    assert [row["name"] for row in api.get("/review/reasons", Accept_Language="ru").json()] == [
        "Текст",
        "Люди",
    ]


def test_preferences_are_the_usual_until_set_and_then_kept(expert: User) -> None:
    api = ApiClient(expert)
    assert api.get("/review/preferences").json() == {"show_prompt": True, "grid_size": 24, "keys": KEYS}
    body = {"show_prompt": False, "grid_size": 48, "keys": {"approve": "j", "note": "a"}}
    assert put(api, "/review/preferences", body).status_code == 200
    saved = api.get("/review/preferences").json()
    assert saved == {**body, "keys": {**KEYS, "approve": "j", "note": "a"}}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("keys", {"keys": {"approve": "x"}}),
        ("keys", {"keys": {"approve": "X"}}),
        ("keys", {"keys": {"approve": "q", "reject": "q"}}),
        ("keys", {"keys": {"approve": "5"}}),
        ("keys", {"keys": {"approve": ""}}),
        ("keys", {"keys": {"approve": "x" * 21}}),
        ("keys", {"keys": {"approve": "Shift"}}),
        ("keys", {"keys": {"explode": "q"}}),
        ("keys.approve", {"keys": {"approve": 1}}),
        ("keys.approve", {"keys": {"approve": "\0"}}),
        ("keys", {"keys": ["a"]}),
        ("grid_size", {"grid_size": 13}),
        ("grid_size", {"grid_size": 10**9}),
        ("grid_size", {"grid_size": "24"}),
        ("show_prompt", {"show_prompt": "yes"}),
        ("show_prompt", {"show_prompt": None}),
        ("rater", {"rater": 1}),
    ],
)
def test_preferences_that_cannot_be_are_422_and_not_kept(
    expert: User, field: str, values: dict[str, Any]
) -> None:
    body = {"show_prompt": True, "grid_size": 24, "keys": {}, **values}
    assert_problem(put(ApiClient(expert), "/review/preferences", body), 422, "invalid", field)
    assert not Preferences.objects.exists()


def test_the_session_counts_ones_own_votes(expert: User) -> None:
    one, two, _three = make_pictures(3)
    cast(expert, one)
    cast(expert, two, "skip")
    cast(make_expert(), make_pictures()[0])
    assert ApiClient(expert).get("/review/session").json() == {
        "votes": 1, "pace_per_hour": None, "streak": 1, "left": 1, "left_capped": False, "skipped": 1,
        "agreement": None, "agreed_on": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "since",
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)
def test_a_session_may_begin_at_any_time(expert: User, since: str) -> None:
    assert ApiClient(expert).get("/review/session", {"since": since}).status_code == 200


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"since": ""}, {"rater": "1"}, {"since": "\0"}])
def test_a_session_of_no_time_is_422(expert: User, query: dict[str, str]) -> None:
    assert_problem(ApiClient(expert).get("/review/session", query), 422, "invalid", next(iter(query)))


# ---------------------------------------------------------------------- export
def test_votes_are_exported_to_operators_and_to_designers_those_on_their_own_pictures(
    operator: User, designer: User
) -> None:
    [own], [other] = make_pictures(1, designer), make_pictures(1)
    for picture in (own, other):
        cast(make_expert(), picture)

    def pictures(user: User) -> set[str]:
        answer = ApiClient(user).get("/review/export")
        assert answer.status_code == 200
        lines = b"".join(answer.streaming_content).decode().splitlines()
        return {json.loads(line)["picture"] for line in lines}

    assert pictures(operator) == {str(own.pk), str(other.pk)}
    assert pictures(designer) == {str(own.pk)}


def test_experts_export_nothing_and_other_forms_are_unknown(operator: User) -> None:
    assert ApiClient(make_expert()).get("/review/export").status_code == 403
    assert ApiClient(operator).get("/review/export", {"format": "xlsx"}).status_code == 422
