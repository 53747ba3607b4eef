"""Editing the prompts of a planned run: the verbs, whom they refuse, and what they never change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from jobs.models import WrongState
from stockgen.models import Location, Prompt, Run
from stockgen.models.prompt_replace import ReplacementsChanged, find, replace
from stockgen.models.prompt_rows import groups_of, revision_of, totals_of, why_closed
from stockgen.models.prompt_table import MOST_PROMPTS, PromptTable, TextConflict
from stockgen.models.tally import Phase
from tests.factories import make_campaign, make_planned_run, make_run, make_user, write_plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    """Give the person who edits."""
    return make_user()


@pytest.fixture
def run(author: User) -> Run:
    """Give a planned run with a prompt at each of three locations."""
    return make_planned_run(author, locations=3, count=6, stops_after_planning=True)


@pytest.fixture
def table(run: Run, author: User) -> PromptTable:
    """Give its table."""
    return PromptTable(run, author)


def first(run: Run) -> Prompt:
    prompt = run.prompts.order_by("pk").first()
    assert prompt
    return prompt


def shown(run: Run) -> list[tuple[str, list[str]]]:
    """Return the table as text: locations with the prompts that are not dropped."""
    return [
        (
            group.location.text if group.location else "",
            [row.prompt.text for row in group.rows if not row.prompt.is_dropped],
        )
        for group in groups_of(run)
    ]


# ---------------------------------------------------------------------- editing
def test_an_edit_keeps_what_the_language_model_wrote(table: PromptTable, run: Run, author: User) -> None:
    prompt = table.edit(first(run).pk, "a desk at dawn", base="a picture of location 0")
    prompt.refresh_from_db()
    assert (prompt.text, prompt.written, prompt.author) == (
        "a desk at dawn",
        "a picture of location 0",
        author,
    )
    assert prompt.is_edited
    table.edit(prompt.pk, "a desk at dusk")
    prompt.refresh_from_db()
    assert prompt.written == "a picture of location 0"


def test_an_edit_back_to_what_the_model_wrote_is_none(table: PromptTable, run: Run) -> None:
    prompt = table.edit(first(run).pk, "a desk at dawn")
    prompt = table.edit(prompt.pk, "a picture of location 0")
    assert not Prompt.objects.get(pk=prompt.pk).is_edited


def test_an_edit_of_an_outdated_text_is_a_conflict_with_the_newer_text(table: PromptTable, run: Run) -> None:
    pk = first(run).pk
    table.edit(pk, "theirs", base="a picture of location 0")
    with pytest.raises(TextConflict) as caught:
        table.edit(pk, "mine", base="a picture of location 0")
    assert caught.value.latest == "theirs"
    assert first(run).text == "theirs"
    table.edit(pk, "mine", base="theirs")
    assert first(run).text == "mine"


def test_two_who_save_the_same_text_are_no_conflict(table: PromptTable, run: Run) -> None:
    pk = first(run).pk
    for _ in range(2):
        table.edit(pk, "the same", base="a picture of location 0")
    assert first(run).text == "the same"


@pytest.mark.parametrize("text", ["", "  ", "{a|b", "a}", "x" * 2001, "\0", "{|}"])
def test_a_text_that_cannot_be_is_refused_and_changes_nothing(
    table: PromptTable, run: Run, text: str
) -> None:
    verbs: list[Callable[[], Any]] = [lambda: table.edit(first(run).pk, text), lambda: table.add(None, text)]
    for verb in verbs:
        with pytest.raises(ValidationError) as caught:
            verb()
        assert list(caught.value.message_dict) == ["text"]
    assert first(run).text == "a picture of location 0"
    assert run.prompts.count() == 3


def test_a_dropped_prompt_is_rendered_no_more_until_it_is_brought_back(table: PromptTable, run: Run) -> None:
    pk = first(run).pk
    table.drop(pk)
    table.drop(pk)
    assert totals_of(run).prompts == 2
    with pytest.raises(WrongState, match="Bring it back"):
        table.edit(pk, "something else")
    table.restore(pk)
    table.drop(run.prompts.order_by("pk").last().pk)
    run.start_rendering()
    assert set(run.pictures.values_list("prompt__text", flat=True)) == {
        "a picture of location 0", "a picture of location 1"
    }  # fmt: skip


def test_a_prompt_is_added_at_the_end_of_its_location(table: PromptTable, run: Run, author: User) -> None:
    location = run.locations.get(position=1)
    prompt = table.add(location.pk, "  another view ")
    assert prompt.author == author
    assert prompt.is_edited
    assert not prompt.written
    assert shown(run)[1] == ("location 1", ["a picture of location 1", "another view"])


def test_a_copy_stands_right_behind_the_prompt(table: PromptTable, run: Run) -> None:
    location = run.locations.get(position=0)
    table.add(location.pk, "the last one")
    table.duplicate(first(run).pk)
    assert shown(run)[0][1] == ["a picture of location 0", "a picture of location 0", "the last one"]


# ---------------------------------------------------------------------- locations
def test_a_location_is_dropped_and_brought_back_with_all_its_prompts(table: PromptTable, run: Run) -> None:
    location = run.locations.get(position=0)
    table.add(location.pk, "another view")
    table.drop_location(location.pk)
    assert shown(run)[0] == ("location 0", [])
    assert totals_of(run).prompts == 2
    table.restore_location(location.pk)
    assert totals_of(run).prompts == 4


def test_a_location_is_added_with_its_first_prompt(table: PromptTable, run: Run) -> None:
    table.add_location("  a roof   garden ", "a roof garden at noon")
    assert shown(run)[-1] == ("a roof garden", ["a roof garden at noon"])


def test_a_location_without_name_or_prompt_is_refused_at_both_fields(table: PromptTable, run: Run) -> None:
    with pytest.raises(ValidationError) as caught:
        table.add_location(" ", "{a")
    assert set(caught.value.message_dict) == {"name", "text"}
    with pytest.raises(ValidationError):
        table.add_location("x" * 301, "a roof")
    assert run.locations.count() == 3


def test_a_copy_of_a_location_stands_behind_it_without_dropped_prompts(table: PromptTable, run: Run) -> None:
    location = run.locations.get(position=0)
    table.drop(table.add(location.pk, "dropped").pk)
    table.duplicate_location(location.pk)
    assert [name for name, _prompts in shown(run)] == ["location 0", "location 0", "location 1", "location 2"]
    assert shown(run)[1][1] == ["a picture of location 0"]


def test_a_location_is_renamed_unless_somebody_else_has_renamed_it(table: PromptTable, run: Run) -> None:
    location = run.locations.get(position=0)
    table.rename_location(location.pk, "a hall", base="location 0")
    with pytest.raises(TextConflict) as caught:
        table.rename_location(location.pk, "a lobby", base="location 0")
    assert caught.value.latest == "a hall"


# ---------------------------------------------------------------------- find and replace
def test_find_and_replace_shows_what_it_would_do_first(table: PromptTable, run: Run) -> None:
    found = find(run, "PICTURE of", "photograph of")
    assert [one.after for one in found.replaced] == [f"a photograph of location {n}" for n in range(3)]
    assert first(run).text == "a picture of location 0"
    replace(table, "PICTURE of", "photograph of", digest=found.digest)
    assert first(run).text == "a photograph of location 0"
    assert first(run).written == "a picture of location 0"


def test_case_counts_where_it_is_asked_to(run: Run) -> None:
    assert not find(run, "PICTURE", "x", match_case=True).found


def test_what_is_looked_for_is_no_pattern(table: PromptTable, run: Run) -> None:
    table.edit(first(run).pk, r"a desk (oak) \1")
    assert [one.after for one in find(run, "(oak)", r"\1").replaced] == [r"a desk \1 \1"]


def test_a_replacement_that_spoils_a_prompt_leaves_that_one_alone(table: PromptTable, run: Run) -> None:
    found = find(run, "location 0", "{")
    [one] = found.found
    assert "not closed" in str(one.problem)
    assert not found.replaced
    assert replace(table, "location 0", "{", digest=found.digest) == []
    assert first(run).text == "a picture of location 0"


def test_replacements_that_would_be_others_by_now_are_looked_at_again(table: PromptTable, run: Run) -> None:
    found = find(run, "picture", "photograph")
    table.edit(first(run).pk, "a picture of a desk")
    with pytest.raises(ReplacementsChanged):
        replace(table, "picture", "photograph", digest=found.digest)
    assert first(run).text == "a picture of a desk"


def test_nothing_to_look_for_is_refused_at_its_field(run: Run) -> None:
    with pytest.raises(ValidationError) as caught:
        find(run, "", "x")
    assert list(caught.value.message_dict) == ["needle"]


# ---------------------------------------------------------------------- states and limits
def every_verb(table: PromptTable, prompt: int, location: int) -> list[Callable[[], Any]]:
    return [
        lambda: table.edit(prompt, "x"), lambda: table.drop(prompt), lambda: table.restore(prompt),
        lambda: table.add(location, "x"), lambda: table.add(None, "x"), lambda: table.duplicate(prompt),
        lambda: table.add_location("x", "y"), lambda: table.rename_location(location, "x"),
        lambda: table.drop_location(location), lambda: table.restore_location(location),
        lambda: table.duplicate_location(location), lambda: replace(table, "a", "b", digest=""),
    ]  # fmt: skip


def refuse_all(run: Run, author: User) -> None:
    before = revision_of(run)
    table = PromptTable(run, author)
    for verb in every_verb(table, first(run).pk, run.locations.order_by("pk")[0].pk):
        with pytest.raises(WrongState):
            verb()
    assert revision_of(run) == before


def test_once_the_rendering_has_started_nothing_changes(run: Run, author: User) -> None:
    run.start_rendering()
    refuse_all(run, author)


def test_a_run_that_renders_by_itself_is_never_changed(author: User) -> None:
    refuse_all(make_planned_run(author), author)


def test_a_cancelled_run_is_changed_once_it_waits_again(run: Run, author: User, table: PromptTable) -> None:
    run.cancel()
    assert run.phase(run.tally()) == Phase.CANCELLED
    refuse_all(run, author)
    assert run.retry() == 0
    assert run.phase(run.tally()) == Phase.PLANNED
    table.edit(first(run).pk, "a desk")


def test_before_the_plan_is_done_there_is_nothing_to_change(author: User) -> None:
    run = make_run(author, stops_after_planning=True)
    assert "no plan" in str(why_closed(run))
    with pytest.raises(WrongState):
        PromptTable(run, author).add(None, "a desk")


def test_what_belongs_to_another_run_is_not_there(table: PromptTable) -> None:
    other = make_planned_run(stops_after_planning=True)
    for verb in every_verb(table, first(other).pk, other.locations.get().pk):
        with suppress(Prompt.DoesNotExist, Location.DoesNotExist, ReplacementsChanged):
            verb()
    assert shown(other) == [("location 0", ["a picture of location 0"])]


def test_a_run_has_a_limit_of_prompts(table: PromptTable, run: Run) -> None:
    location = run.locations.get(position=0)
    Prompt.objects.bulk_create(
        Prompt(run=run, location=location, text="x", position=9) for _ in range(MOST_PROMPTS - 3)
    )
    for verb in (
        lambda: table.add(None, "x"), lambda: table.duplicate(first(run).pk), lambda: table.add_location("a", "b"),
        lambda: table.duplicate_location(location.pk),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match="at most"):
            verb()


# ---------------------------------------------------------------------- starting
def test_the_number_of_pictures_can_be_changed_before_the_rendering(run: Run) -> None:
    run.start_rendering(2)
    assert run.count == run.pictures.count() == 2


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_a_number_of_pictures_out_of_range_starts_nothing(run: Run, count: int) -> None:
    with pytest.raises(ValidationError) as caught:
        run.start_rendering(count)
    assert list(caught.value.message_dict) == ["count"]
    run.refresh_from_db()
    assert (run.count, run.pictures.count()) == (6, 0)


def test_a_run_without_a_prompt_does_not_start(run: Run, table: PromptTable) -> None:
    for location in run.locations.all():
        table.drop_location(location.pk)
    with pytest.raises(ValidationError, match="No prompt is left"):
        run.start_rendering()
    assert run.phase(run.tally()) == Phase.PLANNED


def test_a_run_paused_while_it_was_planned_renders_when_it_is_started(author: User) -> None:
    run = make_planned_run(author, stops_after_planning=True)
    Run.objects.filter(pk=run.pk).update(paused_at="2026-01-01T00:00Z")
    run.refresh_from_db()
    run.start_rendering()
    assert run.phase(run.tally()) == Phase.RENDERING
    assert not run.pictures.filter(on_hold=True).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_start_the_rendering_at_once_start_it_once() -> None:
    run = make_planned_run(count=5, stops_after_planning=True)
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def start() -> None:
        mine = Run.objects.get(pk=run.pk)
        barrier.wait()
        try:
            mine.start_rendering()
            outcomes.append("started")
        except WrongState:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "started"]
    assert run.pictures.count() == 5


# ---------------------------------------------------------------------- campaigns
@pytest.fixture
def campaign_run(author: User) -> Run:
    """Give a campaign's run whose first prompt has a picture."""
    campaign = make_campaign(author)
    from stockgen.campaigns.advancing import advance

    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    return Run.objects.get(cell__campaign=campaign)


