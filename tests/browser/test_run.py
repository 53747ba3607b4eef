"""From the launch form to the finished run, as a designer sees it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Request, expect

from accounts.models import User
from stockgen.models import Picture, Run
from stockgen.models.tally import Phase
from tests.browser.conftest import finish_next, sign_in
from tests.factories import make_concept, make_planned_run, make_topic, make_user


def phase_of(run: Run) -> Phase:
    run = Run.objects.get(pk=run.pk)
    return run.phase(run.tally())


def polls(page: Page) -> list[str]:
    """Start noting what the page asks for by itself."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.headers.get("hx-request") and request.method == "GET":
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_designer_launches_a_run(page: Page, designer: User) -> None:
    make_topic(name="Offices")
    make_concept(name="Interiors", negative_prompt="people")
    page.goto("/launch/")
    page.get_by_label("Topic").select_option("Offices")
    page.get_by_label("Interiors").check()
    page.get_by_label("How many pictures").fill("7")
    page.get_by_text("More settings").click()
    expect(page.get_by_label("Negative prompt")).to_have_attribute("placeholder", "people")
    page.get_by_role("button", name="Throw the dice").click()
    seed = page.get_by_label("Seed", exact=True).input_value()
    page.get_by_role("button", name="Start the run").dblclick()
    page.wait_for_url("**/runs/*/")
    expect(page.get_by_role("heading", name="Offices")).to_be_visible()
    run = Run.objects.get()
    assert (run.count, run.owner, run.seed) == (7, designer, int(seed))


def test_the_form_follows_the_chosen_model(page: Page, designer: User) -> None:
    page.goto("/launch/")
    note = page.get_by_text("This image model is a demonstration.")
    expect(note).to_be_visible()
    page.get_by_text("More settings").click()
    page.get_by_label("Image model").select_option("sdxl")
    expect(note).to_be_hidden()
    expect(page.get_by_label("Width, px")).to_have_attribute("placeholder", "1024")


def test_a_fault_in_more_settings_is_seen_and_focused(page: Page, designer: User) -> None:
    page.expected_errors.append("422")  # type: ignore[attr-defined]
    make_topic(name="Offices")
    make_concept(name="Interiors")
    page.goto("/launch/")
    page.get_by_label("Topic").select_option("Offices")
    page.get_by_label("Interiors").check()
    page.get_by_text("More settings").click()
    page.get_by_label("Width, px").fill("513")
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_label("Width, px")).to_be_focused()
    expect(page.get_by_label("Width, px")).to_have_value("513")
    expect(page.get_by_text("Use a multiple of")).to_be_visible()


def test_pictures_appear_while_it_is_watched_and_polling_ends(page: Page, designer: User) -> None:
    run = make_planned_run(designer, count=4)
    page.goto(f"/runs/{run.pk}/")
    expect(page.locator(".tile-queued")).to_have_count(4)
    finish_next(2)
    expect(page.locator(".tile img")).to_have_count(2)
    first = page.locator(".tile img").first
    first.evaluate("(image) => { image.seenBefore = true; }")
    page.locator("#pause").focus()
    finish_next(2)
    expect(page.locator(".badge-done")).to_be_visible()
    expect(page.locator(".tile img")).to_have_count(4)
    assert first.evaluate("(image) => image.seenBefore && image.complete && image.naturalWidth > 0")
    asked = polls(page)
    page.wait_for_timeout(3500)
    assert not asked


def test_the_focus_and_what_was_opened_survive_the_polling(page: Page, designer: User) -> None:
    run = make_planned_run(designer, count=4)
    page.goto(f"/runs/{run.pk}/")
    page.locator("#plan summary").click()
    page.locator("#pause").focus()
    finish_next(1)
    expect(page.locator(".tile img")).to_have_count(1)
    expect(page.locator("#pause")).to_be_focused()
    expect(page.locator("#plan")).to_have_attribute("open", "")


def test_pause_stops_the_polling_and_resume_starts_it_again(page: Page, designer: User) -> None:
    run = make_planned_run(designer, count=3)
    page.goto(f"/runs/{run.pk}/")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".badge-paused")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Paused.")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".badge-rendering")).to_be_visible()
    finish_next(1)
    expect(page.locator(".tile img")).to_have_count(1)


def test_cancelling_a_run_asks_first(page: Page, designer: User) -> None:
    run = make_planned_run(designer)
    page.goto(f"/runs/{run.pk}/")
    page.locator("#cancel").click()
    page.get_by_role("button", name="No, go back").click()
    assert phase_of(run) == Phase.RENDERING
    page.locator("#cancel").click()
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.locator(".badge-cancelled")).to_be_visible()
    assert phase_of(run) == Phase.CANCELLED


def test_one_waiting_picture_is_cancelled_and_retried(page: Page, designer: User) -> None:
    run = make_planned_run(designer, count=2)
    page.goto(f"/runs/{run.pk}/")
    tile = page.locator(".tile").first
    tile.hover()
    tile.get_by_role("button", name="Cancel this picture").click()
    expect(tile).to_contain_text("cancelled")
    tile.hover()
    tile.get_by_role("button", name="Retry this picture").click()
    expect(tile).to_contain_text("waiting")
    assert Picture.objects.queued().count() == 2


def test_a_hidden_tab_asks_for_nothing(page: Page, designer: User) -> None:
    run = make_planned_run(designer)
    page.goto(f"/runs/{run.pk}/")
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.isHidden ?? false })")
    page.evaluate("window.isHidden = true")
    page.wait_for_timeout(200)
    asked = polls(page)
    page.wait_for_timeout(3500)
    assert not asked
    page.evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    assert asked


def test_a_lost_network_is_said_once(page: Page, context: BrowserContext, designer: User) -> None:
    page.expected_errors += ["ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"]  # type: ignore[attr-defined]
    run = make_planned_run(designer)
    page.goto(f"/runs/{run.pk}/")
    context.set_offline(True)
    expect(page.locator(".toast-error")).to_contain_text("The server cannot be reached.")
    page.wait_for_timeout(3500)
    expect(page.locator(".toast-error")).to_have_count(1)
    context.set_offline(False)
    finish_next(1)
    expect(page.locator(".tile img")).to_have_count(1)


def test_the_run_page_works_without_javascript(
    chromium: object, context: BrowserContext, live_server: object, finished_run: Callable[..., Run]
) -> None:
    assert context.browser is not None
    plain = context.browser.new_context(base_url=live_server.url, java_script_enabled=False)  # type: ignore[attr-defined]
    page = plain.new_page()
    designer = sign_in(page, make_user())
    run = make_planned_run(designer)
    page.goto(f"/runs/{run.pk}/")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".badge-paused")).to_be_visible()
    assert phase_of(run) == Phase.PAUSED
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".badge-rendering")).to_be_visible()
    finish_next(3)
    page.wait_for_selector(".badge-done", timeout=9000)
    plain.close()
