"""A student and a board: photos from everywhere, the comparison, the survey, the history."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from jobs.states import State
from tests.boards import finish
from tests.browser.boards import (
    LONG,
    SIZES,
    cards,
    file_of,
    finish_next,
    give,
    patience,  # noqa: F401
    pick,
    result,
)
from tests.browser.test_pages import too_wide
from tests.faults.worker import consumer
from upscale.models import Photo, Readable, SurveyAnswer


@pytest.fixture(params=SIZES)
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give a desktop, then a phone."""
    return SIZES[request.param]


# --- With the real worker ------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_student_gets_four_photos_made_readable(
    page: Page, subprocess_environment: dict[str, str], tmp_path: Path
) -> None:
    with consumer(subprocess_environment, tmp_path / "worker.log"):
        page.goto("/boards/")
        pick(page, file_of("energy equals mass", "light has a speed"))
        give(page, file_of("the sum of squares", "open the window"), "drop")
        give(page, file_of("heat flows from hot", "to cold and never back"), "paste")
        camera = page.locator("[data-pick][capture]")
        camera.set_input_files(file_of("kernel and image", "rank plus nullity"))
        expect(cards(page)).to_have_count(4, timeout=LONG)
        expect(cards(page, "done")).to_have_count(4, timeout=LONG)
        assert Photo.objects.values("person").distinct().count() == 1
        crop_the_first(page)
        expect(cards(page, "done")).to_have_count(4, timeout=LONG)
    cropped = Photo.objects.exclude(corners=None).get()
    assert (cropped.rotation, cropped.state) == (0, State.DONE)
    assert cropped.cutout
    page.locator(f"#photo-{cropped.pk} a.photo-media").click()
    compare(page)
    answer(page)
    assert SurveyAnswer.objects.get().photo_id == cropped.pk


def crop_the_first(page: Page) -> None:
    page.locator("#photos [data-crop]").first.click()
    page.get_by_role("button", name="Whole photo").click()
    for corner, (across, down) in enumerate([(0.1, 0.08), (-0.1, 0.08), (-0.1, -0.08), (0.1, -0.08)]):
        drag(page, page.locator(f"[data-corner='{corner}']"), across, down)
    page.get_by_role("button", name="Make it readable").click()
    expect(page.locator("#crop")).to_be_hidden()


def drag(page: Page, handle: Locator, across: float, down: float) -> None:
    """Drag a corner by a share of the photo's width and height."""
    photo, at = page.locator("[data-crop-photo]").bounding_box(), handle.bounding_box()
    assert photo
    assert at
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across * photo["width"] / 2, y + down * photo["height"] / 2)
    expect(page.locator("[data-crop-loupe]")).to_be_visible()
    page.mouse.move(x + across * photo["width"], y + down * photo["height"])
    page.mouse.up()
    expect(page.locator("[data-crop-loupe]")).to_be_hidden()


def compare(page: Page) -> None:
    """Look at the original in every way that there is."""
    before = page.locator(".slide-before")
    expect(page.locator("[data-viewer=after][data-ready]")).to_be_visible()
    expect(before).to_have_css("visibility", "hidden")
    page.keyboard.down("o")
    expect(before).to_have_css("visibility", "visible")
    page.keyboard.up("o")
    expect(before).to_have_css("visibility", "hidden")
    page.get_by_role("button", name="Slider").click()
    expect(before).to_have_css("visibility", "visible")
    cut = page.get_by_role("slider")
    cut.focus()
    page.keyboard.press("ArrowRight")
    expect(cut).to_have_attribute("aria-valuenow", "52")
    page.get_by_role("button", name="Both").click()
    expect(page.locator("[data-viewer=before]")).to_be_visible()


def answer(page: Page) -> None:
    """Say that it could be read partly, and what is wrong."""
    page.locator(".survey-partly").click()
    page.get_by_label("too faint").check()
    note = page.get_by_label("Anything else?")
    note.press_sequentially("the third line")  # while the answer to the press before is still on its way
    expect(page.locator(".survey-saved")).to_contain_text("Thank you")
    expect(note).to_have_value("the third line")
    with page.expect_request_finished(lambda request: "third" in (request.post_data or "")):
        note.press("Tab")
    page.reload()
    expect(page.get_by_label("partly")).to_be_checked()
    expect(page.get_by_label("too faint")).to_be_checked()
    said = SurveyAnswer.objects.get()
    assert (said.readable, said.problems, said.note) == (Readable.PARTLY, ["faint"], "the third line")


# --- Comparing -----------------------------------------------------------------------------------------------------
def test_the_original_is_compared_in_every_way(page: Page) -> None:
    result(page)
    compare(page)


