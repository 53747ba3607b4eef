"""The form of a campaign: starting, changing, and the quotas beside it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from stockgen.models import Campaign, Concept, Topic
from stockgen.models.campaign import MOST_TARGET
from stockgen.models.quota import quotas_of
from tests.campaign_states import fill_cell
from tests.factories import make_campaign, make_concept, make_topic, make_user
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db

Fields = dict[str, Any]


@pytest.fixture
def stock() -> tuple[list[Topic], list[Concept]]:
    """Give three topics and three concepts, 60, 20 and 20 per cent."""
    topics = [
        make_topic(key=key, name=key.title(), position=at) for at, key in enumerate(("bank", "farm", "ward"))
    ]
    concepts = [
        make_concept(key=key, name=key.title(), position=at, share=share)
        for at, (key, share) in enumerate((("interior", 60), ("exterior", 20), ("item", 20)))
    ]
    return topics, concepts


@pytest.fixture
def filled(stock: object) -> Fields:
    """Give the form as somebody would send it."""
    return {
        "name": "First delivery", "target": "100", "topics": ["bank", "farm"],
        "topics-share-bank": "1", "topics-share-farm": "3", "topics-share-ward": "1",
        "concepts-share-interior": "60", "concepts-share-exterior": "20", "concepts-share-item": "20",
        "image_model": settings.IMAGE_MODEL, "language_model": settings.LANGUAGE_MODEL, "unrated_limit": "60",
        "pictures_per_location": "40", "max_renders": "", "max_gpu_hours": "", "ends_on": "",
    }  # fmt: skip


def errors_at(page: str) -> dict[str, str]:
    """Return the errors of a page by their field."""
    lists = re.findall(r'id="id_(\w+)_error">(.*?)</ul>', page, re.DOTALL)
    return {name: " ".join(re.findall(r"<span>(.*?)</span>", errors, re.DOTALL)) for name, errors in lists}


class TestNew:
    def test_the_form_is_filled_with_what_is_usual(self, designer: Browser, stock: object) -> None:
        page = designer.get("/campaigns/new/").text
        assert 'name="target" value="10000"' in page
        assert page.count('name="topics"') == page.count(" checked") == 3
        assert 'name="concepts-share-interior" value="60"' in page
        assert "The shares of the concepts add up to 100%." in page

    def test_it_starts_the_campaign(self, designer: Browser, filled: Fields) -> None:
        response = designer.post("/campaigns/new/", filled, follow=True)
        campaign = Campaign.objects.get()
        assert response.redirect_chain == [(f"/campaigns/{campaign.pk}/", 302)]
        assert "The campaign has started." in response.text
        assert (campaign.owner, campaign.name, campaign.target) == (designer.user, "First delivery", 100)
        quotas = {str(cell): cell.quota for cell in campaign.cells.select_related("topic", "concept")}
        assert quotas == {
            "Bank · Interior": 15, "Bank · Exterior": 5, "Bank · Item": 5,
            "Farm · Interior": 45, "Farm · Exterior": 15, "Farm · Item": 15,
        }  # fmt: skip

    def test_sent_twice_it_is_one_campaign(self, designer: Browser, filled: Fields) -> None:
        filled["idempotency_key"] = "a"
        first, again = (designer.post("/campaigns/new/", filled) for _time in range(2))
        assert first.url == again.url
        assert Campaign.objects.count() == 1

    def test_changed_and_sent_again_it_asks_whether_another_is_meant(
        self, designer: Browser, filled: Fields
    ) -> None:
        filled["idempotency_key"] = "a"
        designer.post("/campaigns/new/", filled)
        response = designer.post("/campaigns/new/", filled | {"target": "200"})
        assert response.status_code == 422
        assert "This form has started a campaign already." in response.text
        [fresh] = re.findall(r'name="idempotency_key" value="(\w+)"', response.text)
        designer.post("/campaigns/new/", filled | {"target": "200", "idempotency_key": fresh})
        assert Campaign.objects.count() == 2

    @pytest.mark.parametrize(
        ("changes", "field", "said"),
        [
            ({"target": "0"}, "target", "greater than or equal to 1"),
            ({"target": str(MOST_TARGET + 1)}, "target", "less than or equal to 1000000"),
            ({"target": "9" * 30}, "target", "less than or equal to 1000000"),
            ({"target": "ten"}, "target", "Enter a whole number."),
            ({"name": " "}, "name", "This field is required."),
            ({"topics": []}, "topics", "Choose at least one topic."),
            ({"topics-share-farm": "0"}, "topics", "Farm: give a whole number from 1 to 1000."),
            ({"topics-share-farm": ""}, "topics", "Farm: give a whole number from 1 to 1000."),
            ({"topics-share-farm": "²"}, "topics", "Farm: give a whole number from 1 to 1000."),
            ({"concepts-share-item": "21"}, "concepts", "The shares add up to 101 %; make it 100 %."),
            ({"concepts-share-item": "-5"}, "concepts", "Item: give a whole number from 0 to 100."),
            ({"image_model": "no-such"}, "image_model", "Select a valid choice."),
            ({"unrated_limit": "0"}, "unrated_limit", "greater than or equal to 1"),
            ({"max_renders": "-1"}, "max_renders", "greater than or equal to 1"),
            ({"max_gpu_hours": "nan"}, "max_gpu_hours", "Enter a number."),
            ({"ends_on": "2020-01-01"}, "ends_on", "This day has passed."),
            ({"ends_on": "soon"}, "ends_on", "Enter a valid date."),
        ],
    )
    def test_a_fault_is_said_at_its_field_and_what_was_typed_stays(
        self, designer: Browser, filled: Fields, changes: Fields, field: str, said: str
    ) -> None:
        response = designer.post("/campaigns/new/", filled | changes)
        assert response.status_code == 422
        errors = errors_at(response.text)
        assert set(errors) == {field}
        assert said in errors[field]
        assert not Campaign.objects.exists()
        typed = {**filled, **changes}["topics-share-farm"]
        assert f'name="topics-share-farm" value="{typed}"' in response.text

    def test_all_faults_are_said_at_once(self, designer: Browser, filled: Fields) -> None:
        wrong = {"name": "", "target": "0", "concepts-share-item": "30", "ends_on": "2020-01-01"}
        page = designer.post("/campaigns/new/", filled | wrong).text
        assert set(errors_at(page)) == {"name", "target", "concepts", "ends_on"}

    def test_an_empty_form_is_refused(self, designer: Browser, stock: object) -> None:
        response = designer.post("/campaigns/new/", {})
        assert response.status_code == 422
        assert {"name", "target", "topics", "concepts"} <= set(errors_at(response.text))

    def test_markup_that_was_typed_comes_back_as_text(self, designer: Browser, filled: Fields) -> None:
        page = designer.post(
            "/campaigns/new/", filled | {"name": '"><script>', "topics-share-farm": '"><script>'}
        ).text
        assert "<script>" not in page.replace('<script src="', "").replace('<script type="', "")


class TestQuotas:
    def test_they_are_the_ones_that_the_campaign_gets(
        self, designer: Browser, filled: Fields, stock: tuple[list[Topic], list[Concept]]
    ) -> None:
        filled["target"] = "1001"
        page = designer.post("/campaigns/new/quotas/", filled).text
        shown = [
            int(number.replace(",", "")) for number in re.findall(r'<td class="num">([\d,]+)</td>', page)
        ]
        (bank, farm, _ward), concepts = stock
        shares = dict(zip(concepts, (60, 20, 20), strict=True))
        expected = list(quotas_of(1001, {bank: 1, farm: 3}, shares).values())
        assert shown[:6] == expected
        assert "<strong>1,001</strong>" in page
        assert not Campaign.objects.exists()

    def test_the_sum_of_the_shares_is_told_while_it_is_wrong(self, designer: Browser, filled: Fields) -> None:
        page = designer.post("/campaigns/new/quotas/", filled | {"concepts-share-item": "5"}).text
        assert "add up to 85%; make it 100%." in page
        assert "<table" not in page

    @pytest.mark.parametrize("target", ["", "0", "x", "9" * 40])
    def test_without_a_target_there_are_none(self, designer: Browser, filled: Fields, target: str) -> None:
        response = designer.post("/campaigns/new/quotas/", filled | {"target": target})
        assert response.status_code == 200
        assert "<table" not in response.text

    def test_experts_have_no_part_in_it(self, expert: Browser, filled: Fields) -> None:
        assert expert.post("/campaigns/new/quotas/", filled).status_code == 403

    def test_those_of_anothers_campaign_are_not_found(self, designer: Browser, filled: Fields) -> None:
        address = f"/campaigns/{make_campaign(make_user()).pk}/edit/quotas/"
        assert designer.post(address, filled).status_code == 404


class TestChange:
    @pytest.fixture
    def campaign(self, designer: Browser, stock: tuple[list[Topic], list[Concept]]) -> Campaign:
        (bank, farm, _ward), concepts = stock
        return make_campaign(
            designer.user,
            name="First delivery",
            target=100,
            topics={bank: 1, farm: 3},
            concepts=dict(zip(concepts, (60, 20, 20), strict=True)),
        )

    def test_the_form_holds_what_the_campaign_has(self, designer: Browser, campaign: Campaign) -> None:
        page = designer.get(f"/campaigns/{campaign.pk}/edit/").text
        assert 'name="target" value="100"' in page
        assert 'name="topics-share-farm" value="3"' in page
        assert page.count(" checked") == 2
        assert "<strong>100</strong>" in page

    def test_what_is_approved_already_counts(
        self, designer: Browser, campaign: Campaign, filled: Fields
    ) -> None:
        fill_cell(campaign.cells.get(topic__key="farm", concept__key="item"), approved=9)
        response = designer.post(f"/campaigns/{campaign.pk}/edit/", filled | {"target": "200"}, follow=True)
        assert response.redirect_chain == [(f"/campaigns/{campaign.pk}/", 302)]
        assert "<strong>9</strong> <span>of 200 approved" in response.text

    def test_a_topic_can_be_taken_out(self, designer: Browser, campaign: Campaign, filled: Fields) -> None:
        designer.post(f"/campaigns/{campaign.pk}/edit/", filled | {"topics": ["ward"]})
        assert {cell.topic.key for cell in campaign.cells.filter(quota__gt=0)} == {"ward"}
        page = designer.get(f"/campaigns/{campaign.pk}/edit/").text
        assert page.count(" checked") == 1

    def test_a_topic_that_is_no_longer_offered_stays_until_it_is_taken_out(
        self, designer: Browser, campaign: Campaign, filled: Fields
    ) -> None:
        Topic.objects.filter(key="farm").update(is_active=False)
        assert "no longer offered" in designer.get(f"/campaigns/{campaign.pk}/edit/").text
        assert designer.post(f"/campaigns/{campaign.pk}/edit/", filled).status_code == 302
        assert campaign.cells.get(topic__key="farm", concept__key="item").quota == 15

    def test_a_fault_changes_nothing(self, designer: Browser, campaign: Campaign, filled: Fields) -> None:
        response = designer.post(f"/campaigns/{campaign.pk}/edit/", filled | {"name": "Other", "target": "0"})
        assert response.status_code == 422
        assert set(errors_at(response.text)) == {"target"}
        campaign.refresh_from_db()
        assert (campaign.name, campaign.target) == ("First delivery", 100)

    def test_an_end_date_that_has_passed_since_may_stay(
        self, designer: Browser, campaign: Campaign, filled: Fields
    ) -> None:
        yesterday = timezone.localdate() - timedelta(days=1)
        Campaign.objects.update(ends_on=yesterday)
        address = f"/campaigns/{campaign.pk}/edit/"
        assert designer.post(address, filled | {"ends_on": yesterday.isoformat()}).status_code == 302
        earlier = (yesterday - timedelta(days=1)).isoformat()
        assert designer.post(address, filled | {"ends_on": earlier}).status_code == 422

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_stopped_one_is_a_conflict(
        self, designer: Browser, campaign: Campaign, filled: Fields, method: str
    ) -> None:
        campaign.stop()
        response = getattr(designer, method)(f"/campaigns/{campaign.pk}/edit/", filled)
        assert response.status_code == 409
        assert "This campaign was stopped." in response.text
