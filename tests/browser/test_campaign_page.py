"""The page of a campaign as it is watched: it fills up without jumping, a cell opens, by mouse, key and touch."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from stockgen.models import Campaign, CampaignCell, PauseReason
from stockgen.models.campaign_stage import Stage
from tests.browser.conftest import PHONE, sign_in
from tests.campaign_states import fill_cell, hours_ago
from tests.factories import make_campaign, make_concept, make_topic, make_user

SECOND_SCREEN = {"width": 1920, "height": 1080}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Forget what other tests have counted."""
    cache.clear()


def start(owner: User, topics: int = 3, **fields: Any) -> Campaign:
    """Start a campaign over topics and three concepts: 60, 20 and 20 per cent."""
    names = zip(("Interiors", "Exteriors", "Items"), (60, 20, 20), strict=True)
    return make_campaign(
        owner,
        **{
            "name": "First delivery",
            "target": 100 * topics,
            "topics": {make_topic(name=f"Topic {at:02}", position=at): 1 for at in range(topics)},
            "concepts": {make_concept(name=name, position=share): share for name, share in names},
        }
        | fields,
    )


def cells_of(campaign: Campaign) -> list[CampaignCell]:
    return list(campaign.cells.select_related("topic", "concept"))


def open_page(page: Page, campaign: Campaign) -> None:
    page.goto(f"/campaigns/{campaign.pk}/")
    expect(page.locator("[data-cell]").first).to_be_visible()


def test_it_fills_up_without_jumping(page: Page, designer: User) -> None:
    campaign = start(designer, topics=13)
    cells = cells_of(campaign)
    for cell in cells:
        fill_cell(cell, approved=2, waiting=3)
    page.set_viewport_size({"width": 1280, "height": 500})
    open_page(page, campaign)
    watched = page.locator(f"#cell-{cells[20].pk}")
    watched.focus()
    page.evaluate("scrollTo(0, 300)")
    watched.evaluate("(cell) => { cell.seenBefore = true; }")
    before = (page.evaluate("scrollY"), watched.bounding_box())
    fill_cell(cells[20], approved=9)
    expect(watched.locator(".cell-count strong")).to_have_text("11", timeout=15_000)
    assert watched.evaluate("(cell) => cell.seenBefore && cell === document.activeElement")
    assert (page.evaluate("scrollY"), watched.bounding_box()) == before


def test_what_is_on_screen_already_is_not_sent_again(page: Page, designer: User) -> None:
    campaign = start(designer)
    Campaign.objects.update(created_at=hours_ago(30))
    open_page(page, campaign)
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: (
            answers.append(answer.status) if answer.url.endswith("/") or "seen=" in answer.url else None
        ),
    )
    page.wait_for_timeout(7500)
    assert answers[0] == 200
    assert 204 in answers


def test_a_cell_opens_by_key_and_gives_the_focus_back(page: Page, designer: User) -> None:
    campaign = start(designer)
    cells = cells_of(campaign)
    fill_cell(cells[1], approved=6, rejected=6, waiting=2)
    open_page(page, campaign)
    link = page.locator(f"#cell-{cells[1].pk}")
    link.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#cell-panel")
    expect(panel.locator("#cell-title")).to_have_text(cells[1].concept.name)
    expect(panel.locator("#cell-title")).to_be_focused()
    expect(link).to_have_attribute("aria-current", "true")
    assert page.url.endswith(f"/cells/{cells[1].pk}/")
    fill_cell(cells[1], approved=5)  # what comes in meanwhile closes nothing, in the grid and in the panel
    expect(panel.locator(".hero-figure strong")).to_have_text("11", timeout=15_000)
    expect(link.locator(".cell-count strong")).to_have_text("11", timeout=15_000)
    expect(link).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    expect(link).not_to_have_attribute("aria-current", "true")
    assert page.url.endswith(f"/campaigns/{campaign.pk}/")


