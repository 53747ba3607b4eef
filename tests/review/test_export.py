"""The export of all votes: what is in it, to whom, and that no cell runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from review.models import Policy, Rule, Vote
from review.statistics.export import COLUMNS, cell, export_votes
from stockgen.models import Plan, PromptAddition
from tests.factories import cast, give, make_ballot, make_expert, make_pictures, make_reason, make_user
from tests.web.conftest import Browser


@pytest.fixture(autouse=True)
def two_votes_and_nothing_mixed_in(request: pytest.FixtureRequest) -> None:
    if "django_db" in {mark.name for mark in request.node.iter_markers()}:
        request.getfixturevalue("db")
        Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))


def rows_of(response: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of(response).splitlines()]


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.django_db
def test_a_row_holds_the_vote_and_where_its_picture_comes_from() -> None:
    reason = make_reason(key="fake-text")
    [picture] = make_pictures()
    addition = PromptAddition.objects.append(
        topic=picture.topic, concept=picture.concept, step="locations", text="No people."
    )
    Plan.objects.filter(run=picture.run).update(locations_addition=addition)
    rater = make_expert(username="anna")
    vote = cast(rater, picture, "reject", reasons=[reason.key], score=2, note="Вывеска", seconds=2.5)
    cast(make_expert(), picture, "reject")

    row = rows_of(Browser(make_user(Role.OPERATOR)).get("/review/votes.jsonl"))[0]
    picture.refresh_from_db()
    assert set(row) == set(COLUMNS)
    assert row | {
        "vote": str(vote.pk), "rater": "anna", "choice": "reject", "reasons": ["fake-text"], "score": 2,
        "note": "Вывеска", "seconds": 2.5, "live": True, "undone_at": None, "replaces": None, "gold": False,
        "picture": str(picture.pk), "sha256": "0" * 64, "topic": picture.topic.key, "concept": picture.concept.key,
        "location": "location 0", "prompt": "a picture of location 0", "image_model": picture.image_model,
        "image_model_revision": "test", "locations_addition": 1, "descriptions_addition": None, "wanted": 2,
        "verdict": "rejected", "seed": picture.seed, "expected": None,
    } == row  # fmt: skip
    assert datetime.fromisoformat(row["created_at"]).utcoffset().total_seconds() == 0
    assert row["created_at"].endswith("Z")
    assert row["verdict_at"] > row["created_at"]


@pytest.mark.django_db
def test_votes_taken_back_and_replaced_are_there_too() -> None:
    rater = make_expert()
    one, two = make_pictures(2)
    undone = cast(rater, one)
    Vote.objects.undo(rater, undone.pk, undo_id=make_ballot(one).id)
    first = cast(rater, two)
    give(rater, two)
    second, _new = Vote.objects.cast(rater, make_ballot(two, "reject", replaces=first.pk))
    rows = {row["vote"]: row for row in rows_of(Browser(make_user(Role.OPERATOR)).get("/review/votes.jsonl"))}
    assert [rows[str(vote.pk)]["live"] for vote in (undone, first, second)] == [False, False, True]
    assert rows[str(undone.pk)]["undone_at"]
    assert rows[str(second.pk)]["replaces"] == str(first.pk)


@pytest.mark.django_db
def test_a_known_picture_says_what_was_expected() -> None:
    operator = make_user(Role.OPERATOR)
    [picture] = make_pictures()
    picture.entry.mark_known(operator, "rejected")
    cast(make_expert(), picture)
    [row] = rows_of(Browser(operator).get("/review/votes.jsonl"))
    assert (row["gold"], row["expected"], row["choice"]) == (True, "rejected", "approve")


@pytest.mark.django_db
def test_the_csv_holds_the_same_rows_under_a_head_line_with_a_byte_order_mark() -> None:
    [picture] = make_pictures()
    cast(make_expert(), picture, seconds=1.5)
    browser = Browser(make_user(Role.OPERATOR))
    response = browser.get("/review/votes.csv")
    text = text_of(response)
    assert text.startswith("\ufeff")
    [row] = csv.DictReader(io.StringIO(text[1:]))
    assert list(row) == list(COLUMNS)
    assert (row["choice"], row["live"], row["seconds"], row["score"]) == ("approve", "true", "1.5", "")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="votes-')


@pytest.mark.django_db
def test_a_note_that_looks_like_a_formula_does_not_run() -> None:
    [picture] = make_pictures()
    note = '=HYPERLINK("http://evil.example","x"), "quoted"\nsecond line'
    cast(make_expert(username="@anna"), picture, note=note)
    browser = Browser(make_user(Role.OPERATOR))
    [row] = csv.DictReader(io.StringIO(text_of(browser.get("/review/votes.csv"))[1:], newline=""))
    assert row["note"] == f"'{note}"
    assert row["rater"] == "'@anna"
    [same] = rows_of(browser.get("/review/votes.jsonl"))
    assert same["note"] == note


@given(st.text())
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert not str(cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert str(cell(text)).removeprefix("'") == text.removeprefix("'")


def test_numbers_stay_numbers_and_lists_are_joined() -> None:
    assert [cell(value) for value in (1.5, 3, None, True, False, ["a", "b"], [])] == [
        1.5, 3, None, "true", "false", "a b", ""
    ]  # fmt: skip


@pytest.mark.django_db
def test_designers_get_the_votes_on_their_own_pictures_and_experts_none() -> None:
    one, other = make_user(), make_user()
    [mine], [theirs] = make_pictures(1, one), make_pictures(1, other)
    for picture in (mine, theirs):
        cast(make_expert(), picture)
    assert [row["picture"] for row in rows_of(Browser(one).get("/review/votes.jsonl"))] == [str(mine.pk)]
    assert len(rows_of(Browser(make_user(Role.OPERATOR)).get("/review/votes.jsonl"))) == 2
    assert Browser(make_expert()).get("/review/votes.csv").status_code == 403
    assert Browser(make_user(None)).get("/review/votes.csv").status_code == 403
    assert Browser().get("/review/votes.csv").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.DESIGNER, Role.OPERATOR])
def test_who_rates_besides_gets_no_votes_on_pictures_still_to_come(role: Role) -> None:
    both = make_user(None)
    both.give_roles(role, Role.EXPERT)
    waiting, known, decided = make_pictures(3, both)
    known.entry.mark_known(make_user(Role.OPERATOR), "approved")
    for picture in (waiting, known, decided, decided):
        cast(make_expert(), picture)
    browser = Browser(both)

    def exported() -> set[str]:
        return {row["picture"] for row in rows_of(browser.get("/review/votes.jsonl"))}

    assert exported() == {str(decided.pk)}
    cast(both, known)
    assert exported() == {str(decided.pk), str(known.pk)}


@pytest.mark.django_db
def test_there_are_two_kinds_of_export() -> None:
    assert Browser(make_user(Role.OPERATOR)).get("/review/votes.xlsx").status_code == 404
    with pytest.raises(KeyError):
        export_votes(Vote.objects.all(), "xlsx")


@pytest.mark.django_db
def test_nothing_to_export_is_a_head_line_or_nothing() -> None:
    browser = Browser(make_user(Role.OPERATOR))
    assert text_of(browser.get("/review/votes.csv")).splitlines() == ["\ufeff" + ",".join(COLUMNS)]
    assert text_of(browser.get("/review/votes.jsonl")) == ""


@pytest.mark.django_db
def test_rows_go_out_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.statistics.export.CHUNK", 2)
    for picture in make_pictures(5):
        cast(make_expert(), picture)
    pieces = list(export_votes(Vote.objects.all(), "jsonl"))
    assert [len(piece.splitlines()) for piece in pieces] == [2, 2, 1]
