"""The experts' topics and the reasons that they choose from: operators only."""

from __future__ import annotations

from typing import Any

import pytest

from review.models import Competence
from stockgen.models import Reason
from tests.factories import cast, make_expert, make_pictures, make_reason, make_topic
from tests.web.conftest import Browser

EXPERTS = "/review/experts/"
REASONS = "/review/reasons/"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", [EXPERTS, REASONS])
@pytest.mark.parametrize("role", ["designer", "expert"])
def test_only_operators_see_them(request: pytest.FixtureRequest, page: str, role: str) -> None:
    assert request.getfixturevalue(role).get(page).status_code == 403


# ---------------------------------------------------------------------- experts
def test_each_expert_is_shown_with_topics_and_votes(operator: Browser) -> None:
    [picture] = make_pictures(topic=make_topic(name="Offices"))
    rater = make_expert(first_name="Anna")
    cast(rater, picture)
    Competence.objects.set(rater, [picture.topic])
    page = operator.get(EXPERTS).text
    assert "Anna" in page
    assert "1 vote<" in page
    assert f'value="{picture.topic.key}" checked' in page


def test_without_experts_it_says_how_to_make_one(operator: Browser) -> None:
    assert "Nobody rates yet" in operator.get(EXPERTS).text


def test_topics_are_saved_and_none_means_all(operator: Browser) -> None:
    rater, one, two = make_expert(), make_topic(), make_topic()
    make_topic()
    response = operator.post(f"{EXPERTS}{rater.pk}/", {"topics": [one.key, two.key]}, follow=True)
    assert response.redirect_chain == [(EXPERTS, 302)]
    assert set(Competence.objects.topics_of(rater)) == {one.pk, two.pk}
    part = operator.post(f"{EXPERTS}{rater.pk}/", {}, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert Competence.objects.topics_of(rater) is None


def test_a_topic_that_is_not_there_is_said_and_changes_nothing(operator: Browser) -> None:
    rater, topic = make_expert(), make_topic()
    Competence.objects.set(rater, [topic])
    for wrong in ("nothing", "\0"):
        response = operator.post(f"{EXPERTS}{rater.pk}/", {"topics": [topic.key, wrong]})
        assert response.status_code == 422
        assert 'class="error"' in response.text
    assert Competence.objects.topics_of(rater) == [topic.pk]


def test_topics_are_set_by_operators_only_and_of_experts_only(
    operator: Browser, designer: Browser, expert: Browser
) -> None:
    topic = make_topic()
    for browser in (designer, expert):
        assert browser.post(f"{EXPERTS}{expert.user.pk}/", {"topics": [topic.key]}).status_code == 403
    for pk in (designer.user.pk, 10**12, 10**30):
        assert operator.post(f"{EXPERTS}{pk}/", {"topics": [topic.key]}).status_code == 404
    assert operator.get(f"{EXPERTS}{expert.user.pk}/").status_code == 405
    assert not Competence.objects.exists()


# ---------------------------------------------------------------------- reasons
def test_a_reason_is_added_with_a_key_of_its_own(operator: Browser) -> None:
    make_reason(key="fake-text", name="Other", position=2)
    form = {"position": 1, "name": "Fake text", "name_ru": "Ненастоящий текст", "is_active": "on"}
    response = operator.post(REASONS, form, follow=True)
    assert response.redirect_chain == [(REASONS, 302)]
    made = Reason.objects.get(name="Fake text")
    assert (made.key, made.position, made.name_ru, made.is_active) == (
        "fake-text-2",
        1,
        "Ненастоящий текст",
        True,
    )
    operator.post(REASONS, {"position": 3, "name": "Люди", "is_active": "on"})
    assert Reason.objects.get(name="Люди").key == "reason"


def test_a_reason_is_changed_and_keeps_its_key(operator: Browser) -> None:
    reason = make_reason(position=4)
    operator.post(f"{REASONS}{reason.pk}/", {"position": 5, "name": "Blurred", "name_ru": "Размыто"})
    key = reason.key
    reason.refresh_from_db()
    assert (reason.key, reason.position, reason.name, reason.is_active) == (key, 5, "Blurred", False)


def test_a_digit_that_another_has_is_said_at_the_field(operator: Browser) -> None:
    taken = make_reason(name="Fake text", position=1)
    reason = make_reason(position=2)
    form = {"position": 1, "name": "Blurred", "is_active": "on"}
    for address in (REASONS, f"{REASONS}{reason.pk}/"):
        for headers in ({}, {"HX-Request": "true"}):
            response = operator.post(address, form, headers=headers)
            assert response.status_code == 422
            assert "“Fake text” has this digit." in response.text
    assert Reason.objects.count() == 2
    taken.is_active = False
    taken.save()
    operator.post(f"{REASONS}{reason.pk}/", form)
    reason.refresh_from_db()
    assert reason.position == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": 0}, {"position": 10}, {"position": "x"}, {"name": ""}, {"name": "x" * 81},
        {"name": "Taken"}, {"name": "a\0b"},
    ],
)  # fmt: skip
def test_what_cannot_be_stores_nothing(operator: Browser, wrong: dict[str, Any]) -> None:
    make_reason(name="Taken", position=9)
    reason = make_reason(name="Before", position=2)
    form = {"position": 3, "name": "Blurred", "is_active": "on"} | wrong
    for address in (REASONS, f"{REASONS}{reason.pk}/"):
        assert operator.post(address, form).status_code == 422
    assert set(Reason.objects.values_list("name", "position")) == {("Taken", 9), ("Before", 2)}


def test_reasons_are_an_operators(designer: Browser, expert: Browser, operator: Browser) -> None:
    reason = make_reason(name="Before")
    form = {"position": 3, "name": "Blurred", "is_active": "on"}
    for browser in (designer, expert):
        assert browser.post(REASONS, form).status_code == 403
        assert browser.post(f"{REASONS}{reason.pk}/", form).status_code == 403
    assert operator.post(f"{REASONS}{reason.pk + 1}/", form).status_code == 404
    assert [row.name for row in Reason.objects.all()] == ["Before"]
