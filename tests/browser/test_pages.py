"""Every page on a desktop and on a phone: nothing too wide, nothing covered, no errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role
from stockgen.models import Run
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.factories import make_planned_run, make_topic, make_user

LONG_NAME = "Infrastrukturinvestitionsbeschleunigungsgesetz and logistics"[:60]


def pages_of(run: Run, planned: Run) -> list[str]:
    picture = run.pictures.first()
    return [
        "/", "/launch/", f"/launch/?like={picture.pk}&keep=prompt", "/runs/", f"/runs/{run.pk}/",
        f"/runs/{planned.pk}/",
        "/gallery/", "/gallery/?state=any", f"/gallery/?run={run.pk}", f"/pictures/{picture.pk}/", "/tokens/",
    ]  # fmt: skip


def too_wide(page: Page) -> list[str]:
    """Return the elements that reach over the right edge of the window."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
            .filter((one) => !one.closest("[data-viewer], select"))
            .filter((one) => getComputedStyle(one).position !== "fixed" && one.checkVisibility())
            .map((one) => one.outerHTML.slice(0, 80))"""
    )
    return found + (
        ["the page"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    )


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_scrolls_sideways(
    page: Page, context: BrowserContext, finished_run: Callable[..., Run], size: dict[str, Any], language: str
) -> None:
    operator = make_user(Role.OPERATOR, first_name="Wolfeschlegelsteinhausenbergerdorff")
    topic = make_topic(name=LONG_NAME, name_ru=LONG_NAME)
    run = finished_run(operator, topic=topic, count=3)
    run.prompts.update(text="a" * 300)
    planned = make_planned_run(operator, topic=topic, locations=3)
    page.set_viewport_size(size)
    sign_in(page, operator)
    context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    for address in pages_of(run, planned):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator(".nav")).to_be_visible()
        assert not too_wide(page), address


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_sign_in_page_fits(page: Page, size: dict[str, Any]) -> None:
    page.set_viewport_size(size)
    page.goto("/sign-in/")
    assert not too_wide(page)


def test_the_tabs_of_a_phone_cover_nothing(page: Page, finished_run: Callable[..., Run]) -> None:
    designer = make_user(Role.DESIGNER)
    run = finished_run(designer, count=3)
    page.set_viewport_size(PHONE)
    sign_in(page, designer)
    for address in ("/launch/", f"/runs/{run.pk}/", f"/pictures/{run.pictures.first().pk}/"):
        page.goto(address)
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        bottom = page.evaluate(
            "document.querySelector('main').lastElementChild.getBoundingClientRect().bottom"
        )
        top = page.evaluate("document.querySelector('.nav').getBoundingClientRect().top")
        assert bottom <= top, address


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    sign_in(page, make_user())
    page.goto("/gallery/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_arrows_move_a_zoomed_picture_that_has_the_focus_and_else_lead_on(
    page: Page, finished_run: Callable[..., Run]
) -> None:
    designer = make_user(Role.DESIGNER)
    run = finished_run(designer, count=2)
    sign_in(page, designer)
    page.goto(f"/pictures/{run.pictures.order_by('id')[0].pk}/")
    viewer = page.locator("[data-viewer][data-ready]")
    viewer.focus()
    here = page.url
    for _ in range(6):
        page.keyboard.press("+")
    before = viewer.locator("img").bounding_box()
    assert before
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    after = viewer.locator("img").bounding_box()
    assert after
    assert after["x"] < before["x"] - 20
    assert after["y"] < before["y"] - 20
    assert page.url == here
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda address: address != here)


def test_the_theme_changes_at_once_and_is_kept(page: Page) -> None:
    sign_in(page, make_user())
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Dark").first.or_(
        page.get_by_role("button", name="Dark").last
    ).last.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_function("document.cookie.includes('theme=dark')")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_menu_closes_on_escape_and_gives_the_focus_back(page: Page) -> None:
    sign_in(page, make_user())
    summary = page.locator(".side-foot summary")
    summary.click()
    expect(page.locator(".side-foot .menu-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".side-foot .menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_language_is_chosen_in_the_menu(page: Page) -> None:
    sign_in(page, make_user())
    page.goto("/gallery/")
    page.locator(".side-foot summary").click()
    page.locator(".side-foot").get_by_role("button", name="Русский").click()
    expect(page.get_by_role("heading", name="Галерея", exact=True)).to_be_visible()
    assert page.url.endswith("/gallery/")


def test_a_new_token_is_copied(page: Page) -> None:
    sign_in(page, make_user())
    page.goto("/tokens/")
    page.get_by_label("What is it for?").fill("Slides")
    page.get_by_role("button", name="Create token").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".toast-success")).to_contain_text("Copied")
    assert (
        page.evaluate("navigator.clipboard.readText()")
        == page.get_by_label("The token", exact=True).input_value()
    )


def test_revoking_a_token_asks_first(page: Page) -> None:
    sign_in(page, make_user())
    page.goto("/tokens/")
    page.get_by_label("What is it for?").fill("Slides")
    page.get_by_role("button", name="Create token").click()
    page.goto("/tokens/")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="No, go back").click()
    expect(page.get_by_text("Slides", exact=True)).to_be_visible()
    page.get_by_role("button", name="Revoke").click()
    page.locator("#confirm").get_by_role("button", name="Revoke").click()
    expect(page.locator(".toast")).to_contain_text("no longer works")
    expect(page.get_by_text("Slides", exact=True)).to_be_hidden()