def test_a_campaigns_prompts_without_pictures_can_be_changed(campaign_run: Run, author: User) -> None:
    table = PromptTable(campaign_run, author)
    rows = [row for group in groups_of(campaign_run) for row in group.rows]
    fixed = next(row.prompt for row in rows if row.is_fixed)
    free = next(row.prompt for row in rows if not row.is_fixed)
    table.edit(free.pk, "a desk at dawn")
    with pytest.raises(WrongState, match="has pictures"):
        table.edit(fixed.pk, "a desk at dawn")
    with pytest.raises(WrongState, match="its name stays"):
        table.rename_location(fixed.location.pk, "elsewhere")
    found = find(campaign_run, fixed.text, "other")
    assert not found.replaced
    table.drop(fixed.pk)
    assert Prompt.objects.get(pk=fixed.pk).is_dropped


def test_a_campaign_goes_on_without_a_dropped_prompt(campaign_run: Run, author: User) -> None:
    from stockgen.campaigns.arms import arms_of

    table = PromptTable(campaign_run, author)
    dropped = first(campaign_run)
    table.drop(dropped.pk)
    added = table.add(dropped.location_id, "a view from above")
    used = {arm.prompt.pk for location in arms_of(campaign_run.cell).locations for arm in location.prompts}
    assert dropped.pk not in used
    assert added.pk in used


def test_a_campaigns_run_is_not_started_by_hand(campaign_run: Run) -> None:
    with pytest.raises(WrongState):
        campaign_run.start_rendering()
