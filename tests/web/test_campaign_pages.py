"""The list of campaigns, the page of one, its live part and its verbs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Role
from stockgen.models import Campaign, CampaignCell, PauseReason
from stockgen.models.campaign_stage import Stage
from tests.campaign_states import fill_cell, hours_ago
from tests.factories import make_campaign, make_concept, make_topic, make_user, some_uuid
from tests.web.conftest import Browser


@pytest.fixture
def campaign(designer: Browser) -> Campaign:
    """Give the designer's campaign of 100 pictures over two topics and two concepts."""
    return make_campaign(
        designer.user,
        name="First delivery",
        target=100,
        topics={make_topic(name="Offices", position=1): 1, make_topic(name="Farms", position=2): 1},
        concepts={make_concept(name="Interiors", position=1): 60, make_concept(name="Items", position=2): 40},
    )


def cell_of(campaign: Campaign, topic: str, concept: str) -> CampaignCell:
    return campaign.cells.get(topic__name=topic, concept__name=concept)


class TestList:
    def test_without_campaigns_it_says_what_one_is(self, designer: Browser) -> None:
        page = designer.get("/campaigns/").text
        assert "No campaigns yet" in page
        assert 'href="/campaigns/new/"' in page

    def test_it_shows_how_far_each_is(self, designer: Browser, campaign: Campaign) -> None:
        fill_cell(cell_of(campaign, "Offices", "Interiors"), approved=25, waiting=4)
        page = designer.get("/campaigns/").text
        assert "First delivery" in page
        assert "<strong>25</strong> / 100" in page
        assert "25 approved an hour" in page
        assert "4 wait for a vote" in page

    def test_a_paused_one_says_why(self, designer: Browser, campaign: Campaign) -> None:
        campaign.pause(PauseReason.RENDERS)
        assert "the budget of pictures is used up" in designer.get("/campaigns/").text

    def test_it_is_paged(self, designer: Browser) -> None:
        made = [make_campaign(designer.user) for _ in range(21)]
        page = designer.get("/campaigns/").text
        assert str(made[20].pk) in page
        assert str(made[0].pk) not in page
        rest = designer.htmx("/campaigns/", before=str(made[1].pk)).text
        assert str(made[0].pk) in rest
        assert str(made[1].pk) not in rest
        assert "<html" not in rest

    @pytest.mark.parametrize("before", ["x", ""])
    def test_a_page_that_is_none_is_not_found(self, designer: Browser, before: str) -> None:
        assert designer.get("/campaigns/", {"before": before}).status_code == 404


class TestWhoMay:
    PATHS = ("", "edit/", "pause/", "resume/", "stop/", "cells/1/", "cells/1/pause/", "cells/1/resume/")

    @pytest.mark.parametrize("path", PATHS)
    def test_anothers_campaign_does_not_exist(
        self, other_designer: Browser, campaign: Campaign, path: str
    ) -> None:
        address = f"/campaigns/{campaign.pk}/{path}"
        is_verb = path.rstrip("/").endswith(("pause", "resume", "stop"))
        response = other_designer.post(address) if is_verb else other_designer.get(address)
        assert response.status_code == 404
        campaign.refresh_from_db()
        assert campaign.stage == Stage.RUNNING

    @pytest.mark.parametrize("path", ["", "new/"])
    def test_experts_have_no_part_in_it(self, expert: Browser, path: str) -> None:
        assert expert.get(f"/campaigns/{path}").status_code == 403

    def test_an_expert_cannot_open_one(self, expert: Browser, campaign: Campaign) -> None:
        assert expert.get(f"/campaigns/{campaign.pk}/").status_code == 403

    def test_operators_see_everyones(self, operator: Browser, campaign: Campaign) -> None:
        assert "First delivery" in operator.get("/campaigns/").text
        assert operator.get(f"/campaigns/{campaign.pk}/").status_code == 200

    def test_the_anonymous_sign_in_first(self, anonymous: Browser, campaign: Campaign) -> None:
        assert anonymous.get(f"/campaigns/{campaign.pk}/").status_code == 302

    def test_no_campaign_is_not_found(self, designer: Browser) -> None:
        assert designer.get(f"/campaigns/{some_uuid()}/").status_code == 404


