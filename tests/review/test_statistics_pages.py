"""The page of the figures: who sees which, its filter, and what it says where there is nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Role, User
from review.models import Policy, Rule
from stockgen.models import Picture
from tests.factories import cast, make_concept, make_expert, make_pictures, make_reason, make_topic, make_user
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
PAGE = "/review/statistics/"


@pytest.fixture(autouse=True)
def two_votes_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))


def vote(picture: Picture, *choices: str, **fields: Any) -> None:
    for choice in choices:
        cast(make_expert(), picture, choice, **(fields if choice == "reject" else {}))


def decided(response: Any) -> int:
    """Return of how many pictures the page tells the approval rate."""
    mark = response.context["overall"]
    return mark.total if mark else 0


def with_roles(*roles: Role) -> User:
    user = make_user(None)
    user.give_roles(*roles)
    return user


def test_operators_see_all_figures_and_designers_those_of_their_pictures() -> None:
    one, other = make_user(), make_user()
    for owner in (one, one, other):
        vote(make_pictures(1, owner)[0], "approve", "approve")
    operator = Browser(make_user(Role.OPERATOR)).get(PAGE)
    designer = Browser(one).get(PAGE)
    assert (decided(operator), decided(designer), decided(Browser(other).get(PAGE))) == (3, 2, 1)
    assert len(operator.context["experts"]) == 6
    assert designer.context["experts"] is None
    assert "The experts" not in designer.text


def test_an_expert_sees_the_own_figures_and_nobody_elses() -> None:
    rater, other = make_expert(), make_expert(first_name="Somebody", last_name="Else")
    [picture] = make_pictures()
    cast(rater, picture, seconds=2.0)
    cast(other, picture, "reject")
    response = Browser(rater).get(PAGE)
    assert response.context["own"]["votes"] == 1
    assert "overall" not in response.context
    assert "Somebody Else" not in response.text
    assert reverse("review-export", args=["csv"]) not in response.text


def test_a_designer_who_rates_sees_the_figures_of_own_pictures_only() -> None:
    both = with_roles(Role.DESIGNER, Role.EXPERT)
    vote(make_pictures(1, both)[0], "approve", "approve")
    vote(make_pictures(1)[0], "approve", "approve")
    response = Browser(both).get(PAGE)
    assert decided(response) == 1
    assert response.context["experts"] is None


def test_without_a_role_there_are_no_figures() -> None:
    assert Browser(make_user(None)).get(PAGE).status_code == 403
    assert Browser().get(PAGE).status_code == 302


def test_filters_narrow_and_a_wrong_one_is_said_to_be_wrong() -> None:
    browser = Browser(make_user(Role.OPERATOR))
    topic, concept = make_topic(key="office"), make_concept(key="inside")
    vote(make_pictures(1, topic=topic)[0], "approve", "approve")
    vote(make_pictures(1, concept=concept)[0], "approve", "reject")
    vote(make_pictures(1)[0], "reject", "reject")
    assert decided(browser.get(PAGE, {"topic": "office"})) == 1
    assert decided(browser.get(PAGE, {"concept": "inside"})) == 0
    assert decided(browser.get(PAGE, {"period": "7"})) == 2
    for wrong in ({"topic": "no-such"}, {"concept": "\0"}, {"period": "forever"}):
        response = browser.get(PAGE, wrong)
        assert response.status_code == 422, wrong
        assert "There is no such filter." in response.text


def test_htmx_gets_only_the_results() -> None:
    browser = Browser(make_user(Role.OPERATOR))
    vote(make_pictures()[0], "approve", "approve")
    part = browser.htmx(PAGE)
    assert "<h1" not in part.text
    assert "What is approved" in part.text
    assert "HX-Request" in part["Vary"]


def test_a_topic_leads_to_its_own_figures() -> None:
    topic = make_topic(key="office", name="Offices")
    vote(make_pictures(1, topic=topic)[0], "approve", "approve")
    vote(make_pictures(1)[0], "approve", "approve")
    page = Browser(make_user(Role.OPERATOR)).get(PAGE, {"period": "30"})
    assert f'href="{PAGE}?period=30&amp;topic=office"' in page.text


def test_every_chart_has_its_numbers_as_text() -> None:
    reason = make_reason(name="Fake text")
    topic, other = make_topic(name="Offices"), make_topic(name="Schools")
    concept, second = make_concept(name="Inside"), make_concept(name="Outside")
    for picture in make_pictures(6, topic=topic, concept=concept):
        vote(picture, "approve", "approve")
    for picture in make_pictures(6, topic=other, concept=second):
        vote(picture, "approve", "reject", "reject", reasons=[reason.key])
    page = Browser(make_user(Role.OPERATOR)).get(PAGE)
    text = page.text
    assert "<desc>" in text
    for heading in (
        "By topic and concept",
        "Weakest locations",
        "Krippendorff’s alpha by topic",
        "Votes to approve",
    ):
        assert heading in text
    assert "Fake text" in text
    assert text.count("<summary>The numbers</summary>") >= 5
    assert "0 / 6" in text


def test_where_there_is_nothing_the_page_leads_on() -> None:
    operator, expert = Browser(make_user(Role.OPERATOR)), Browser(make_expert())
    assert "No votes yet" in operator.get(PAGE).text
    assert 'href="/gallery/"' in operator.get(PAGE).text
    assert "No votes of yours yet" in expert.get(PAGE).text
    assert 'href="/review/"' in expert.get(PAGE).text
    assert "No votes fit" in operator.get(PAGE, {"period": "7"}).text


def test_pictures_rated_once_say_nothing_of_agreement_and_the_page_says_why() -> None:
    vote(make_pictures()[0], "approve")
    page = Browser(make_user(Role.OPERATOR)).get(PAGE)
    assert "No picture was rated twice" in page.text


def test_a_prompt_of_a_person_is_text_and_no_markup() -> None:
    topic = make_topic(name="<script>alert(1)</script>")
    vote(make_pictures(1, topic=topic)[0], "approve", "approve")
    page = Browser(make_user(Role.OPERATOR)).get(PAGE)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_the_page_is_there_in_russian() -> None:
    vote(make_pictures()[0], "approve", "reject")
    browser = Browser(make_user(Role.OPERATOR))
    browser.cookies["django_language"] = "ru"
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "Статистика" in page.text
