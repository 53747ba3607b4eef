"""Additions: versions that are only ever appended, and nobody overwriting what they have not seen."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from stockgen.models import AdditionConflict, Concept, PromptAddition, Topic
from stockgen.models.addition import Step
from tests.factories import make_concept, make_topic, make_user


@pytest.fixture
def cell(db: None) -> tuple[Topic, Concept]:
    """Give a topic and a concept."""
    return make_topic(), make_concept()


def append(cell: tuple[Topic, Concept], text: str, **fields: object) -> PromptAddition:
    """Append a version of the addition to the descriptions."""
    topic, concept = cell
    return PromptAddition.objects.append(
        **{"topic": topic, "concept": concept, "step": Step.DESCRIPTIONS, "text": text, **fields}  # type: ignore[arg-type]
    )


def texts(cell: tuple[Topic, Concept]) -> list[tuple[int, str]]:
    """Return what is stored, in order."""
    rows = PromptAddition.objects.filter(topic=cell[0], concept=cell[1]).order_by("version")
    return list(rows.values_list("version", "text"))


def test_each_text_is_a_version_with_author_and_note(cell: tuple[Topic, Concept]) -> None:
    author = make_user()
    assert append(cell, "oak", author=author, note="first", base=0).version == 1
    second = append(cell, "pale oak", author=author, note="paler", base=1)
    assert (second.version, second.author, second.note) == (2, author, "paler")
    assert texts(cell) == [(1, "oak"), (2, "pale oak")]


def test_the_same_text_makes_no_version_whatever_its_base(cell: tuple[Topic, Concept]) -> None:
    append(cell, "oak", base=0)
    assert append(cell, "oak", base=0).version == 1
    assert append(cell, "oak", base=7).version == 1
    assert texts(cell) == [(1, "oak")]


def test_whoever_started_from_an_older_version_is_told_the_newer_one(cell: tuple[Topic, Concept]) -> None:
    append(cell, "oak")
    theirs = append(cell, "pine", base=1)
    with pytest.raises(AdditionConflict) as caught:
        append(cell, "walnut", base=1)
    assert caught.value.latest == theirs
    assert texts(cell) == [(1, "oak"), (2, "pine")]


def test_two_who_both_begin_the_first_version_do_not_overwrite_each_other(
    cell: tuple[Topic, Concept],
) -> None:
    append(cell, "oak", base=0)
    with pytest.raises(AdditionConflict):
        append(cell, "pine", base=0)


def test_a_base_of_a_version_that_never_was_is_a_conflict(cell: tuple[Topic, Concept]) -> None:
    with pytest.raises(AdditionConflict) as caught:
        append(cell, "oak", base=3)
    assert caught.value.latest is None


def test_steps_and_cells_have_versions_of_their_own(cell: tuple[Topic, Concept]) -> None:
    append(cell, "oak", base=0)
    assert append(cell, "where oak grows", step=Step.LOCATIONS, base=0).version == 1
    assert append((make_topic(), cell[1]), "oak", base=0).version == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", [True, False], ids=["no version yet", "one version"])
def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(first: bool) -> None:
    topic, concept = make_topic(), make_concept()
    base = 0
    if not first:
        base = append((topic, concept), "as it was").version
    together = threading.Barrier(6)
    saved: list[int] = []
    told: list[str] = []

    def save(number: int) -> None:
        try:
            together.wait(timeout=20)
            saved.append(append((topic, concept), f"text {number}", base=base).version)
        except AdditionConflict as conflict:
            told.append(conflict.latest.text if conflict.latest else "nothing")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert saved == [base + 1]
    [winner] = {text for version, text in texts((topic, concept)) if version == base + 1}
    assert told == [winner] * 5
