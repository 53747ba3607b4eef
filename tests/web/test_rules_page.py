"""The rules for votes: designers read, operators set, and what is out of range is said at its field."""

from __future__ import annotations

from typing import Any

import pytest

from review.models import Entry, Policy, Rule
from tests.factories import cast, make_campaign, make_expert, make_pictures, make_topic, some_uuid
from tests.web.conftest import Browser

PAGE = "/review/rules/"
FORM = {"votes": 2, "calibration_share": 0, "gold_share": 10}


@pytest.fixture(autouse=True)
def a_default(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def test_designers_read_operators_edit_experts_see_nothing(
    designer: Browser, operator: Browser, expert: Browser
) -> None:
    make_topic(key="office", name="Offices")
    assert "Offices" in designer.get(PAGE).text
    assert "?edit=" not in designer.get(PAGE).text
    assert "?edit=office" in operator.get(PAGE).text
    assert designer.get(PAGE, {"edit": "office"}).status_code == 403
    assert expert.get(PAGE).status_code == 403


def test_each_row_says_what_holds_in_words_and_what_waits(operator: Browser) -> None:
    [first, *_], [own] = make_pictures(3), make_pictures()
    Policy.objects.set(own.topic, Rule(votes=2, calibration_share=0, gold_share=1))
    cast(make_expert(), first)
    rows = {row.scope: row for row in operator.get(PAGE).context["rows"]}
    assert (rows[None].waiting, rows[first.topic].waiting, rows[own.topic].waiting) == (3, 2, 1)
    assert (rows[first.topic].is_own, rows[own.topic].is_own) == (False, True)
    page = operator.get(PAGE).text
    assert "One vote decides. No known pictures are mixed in." in page
    assert (
        "Two votes, and a third on a split. With every hundred pictures an expert gets 1 known one." in page
    )


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Rule(1, 5, 2), "One vote decides; 5 % of the pictures get two"),
        (
            Rule(3, 0, 2),
            "Three votes, the majority decides. With every hundred pictures an expert gets 2 known ones.",
        ),
        (Rule(4, 0, 0), "Four votes, and a fifth on a split."),
        (Rule(5, 0, 0), "Five votes, the majority decides."),
    ],
)
def test_every_rule_has_its_sentence(operator: Browser, rule: Rule, sentence: str) -> None:
    Policy.objects.set(None, rule)
    assert sentence in operator.get(PAGE).text


def test_the_form_opens_in_its_row_with_the_rule_that_holds(operator: Browser) -> None:
    make_topic(key="office")
    for response in (operator.get(PAGE, {"edit": "office"}), operator.htmx(PAGE, edit="office")):
        [form] = [row.form for row in response.context["rows"] if row.form]
        assert form.initial == vars(Rule(1, 0, 0))
        assert 'action="/review/rules/office/"' in response.text
        assert "follow-default" not in response.text