def test_both_pictures_are_zoomed_in_step(page: Page) -> None:
    result(page)
    page.get_by_role("button", name="Both").click()
    page.get_by_role("button", name="100%").click()
    same = """() => {
        const slides = [...document.querySelectorAll("[data-viewer] > .slide")];
        const [one, two] = slides.map((slide) => slide.style.transform);
        return one === two && one.includes("scale(1)");
    }"""
    page.wait_for_function(same)
    expect(page.locator("[data-zoom-label]")).to_have_text("100%")


def test_a_press_that_does_not_move_shows_the_original(page: Page) -> None:
    result(page)
    box = page.locator("[data-viewer=after]").bounding_box()
    assert box
    before = page.locator(".slide-before")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(before).to_have_css("visibility", "visible")
    page.mouse.up()
    expect(before).to_have_css("visibility", "hidden")
    page.get_by_role("button", name="Hold for the original").hover()
    page.mouse.down()
    expect(before).to_have_css("visibility", "visible")
    page.mouse.up()
    expect(before).to_have_css("visibility", "hidden")


def test_an_answer_is_kept_as_it_is_given(page: Page) -> None:
    result(page)
    answer(page)


def test_places_to_look_at_twice_are_shown_on_demand(page: Page) -> None:
    box = [[0.1, 0.2], [0.4, 0.2], [0.4, 0.3], [0.1, 0.3]]
    result(page, marks=[{"kind": "unsure", "box": box}])
    mark = page.locator(".mark-unsure").first
    expect(mark).to_be_hidden()
    page.get_by_label("Show 1 place to look at twice").check()
    expect(mark).to_be_visible()


def test_the_text_is_copied(page: Page) -> None:
    result(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".toast-success")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "energy equals mass\nlight has a speed"


def test_deleting_asks_first_and_is_for_good(page: Page) -> None:
    photo = result(page)
    page.get_by_role("button", name="Delete this photo").click()
    page.get_by_role("button", name="No, go back").click()
    assert Photo.objects.exists()
    page.get_by_role("button", name="Delete this photo").click()
    page.locator("#confirm").get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_contain_text("The photo is deleted.")
    expect(cards(page)).to_have_count(0)
    assert not Photo.objects.exists()
    page.expected_errors = ["404 (Not Found)"]  # type: ignore[attr-defined]
    page.goto(f"/boards/{photo.pk}/")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


# --- History -------------------------------------------------------------------------------------------------------
def test_the_history_finds_downloads_and_deletes(page: Page, tmp_path: Path) -> None:
    page.goto("/boards/")
    pick(page, file_of("one"), file_of("two"), file_of("three"))
    expect(cards(page, "queued")).to_have_count(3)
    for words in ("entropy of a gas", "linear maps", "entropy again"):
        finish(Photo.objects.queued().order_by("id")[0], text=words)
    page.goto("/boards/history/")
    tiles = page.locator(".photo-tile")
    expect(tiles).to_have_count(3)
    page.get_by_role("searchbox").fill("entropy")
    expect(tiles).to_have_count(2)
    expect(page).to_have_url(re.compile(r"\?q=entropy"))
    page.get_by_role("button", name="All shown").click()
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen")
    for kind, ending in (("ZIP", ".zip"), ("PDF", ".pdf")):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        assert download.value.suggested_filename.endswith(ending)
        download.value.save_as(tmp_path / f"all{ending}")
        expect(page.get_by_role("button", name=kind)).not_to_have_attribute("aria-busy", "true")
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == 2
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="No, go back").click()
    page.get_by_role("button", name="Delete").click()
    page.locator("#confirm").get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_contain_text("2 photos are deleted.")
    expect(tiles).to_have_count(1)
    assert Photo.objects.get().text == "linear maps"


# --- Every page ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_of_photos_scrolls_sideways(page: Page, context: BrowserContext, language: str) -> None:
    text = "Infrastrukturinvestitionsbeschleunigungsgesetz" * 3
    photo = result(page, text=text, notes=["glare", "read-partly"], fallen_back=2)
    context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    for address in ("/boards/", "/boards/history/", f"/boards/{photo.pk}/"):
        page.goto(address)
        expect(page.locator(".nav")).to_be_visible()
        assert not too_wide(page), address


def test_without_a_script_photos_are_sent_seen_answered_and_deleted(
    chromium: Any, live_server: Any, context_options: dict[str, Any]
) -> None:
    plain = chromium.new_context(base_url=live_server.url, java_script_enabled=False, **context_options)
    page = plain.new_page()
    page.goto("/boards/")
    page.locator("[data-pick][multiple]").set_input_files([file_of("one"), file_of("two")])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(cards(page, "queued")).to_have_count(2)
    photo = finish_next()
    page.goto(f"/boards/{photo.pk}/")
    expect(page.locator(".slide-after")).to_be_visible()
    page.locator("[name=readable][value=no]").check(force=True)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[name=readable][value=no]")).to_be_checked()
    assert SurveyAnswer.objects.get().readable == Readable.NO
    page.get_by_role("button", name="Delete this photo").click()
    expect(cards(page)).to_have_count(1)
    plain.close()
