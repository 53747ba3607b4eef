"""The dry run on the page of an addition, and its own page."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from jobs.models import Worker
from jobs.states import State, worker_name
from stockgen.models import Concept, DryRun, Plan, PromptAddition, Step, Topic
from tests.factories import make_concept, make_run, make_topic, make_user, some_uuid
from tests.web.conftest import Browser

TEXT = "Only <b>wards</b>."


@pytest.fixture
def cell(db: None) -> dict[str, Any]:
    return {"topic": make_topic(name="Offices"), "concept": make_concept(name="Interiors")}


@pytest.fixture
def worker(db: None) -> None:
    """Let a worker be alive: this process."""
    Worker.objects.beat(worker_name())


def address(topic: Topic, concept: Concept, step: str = "locations", *, suffix: str = "dry-run/") -> str:
    return f"/topics/{topic.key}/{concept.key}/{step}/{suffix}"


def start(browser: Browser, cell: dict[str, Any], step: str = "locations", **data: Any) -> Any:
    return browser.post(address(**cell, step=step), {"text": TEXT, **data}, headers={"HX-Request": "true"})


def page_of(dry_run: DryRun) -> str:
    return reverse("dry-run-part", args=[dry_run.pk])


def location(text: str, *prompts: str, from_pattern: bool = False) -> dict[str, Any]:
    return {"text": text, "from_pattern": from_pattern} | ({"prompts": list(prompts)} if prompts else {})


def claimed(result: dict[str, Any] | None = None) -> DryRun:
    [dry_run] = DryRun.objects.claim(worker_name())
    dry_run.note(result or {})
    return dry_run


# ------------------------------------------------------------------ starting
def test_the_page_of_an_addition_offers_it(designer: Browser, cell: dict[str, Any]) -> None:
    page = designer.get(address(**cell, suffix="")).text
    assert address(**cell) in page
    assert 'form="addition-form"' in page
    assert 'id="dry-run"' in page


def test_both_system_prompts_are_shown_at_once(designer: Browser, cell: dict[str, Any], worker: None) -> None:
    PromptAddition.objects.append(**cell, step=Step.LOCATIONS, text="Only halls.")
    response = start(designer, cell)
    assert response.status_code == 200
    text = response.text
    assert '<del title="removed">halls</del>' in text
    assert "&lt;b&gt;" in text
    assert "<b>wards</b>" not in text
    assert f'hx-get="{page_of(DryRun.objects.get())}"' in text
    assert "A worker is taking it up." in text


def test_what_is_wrong_is_said_and_nothing_starts(designer: Browser, cell: dict[str, Any]) -> None:
    response = start(designer, cell, text="x" * 10_001)
    assert response.status_code == 422
    assert "Use at most 10,000 characters." in response.text
    assert start(designer, cell, language_model="gpt-9").status_code == 422
    assert not DryRun.objects.exists()


def test_another_seed_is_drawn_only_when_asked_for(designer: Browser, cell: dict[str, Any]) -> None:
    start(designer, cell)
    start(designer, cell, text="Other.")
    start(designer, cell, another_seed="on")
    first, second, third = DryRun.objects.order_by("id").values_list("seed", flat=True)
    assert first == second != third


def test_without_scripts_it_has_a_page_of_its_own_that_leads_back_with_the_text(
    designer: Browser, cell: dict[str, Any]
) -> None:
    response = designer.post(address(**cell), {"text": TEXT})
    dry_run = DryRun.objects.get()
    assert response.status_code == 302
    assert response["Location"] == page_of(dry_run)
    page = designer.get(page_of(dry_run)).text
    assert '<meta http-equiv="refresh"' in page
    back = f"{address(**cell, suffix='')}?dry_run={dry_run.pk}"
    assert back in page
    form = designer.get(back).context["form"]
    assert (form["text"].value(), form["base"].value()) == (TEXT, "0")


def test_without_scripts_a_fault_keeps_the_text(designer: Browser, cell: dict[str, Any]) -> None:
    response = designer.post(address(**cell), {"text": "x" * 10_001})
    assert response.status_code == 422
    assert "x" * 10_001 in response.text


def test_a_text_saved_since_makes_the_way_back_a_conflict(designer: Browser, cell: dict[str, Any]) -> None:
    start(designer, cell)
    PromptAddition.objects.append(**cell, step=Step.LOCATIONS, text="Theirs.")
    back = f"{address(**cell, suffix='')}?dry_run={DryRun.objects.get().pk}"
    form = designer.get(back).context["form"]
    data = {name: form[name].value() or "" for name in ("text", "base", "note", "proposal")}
    assert designer.post(address(**cell, suffix=""), data).status_code == 409


# ------------------------------------------------------------------ who may
def test_only_designers_and_operators_start_one(
    expert: Browser, anonymous: Browser, operator: Browser, cell: dict[str, Any]
) -> None:
    assert start(expert, cell).status_code == 403
    assert "/sign-in/" in start(anonymous, cell).headers["HX-Redirect"]
    assert not DryRun.objects.exists()
    assert start(operator, cell).status_code == 200


def test_anothers_is_not_there(
    designer: Browser, other_designer: Browser, operator: Browser, cell: dict[str, Any]
) -> None:
    start(designer, cell)
    dry_run = DryRun.objects.get()
    for other in (other_designer, operator):
        assert other.htmx(page_of(dry_run)).status_code == 404
        assert other.press(reverse("cancel-dry-run", args=[dry_run.pk])).status_code == 404
        assert other.get(f"{address(**cell, suffix='')}?dry_run={dry_run.pk}").status_code == 404
        assert TEXT not in other.get(address(**cell, suffix="")).text
    dry_run.refresh_from_db()
    assert dry_run.state == State.QUEUED


@pytest.mark.parametrize("step", ["nothing", "saved"])
def test_an_unknown_step_topic_or_run_is_404(designer: Browser, cell: dict[str, Any], step: str) -> None:
    assert start(designer, cell, step=step).status_code == 404
    assert start(designer, cell | {"topic": Topic(key="none")}).status_code == 404
    assert designer.htmx(f"/dry-runs/{some_uuid()}/").status_code == 404
    assert designer.get(f"{address(**cell, suffix='')}?dry_run=nonsense").status_code == 404


# ------------------------------------------------------------------ waiting
def test_it_says_that_no_worker_runs(designer: Browser, cell: dict[str, Any]) -> None:
    assert "No worker is running." in start(designer, cell).text


def test_it_says_what_it_waits_for(designer: Browser, cell: dict[str, Any], worker: None) -> None:
    make_run()
    Plan.objects.claim(worker_name())
    assert "busy with the plan of a run" in start(designer, cell).text


def test_it_says_how_many_go_first(designer: Browser, cell: dict[str, Any], worker: None) -> None:
    start(designer, cell)
    claimed()
    for _number in range(2):
        DryRun.objects.start(make_user(), **cell, step=Step.LOCATIONS, text="Theirs.")
    assert "2 dry runs of others go first." in start(designer, cell).text


# ------------------------------------------------------------------ the answer
def test_it_fills_step_by_step_and_the_polling_ends(
    designer: Browser, cell: dict[str, Any], worker: None
) -> None:
    start(designer, cell)
    dry_run = claimed()
    part = designer.htmx(page_of(dry_run))
    assert part.status_code == 200
    assert "looking for locations with the saved text" in part.text

    dry_run.note({"saved": {"locations": [location("open office"), location("meeting room")]}})
    part = designer.htmx(page_of(dry_run)).text
    assert "open office" in part
    assert "<del" not in part
    assert "looking for locations with your text" in part

    found = {
        "saved": {
            "locations": [location("open office", "Open office, soft light"), location("meeting room")]
        },
        "unsaved": {
            "locations": [location("open office", "Open office, soft light"), location("small ward")]
        },
    }
    dry_run.note(found)
    part = designer.htmx(page_of(dry_run)).text
    assert "<del>meeting room</del>" in part
    assert "<ins>small ward</ins>" in part
    assert "<ins>open office</ins>" not in part
    assert "Open office, soft light" in part
    assert "writing prompts" in part

    dry_run.succeed(result=found)
    part = designer.htmx(page_of(dry_run))
    assert part.status_code == 286
    assert "hx-get" not in part.text
    assert "answered in" in part.text


def test_prompts_for_the_same_locations_stand_beside_each_other_with_their_differences(
    designer: Browser, cell: dict[str, Any]
) -> None:
    start(designer, cell, step="descriptions")
    claimed().succeed(
        result={
            "saved": {"locations": [location("open office", "Office, soft light", "Office, a lamp")]},
            "unsaved": {"locations": [location("open office", "Office, grey light", from_pattern=True)]},
        }
    )
    part = designer.htmx(page_of(DryRun.objects.get())).text
    assert '<del title="removed">soft</del>' in part
    assert '<ins title="added">grey</ins>' in part
    assert "Office, a lamp" in part
    assert "bare pattern of the worked examples" in part


def test_the_saved_text_itself_has_one_side(designer: Browser, cell: dict[str, Any]) -> None:
    PromptAddition.objects.append(**cell, step=Step.LOCATIONS, text=TEXT)
    start(designer, cell)
    claimed().succeed(result={"saved": {"locations": []}})
    part = designer.htmx(page_of(DryRun.objects.get())).text
    assert "nothing to compare" in part
    assert "Unsaved" not in part
    assert "found no location" in part


def test_a_failure_is_said_and_the_last_one_is_still_there_on_the_next_visit(
    designer: Browser, cell: dict[str, Any]
) -> None:
    start(designer, cell)
    claimed().fail("ModelUnavailable: <put it there>", retry=False)
    part = designer.htmx(page_of(DryRun.objects.get()))
    assert part.status_code == 286
    page = designer.get(address(**cell, suffix="")).text
    for shown in (part.text, page):
        assert "The dry run failed." in shown
        assert "&lt;put it there&gt;" in shown
    PromptAddition.objects.append(**cell, step=Step.LOCATIONS, text="Another.")
    assert "The dry run failed." not in designer.get(address(**cell, suffix="")).text


def test_giving_up_twice_is_no_fault(designer: Browser, cell: dict[str, Any]) -> None:
    start(designer, cell)
    dry_run = DryRun.objects.get()
    for _time in range(2):
        response = designer.press(reverse("cancel-dry-run", args=[dry_run.pk]))
        assert response.status_code == 200
        assert "It was given up" in response.text
    dry_run.refresh_from_db()
    assert dry_run.state == State.CANCELLED


def test_giving_up_what_is_done_keeps_the_answer(designer: Browser, cell: dict[str, Any]) -> None:
    start(designer, cell)
    claimed().succeed(result={"saved": {"locations": [location("open office", "Open office")]}})
    dry_run = DryRun.objects.get()
    assert "open office" in designer.press(reverse("cancel-dry-run", args=[dry_run.pk])).text
    assert designer.post(reverse("cancel-dry-run", args=[dry_run.pk])).status_code == 302
    dry_run.refresh_from_db()
    assert dry_run.state == State.DONE


def test_numbers_are_plain_for_machines_in_every_language(designer: Browser, cell: dict[str, Any]) -> None:
    start(designer, cell)
    DryRun.objects.update(seed=4_000_000_000)
    with translation.override("ru"):
        part = designer.get(
            page_of(DryRun.objects.get()), headers={"HX-Request": "true", "Accept-Language": "ru"}
        ).text
    assert "4000000000" in part
