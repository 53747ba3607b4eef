"""The pages of the figures in a real browser: both themes and widths, filters, numbers, the download."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role, User
from review.models import Policy, Rule
from stockgen.models import Picture, Run
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.browser.test_pages import too_wide
from tests.factories import cast, make_concept, make_expert, make_reason, make_topic, make_user

LONG_NAME = "Infrastrukturinvestitionsbeschleunigungsgesetz and logistics"[:60]
PAGES = ("/review/statistics/", "/review/splits/")


@pytest.fixture
def operator(page: Page) -> User:
    """Sign an operator in."""
    return sign_in(page, make_user(Role.OPERATOR, first_name="Olga"))


@pytest.fixture
def rated(finished_run: Callable[..., Run]) -> Callable[..., list[Picture]]:
    """Give a function that makes pictures of a topic on which the experts differ, agree, and know the answer."""

    reason = make_reason(name=f"Reason of {LONG_NAME}"[:80])

    def make(**fields: Any) -> list[Picture]:
        Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
        raters = [make_expert(first_name=name) for name in ("Anna", "Boris", LONG_NAME[:30])]
        pictures = list(finished_run(make_user(), count=8, **fields).pictures.order_by("id"))
        pictures[0].entry.mark_known(make_user(Role.OPERATOR), "approved")
        for index, picture in enumerate(pictures):
            cast(raters[0], picture, "approve", seconds=2.0)
            if index % 2:
                cast(raters[1], picture, "reject", reasons=[reason.key], note="Look at the sign.")
                cast(raters[2], picture, "reject", reasons=[reason.key])
            else:
                cast(raters[1], picture, "approve")
        return pictures

    return make


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_is_too_wide(
    page: Page,
    context: BrowserContext,
    operator: User,
    rated: Callable[..., list[Picture]],
    size: dict[str, Any],
    language: str,
) -> None:
    names = {"name": LONG_NAME, "name_ru": LONG_NAME}
    rated(topic=make_topic(**names), concept=make_concept(**names))
    rated()
    page.set_viewport_size(size)
    context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    for address in PAGES:
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.locator(".tabs").evaluate("(tabs) => tabs.remove()")  # they scroll by themselves
        assert not too_wide(page), address


def test_a_filter_changes_the_figures_and_the_address(
    page: Page, operator: User, rated: Callable[..., list[Picture]]
) -> None:
    rated(topic=make_topic(name="Offices", key="office"))
    rated(topic=make_topic(name="Schools", key="school"))
    page.goto("/review/statistics/")
    expect(page.locator(".key-figures")).to_contain_text("Decided pictures: 16")
    page.get_by_role("link", name="Offices").first.click()
    expect(page.locator(".key-figures")).to_contain_text("Decided pictures: 8")
    expect(page.get_by_label("Topic")).to_have_value("office")
    page.get_by_label("Topic").select_option("All topics")
    expect(page.locator(".key-figures")).to_contain_text("Decided pictures: 16")
    assert "topic=office" not in page.url


def test_the_dots_stand_where_the_numbers_say(
    page: Page, operator: User, rated: Callable[..., list[Picture]]
) -> None:
    rated()
    page.goto("/review/statistics/")
    row = page.locator(".forest li").first
    [dot, plot] = [row.locator(name).bounding_box() for name in (".dot-mark", ".axis")]
    assert (dot["x"] + dot["width"] / 2 - plot["x"]) / plot["width"] == pytest.approx(0.5, abs=0.02)
    expect(row.locator(".forest-value strong")).to_have_text("50%")


def test_the_numbers_of_a_chart_open_by_keyboard(
    page: Page, operator: User, rated: Callable[..., list[Picture]]
) -> None:
    rated()
    page.goto("/review/statistics/")
    summary = page.locator(".numbers summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".numbers table").first).to_be_visible()
    expect(page.locator(".numbers table").first).to_contain_text("4 / 8")


def test_the_votes_are_downloaded(page: Page, operator: User, rated: Callable[..., list[Picture]]) -> None:
    rated()
    page.goto("/review/statistics/")
    page.get_by_text("Export the votes").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV, for a spreadsheet").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 1 + 3 * 4 + 2 * 4


def test_a_split_picture_leads_to_its_votes(
    page: Page, operator: User, rated: Callable[..., list[Picture]]
) -> None:
    pictures = rated()
    page.goto("/review/splits/")
    expect(page.locator(".split")).to_have_count(4)
    first = page.locator(".split").first
    expect(first.locator(".ballot-approve")).to_have_count(1)
    expect(first.locator(".ballot-reject")).to_have_count(2)
    assert first.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    first.locator("a").click()
    page.wait_for_url(lambda address: any(str(picture.pk) in address for picture in pictures))
    expect(page.get_by_text("Look at the sign.")).to_be_visible()


def test_an_expert_finds_the_own_figures(page: Page, rated: Callable[..., list[Picture]]) -> None:
    pictures = rated()
    rater = sign_in(page, make_expert())
    page.goto("/")
    page.locator(".nav").get_by_text("Statistics").click()
    expect(page.get_by_text("No votes of yours yet")).to_be_visible()
    Policy.objects.set(None, Rule(votes=4, calibration_share=0, gold_share=0))
    for picture in pictures[:1]:
        cast(rater, picture)
    page.reload()
    expect(page.get_by_text("Your votes", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="The experts")).to_be_hidden()