class TestPage:
    def test_it_shows_every_cell_in_order(self, designer: Browser, campaign: Campaign) -> None:
        fill_cell(cell_of(campaign, "Offices", "Interiors"), approved=15, rejected=15, waiting=3)
        fill_cell(cell_of(campaign, "Farms", "Items"), approved=20)
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert "<strong>35</strong> <span>of 100 approved" in page
        assert page.index("Offices") < page.index("Farms")
        assert "<strong>15</strong><span> / 30" in page
        assert "yield 50% (33–67%) of 30 decided" in page
        assert designer.get(f"/review/statistics/?campaign={campaign.pk}").status_code == 200
        assert f'href="/review/statistics/?campaign={campaign.pk}"' in page
        assert "quota met" in page
        assert "waiting for experts" in page

    def test_a_cell_with_few_verdicts_has_no_yield(self, designer: Browser, campaign: Campaign) -> None:
        fill_cell(cell_of(campaign, "Offices", "Interiors"), approved=5, rejected=4)
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert "9 decided: too few for a yield" in page

    def test_too_early_is_said(self, designer: Browser, campaign: Campaign) -> None:
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert "Too early to say" in page
        assert "when it will be done is too early to say" in page

    def test_what_is_still_needed_comes_with_its_range(self, designer: Browser, campaign: Campaign) -> None:
        fill_cell(cell_of(campaign, "Offices", "Interiors"), approved=15, rejected=15)
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        # 85 of 100 are missing, half of the decided were approved
        assert "<strong>170</strong>" in page
        assert "likely done" in page

    def test_the_budget_shows_what_is_used(self, designer: Browser, campaign: Campaign) -> None:
        campaign.change(max_renders=400, max_gpu_hours=1.0)
        fill_cell(cell_of(campaign, "Offices", "Interiors"), approved=10, rejected=90)
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert '<strong>100</strong> <span class="faint">/ 400' in page
        assert '<strong>7 min</strong> <span class="faint">/ 1.0 h' in page

    def test_it_says_that_no_worker_runs(self, designer: Browser, campaign: Campaign) -> None:
        assert "No worker is running" not in designer.get(f"/campaigns/{campaign.pk}/").text
        fill_cell(cell_of(campaign, "Offices", "Interiors"), rendering=3)
        assert "No worker is running" in designer.get(f"/campaigns/{campaign.pk}/").text

    def test_it_says_that_pictures_wait_for_experts(self, designer: Browser, campaign: Campaign) -> None:
        fill_cell(cell_of(campaign, "Offices", "Interiors"), waiting=30)
        assert "30 pictures wait for experts." in designer.get(f"/campaigns/{campaign.pk}/").text

    def test_a_hopeless_cell_leads_to_its_addition(self, designer: Browser, campaign: Campaign) -> None:
        cell = cell_of(campaign, "Farms", "Items")
        fill_cell(cell, approved=1, rejected=60)
        cell.pause(PauseReason.HOPELESS)
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert "Farms · Items: hardly anything is approved." in page
        assert f"/topics/{cell.topic.key}/{cell.concept.key}/descriptions/" in page

    def test_many_paused_cells_are_counted(self, designer: Browser, campaign: Campaign) -> None:
        for cell in campaign.cells.all():
            cell.pause(PauseReason.NO_LOCATIONS)
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert "4 cells are paused: the language model finds no more locations." in page

    def test_a_used_up_budget_leads_to_changing_it(self, designer: Browser, campaign: Campaign) -> None:
        campaign.pause(PauseReason.HOURS)
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert "The whole campaign is paused: the budget of GPU hours is used up." in page
        assert f"/campaigns/{campaign.pk}/edit/" in page

    def test_markup_in_a_name_is_shown_as_text(self, designer: Browser) -> None:
        campaign = make_campaign(designer.user, name="<b>bold</b>", topics={make_topic(name="<i>it</i>"): 1})
        page = designer.get(f"/campaigns/{campaign.pk}/").text
        assert "<b>bold" not in page
        assert "<i>it" not in page

    def test_another_owners_name_is_shown_to_operators(self, operator: Browser) -> None:
        owner = make_user(Role.DESIGNER, first_name="Dana")
        assert "Dana" in operator.get(f"/campaigns/{make_campaign(owner).pk}/").text

    def test_the_queries_do_not_grow_with_the_cells(
        self, designer: Browser, campaign: Campaign, django_assert_num_queries: object
    ) -> None:
        for cell in campaign.cells.all():
            fill_cell(cell, approved=3, rejected=1, waiting=1, rendering=1)
        designer.htmx(f"/campaigns/{campaign.pk}/")  # keeps the history
        cache.delete(f"campaign-live:{campaign.pk}:running:en:True")
        with django_assert_num_queries(13, exact=False):  # type: ignore[operator]
            designer.htmx(f"/campaigns/{campaign.pk}/")


