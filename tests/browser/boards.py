"""What tests of the pages of photos share: files to send, the ways to send them, cards, a finished photo."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from tests.boards import as_file, draw_board, finish
from tests.browser.conftest import DESKTOP, PHONE
from upscale.models import Photo

LONG = 240_000
"""Milliseconds that the real worker may take on a busy machine."""

CLIPBOARD = ["clipboard-read", "clipboard-write"]
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP, "locale": "en-GB", "permissions": CLIPBOARD},
    "phone": {
        "viewport": PHONE,
        "locale": "en-GB",
        "has_touch": True,
        "is_mobile": True,
        "permissions": CLIPBOARD,
    },
}


@pytest.fixture(autouse=True)
def patience(context: BrowserContext) -> Iterator[None]:
    """Wait longer than usual: each photo that is sent costs the server a process that decodes it."""
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def file_of(*lines: str, name: str = "board.jpg", size: tuple[int, int] = (640, 400)) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": as_file(draw_board(lines, size=size))}


def pick(page: Page, *files: FilePayload) -> None:
    page.locator("[data-pick][multiple]").set_input_files(list(files))


def give(page: Page, file: FilePayload, way: str) -> None:
    """Drop a photo on the page, or paste it."""
    page.evaluate(
        """([content, name, way]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], name, { type: "image/jpeg" }));
            const options = { bubbles: true, cancelable: true };
            const events = way === "paste"
                ? [new ClipboardEvent("paste", { clipboardData: data, ...options })]
                : ["dragenter", "dragover", "drop"].map(
                    (kind) => new DragEvent(kind, { dataTransfer: data, ...options }));
            events.forEach((event) => document.body.dispatchEvent(event));
        }""",
        [base64.b64encode(file["buffer"]).decode(), file["name"], way],
    )


def cards(page: Page, state: str = "") -> Locator:
    return page.locator(f"#photos [data-photo]{f'[data-state={state}]' if state else ''}")


def finish_next() -> Photo:
    """Do what a worker does for the oldest photo that waits."""
    photo = Photo.objects.queued().order_by("id").first()
    assert photo is not None
    return finish(photo)


def result(page: Page, **fields: Any) -> Photo:
    """Send a photo, finish it, and open its page."""
    page.goto("/boards/")
    pick(page, file_of("energy equals mass"))
    expect(cards(page)).to_have_count(1)
    waiting = Photo.objects.get()
    finish(waiting, **fields)
    page.goto(f"/boards/{waiting.pk}/")
    expect(page.locator("[data-viewer=after][data-ready]")).to_be_visible()
    page.wait_for_function("document.querySelector('.slide-before').naturalWidth > 0")
    return waiting
