"""A real Chromium against the live server, a person who has signed in, pictures that can be seen.

A test fails when its page writes an error to the console.
"""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import Role, User
from stockgen.models import Picture, Run
from tests.factories import claim_pictures, make_planned_run, make_user

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """Start the browser once."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine.")
    # Playwright keeps an event loop in this thread; the tests' own queries are none of its business.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def context_options() -> dict[str, Any]:
    """Give the options of the browser's context; a test file may override them."""
    return {"viewport": DESKTOP, "locale": "en-GB", "permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture
def context(chromium: Browser, live_server: Any, context_options: dict[str, Any]) -> Iterator[BrowserContext]:
    """Open a fresh browser profile on the live server."""
    context = chromium.new_context(base_url=live_server.url, **context_options)
    context.set_default_timeout(10_000)
    yield context
    sends_more = any("/review/" in page.url or "/boards/" in page.url for page in context.pages)
    context.close()
    if sends_more:
        let_the_last_requests_end()


def let_the_last_requests_end() -> None:
    """Wait for what a page asks for as it closes: the tables are emptied next, which waits for nobody."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
    deadline = time.monotonic() + 10
    quiet = 0
    while quiet < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
        with connection.cursor() as cursor:
            cursor.execute(f"{busy} AND pid <> pg_backend_pid()")
            quiet = quiet + 1 if cursor.fetchone() == (0,) else 0


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open a page, and fail the test when it writes errors to the console."""
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.expected_errors = []  # type: ignore[attr-defined]
    yield page
    unexpected = [
        error
        for error in without_aborted(errors)
        if not any(part in error for part in page.expected_errors)  # type: ignore[attr-defined]
    ]
    assert not unexpected


def without_aborted(errors: list[str]) -> list[str]:
    """Leave out what htmx writes of requests that the page itself gave up: a newer one replaced them, or it was left.

    Of each it writes two lines, ``htmx:afterRequest`` and then ``htmx:sendAbort``; which requests end so is a matter
    of how fast the answers come.
    """
    kept: list[str] = []
    for error in errors:
        if error.startswith("htmx:sendAbort") and kept and kept[-1].startswith("htmx:afterRequest"):
            kept.pop()
        else:
            kept.append(error)
    return kept


@pytest.fixture
def designer(context: BrowserContext, page: Page) -> User:
    """Sign a designer in through the form."""
    return sign_in(page, make_user(Role.DESIGNER, first_name="Dana"))


def sign_in(page: Page, user: User) -> User:
    """Sign in by keyboard alone."""
    page.goto("/sign-in/")
    page.locator("[name=username]").focus()  # autofocus may come later than the first key on a busy machine
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type("secret")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: urlsplit(address).path == "/")
    return user


def finish(picture: Picture) -> None:
    """Store a small real picture for a claimed one."""
    image = Image.new("RGB", (picture.width, picture.height), (picture.seed * 37 % 256, 120, 160))
    png, webp = io.BytesIO(), io.BytesIO()
    image.save(png, "PNG")
    image.resize((64, 64)).save(webp, "WEBP")
    assert picture.store(
        png.getvalue(), webp.getvalue(), sha256=f"{picture.seed:064d}", revision="test", seconds=1.0
    )


def finish_next(count: int) -> None:
    """Do what a worker does for the next pictures; 20 s without one is too long."""
    deadline = time.monotonic() + 20
    while count > 0:
        assert time.monotonic() < deadline, f"{count} pictures could not be claimed"
        if claimed := claim_pictures():
            deadline = time.monotonic() + 20
        for picture in claimed[:count]:
            finish(picture)
        if claimed[count:]:
            Picture.objects.release(claimed[-1].token)
        count -= len(claimed[:count])


@pytest.fixture
def finished_run(transactional_db: None) -> Callable[..., Run]:
    """Give a function that makes a run with finished pictures."""

    def make(owner: User, **fields: Any) -> Run:
        run = make_planned_run(owner, **fields)
        finish_next(run.count)
        return run

    return make