class TestLive:
    def test_htmx_gets_the_live_part_only(self, designer: Browser, campaign: Campaign) -> None:
        response = designer.htmx(f"/campaigns/{campaign.pk}/")
        assert response.status_code == 200
        assert "<html" not in response.text
        assert "every 3s" in response.text

    def test_what_the_reader_has_seen_is_not_sent_again(self, designer: Browser, campaign: Campaign) -> None:
        seen = designer.htmx(f"/campaigns/{campaign.pk}/").headers["X-Seen"]
        again = designer.htmx(f"/campaigns/{campaign.pk}/", seen=seen)
        assert (again.status_code, again.content) == (204, b"")
        fill_cell(cell_of(campaign, "Offices", "Interiors"), approved=1)
        cache.clear()  # two seconds later
        changed = designer.htmx(f"/campaigns/{campaign.pk}/", seen=seen)
        assert changed.status_code == 200
        assert changed.headers["X-Seen"] != seen

    def test_what_others_see_at_the_same_time_is_not_made_anew(
        self, designer: Browser, operator: Browser, campaign: Campaign, django_assert_max_num_queries: Any
    ) -> None:
        first = designer.htmx(f"/campaigns/{campaign.pk}/")
        with django_assert_max_num_queries(5):  # who asks, and whether they may
            again = designer.htmx(f"/campaigns/{campaign.pk}/")
        assert (again.content, again.headers["X-Seen"]) == (first.content, first.headers["X-Seen"])
        assert designer.user.display_name in operator.htmx(f"/campaigns/{campaign.pk}/").text
        campaign.pause()
        assert 'data-stage="paused"' in designer.htmx(f"/campaigns/{campaign.pk}/").text

    def test_one_that_does_not_move_is_asked_for_less_often(
        self, designer: Browser, campaign: Campaign
    ) -> None:
        campaign.pause()
        assert "every 30s" in designer.htmx(f"/campaigns/{campaign.pk}/").text


class TestVerbs:
    def test_it_pauses_and_goes_on(self, designer: Browser, campaign: Campaign) -> None:
        paused = designer.press(f"/campaigns/{campaign.pk}/pause/")
        assert "The whole campaign is paused: paused by hand." in paused.text
        assert "Paused. What is being rendered is finished first." in paused.headers["HX-Trigger"]
        assert 'data-stage="running"' in designer.press(f"/campaigns/{campaign.pk}/resume/").text

    def test_it_stops_for_good(self, designer: Browser, campaign: Campaign) -> None:
        page = designer.press(f"/campaigns/{campaign.pk}/stop/").text
        assert "Stopped for good." in page
        assert 'id="resume"' not in page

    @pytest.mark.parametrize("verb", ["pause", "resume"])
    def test_a_stopped_one_is_a_conflict(self, designer: Browser, campaign: Campaign, verb: str) -> None:
        campaign.stop()
        for response in (
            designer.press(f"/campaigns/{campaign.pk}/{verb}/"),
            designer.post(f"/campaigns/{campaign.pk}/{verb}/"),
        ):
            assert response.status_code == 409
            assert "Stopped for good." in response.text

    def test_without_javascript_it_leads_back_to_the_page(
        self, designer: Browser, campaign: Campaign
    ) -> None:
        response = designer.post(f"/campaigns/{campaign.pk}/pause/", follow=True)
        assert response.redirect_chain == [(f"/campaigns/{campaign.pk}/", 302)]
        assert "The whole campaign is paused" in response.text

    @pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
    def test_a_link_changes_nothing(self, designer: Browser, campaign: Campaign, verb: str) -> None:
        assert designer.get(f"/campaigns/{campaign.pk}/{verb}/").status_code == 405


class TestStartPage:
    def test_a_running_campaign_has_a_strip(self, designer: Browser, campaign: Campaign) -> None:
        fill_cell(cell_of(campaign, "Offices", "Interiors"), approved=7)
        page = designer.get("/").text
        assert f'href="/campaigns/{campaign.pk}/"' in page
        assert "<strong>7</strong> / 100" in page

    def test_one_that_is_over_has_none(self, designer: Browser, campaign: Campaign) -> None:
        Campaign.objects.update(reached_at=hours_ago(1))
        assert f"/campaigns/{campaign.pk}/" not in designer.get("/").text

    def test_a_paused_one_says_why(self, designer: Browser, campaign: Campaign) -> None:
        campaign.pause(PauseReason.HOURS)
        assert "the budget of GPU hours is used up" in designer.get("/").text

    def test_anothers_has_none(self, other_designer: Browser, campaign: Campaign) -> None:
        assert f"/campaigns/{campaign.pk}/" not in other_designer.get("/").text

    def test_its_runs_are_not_among_the_latest(self, designer: Browser, campaign: Campaign) -> None:
        [picture] = fill_cell(cell_of(campaign, "Offices", "Interiors"), rendering=1)
        assert f"/runs/{picture.run_id}/" not in designer.get("/").text
