"""A designer carries the studio from one installation to another."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from accounts.models import User
from stockgen.models import PromptAddition, Topic
from tests.browser.conftest import PHONE
from tests.factories import make_concept, make_topic

FILE = """\
format = 1

[[topic]]
key = "office"
name = "Offices"
description = "desks and lamps"

[[addition]]
topic = "office"
concept = "interior"
step = "locations"
text = \"\"\"
Quiet rooms.
No open doors.\"\"\"
"""

DROP = """([text]) => {
    const files = new DataTransfer();
    files.items.add(new File([text], "studio.toml"));
    document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: files, cancelable: true}));
}"""


def choose(page: Page, text: str) -> None:
    page.set_input_files(
        "input[type=file]", {"name": "studio.toml", "mimeType": "text/plain", "buffer": text.encode()}
    )


def test_a_file_is_picked_looked_at_and_imported(page: Page, designer: User) -> None:
    make_topic(key="office", name="Offices", description="desks")
    make_concept(key="interior", name="Interiors")
    page.goto("/studio/exchange/")
    choose(page, FILE)
    expect(page.get_by_role("heading", name="What importing it would do")).to_be_visible()
    page.locator(".exchange-change summary", has_text="Offices").last.click()
    expect(page.locator("ins", has_text="and lamps")).to_be_visible()
    assert Topic.objects.get().description == "desks"
    page.get_by_role("button", name="Import it").click()
    expect(page.locator(".toast")).to_contain_text("Imported: 1 added, 1 changed.")
    assert PromptAddition.objects.get().text == "Quiet rooms.\nNo open doors."
    assert Topic.objects.get().description == "desks and lamps"
    choose(page, FILE)
    expect(page.locator("main")).to_contain_text("nothing to import")


def test_a_dropped_file_with_faults_changes_nothing(page: Page, designer: User) -> None:
    page.expected_errors += ["422"]  # type: ignore[attr-defined]
    page.goto("/studio/exchange/")
    page.evaluate(DROP, [FILE])
    expect(page.locator(".faults tbody tr")).to_have_count(1)
    expect(page.locator(".faults tbody tr")).to_contain_text("no concept “interior”")
    expect(page.locator(".faults tbody td").first).to_have_text("10")
    assert not Topic.objects.exists()


def test_the_download_can_be_imported(page: Page, designer: User) -> None:
    make_topic(key="office", name="Offices", description="desks")
    page.goto("/studio/exchange/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the file").click()
    download = waiting.value
    assert download.suggested_filename.endswith(".toml")
    page.set_input_files("input[type=file]", str(download.path()))
    expect(page.locator("main")).to_contain_text("nothing to import")


class TestOnAPhone:
    def test_the_page_fits(self, page: Page, designer: User) -> None:
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        make_topic(key="office", name="Offices")
        make_concept(key="interior", name="Interiors")
        page.goto("/studio/exchange/")
        choose(page, FILE.replace("Quiet rooms.", "Quiet_" * 40))
        summaries = page.locator(".exchange-change summary")
        expect(summaries).to_have_count(2)
        for summary in summaries.all():
            summary.click()
        expect(page.locator("dd", has_text="Quiet_")).to_be_visible()
        width: Any = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]