def test_arrows_move_through_the_grid(page: Page, designer: User) -> None:
    campaign = start(designer)
    cells = cells_of(campaign)
    open_page(page, campaign)
    page.locator(f"#cell-{cells[0].pk}").focus()
    for key, at in (
        ("ArrowRight", 1),
        ("ArrowDown", 4),
        ("ArrowLeft", 3),
        ("ArrowUp", 0),
        ("ArrowUp", 0),
        ("ArrowLeft", 0),
    ):
        page.keyboard.press(key)
        expect(page.locator(f"#cell-{cells[at].pk}")).to_be_focused()


def test_a_cell_is_paused_and_goes_on_from_the_panel(page: Page, designer: User) -> None:
    campaign = start(designer)
    cell = cells_of(campaign)[4]
    open_page(page, campaign)
    page.locator(f"#cell-{cell.pk}").click()
    page.get_by_role("button", name="Pause this cell").click()
    expect(page.get_by_role("button", name="Resume this cell")).to_be_visible()
    expect(page.locator(f"#cell-{cell.pk} .cell-state")).to_contain_text("paused by hand", timeout=15_000)
    page.get_by_role("button", name="Resume this cell").click()
    expect(page.get_by_role("button", name="Pause this cell")).to_be_visible()
    cell.refresh_from_db()
    assert cell.pause_reason == ""


def test_the_address_of_a_cell_opens_it_again(page: Page, designer: User) -> None:
    campaign = start(designer)
    first, second = cells_of(campaign)[:2]
    open_page(page, campaign)
    page.locator(f"#cell-{first.pk}").click()
    expect(page.locator("#cell-title")).to_have_text(first.concept.name)
    page.locator(f"#cell-{second.pk}").click()
    expect(page.locator("#cell-title")).to_have_text(second.concept.name)
    page.reload()
    expect(page.locator("#cell-title")).to_have_text(second.concept.name)
    expect(page.locator(f"#cell-{second.pk}")).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page.locator("#cell-title")).to_have_text(first.concept.name)


def test_on_a_second_screen_the_whole_grid_is_in_sight(page: Page, designer: User) -> None:
    campaign = start(designer, topics=13, max_renders=9000, max_gpu_hours=20.0)
    for number, cell in enumerate(cells_of(campaign)):
        fill_cell(cell, approved=min(cell.quota, number), rejected=9, waiting=1, since=hours_ago(2))
        if number in {3, 7}:
            cell.pause(PauseReason.HOPELESS)
    page.set_viewport_size(SECOND_SCREEN)
    open_page(page, campaign)
    assert page.evaluate("document.documentElement.scrollHeight") <= SECOND_SCREEN["height"]
    boxes = [cell.bounding_box() for cell in page.locator("[data-cell]").all()]
    assert len(boxes) == 39
    assert all(box and box["y"] + box["height"] <= SECOND_SCREEN["height"] for box in boxes)
    page.locator("[data-cell]").first.click()
    expect(page.locator("#cell-title")).to_be_visible()
    panel, last = (
        page.locator("#cell-panel").bounding_box(),
        page.locator("[data-cell]").nth(2).bounding_box(),
    )
    assert panel
    assert last
    assert last["x"] + last["width"] <= panel["x"]  # the open cell covers none of the grid


def test_stopping_asks_first(page: Page, designer: User) -> None:
    campaign = start(designer)
    open_page(page, campaign)
    page.locator("#stop").click()
    page.get_by_role("button", name="No, go back").click()
    assert Campaign.objects.get().stage == Stage.RUNNING
    page.locator("#stop").click()
    page.get_by_role("button", name="Stop the campaign").click()
    expect(page.locator(".badge-stopped")).to_be_visible()
    assert Campaign.objects.get().stage == Stage.STOPPED


def test_a_verb_that_comes_too_late_says_so_and_shows_how_it_is(page: Page, designer: User) -> None:
    page.expected_errors.append("409")  # type: ignore[attr-defined]
    campaign = start(designer)
    open_page(page, campaign)
    campaign.stop()
    page.locator("#pause").click()
    expect(page.locator(".toast")).to_contain_text("This campaign was stopped.")
    expect(page.locator(".badge-stopped")).to_be_visible()


