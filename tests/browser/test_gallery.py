"""The gallery and the picture page, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from stockgen.models import Run
from tests.factories import make_topic


def test_a_filter_changes_the_results_and_the_address(
    page: Page, designer: User, finished_run: Callable[..., Run]
) -> None:
    office, school = make_topic(name="Offices", key="office"), make_topic(name="Schools", key="school")
    finished_run(designer, topic=office, count=3)
    finished_run(designer, topic=school, count=2)
    page.goto("/gallery/")
    expect(page.locator(".tile")).to_have_count(5)
    page.get_by_label("Topic").select_option("Schools")
    expect(page.locator(".tile")).to_have_count(2)
    assert "topic=school" in page.url
    page.get_by_label("Topic").select_option("Offices")
    expect(page.locator(".tile")).to_have_count(3)
    page.go_back()
    expect(page.locator(".tile")).to_have_count(2)
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Topic")).to_have_value("school")


def test_more_pictures_come_while_scrolling(
    page: Page, designer: User, finished_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stockgen.views.gallery.PAGE", 24)
    run = finished_run(designer, count=60)
    page.set_viewport_size({"width": 1440, "height": 500})
    page.goto("/gallery/")
    expect(page.locator(".tile")).to_have_count(24)
    for _ in range(8):
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(300)
    expect(page.locator(".tile")).to_have_count(60)
    shown = page.locator(".tile a").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    assert len(set(shown)) == run.count


def test_arrow_keys_move_between_tiles_and_enter_opens(
    page: Page, designer: User, finished_run: Callable[..., Run]
) -> None:
    finished_run(designer, count=9)
    page.goto("/gallery/")
    columns = page.evaluate(
        "getComputedStyle(document.querySelector('[data-tiles]')).gridTemplateColumns.split(' ').length"
    )
    tiles = page.locator("[data-tile]")
    tiles.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(tiles.nth(1 + columns)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(tiles.first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pictures/*/")


def zoom(page: Page) -> int:
    return int(page.locator("[data-zoom-label]").inner_text().rstrip("%"))


def test_the_viewer_zooms_at_the_cursor_and_pans(
    page: Page, designer: User, finished_run: Callable[..., Run]
) -> None:
    picture = finished_run(designer, count=1).pictures.get()
    page.goto(f"/pictures/{picture.pk}/")
    expect(page.locator("[data-zoom-label]")).not_to_be_empty()
    fitted = zoom(page)
    page.get_by_role("button", name="100%").click()
    assert zoom(page) == 100
    page.get_by_role("button", name="Fit").click()
    assert zoom(page) == fitted

    box = page.locator("[data-viewer]").bounding_box()
    assert box is not None
    point = (box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    under = "([x, y]) => { const box = document.querySelector('[data-viewer] img').getBoundingClientRect();"
    under += " return [(x - box.x) / box.width, (y - box.y) / box.height]; }"
    page.mouse.move(*point)
    before = page.evaluate(under, list(point))
    page.mouse.wheel(0, -600)
    page.wait_for_timeout(100)
    assert zoom(page) > fitted
    after = page.evaluate(under, list(point))
    assert after == pytest.approx(before, abs=0.01)

    page.mouse.down()
    page.mouse.move(point[0] - 60, point[1] + 40)
    page.mouse.up()
    assert page.evaluate(under, [point[0] - 60, point[1] + 40]) == pytest.approx(before, abs=0.02)


def test_the_keyboard_zooms_and_goes_from_picture_to_picture(
    page: Page, designer: User, finished_run: Callable[..., Run]
) -> None:
    first, second = finished_run(designer, count=2).pictures.order_by("id")
    page.goto(f"/pictures/{first.pk}/")
    page.locator("[data-viewer][data-ready]").focus()
    page.keyboard.press("1")
    assert zoom(page) == 100
    page.keyboard.press("+")
    assert zoom(page) == 140
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/pictures/{second.pk}/")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/pictures/{first.pk}/")


def test_the_picture_downloads_under_a_name_that_says_what_it_is(
    page: Page, designer: User, finished_run: Callable[..., Run]
) -> None:
    picture = finished_run(designer, count=1, topic=make_topic(key="office")).pictures.get()
    page.goto(f"/pictures/{picture.pk}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("office_")


def test_a_prompt_is_copied_and_used(page: Page, designer: User, finished_run: Callable[..., Run]) -> None:
    picture = finished_run(designer, count=1).pictures.get()
    page.goto(f"/pictures/{picture.pk}/")
    page.get_by_role("button", name="Copy prompt").click()
    expect(page.locator(".toast-success")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == picture.prompt.text
    page.get_by_role("link", name="Use this prompt").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(picture.prompt.text)
    page.go_back()
    page.get_by_role("link", name="Use this seed").click()
    expect(page.get_by_label("Seed", exact=True)).to_have_value(str(picture.seed))
