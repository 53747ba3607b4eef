"""How one picture was decided: who may see it, what it says, and every verb of it."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.ids import uuid7
from review.models import Entry, Policy, Rule, Vote
from stockgen.models import Picture, Verdict
from tests.factories import cast, make_expert, make_pictures, make_reason, some_uuid
from tests.web.conftest import Browser
from tests.web.deciding import decisions, make_both, verdict_of

WHY = {"note": "Two of us looked at it."}


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def picture(designer: Browser) -> Picture:
    return make_pictures(owner=designer.user)[0]


def address(picture: Picture, verb: str = "") -> str:
    return f"/review/pictures/{picture.pk}/{verb + '/' if verb else ''}"


POSTS: dict[str, dict[str, Any]] = {
    "override": {"verdict": "rejected", **WHY},
    "reopen": WHY,
    "clear-flags": {},
    "known": {"expected": "approved"},
    "forget-known": {},
}


# ---------------------------------------------------------------------- who
@pytest.mark.parametrize("verb", POSTS)
def test_only_its_designer_and_operators_decide(
    expert: Browser, other_designer: Browser, anonymous: Browser, picture: Picture, verb: str
) -> None:
    cast(make_expert(), picture)
    before = decisions()
    for browser, status in ((expert, 403), (other_designer, 404), (anonymous, 302)):
        assert browser.post(address(picture, verb), POSTS[verb]).status_code == status
        assert browser.get(address(picture)).status_code == status
    assert decisions() == before
    assert verdict_of(picture) == Verdict.APPROVED


@pytest.mark.parametrize("verb", POSTS)
def test_a_picture_that_is_not_there_is_404_and_get_changes_nothing(
    operator: Browser, picture: Picture, verb: str
) -> None:
    cast(make_expert(), picture)
    before = decisions()
    assert operator.post(f"/review/pictures/{some_uuid()}/{verb}/", POSTS[verb]).status_code == 404
    assert operator.get(address(picture, verb)).status_code == 405
    assert decisions() == before


# ---------------------------------------------------------------------- what it says
def test_it_says_who_voted_what_and_what_became_of_it(designer: Browser, picture: Picture) -> None:
    reason = make_reason(name="Fake text")
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    anna, boris = make_expert(first_name="Anna"), make_expert(first_name="Boris")
    cast(anna, picture, "reject", reasons=[reason.key], note="<b>No</b> letters.", seconds=4.25, score=2)
    gone = cast(boris, picture)
    Vote.objects.undo(boris, gone.pk, undo_id=uuid7())
    page = designer.get(address(picture)).text
    for fact in ("Anna", "rejected it", "Fake text", "&lt;b&gt;No&lt;/b&gt; letters.", "looked 4.", "2/5"):
        assert fact in page, fact
    assert "1 of 2 votes." in page
    ended = page.split("decision-ended")[1]
    assert "Boris" in ended
    assert "taken back" in ended


def test_a_vote_that_was_changed_says_so(designer: Browser, picture: Picture) -> None:
    rater = make_expert()
    first = cast(rater, picture)
    cast(rater, picture, "reject", replaces=first.pk)
    assert "changed later" in designer.get(address(picture)).text


def test_history_names_cause_and_person(designer: Browser, operator: Browser, picture: Picture) -> None:
    cast(make_expert(), picture)
    entry = Entry.objects.get(pk=picture.pk)
    entry.reopen(operator.user, note="Look again.")
    entry.override(designer.user, Verdict.REJECTED, note="It leans.")
    page = designer.get(address(picture)).text
    for fact in (
        "by the votes",
        f"reopened by {operator.user.display_name}",
        "Look again.",
        "over the votes",
    ):
        assert fact in page, fact
    assert f"Decided over the votes by {designer.user.display_name}" in page
    assert "It leans." in page


def test_votes_are_not_told_to_whoever_may_still_rate_it(picture: Picture) -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    anna = make_expert(first_name="Anna")
    cast(anna, picture, "reject", note="No letters.")
    both = Browser(make_both())
    page = both.get(address(picture)).text
    assert "The votes are not shown to you yet." in page
    assert "Anna" not in page
    assert "No letters." not in page
    cast(both.user, picture)
    assert "Anna" in both.get(address(picture)).text


def test_flags_are_told_even_so_because_they_are_meant_for_whoever_decides(picture: Picture) -> None:
    cast(make_expert(), picture, "flag", note="A brand?")
    assert "A brand?" in Browser(make_both()).get(address(picture)).text


def test_htmx_gets_the_panel_and_the_badge(designer: Browser, picture: Picture) -> None:
    response = designer.htmx(address(picture))
    assert "<html" not in response.text
    assert 'id="decision"' in response.text
    assert 'id="verdict" hx-swap-oob="true"' in response.text
    assert "HX-Request" in response.headers["Vary"]


def test_its_queries_do_not_grow_with_the_votes(
    designer: Browser, picture: Picture, django_assert_max_num_queries: Any
) -> None:
    Policy.objects.set(None, Rule(votes=5, calibration_share=0, gold_share=0))
    reasons = [make_reason(position=digit) for digit in range(1, 4)]
    for _ in range(5):
        cast(make_expert(), picture, "reject", reasons=[reason.key for reason in reasons])
    with django_assert_max_num_queries(14):
        designer.get(address(picture))


# ---------------------------------------------------------------------- verbs
def test_overriding(designer: Browser, picture: Picture) -> None:
    reason = make_reason()
    form = {"verdict": "rejected", "reasons": [reason.key], "note": "Fake letters."}
    response = designer.post(address(picture, "override"), form, follow=True)
    assert response.redirect_chain == [(address(picture), 302)]
    assert "Rejected." in response.text
    picture.refresh_from_db()
    assert (picture.verdict, picture.verdict_reasons) == (Verdict.REJECTED, [reason.key])


def test_a_verb_by_htmx_answers_with_the_panel_and_a_toast(designer: Browser, picture: Picture) -> None:
    response = designer.post(
        address(picture, "override"), {"verdict": "approved", **WHY}, headers={"HX-Request": "true"}
    )
    assert "<html" not in response.text
    assert "Approved." in response.headers["HX-Trigger"]
    assert WHY["note"] in response.text


def test_reasons_ticked_before_a_change_of_mind_are_dropped(designer: Browser, picture: Picture) -> None:
    form = {"verdict": "approved", "reasons": [make_reason().key], **WHY}
    designer.post(address(picture, "override"), form)
    picture.refresh_from_db()
    assert (picture.verdict, picture.verdict_reasons) == (Verdict.APPROVED, [])


@pytest.mark.parametrize(
    ("verb", "form", "said"),
    [
        ("override", {"verdict": "rejected"}, "This field is required."),
        ("override", {"verdict": "rejected", "note": "   "}, "This field is required."),
        ("override", {"verdict": "rejected", "note": "x" * 501}, "at most 500 characters"),
        ("override", {"verdict": "pending", **WHY}, "Select a valid choice."),
        ("override", {**WHY}, "This field is required."),
        ("override", {"verdict": "rejected", "reasons": ["nothing"], **WHY}, "Select a valid choice."),
        ("override", {"verdict": "rejected", "note": "a\0b"}, "Null characters are not allowed."),
        ("reopen", {}, "This field is required."),
        ("reopen", WHY, "This picture is not decided."),
        ("known", {}, "This field is required."),
        ("known", {"expected": "pending"}, "Select a valid choice."),
        ("known", {"expected": "approved", "note": "x" * 501}, "at most 500 characters"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_cannot_be_is_said_and_stores_nothing(
    designer: Browser, picture: Picture, verb: str, form: dict[str, Any], said: str, headers: dict[str, str]
) -> None:
    before = decisions()
    response = designer.post(address(picture, verb), form, headers=headers)
    assert response.status_code == 422
    assert said in response.text
    assert decisions() == before
    assert verdict_of(picture) == Verdict.PENDING


def test_reopening(operator: Browser, picture: Picture) -> None:
    cast(make_expert(), picture)
    operator.post(address(picture, "reopen"), WHY)
    assert verdict_of(picture) == Verdict.PENDING
    assert "1 of 2 votes." in operator.get(address(picture)).text


def test_clearing_the_flags(designer: Browser, picture: Picture) -> None:
    cast(make_expert(), picture, "flag")
    response = designer.post(address(picture, "clear-flags"), follow=True)
    assert "1 flag taken back." in response.text
    assert not Entry.objects.flagged().exists()


def test_making_it_known_and_forgetting_that(operator: Browser, picture: Picture) -> None:
    page = operator.post(
        address(picture, "known"), {"expected": "rejected", "note": "Six fingers."}, follow=True
    )
    assert "known bad" in page.text
    assert "Six fingers." in page.text
    assert Entry.objects.get(pk=picture.pk).gold
    override = {"verdict": "approved", **WHY}
    for verb, form in (("override", override), ("reopen", WHY)):
        response = operator.post(address(picture, verb), form)
        assert response.status_code == 422
        assert "This is a known picture; take that mark away first." in response.text
    page = operator.post(address(picture, "forget-known"), follow=True)
    assert "known bad" not in page.text
    assert verdict_of(picture) == Verdict.REJECTED
