"""A cell of a campaign, opened: its numbers, its locations, why pictures are rejected, its verbs."""

from __future__ import annotations

import pytest

from stockgen.models import Campaign, CampaignCell, PauseReason
from tests.campaign_states import fill_cell, plan_cell
from tests.factories import make_campaign, make_concept, make_reason, make_topic
from tests.web.conftest import Browser


@pytest.fixture
def campaign(designer: Browser) -> Campaign:
    """Give the designer's campaign of one cell, "Offices · Interiors", 100 pictures."""
    return make_campaign(
        designer.user,
        target=100,
        topics={make_topic(name="Offices"): 1},
        concepts={make_concept(name="Interiors"): 100},
    )


@pytest.fixture
def cell(campaign: Campaign) -> CampaignCell:
    return campaign.cells.select_related("topic", "concept").get()


def address_of(cell: CampaignCell) -> str:
    return f"/campaigns/{cell.campaign_id}/cells/{cell.pk}/"


def test_htmx_gets_the_panel_only(designer: Browser, cell: CampaignCell) -> None:
    response = designer.htmx(address_of(cell))
    assert "<html" not in response.text
    assert '<h2 id="cell-title"' in response.text


def test_its_address_opens_the_page_with_the_cell(designer: Browser, cell: CampaignCell) -> None:
    page = designer.get(address_of(cell)).text
    assert "<html" in page
    assert 'id="campaign"' in page
    assert '<h2 id="cell-title"' in page


def test_it_tells_what_became_of_the_pictures(designer: Browser, cell: CampaignCell) -> None:
    fill_cell(cell, approved=30, rejected=10, waiting=4, rendering=2, failed=1)
    panel = designer.htmx(address_of(cell)).text
    for name, number in (
        ("Asked for", 47),
        ("Rejected", 10),
        ("Waiting for a vote", 4),
        ("Being rendered", 2),
    ):
        assert f"<dt>{name}</dt><dd><strong>{number}</strong>" in panel
    assert '<dt>Yield</dt><dd><strong>75%</strong> <span class="faint">(60–86%)' in panel
    # 70 of 100 are missing; three of four were approved; six may still be.
    assert "<dt>Pictures to render</dt><dd><strong>87</strong>" in panel


def test_too_few_verdicts_are_no_yield(designer: Browser, cell: CampaignCell) -> None:
    fill_cell(cell, approved=3, rejected=3)
    assert "too few verdicts" in designer.htmx(address_of(cell)).text


def test_locations_stand_by_what_they_promise(designer: Browser, cell: CampaignCell) -> None:
    prompts = plan_cell(cell, ["a good room", "a bad room", "an untried room"], prompts=1)
    fill_cell(cell, approved=18, rejected=2, prompts=[prompts[0]])
    fill_cell(cell, approved=1, rejected=19, waiting=3, prompts=[prompts[1]])
    panel = designer.htmx(address_of(cell)).text
    assert panel.index("a good room") < panel.index("an untried room") < panel.index("a bad room")
    good, untried, bad = (part.split("</li>")[0] for part in panel.split('class="arm-name">')[1:4])
    assert "<strong>18</strong> / 20" in good
    assert "favoured" in good
    assert "untried" in untried
    assert "<strong>1</strong> / 20" in bad
    assert "+3" in bad
    assert "favoured" not in bad


def test_reasons_to_reject_are_counted(designer: Browser, cell: CampaignCell) -> None:
    first, second = make_reason(name="Fake text", position=1), make_reason(name="Too dark", position=2)
    fill_cell(cell, rejected=9, reasons=[first.key, first.key, second.key])
    panel = designer.htmx(address_of(cell)).text
    assert panel.index("Fake text") < panel.index("Too dark")
    assert '67% <span class="faint">6</span>' in panel


def test_it_leads_to_the_additions_the_prompts_and_the_pictures(
    designer: Browser, cell: CampaignCell
) -> None:
    [picture] = fill_cell(cell, waiting=1)
    panel = designer.htmx(address_of(cell)).text
    key = f"{cell.topic.key}/{cell.concept.key}"
    for step in ("locations", "descriptions"):
        assert f'href="/topics/{key}/{step}/"' in panel
    assert f'href="/gallery/?topic={cell.topic.key}&amp;concept={cell.concept.key}"' in panel
    assert f'href="/runs/{picture.run_id}/prompts/"' in panel


def test_it_pauses_and_goes_on(designer: Browser, cell: CampaignCell) -> None:
    paused = designer.press(f"{address_of(cell)}pause/")
    assert "Resume this cell" in paused.text
    assert "The cell is paused." in paused.headers["HX-Trigger"]
    cell.refresh_from_db()
    assert cell.pause_reason == PauseReason.HAND
    assert "Pause this cell" in designer.press(f"{address_of(cell)}resume/").text
    cell.refresh_from_db()
    assert cell.pause_reason == ""


def test_without_javascript_it_leads_back_to_the_cell(designer: Browser, cell: CampaignCell) -> None:
    assert designer.post(f"{address_of(cell)}pause/").url == address_of(cell)


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_cell_of_a_stopped_campaign_is_a_conflict(
    designer: Browser, campaign: Campaign, cell: CampaignCell, verb: str
) -> None:
    campaign.stop()
    response = designer.press(f"{address_of(cell)}{verb}/")
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#campaign"
    panel = designer.htmx(address_of(cell)).text
    assert "this cell" not in panel
    assert "stopped" in panel


def test_a_cell_that_met_its_quota_has_nothing_to_pause(designer: Browser, cell: CampaignCell) -> None:
    fill_cell(cell, approved=100)
    panel = designer.htmx(address_of(cell)).text
    assert "Pause this cell" not in panel
    assert "Still needed" not in panel


def test_a_cell_of_another_campaign_is_not_found(designer: Browser, cell: CampaignCell) -> None:
    other = make_campaign(designer.user)
    for path in ("", "pause/", "resume/"):
        address = f"/campaigns/{other.pk}/cells/{cell.pk}/{path}"
        assert (designer.press(address) if path else designer.htmx(address)).status_code == 404


@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_a_cell_that_is_none_is_not_found(designer: Browser, campaign: Campaign, number: str) -> None:
    for path in ("", "pause/", "resume/"):
        address = f"/campaigns/{campaign.pk}/cells/{number}/{path}"
        assert (designer.press(address) if path else designer.htmx(address)).status_code == 404


def test_markup_in_a_location_is_shown_as_text(designer: Browser, cell: CampaignCell) -> None:
    plan_cell(cell, ["<b>a room</b>"])
    assert "<b>a room" not in designer.htmx(address_of(cell)).text
