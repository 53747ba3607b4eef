"""Edits of topics and concepts: keys, order, and nobody overwriting what they have not seen."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from engines.registry import IMAGE_MODELS
from stockgen.models import Concept, EditConflict, Topic
from tests.factories import make_concept, make_topic

pytestmark = pytest.mark.django_db

LOCATIONS = "Topic: A — b\n- one\n- two\n\nTopic: {topic} — {details}"
DESCRIPTIONS = "Place: one\nShows: a, b\nLight: c\n\nPlace: {location}\nPrompt: {location}, {shows}, {light}"
TEXTS = {
    "locations_system": "List.",
    "locations_examples": LOCATIONS,
    "descriptions_system": "Describe.",
    "descriptions_examples": DESCRIPTIONS,
}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Food and drink", "food-and-drink"), ("Кафе & Bars 24/7", "bars-247"), ("New", "new-2"),
        ("Pâtisserie", "patisserie"), ("x" * 80, "x" * 60),
    ],
)  # fmt: skip
def test_the_key_is_made_from_the_name(name: str, key: str) -> None:
    assert Topic.objects.add(name=name).key == key


def test_a_key_that_is_taken_gets_a_number() -> None:
    assert [Topic.objects.add(name=name).key for name in ("A b", "A, b", "A: b")] == ["a-b", "a-b-2", "a-b-3"]
    long = [Topic.objects.add(name="y" * 70 + mark).key for mark in ("", "!", "?")]
    assert long == ["y" * 60, "y" * 58 + "-2", "y" * 58 + "-3"]


@pytest.mark.parametrize("name", ["Кафе", "…", " ", "🙂"])
def test_a_name_without_a_latin_letter_is_refused_at_the_field(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Topic.objects.add(name=name)
    assert set(caught.value.message_dict) == {"name"}
    assert not Topic.objects.exists()


def test_a_new_row_stands_at_the_end() -> None:
    make_topic(position=7)
    assert Topic.objects.add(name="Last").position == 8


def test_an_edit_counts_a_revision_and_the_same_values_count_none() -> None:
    topic = make_topic(name="Offices", description="desks")
    assert topic.edit(base=1, description="desks, chairs", name_ru="Офисы")
    topic.refresh_from_db()
    assert (topic.description, topic.name_ru, topic.revision) == ("desks, chairs", "Офисы", 2)
    assert not topic.edit(base=2, description="desks, chairs")
    assert not topic.edit(base=1, description="desks, chairs")  # somebody else had the same idea
    topic.refresh_from_db()
    assert topic.revision == 2


def test_an_edit_of_what_somebody_changed_meanwhile_is_a_conflict_and_stores_nothing() -> None:
    topic = make_topic(description="desks")
    topic.edit(base=1, description="theirs")
    with pytest.raises(EditConflict) as caught:
        topic.edit(base=1, description="mine", name_ru="Моё")
    assert isinstance(caught.value.latest, Topic)
    assert (caught.value.latest.description, caught.value.latest.revision) == ("theirs", 2)
    topic.refresh_from_db()
    assert (topic.description, topic.name_ru) == ("theirs", "")


def test_an_edit_that_a_field_refuses_stores_nothing() -> None:
    concept = make_concept(**TEXTS, share=10)
    with pytest.raises(ValidationError) as caught:
        concept.edit(base=1, name_ru="Еда", locations_examples="no list at all")
    assert set(caught.value.message_dict) == {"locations_examples"}
    concept.refresh_from_db()
    assert (concept.name_ru, concept.revision) == ("", 1)


def test_negative_prompts_of_models_are_part_of_a_concept() -> None:
    first, second = list(IMAGE_MODELS)[:2]
    concept = Concept.objects.add(
        name="Food", own_negative_prompts={first: "plates", second: ""}, negative_prompt="people", **TEXTS
    )
    assert concept.negative_prompt_for(first) == "plates"
    assert concept.negative_prompt_for(second) == ""
    assert concept.negative_prompt_for("another") == "people"
    assert not concept.edit(base=1, own_negative_prompts={second: "", first: "plates"})
    assert concept.edit(base=1, own_negative_prompts={first: "cups"})
    assert concept.own_negative_prompts() == {first: "cups"}
    with pytest.raises(EditConflict):
        concept.edit(base=1, own_negative_prompts={})
    with pytest.raises(ValidationError):
        concept.edit(base=2, own_negative_prompts={"x" * 61: "plates"})
    assert concept.own_negative_prompts() == {first: "cups"}


@pytest.mark.parametrize(
    ("key", "by", "order"),
    [
        ("b", -1, "bac"), ("b", 1, "acb"), ("a", -1, "abc"), ("c", 1, "abc"), ("a", 2, "bca"), ("c", -9, "cab"),
    ],
)  # fmt: skip
def test_moving_keeps_the_others_in_order(key: str, by: int, order: str) -> None:
    for position, name in ((0, "a"), (0, "b"), (5, "c")):  # as an admin may leave them
        make_topic(key=name, name=name, position=position)
    Topic.objects.all().move(key, by)
    assert "".join(Topic.objects.values_list("key", flat=True)) == order
    assert list(Topic.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_moving_an_unknown_row_says_so() -> None:
    with pytest.raises(Topic.DoesNotExist):
        Topic.objects.all().move("nowhere", 1)


def test_only_offered_concepts_count_in_the_total_share() -> None:
    make_concept(share=60), make_concept(share=30), make_concept(share=50, is_active=False)
    assert Concept.objects.total_share() == 90


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins_and_the_other_is_told() -> None:
    topic = make_topic()
    together = threading.Barrier(2)
    outcomes: list[Any] = []

    def save(text: str) -> None:
        try:
            together.wait(timeout=20)
            outcomes.append(topic.edit(base=1, description=text))
        except EditConflict as conflict:
            outcomes.append(conflict.latest)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[text]) for text in ("mine", "theirs")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    topic.refresh_from_db()
    [told] = [outcome for outcome in outcomes if outcome is not True]
    assert outcomes.count(True) == 1
    assert told == topic
    assert told.description == topic.description


@pytest.mark.django_db(transaction=True)
def test_two_topics_of_one_name_made_at_once_are_one_topic_and_an_error() -> None:
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def make() -> None:
        try:
            together.wait(timeout=20)
            outcomes.append(Topic.objects.add(name="Offices").key)
        except ValidationError as error:
            outcomes.append(", ".join(error.message_dict))
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["name", "offices"]
