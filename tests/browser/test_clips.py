"""A lecture video: sent in, its frames chosen, made into photos."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.boards import as_file, draw_board
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_pages import too_wide
from tests.upscale.test_clips import MP4
from upscale.models import Clip, ClipFrame, Photo

SLOW = 15_000
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP, "locale": "en-GB"},
    "phone": {"viewport": PHONE, "locale": "en-GB", "has_touch": True, "is_mobile": True},
}


@pytest.fixture(params=SIZES)
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give a desktop, then a phone."""
    return SIZES[request.param]


def choose(page: Page, content: bytes, name: str = "lecture.mp4") -> None:
    page.locator("input[name=video]").set_input_files(
        {"name": name, "mimeType": "video/mp4", "buffer": content}
    )


def find_frames(count: int) -> Clip:
    """Do what a worker does for the video that waits."""
    [clip] = Clip.objects.claim("worker")
    for number in range(count):
        picture = as_file(draw_board([f"lesson number {number}"]))
        name = default_storage.save(f"{clip.folder}/{number}.jpg", ContentFile(picture))
        ClipFrame.objects.create(
            clip=clip, seconds=2.0 * number, sharpness=300 - 40 * number, image=name, width=640, height=400
        )
    assert clip.succeed(duration=2.0 * count)
    return clip


def test_a_video_becomes_photos(page: Page) -> None:
    page.goto("/boards/videos/")
    choose(page, MP4 + b"\0" * 300_000)
    page.get_by_role("button", name="Find the boards in it").click()
    page.wait_for_url("**/boards/videos/*-*/")
    expect(page.get_by_role("status").filter(has_text="Waiting for a worker")).to_be_visible()
    assert not too_wide(page)
    clip = find_frames(4)
    boxes = page.locator("input[name=frame]")
    expect(boxes).to_have_count(4, timeout=SLOW)
    button = page.get_by_role("button", name="Make legible")
    expect(button).to_contain_text("(4)")
    page.get_by_role("button", name="None").click()
    expect(button).to_be_disabled()
    boxes.nth(0).check()
    boxes.nth(2).check()
    expect(button).to_contain_text("(2)")
    assert not too_wide(page)
    button.click(timeout=SLOW)
    page.wait_for_url("**/boards/")
    expect(page.locator(".toast")).to_contain_text("2 frames are made legible")
    assert Photo.objects.queued().count() == 2
    page.goto(f"/boards/videos/{clip.pk}/")
    expect(boxes).to_have_count(2)
    expect(page.get_by_role("link", name="Open the board")).to_have_count(2)
    page.get_by_role("button", name="Delete").click()
    page.locator("#confirm [data-confirm-yes]").click()
    page.wait_for_url("**/boards/videos/")
    expect(page.get_by_text("are deleted")).to_be_visible()
    assert not Clip.objects.exists()


def test_what_is_no_video_is_refused_beside_the_field(page: Page) -> None:
    page.expected_errors = ["415"]  # type: ignore[attr-defined]
    page.goto("/boards/videos/")
    choose(page, b"plain text" * 100)
    button = page.get_by_role("button", name="Find the boards in it")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("This is not a video that can be read")
    expect(button).to_be_enabled()
    assert page.url.endswith("/boards/videos/")
    assert not Clip.objects.exists()


def test_a_video_that_is_too_large_is_not_even_sent(page: Page, settings: Any) -> None:
    settings.CLIP_MAX_MIB = 1
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/boards/videos/")
    choose(page, MP4 + b"\0" * 1024 * 1024)
    expect(page.get_by_role("alert")).to_contain_text("larger than 1 MiB")
    page.get_by_role("button", name="Find the boards in it").click()
    page.wait_for_timeout(500)
    assert not sent


def stuck(page: Page, *, status: int = 0, **answer: Any) -> None:
    """Answer the upload in some way; without a status, never."""
    page.route(
        "**/boards/videos/upload/", lambda route: route.fulfill(status=status, **answer) if status else None
    )


def start(page: Page) -> tuple[Locator, Locator]:
    choose(page, MP4 + b"\0" * 300_000)
    page.get_by_role("button", name="Find the boards in it").click()
    return page.locator("[data-clip-form] [type=submit]"), page.get_by_role("alert")


def test_an_upload_that_does_not_move_is_given_up_and_can_be_sent_again(page: Page) -> None:
    page.clock.install()
    page.goto("/boards/videos/")
    stuck(page)
    button, wrong = start(page)
    expect(button).to_be_disabled()
    page.clock.run_for(31_000)
    expect(wrong).to_contain_text("The upload broke off")
    page.unroute("**/boards/videos/upload/")
    button.click()
    page.wait_for_url("**/boards/videos/*-*/")
    assert Clip.objects.count() == 1


def test_an_upload_is_cancelled(page: Page) -> None:
    page.goto("/boards/videos/")
    stuck(page)
    button, wrong = start(page)
    page.get_by_role("button", name="Cancel").click()
    expect(button).to_be_enabled()
    expect(button).to_be_focused()
    expect(wrong).to_be_hidden()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()


def test_leaving_the_page_during_an_upload_asks_first(page: Page) -> None:
    page.goto("/boards/videos/")
    stuck(page)
    start(page)
    questions: list[str] = []

    def agree(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.accept()

    page.on("dialog", agree)
    page.reload()
    assert questions == ["beforeunload"]


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "You may not do that"), (503, "The server is busy"), (500, "Something went wrong")],
)
def test_a_refused_video_says_why(page: Page, status: int, words: str) -> None:
    page.expected_errors = [str(status)]  # type: ignore[attr-defined]
    page.goto("/boards/videos/")
    stuck(page, status=status)
    button, wrong = start(page)
    expect(wrong).to_contain_text(words)
    expect(button).to_be_enabled()


def test_a_page_whose_token_is_no_longer_good_gets_another_by_itself(page: Page) -> None:
    page.expected_errors = ["403"]  # type: ignore[attr-defined]
    page.goto("/boards/videos/")
    page.context.clear_cookies(name="csrftoken")
    start(page)
    page.wait_for_url("**/boards/videos/*-*/")
    assert Clip.objects.count() == 1