def test_saving_a_topics_rule_applies_it_at_once(operator: Browser) -> None:
    [picture] = make_pictures()
    response = operator.post(f"{PAGE}{picture.topic.key}/", FORM, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    assert Policy.objects.rule_for(picture.topic_id) == Rule(2, 0, 10)
    assert Entry.objects.get().wanted == 2


def test_saving_the_default_by_htmx_answers_with_the_list(operator: Browser) -> None:
    response = operator.post(f"{PAGE}default/", FORM, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.text
    assert "The rule holds from now on." in response.headers["HX-Trigger"]
    assert Policy.objects.rules()[None] == Rule(2, 0, 10)


def test_following_the_default_again(operator: Browser) -> None:
    [picture] = make_pictures()
    key = picture.topic.key
    operator.post(f"{PAGE}{key}/", FORM)
    assert "follow-default" in operator.get(PAGE, {"edit": key}).text
    operator.post(f"{PAGE}{key}/follow-default/")
    assert Policy.objects.rule_for(picture.topic_id) == Rule(1, 0, 0)
    assert Entry.objects.get().wanted == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"votes": 0}, "votes"), ({"votes": 6}, "votes"), ({"votes": ""}, "votes"), ({"votes": "two"}, "votes"),
        ({"calibration_share": 101}, "calibration_share"), ({"gold_share": 51}, "gold_share"),
        ({"gold_share": -1}, "gold_share"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_out_of_range_is_said_at_its_field_and_changes_nothing(
    operator: Browser, wrong: dict[str, Any], field: str, headers: dict[str, str]
) -> None:
    topic = make_topic()
    response = operator.post(f"{PAGE}{topic.key}/", FORM | wrong, headers=headers)
    assert response.status_code == 422
    [form] = [row.form for row in response.context["rows"] if row.form]
    assert set(form.errors) == {field}
    assert Policy.objects.rules() == {None: Rule(1, 0, 0)}


def test_only_operators_set_rules_and_only_of_topics_that_are_there(
    operator: Browser, designer: Browser, expert: Browser, anonymous: Browser
) -> None:
    topic = make_topic()
    for part in (f"{topic.key}/", f"{topic.key}/follow-default/", "default/"):
        for browser, status in ((designer, 403), (expert, 403), (anonymous, 302)):
            assert browser.post(PAGE + part, FORM).status_code == status
        assert operator.get(PAGE + part).status_code == 405
    for part in ("nothing/", "nothing/follow-default/", "default/follow-default/"):
        assert operator.post(PAGE + part, FORM).status_code == 404
    for edited in ("nothing", "\0"):
        assert operator.get(PAGE, {"edit": edited}).status_code == 404
    assert Policy.objects.rules() == {None: Rule(1, 0, 0)}


# ---------------------------------------------------------------------- campaigns
def test_a_campaign_has_a_row_for_its_owner_and_operators(
    designer: Browser, other_designer: Browser, operator: Browser
) -> None:
    make_campaign(owner=designer.user, name="Ten good ones")
    stopped = make_campaign(owner=designer.user, name="Given up")
    stopped.stop()
    for browser, shown in ((designer, True), (operator, True), (other_designer, False)):
        page = browser.get(PAGE).text
        assert ("Ten good ones" in page, "Given up" in page) == (shown, False)
    assert "As its topics." in operator.get(PAGE).text


def test_the_rule_of_a_campaign_is_set_and_given_up(operator: Browser) -> None:
    campaign = make_campaign(name="Ten good ones")
    key = f"campaign-{campaign.pk}"
    [form] = [row.form for row in operator.get(PAGE, {"edit": key}).context["rows"] if row.form]
    assert form.initial == vars(Rule(1, 0, 0))
    address = f"{PAGE}campaigns/{campaign.pk}/"
    assert operator.post(address, FORM, follow=True).redirect_chain == [(PAGE, 302)]
    assert Policy.objects.rules()[campaign.pk] == Rule(2, 0, 10)
    page = operator.htmx(PAGE, edit=key).text
    assert f'action="{address}"' in page
    assert "Use the rules of its topics" in page
    said = operator.post(f"{address}follow-topics/", headers={"HX-Request": "true"})
    assert "hold for this campaign again" in said.headers["HX-Trigger"]
    assert campaign.pk not in Policy.objects.rules()


def test_a_wrong_rule_of_a_campaign_is_said_in_its_row(operator: Browser) -> None:
    campaign = make_campaign()
    response = operator.post(f"{PAGE}campaigns/{campaign.pk}/", FORM | {"votes": 9})
    assert response.status_code == 422
    [row] = [row for row in response.context["rows"] if row.form]
    assert (row.scope, set(row.form.errors)) == (campaign, {"votes"})


def test_only_operators_set_rules_of_campaigns_and_only_of_those_that_are_there(
    operator: Browser, designer: Browser, expert: Browser
) -> None:
    campaign = make_campaign(owner=designer.user)
    for part in ("", "follow-topics/"):
        address = f"{PAGE}campaigns/{campaign.pk}/{part}"
        assert [browser.post(address, FORM).status_code for browser in (designer, expert)] == [403, 403]
        assert operator.post(f"{PAGE}campaigns/{some_uuid()}/{part}", FORM).status_code == 404
    assert campaign.pk not in Policy.objects.rules()
