"""Wildcards in prompts: what becomes of them when the rendering starts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from engines.planning import wildcards
from jobs.states import worker_name
from stockgen.models import Plan, Prompt, Run
from stockgen.models.plan import expand_prompts
from stockgen.models.run_request import checked_prompt, problem_with_prompt
from tests.factories import make_run, make_user

pytestmark = pytest.mark.django_db


def planned(*locations: list[str], count: int = 100) -> Run:
    """Plan a run that stops there, with these prompts for each location."""
    run = make_run(count=count, stops_after_planning=True)
    Plan.objects.filter(pk=run.plan.pk).update(priority=100)
    [plan] = Plan.objects.claim(worker_name())
    plan.add_locations([f"place {index}" for index in range(len(locations))], asked=3, attempts=1)
    for location, texts in zip(run.locations.all(), locations, strict=True):
        for position, text in enumerate(texts):
            Prompt.objects.create(run=run, location=location, text=text, position=position)
    plan.finish(language_model_revision="test")
    return Run.objects.get(pk=run.pk)


def texts(prompts: list[Prompt]) -> list[str]:
    return [prompt.text for prompt in prompts]


def test_every_combination_is_a_prompt_of_its_own() -> None:
    run = planned(["{morning|evening} light in a {red|blue} room"])
    rows = expand_prompts(run)
    assert texts(rows) == [
        "morning light in a red room",
        "morning light in a blue room",
        "evening light in a red room",
        "evening light in a blue room",
    ]
    [template] = run.prompts.filter(template=None)
    assert {row.template for row in rows} == {template}
    assert {row.location for row in rows} == {template.location}
    assert list(template.combinations.order_by("pk")) == rows


def test_a_prompt_without_wildcards_stays_one_row() -> None:
    run = planned(["a desk"])
    [row] = expand_prompts(run)
    assert row == run.prompts.get()


def test_a_plain_brace_is_written_with_a_backslash() -> None:
    run = planned([r"a sign with \{ on it"])
    assert texts(expand_prompts(run)) == ["a sign with { on it"]


def test_few_pictures_still_show_many_locations() -> None:
    run = planned(["a0", "a1", "a2"], ["b0", "b1"], ["c0"])
    assert texts(expand_prompts(run)) == ["a0", "b0", "c0", "a1", "b1", "a2"]


def test_a_location_keeps_its_turn_when_its_first_prompts_are_dropped() -> None:
    run = planned(["a0", "a1", "a2"], ["b0", "b1", "b2"])
    run.prompts.filter(text__in=["a0", "a1"]).update(is_dropped=True)
    assert texts(expand_prompts(run)) == ["a2", "b0", "b1", "b2"]


def test_the_first_combination_of_every_prompt_comes_before_any_second() -> None:
    run = planned(["{1|2|3} a"], ["{x|y} b"], ["c"])
    assert texts(expand_prompts(run)) == ["1 a", "x b", "c", "2 a", "y b", "3 a"]


def test_no_more_combinations_are_made_than_pictures() -> None:
    many = "{" + "|".join(str(number) for number in range(900)) + "} chairs"
    run = planned([many], [many], count=5)
    assert texts(expand_prompts(run)) == ["0 chairs", "0 chairs", "1 chairs", "1 chairs", "2 chairs"]
    assert run.prompts.exclude(template=None).count() == 5


def test_equal_combinations_count_once() -> None:
    run = planned(["{a|a} desk"], ["{x|y|z} b"], count=4)
    assert texts(expand_prompts(run)) == ["a desk", "x b", "y b", "z b"]


def test_dropped_prompts_are_left_out() -> None:
    run = planned(["a", "{b|c}"])
    run.prompts.filter(text="{b|c}").update(is_dropped=True)
    assert texts(expand_prompts(run)) == ["a"]


def test_the_pictures_are_exactly_as_many_as_asked_and_none_is_of_a_template() -> None:
    run = planned(["{morning|evening} light", "noon"], ["a yard"], count=11)
    pictures = run.start_rendering()
    assert len(pictures) == run.pictures.count() == 11
    rendered = set(run.pictures.values_list("prompt__text", flat=True))
    assert rendered == {"morning light", "evening light", "noon", "a yard"}
    assert len(set(run.pictures.values_list("prompt", "seed"))) == 11


def test_a_given_prompt_is_rendered_over_its_combinations() -> None:
    run = make_run(count=3, prompt="{morning|evening} light")
    Plan.objects.filter(pk=run.plan.pk).update(priority=100)
    [plan] = Plan.objects.claim(worker_name())
    plan.add_prompts(None, [run.prompt])
    plan.finish(language_model_revision="")
    rows = run.pictures.order_by("seed").values_list("prompt__text", "seed")
    assert list(rows) == [("morning light", 100), ("evening light", 101), ("morning light", 102)]


def test_braces_of_the_language_model_are_no_wildcards() -> None:
    run = make_run(count=2)
    Plan.objects.filter(pk=run.plan.pk).update(priority=100)
    [plan] = Plan.objects.claim(worker_name())
    plan.add_locations(["a shop"], asked=1, attempts=1)
    plan.add_prompts(run.locations.get(), ["a {shop", "a {shop|bar}"])
    plan.finish(language_model_revision="")
    assert set(run.pictures.values_list("prompt__text", flat=True)) == {"a (shop", "a (shop|bar)"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{morning|evening light", "character 1 is not closed"),
        ("a morning} light", "character 10 closes nothing"),
        ("{a|b}" * 10, "too many combinations"),
        ("{old|}", "combinations is empty"),
        ("", "Write a prompt"),
        ("x" * 2001, "at most 2,000 characters"),
        ("a\0b", "NUL"),
    ],
)
def test_what_is_wrong_with_a_prompt_is_said_with_its_place(text: str, part: str) -> None:
    assert part in str(problem_with_prompt(text))


def test_a_run_with_unbalanced_braces_is_refused_at_the_field() -> None:
    with pytest.raises(ValidationError) as caught:
        make_run(make_user(), prompt="{morning|evening light")
    assert list(caught.value.message_dict) == ["prompt"]
    assert not Run.objects.exists()


def test_a_prompt_is_stored_with_line_feeds_and_without_blank_edges() -> None:
    assert checked_prompt("  a desk\r\nby a window \n") == "a desk\nby a window"


@pytest.mark.parametrize("text", ["a {b|c} d", r"a \{ b", r"x\|y | z", r"\\{", "plain", "}{"])
def test_an_escaped_text_stands_for_itself(text: str) -> None:
    assert wildcards.expand(wildcards.escape(text)) == [text]
