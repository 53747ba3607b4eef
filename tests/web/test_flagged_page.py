"""The list of flagged pictures and its three answers."""

from __future__ import annotations

from typing import Any

import pytest

from review.models import Entry, Override, Policy, Rule, Vote
from stockgen.models import Picture, Verdict
from tests.factories import cast, make_expert, make_pictures, make_reason, some_uuid
from tests.web.conftest import Browser
from tests.web.deciding import decisions, verdict_of

PAGE = "/review/flagged/"


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def picture(designer: Browser) -> Picture:
    [picture] = make_pictures(owner=designer.user)
    cast(make_expert(first_name="Anna"), picture, "flag", note="Is <this> a brand?")
    return picture


def shown(browser: Browser) -> list[Any]:
    return [entry.pk for entry, _form in browser.get(PAGE).context["rows"]]


def test_operators_see_all_designers_their_own_and_nobody_else_any(
    designer: Browser, other_designer: Browser, operator: Browser, expert: Browser, picture: Picture
) -> None:
    assert shown(designer) == shown(operator) == [picture.pk]
    assert shown(other_designer) == []
    assert expert.get(PAGE).status_code == 403
    page = designer.get(PAGE).text
    assert "Anna" in page
    assert "Is &lt;this&gt; a brand?" in page


def test_an_empty_list_says_so(operator: Browser) -> None:
    assert "Nothing is flagged" in operator.get(PAGE).text


def test_fine_clears_the_flags(operator: Browser, picture: Picture) -> None:
    response = operator.post(f"{PAGE}{picture.pk}/", {"answer": "fine"}, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    assert shown(operator) == []
    assert verdict_of(picture) == Verdict.PENDING
    assert Entry.objects.get().is_open


def test_approving_and_rejecting_decide_and_say_that_they_answer_a_flag(
    designer: Browser, picture: Picture
) -> None:
    reason = make_reason()
    [other] = make_pictures(owner=designer.user)
    cast(make_expert(), other, "flag")
    designer.post(f"{PAGE}{picture.pk}/", {"answer": "approved", "reasons": [reason.key]})
    designer.post(f"{PAGE}{other.pk}/", {"answer": "rejected", "reasons": [reason.key], "note": "A face."})
    assert (verdict_of(picture), verdict_of(other)) == (Verdict.APPROVED, Verdict.REJECTED)
    notes = dict(Override.objects.values_list("entry", "note"))
    assert notes == {picture.pk: "An expert flagged it.", other.pk: "A face."}
    assert Override.objects.get(entry=other.pk).reasons == [reason.key]
    assert shown(designer) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choose."),
        ({"answer": "pending"}, "Select a valid choice."),
        ({"answer": "rejected"}, "Choose a reason."),
        ({"answer": "rejected", "reasons": ["nothing"]}, "Select a valid choice."),
        ({"answer": "approved", "note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_in_the_row_and_stores_nothing(
    operator: Browser, picture: Picture, form: dict[str, Any], said: str
) -> None:
    before = decisions()
    response = operator.post(f"{PAGE}{picture.pk}/", form, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert said in response.text
    assert decisions() == before
    assert Entry.objects.flagged().exists()


def test_others_pictures_are_not_there_and_experts_may_not(
    other_designer: Browser, expert: Browser, operator: Browser, picture: Picture
) -> None:
    fine = {"answer": "fine"}
    assert other_designer.post(f"{PAGE}{picture.pk}/", fine).status_code == 404
    assert expert.post(f"{PAGE}{picture.pk}/", fine).status_code == 403
    assert operator.post(f"{PAGE}{some_uuid()}/", fine).status_code == 404
    assert operator.get(f"{PAGE}{picture.pk}/").status_code == 405
    assert Vote.objects.live().filter(choice="flag").count() == 1


def test_a_flag_that_somebody_else_has_answered_is_not_answered_again(
    operator: Browser, designer: Browser, picture: Picture
) -> None:
    operator.post(f"{PAGE}{picture.pk}/", {"answer": "fine"})
    before = decisions()
    response = designer.post(f"{PAGE}{picture.pk}/", {"answer": "approved"}, follow=True)
    assert "Somebody has dealt with this picture already." in response.text
    assert decisions() == before
    assert verdict_of(picture) == Verdict.PENDING


def test_it_shows_a_page_and_costs_the_same_queries_however_many(
    operator: Browser, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("review.views.flagged.PAGE", 4)
    rater = make_expert()
    for picture in make_pictures(6):
        cast(rater, picture, "flag")
    with django_assert_max_num_queries(9):
        response = operator.get(PAGE)
    assert len(response.context["rows"]) == 4
    assert "The first 4" in response.text