def test_a_lost_network_is_said_until_it_is_back(page: Page, context: BrowserContext, designer: User) -> None:
    page.expected_errors += ["ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"]  # type: ignore[attr-defined]
    campaign = start(designer)
    open_page(page, campaign)
    context.set_offline(True)
    expect(page.locator("[data-stale]")).to_contain_text("what you see may be old")
    context.set_offline(False)
    expect(page.locator("[data-stale]")).to_have_text("")


class TestPhone:
    """A list by topic, and a sheet from the bottom edge."""

    @pytest.fixture
    def context_options(self) -> dict[str, Any]:
        return {"viewport": PHONE, "locale": "en-GB", "has_touch": True, "is_mobile": True}

    def test_it_is_a_list_by_topic(self, page: Page, designer: User) -> None:
        campaign = start(designer)
        for cell in cells_of(campaign):
            fill_cell(cell, approved=8, rejected=4, waiting=2, rendering=2)
        open_page(page, campaign)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        row = page.locator("tbody tr").first
        expect(row.locator("th")).to_contain_text("Topic 00")
        expect(row.locator(".cell-name").first).to_be_visible()
        boxes = [cell.bounding_box() for cell in row.locator("[data-cell]").all()]
        assert all(box and box["height"] >= 44 and box["width"] > 300 for box in boxes)

    def test_a_tap_opens_a_sheet_over_the_list(self, page: Page, designer: User) -> None:
        campaign = start(designer)
        cell = cells_of(campaign)[0]
        fill_cell(cell, approved=8, rejected=4)
        open_page(page, campaign)
        page.locator(f"#cell-{cell.pk}").tap()
        expect(page.locator("#cell-panel:modal")).to_be_visible()
        fill_cell(cell, approved=3)
        expect(page.locator("#cell-body .hero-figure strong")).to_have_text("11", timeout=15_000)
        expect(page.locator("#cell-panel:modal")).to_be_visible()
        page.get_by_role("link", name="Close").tap()
        expect(page.locator("#cell-panel")).to_be_hidden()

    def test_a_tap_beside_the_sheet_closes_it(self, page: Page, designer: User) -> None:
        campaign = start(designer)
        open_page(page, campaign)
        page.locator("[data-cell]").first.tap()
        expect(page.locator("#cell-panel:modal")).to_be_visible()
        page.touchscreen.tap(200, 40)
        expect(page.locator("#cell-panel")).to_be_hidden()


def test_the_form_shows_the_quotas_as_it_is_filled_in(page: Page, designer: User) -> None:
    for at, name in enumerate(("Banks", "Farms")):
        make_topic(name=name, position=at)
    for name, share in (("Interiors", 60), ("Items", 40)):
        make_concept(name=name, position=share, share=share)
    page.goto("/campaigns/new/")
    page.get_by_label("Name").fill("Autumn")
    page.get_by_label("Approved pictures").fill("100")
    quotas = page.locator("#quotas")
    expect(quotas.locator("tfoot strong")).to_have_text("100")
    expect(quotas.locator("tbody tr").first.locator("td.num").first).to_have_text("20")
    page.get_by_label("Interiors").fill("50")
    expect(quotas).to_contain_text("add up to 90%")
    page.get_by_label("Interiors").fill("60")
    page.get_by_label("Weight of Farms").fill("3")
    expect(quotas.locator("tbody tr").nth(1).locator("td.num").last).to_have_text("75")
    page.get_by_role("button", name="None").click()
    expect(quotas.locator("table")).to_have_count(0)
    page.get_by_role("button", name="All").click()
    expect(quotas.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Start the campaign").dblclick()
    page.wait_for_url("**/campaigns/*/")
    expect(page.get_by_role("heading", name="Autumn")).to_be_visible()
    campaign = Campaign.objects.get()
    assert sorted(campaign.cells.values_list("quota", flat=True)) == [10, 15, 30, 45]


def test_the_page_works_without_javascript(context: BrowserContext, live_server: Any) -> None:
    assert context.browser is not None
    plain = context.browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = plain.new_page()
    campaign = start(sign_in(page, make_user()))
    page.goto(f"/campaigns/{campaign.pk}/")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".badge-paused").first).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    page.locator("[data-cell]").first.click()
    expect(page.locator("#cell-title")).to_be_visible()
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#cell-title")).to_have_count(0)
    plain.close()
