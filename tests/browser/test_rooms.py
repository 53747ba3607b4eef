"""A room in several browsers: a lecturer's, a student's phone, the wall."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import Role
from tests.boards import draw_board, finish, make_photo
from tests.browser.conftest import PHONE, sign_in
from tests.browser.test_pages import too_wide
from tests.factories import make_user
from upscale.models import Membership, Photo, Room
from upscale.visitors import Visitor

SLOW = 20_000
"""Milliseconds in which a page that asks every few seconds must have seen a change."""


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Callable[[], Page]]:
    """Give a function that opens a phone of its own, whose owner was never here."""
    contexts: list[BrowserContext] = []

    def take_out() -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport=PHONE, locale="en-GB", has_touch=True, is_mobile=True
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield take_out
    for context in contexts:
        context.close()


def open_room(page: Page, name: str = "Linear algebra") -> Room:
    """Open a room by its form."""
    page.goto("/rooms/")
    page.get_by_label("Name of the room").fill(name)
    page.get_by_label("Your nickname").fill("Lecturer")
    page.get_by_role("button", name="Open the room").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return Room.objects.get()


def join(page: Page, room: Room, nickname: str) -> Membership:
    """Come in as somebody who has scanned the code."""
    page.goto(f"/rooms/{room.code}/")
    page.get_by_label("Your nickname").fill(nickname)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("link", name="Share a photo")).to_be_visible()
    return Membership.objects.get(nickname=nickname)


def share(membership: Membership, *, is_done: bool = True, text: str = "energy equals mass") -> Photo:
    """Share a photo as the upload does."""
    photo = make_photo(Visitor(membership.person), image=draw_board([text], size=(320, 200), height=18))
    if is_done:
        finish(photo, text=text)
    photo.share(membership.room)
    return photo


def test_a_room_from_the_wall_to_the_phone(page: Page, phone: Callable[[], Page]) -> None:
    room = open_room(page)
    page.get_by_role("link", name="On the projector").click()
    wall = page.locator("#wall")
    expect(wall).to_contain_text("1 person")
    expect(page.locator(".wall-qr svg")).to_be_visible()
    shown = page.locator(".wall-code").inner_text()

    student = phone()
    student.goto("/rooms/")
    student.get_by_label("Code of the room").fill(shown.lower())
    student.get_by_role("button", name="Join", exact=True).click()
    expect(student.get_by_role("heading", level=1)).to_have_text("Linear algebra")
    expect(student.locator("#photos, #people")).to_have_count(0)
    student.get_by_label("Your nickname").fill("Anna")
    student.get_by_role("button", name="Come in").click()
    expect(student.get_by_text("Nothing is shared yet")).to_be_visible()
    expect(wall).to_contain_text("2 people", timeout=SLOW)

    anna = Membership.objects.get(nickname="Anna")
    photo = share(anna, is_done=False)
    tile = student.locator(f"#photo-{photo.pk}")
    expect(tile).to_contain_text("Being made legible", timeout=SLOW)
    expect(wall).to_contain_text("1 being made legible", timeout=SLOW)
    finish(photo)
    expect(tile.locator("img")).to_be_visible(timeout=SLOW)
    expect(page.locator(f"#wall-{photo.pk} img")).to_be_visible(timeout=SLOW)
    assert page.locator(f"#wall-{photo.pk} img").evaluate(
        "(image) => image.decode().then(() => image.naturalWidth)"
    )
    tile.get_by_role("link").click()
    student.wait_for_url(f"**/boards/{photo.pk}/")
    assert not too_wide(student)

    student.goto(f"/rooms/{room.code}/")
    student.get_by_role("link", name="Share a photo").click()
    student.wait_for_url(f"**/boards/?room={room.code}")
    expect(student.locator("select[name=room]")).to_have_value(room.code)


def test_an_owner_removes_a_photo_and_a_guest_and_closes_the_room(
    page: Page, phone: Callable[[], Page]
) -> None:
    room = open_room(page)
    student = phone()
    anna = join(student, room, "Anna")
    first, second = share(anna), share(anna)
    expect(page.locator(f"#photo-{second.pk}")).to_be_visible(timeout=SLOW)

    page.locator(f"#photo-{first.pk}").get_by_role("button").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator(f"#photo-{first.pk}")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("not in the room any more")
    expect(student.locator(f"#photo-{first.pk}")).to_have_count(0, timeout=SLOW)
    expect(student.locator(f"#photo-{second.pk}")).to_be_visible()

    page.locator("#people summary").click()
    page.locator(f"#member-{anna.pk}").get_by_role("button", name="Remove").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator(f"#member-{anna.pk}")).to_have_count(0)
    expect(page.locator(f"#photo-{second.pk}")).to_have_count(0)
    expect(page.locator("#people")).to_have_attribute("open", "")  # what was opened stays open
    student.reload()
    expect(student.get_by_role("alert")).to_contain_text("has removed you")

    page.get_by_role("button", name="Close the room").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.get_by_text("What was shared can still be looked at, until")).to_be_visible()
    expect(page.get_by_role("link", name="Share a photo")).to_have_count(0)
    late = phone()
    late.goto(f"/rooms/{room.code}/")
    expect(late.get_by_role("alert")).to_contain_text("This room is closed")


def test_what_somebody_reads_stays_where_it_is(page: Page, phone: Callable[[], Page]) -> None:
    room = open_room(page)
    student = phone()
    anna = join(student, room, "Anna")
    photos = [share(anna, text=f"lesson {number}") for number in range(6)]
    expect(student.locator("#photos li")).to_have_count(6, timeout=SLOW)
    read = student.locator(f"#photo-{photos[0].pk}")
    read.scroll_into_view_if_needed()
    student.wait_for_timeout(300)
    before = read.bounding_box()
    waiting = share(anna, is_done=False)
    newer = student.locator("[data-newer]")
    expect(newer).to_contain_text("1 new photo", timeout=SLOW)
    assert read.bounding_box() == before
    expect(student.locator(f"#photo-{waiting.pk}")).to_have_count(0)
    newer.tap()
    expect(student.locator(f"#photo-{waiting.pk}")).to_be_in_viewport(timeout=SLOW)
    expect(newer).to_be_hidden()


def test_after_the_end_the_wall_invites_nobody(page: Page) -> None:
    room = open_room(page)
    share(Membership.objects.get())
    page.goto(f"/rooms/{room.code}/projector/")
    invitation = page.locator(".wall-qr, .wall-how, .wall-code")
    expect(invitation).to_have_count(3)
    for part in invitation.all():
        expect(part).to_be_visible()
    room.close()
    expect(page.get_by_text("This room is closed.")).to_be_visible(timeout=SLOW)
    for part in invitation.all():
        expect(part).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    boxes = [page.locator(one).bounding_box() for one in (".wall", ".wall-photos")]
    assert boxes[0]
    assert boxes[1]
    assert boxes[1]["width"] > 0.9 * boxes[0]["width"]
    assert not too_wide(page)


def test_the_code_is_read_aloud(page: Page) -> None:
    room = open_room(page)
    for path in ("", "projector/"):
        page.goto(f"/rooms/{room.code}/{path}")
        tree = re.sub(r"\s+", " ", page.locator("body").aria_snapshot())
        assert re.search(f"Code of the room:.{{0,20}}{room.code[:3]} {room.code[3:]}", tree), tree


def test_the_focus_goes_to_the_neighbour_of_what_is_removed(page: Page) -> None:
    room = open_room(page)
    owner = Membership.objects.get()
    guests = [room.join(Visitor(f"guest:{number:032d}"), f"Guest {number}") for number in range(2)]
    photos = [share(owner) for _ in range(3)]
    page.reload()

    def remove(inside: str) -> None:
        button = page.locator(inside).get_by_role("button")
        button.focus()
        page.keyboard.press("Enter")
        page.locator("#confirm [data-confirm-yes]").focus()
        page.keyboard.press("Enter")
        expect(page.locator(inside)).to_have_count(0)

    remove(f"#photo-{photos[1].pk}")
    expect(page.locator(f"#photo-{photos[0].pk} button")).to_be_focused()
    remove(f"#photo-{photos[0].pk}")  # the last one: the one before it
    expect(page.locator(f"#photo-{photos[2].pk} button")).to_be_focused()
    remove(f"#photo-{photos[2].pk}")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.locator("#people summary").click()
    remove(f"#member-{guests[0].pk}")
    expect(page.locator(f"#member-{guests[1].pk} button")).to_be_focused()
    remove(f"#member-{guests[1].pk}")
    expect(page.locator("#people summary")).to_be_focused()


def test_a_photo_that_somebody_else_removes_takes_no_focus_along(page: Page) -> None:
    open_room(page)
    owner = Membership.objects.get()
    photos = [share(owner) for _ in range(2)]
    page.reload()
    page.locator(f"#photo-{photos[1].pk} a").focus()
    photos[1].unshare()
    expect(page.locator(f"#photo-{photos[1].pk}")).to_have_count(0, timeout=SLOW)
    expect(page.locator(f"#photo-{photos[0].pk} a")).to_be_focused()


def test_what_has_not_changed_is_not_sent_again(page: Page) -> None:
    open_room(page)
    member = Membership.objects.get()
    share(member)
    page.reload()
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "/timeline/" in answer.url else None)
    expect(page.locator("#photos li")).to_have_count(1)
    page.wait_for_timeout(7500)
    assert answers
    assert set(answers) == {204}


def test_the_address_is_copied(page: Page, live_server: Any) -> None:
    room = open_room(page)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator(".toast")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{live_server.url}/rooms/{room.code}/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_wall_fits_any_screen(page: Page, scheme: Any) -> None:
    room = open_room(page, "A lecture with quite a long name, on the fundamental theorem of the calculus")
    member = Membership.objects.get()
    page.emulate_media(color_scheme=scheme)
    for count in range(7):
        if count:
            share(member)
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(f"/rooms/{room.code}/projector/")
        expect(page.locator(".wall-photos li")).to_have_count(min(count, 6))
        assert not too_wide(page)
        heights = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
        assert heights[0] <= heights[1]
        boxes = [tile.bounding_box() for tile in page.locator(".wall-photos li").all()]
        assert all(box and box["width"] > 150 and box["height"] > 100 for box in boxes)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert not too_wide(page)


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "desktop"])
def test_no_page_of_rooms_is_wider_than_its_screen(page: Page, viewport: Any) -> None:
    page.set_viewport_size(viewport)
    room = open_room(page, "W" * 80)
    member = Membership.objects.get()
    room.join(Visitor("guest:" + "0" * 32), "M" * 40)
    share(member)
    for path in ("/rooms/", f"/rooms/{room.code}/"):
        page.goto(path)
        if path != "/rooms/":
            page.locator("#people summary").click()
        assert not too_wide(page)


def test_operators_watch_the_promise(page: Page, transactional_db: None) -> None:
    operator = sign_in(page, make_user(Role.OPERATOR))
    photo = finish(make_photo(Visitor(operator.person, operator)))
    page.goto("/boards/service/")
    expect(page.locator(".key-figures")).to_be_visible()
    waiting = page.locator("#now dt", has_text="Waiting").locator("+ dd")
    expect(waiting).to_have_text("0")
    make_photo()
    expect(waiting).to_have_text("1", timeout=SLOW)
    expect(page.locator("#alarm-no-worker")).to_be_visible()
    page.get_by_role("link", name="30 days").click()
    expect(page.locator(".service-periods [aria-current]")).to_have_text("30 days")
    page.locator(f'.case[href="/boards/{photo.pk}/"]').first.click()
    page.wait_for_url(f"**/boards/{photo.pk}/")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/boards/service/?days=30")
    assert not too_wide(page)
