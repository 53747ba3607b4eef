"""Seeding adds what is missing and touches nothing that is there."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from engines.planning.files import load_additions
from stockgen.models import Concept, PromptAddition, Reason, Step, Topic
from stockgen.seed import PROMPTS_FOLDER, seed

pytestmark = pytest.mark.django_db


def test_the_files_seed_thirteen_topics_and_three_concepts() -> None:
    assert (seed().topics, Concept.objects.count()) == (13, 3)
    assert sum(Concept.objects.values_list("share", flat=True)) == 100
    assert Topic.objects.filter(name="Medicine and health").exists()


def test_seeding_again_keeps_what_designers_edited() -> None:
    seed()
    Topic.objects.filter(key="medicine").update(name="Hospitals")
    Concept.objects.filter(key="interior").update(negative_prompt="text")
    made = seed()
    assert (made.topics, made.concepts) == (0, 0)
    assert Topic.objects.get(key="medicine").name == "Hospitals"
    assert Concept.objects.get(key="interior").negative_prompt == "text"


def test_every_seeded_concept_is_one_that_the_planner_can_read() -> None:
    seed()
    for concept in Concept.objects.all():
        concept.full_clean()


def test_worked_examples_that_cannot_be_read_are_refused_at_their_field() -> None:
    seed()
    concept = Concept.objects.get(key="interior")
    concept.locations_examples = "no list here"
    concept.descriptions_examples = ""
    with pytest.raises(ValidationError) as refused:
        concept.full_clean()
    assert {"locations_examples", "descriptions_examples"} <= set(refused.value.message_dict)


def test_the_files_seed_nine_reasons_on_the_nine_digits_in_both_languages() -> None:
    assert seed().reasons == 9
    assert list(Reason.objects.active().values_list("position", flat=True)) == list(range(1, 10))
    assert all(reason.name_ru for reason in Reason.objects.all())
    assert seed().reasons == 0


def test_a_seeded_reason_whose_digit_is_taken_is_there_but_not_offered() -> None:
    Reason.objects.create(key="own", name="Our own reason", position=2)
    assert seed().reasons == 9
    assert Reason.objects.active().get(position=2).key == "own"
    assert not Reason.objects.get(key="people").is_active


def test_a_reason_of_the_same_key_is_left_as_operators_made_it() -> None:
    Reason.objects.create(key="people", name="Odd hands", position=9)
    seed()
    assert Reason.objects.get(key="people").name == "Odd hands"


def test_the_files_seed_a_first_version_of_every_addition() -> None:
    made = seed().additions
    assert made == PromptAddition.objects.count() >= 39
    assert set(PromptAddition.objects.values_list("version", "note")) == {(1, "From the seed file")}
    assert not PromptAddition.objects.exclude(author=None).exists()
    ward = PromptAddition.objects.get(topic__key="medicine", concept__key="interior", step=Step.DESCRIPTIONS)
    assert "side rails" in ward.text


def test_seeding_again_leaves_additions_as_designers_made_them() -> None:
    seed()
    topic, concept = Topic.objects.get(key="medicine"), Concept.objects.get(key="interior")
    PromptAddition.objects.append(topic=topic, concept=concept, step=Step.LOCATIONS, text="")
    PromptAddition.objects.filter(topic__key="food").delete()
    food = {(a.topic, a.concept, a.step) for a in load_additions(PROMPTS_FOLDER) if a.topic == "food"}
    assert seed().additions == len(food)
    assert PromptAddition.objects.current(topic, concept)["locations"].text == ""
    assert PromptAddition.objects.filter(topic=topic, concept=concept, step=Step.LOCATIONS).count() == 2


def test_the_command_says_what_it_added(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed")
    assert re.fullmatch(
        r"Added 13 topics, 3 concepts, \d+ additions and 9 reasons\.", capsys.readouterr().out.strip()
    )
    call_command("seed")
    assert "Added 0 topics, 0 concepts, 0 additions and 0 reasons." in capsys.readouterr().out
