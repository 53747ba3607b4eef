"""The sheet of what splits the experts: which pictures, in which order, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, User
from review.models import Policy, Rule, Vote
from review.statistics.splits import splits
from stockgen.models import Picture
from tests.factories import cast, make_expert, make_pictures, make_reason, make_topic, make_user
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
PAGE = "/review/splits/"


@pytest.fixture(autouse=True)
def two_votes_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))


def vote(picture: Picture, *choices: str, **fields: Any) -> None:
    for choice in choices:
        cast(make_expert(), picture, choice, **(fields if choice == "reject" else {}))


def shown(response: Any) -> list[Any]:
    return [split.picture.pk for split in response.context["splits"]]


def with_roles(*roles: Role) -> User:
    user = make_user(None)
    user.give_roles(*roles)
    return user


def test_only_pictures_on_which_counted_votes_differ_are_there_most_contested_first() -> None:
    agreed, tied, decided, known = make_pictures(4)
    known.entry.mark_known(make_user(Role.OPERATOR), "approved")
    vote(agreed, "approve", "approve")
    vote(known, "approve", "reject")
    vote(decided, "approve", "reject", "approve")
    vote(tied, "reject", "approve")
    found = splits(Vote.objects.all())
    assert [split.picture for split in found] == [tied, decided]
    assert [(split.approvals, split.rejections) for split in found] == [(1, 1), (2, 1)]


def test_votes_come_in_their_order_with_their_reasons_named_once() -> None:
    reason = make_reason(name="Fake text", name_ru="")
    [picture] = make_pictures()
    vote(picture, "reject", "approve", "reject", reasons=[reason.key])
    [split] = splits(Vote.objects.all())
    assert [one.choice for one in split.votes] == ["reject", "approve", "reject"]
    assert split.reasons == ["Fake text"]


def test_a_page_goes_on_where_the_last_one_ended() -> None:
    pictures = make_pictures(3)
    for picture in pictures:
        vote(picture, "approve", "reject")
    pages = [splits(Vote.objects.all(), start=start, size=2) for start in (0, 2)]
    assert [len(page) for page in pages] == [2, 1]
    assert {split.picture for page in pages for split in page} == set(pictures)


def test_designers_see_their_own_pictures_and_operators_all() -> None:
    one, other = make_user(), make_user()
    [mine], [theirs] = make_pictures(1, one), make_pictures(1, other)
    for picture in (mine, theirs):
        vote(picture, "approve", "reject")
    assert shown(Browser(one).get(PAGE)) == [mine.pk]
    assert shown(Browser(other).get(PAGE)) == [theirs.pk]
    assert set(shown(Browser(make_user(Role.OPERATOR)).get(PAGE))) == {mine.pk, theirs.pk}


def test_an_expert_may_not_look_at_the_votes_of_others() -> None:
    assert Browser(make_expert()).get(PAGE).status_code == 403
    assert Browser(make_user(None)).get(PAGE).status_code == 403


def test_a_designer_who_rates_sees_the_votes_only_after_the_own_one_or_the_decision() -> None:
    both = with_roles(Role.DESIGNER, Role.EXPERT)
    tied, decided = make_pictures(2, both)
    vote(tied, "approve", "reject")
    vote(decided, "approve", "reject", "approve")
    assert shown(Browser(both).get(PAGE)) == [decided.pk]
    cast(both, tied, "approve")
    assert set(shown(Browser(both).get(PAGE))) == {tied.pk, decided.pk}


def test_filters_narrow_and_a_wrong_one_is_said_to_be_wrong() -> None:
    browser, topic = Browser(make_user(Role.OPERATOR)), make_topic(key="office")
    [picture], [other] = make_pictures(1, topic=topic), make_pictures(1)
    for one in (picture, other):
        vote(one, "approve", "reject")
    assert shown(browser.get(PAGE, {"topic": "office"})) == [picture.pk]
    assert shown(browser.get(PAGE, {"concept": other.concept.key, "period": "7"})) == [other.pk]
    for wrong in (
        {"topic": "no-such"},
        {"start": "-1"},
        {"start": "x"},
        {"start": "9" * 30},
        {"period": "8"},
    ):
        response = browser.get(PAGE, wrong)
        assert response.status_code == 422, wrong
        assert "There is no such filter." in response.text


def test_more_of_them_come_as_cards_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.views.statistics.PAGE", 2)
    browser = Browser(make_user(Role.OPERATOR))
    for picture in make_pictures(3):
        vote(picture, "approve", "reject")
    first = browser.get(PAGE)
    assert f"{PAGE}?start=2" in first.text
    rest = browser.htmx(PAGE, start=2)
    assert len(shown(rest)) == 1
    assert "<h1" not in rest.text
    assert not set(shown(first)) & set(shown(rest))


def test_where_the_experts_agree_the_page_says_so_and_leads_on() -> None:
    browser = Browser(make_user(Role.OPERATOR))
    empty = browser.get(PAGE)
    assert "The experts agree" in empty.text
    assert 'href="/review/statistics/"' in empty.text
    assert "No picture fits" in browser.get(PAGE, {"period": "7"}).text
