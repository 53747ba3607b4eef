"""Exports in a browser: asked for, watched, downloaded; on a desktop and on a phone."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from delivery.models import Export
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_pages import too_wide
from tests.exporting import assert_agrees, make_approved, work_on, work_once


@pytest.fixture
def pictures(designer: User) -> Any:
    return make_approved(4, designer)


def test_an_export_is_asked_for_watched_and_downloaded(
    page: Page, designer: User, pictures: Any, tmp_path: Path
) -> None:
    page.goto("/gallery/")
    page.get_by_role("link", name="Exports").first.click()
    expect(page.get_by_text("No exports yet")).to_be_visible()
    page.get_by_label("Topic").select_option(pictures[0].topic.key)
    page.get_by_role("button", name="Start the export").click()
    expect(page.locator(".export-line")).to_contain_text("0 / 4 pictures packed")
    while work_once():
        pass
    link = page.get_by_role("link", name="Download the ZIP")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        assert_agrees({name: archive.read(name) for name in archive.namelist()}, 4)
    make_approved(2, designer, topic=pictures[0].topic)
    page.get_by_role("button", name="Export what is new").click()
    expect(page.locator(".export-line")).to_contain_text("0 / 2 pictures packed")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel the export").click()
    expect(page.locator("#live .badge")).to_contain_text("cancelled")
    page.get_by_role("button", name="Make it anew").click()
    expect(page.locator("#live .badge")).to_contain_text("queued")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_is_wider_than_its_window(page: Page, designer: User, size: Any) -> None:
    pictures = make_approved(3, designer)
    done = work_on(Export.objects.start(designer))
    make_approved(1, designer)
    Export.objects.start(designer, since=done)
    pictures[0].image.storage.delete(pictures[0].image.name)
    failed = work_on(Export.objects.start(designer))
    page.set_viewport_size(size)
    for address in ("/exports/", f"/exports/{done.pk}/", f"/exports/{failed.pk}/"):
        page.goto(address)
        assert not too_wide(page)
