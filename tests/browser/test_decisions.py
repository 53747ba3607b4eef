"""Deciding and steering in a real browser: the panel of the picture page, flags by keyboard, rules, phone widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Role, User
from review.models import Entry, Override, Policy, Rule
from stockgen.models import Picture, Run, Verdict
from tests.browser.conftest import PHONE, sign_in
from tests.factories import cast, make_expert, make_reason, make_user


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(transactional_db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def make_operator(**fields: Any) -> User:
    return make_user(Role.OPERATOR, first_name="Olga", **fields)


def verdict_of(picture: Picture) -> str:
    return str(Picture.objects.get(pk=picture.pk).verdict)


def test_a_designer_decides_on_the_page_of_the_picture(
    page: Page, designer: User, finished_run: Callable[..., Run]
) -> None:
    picture = finished_run(designer, count=1).pictures.get()
    reason = make_reason(name="Fake text")
    cast(make_expert(first_name="Anna"), picture)
    page.goto(f"/pictures/{picture.pk}/")
    panel, badge = page.locator("#decision"), page.locator("#verdict")
    expect(panel).to_contain_text("Anna")
    expect(badge).to_have_text("approved", ignore_case=True)

    panel.get_by_text("Decide over the votes").click()
    expect(panel.get_by_text("Fake text")).to_be_hidden()
    panel.get_by_role("radio", name="Reject").check(force=True)
    panel.get_by_label("Fake text").check()
    page.expected_errors.append("422")  # type: ignore[attr-defined]
    panel.get_by_role("button", name="Decide").click()
    expect(panel.get_by_text("This field is required.")).to_be_visible()
    assert not Override.objects.exists()

    panel.get_by_label("Why, in words").first.fill("Letters that are none.")
    panel.get_by_role("button", name="Decide").click()
    expect(panel).to_contain_text("Decided over the votes by Dana")
    expect(badge).to_have_text("rejected", ignore_case=True)
    expect(page.locator(".toast")).to_contain_text("Rejected.")
    picture.refresh_from_db()
    assert (picture.verdict, picture.verdict_reasons) == (Verdict.REJECTED, [reason.key])


def test_flags_are_answered_by_keyboard_alone(page: Page, finished_run: Callable[..., Run]) -> None:
    operator = sign_in(page, make_operator())
    pictures = list(finished_run(operator, count=4).pictures.order_by("id"))
    reasons = [make_reason(position=digit) for digit in (1, 2)]
    for picture in pictures:
        cast(make_expert(), picture, "flag", note="Look at this.")
    page.goto("/review/flagged/")
    rows = page.locator("[data-flag-row]")
    expect(rows).to_have_count(4)

    def first_is(picture: Picture) -> None:
        expect(rows.first).to_have_attribute("id", f"flag-{picture.pk}")
        expect(rows.first).to_be_focused()

    page.keyboard.press("ArrowDown")
    first_is(pictures[0])
    page.keyboard.press("f")
    first_is(pictures[1])
    page.keyboard.press("a")
    first_is(pictures[2])
    page.keyboard.press("x")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    first_is(pictures[3])
    page.keyboard.press("x")
    page.locator("textarea").focus()
    page.keyboard.type("fax 1")
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    rows.first.focus()
    page.keyboard.press("f")
    expect(page.get_by_text("Nothing is flagged")).to_be_visible()

    assert [verdict_of(picture) for picture in pictures] == ["pending", "approved", "rejected", "pending"]
    assert Override.objects.get(verdict=Verdict.REJECTED).reasons == [reasons[1].key]
    assert not Entry.objects.flagged().exists()


def test_a_rule_is_set_and_given_up_in_its_row(page: Page, finished_run: Callable[..., Run]) -> None:
    operator = sign_in(page, make_operator())
    topic = finished_run(operator, count=1).topic
    page.goto("/review/rules/")
    row = page.locator(f"#rule-{topic.key}")
    expect(row).to_contain_text("As the default.")
    row.get_by_role("link", name="Edit").click()
    row.get_by_label("Votes per picture").fill("2")
    row.get_by_role("button", name="Save the rule").click()
    expect(row).to_contain_text("Two votes, and a third on a split.")
    assert Entry.objects.get().wanted == 2
    row.get_by_role("link", name="Edit").click()
    row.get_by_role("button", name="Use the default").click()
    expect(row).to_contain_text("As the default.")
    assert Entry.objects.get().wanted == 1


def test_it_all_works_without_javascript(
    chromium: Browser, live_server: Any, finished_run: Callable[..., Run]
) -> None:
    operator = make_operator()
    picture = finished_run(operator, count=1).pictures.get()
    make_reason(name="Fake text")
    cast(make_expert(), picture, "flag")
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False, locale="en-GB")
    page = sign_in_without_script(context.new_page(), operator)
    page.goto(f"/pictures/{picture.pk}/")
    page.get_by_role("link", name="Verdict and votes").click()
    page.get_by_role("button", name="It is fine: clear the flags").click()
    expect(page.get_by_text("1 flag taken back.")).to_be_visible()
    page.goto(f"/review/rules/?edit={picture.topic.key}")
    page.get_by_label("Votes per picture").fill("3")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("Three votes, the majority decides.")).to_be_visible()
    context.close()
    assert Entry.objects.get().wanted == 3
    assert not Entry.objects.flagged().exists()


def sign_in_without_script(page: Page, user: User) -> Page:
    page.goto("/sign-in/")
    page.locator("[name=username]").fill(user.username)
    page.locator("[name=password]").fill("secret")
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/")
    return page


@pytest.mark.parametrize("width", [320, PHONE["width"]])
def test_the_pages_fit_a_phone_and_the_tabs_are_five(
    page: Page, finished_run: Callable[..., Run], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    operator = sign_in(page, make_operator())
    picture = finished_run(operator, count=1).pictures.get()
    make_reason(name="Brand or recognisable person")
    cast(make_expert(), picture, "flag", note="https://example.org/" + "a-long-address-without-a-space" * 6)
    for address in (
        f"/pictures/{picture.pk}/", f"/review/pictures/{picture.pk}/", "/review/flagged/",
        f"/review/rules/?edit={picture.topic.key}", "/review/experts/", "/review/reasons/",
    ):  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.locator(".nav a:visible").count() == 5
