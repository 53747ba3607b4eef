from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engines.planning.examples import parse_description_examples, parse_location_examples
from engines.planning.files import (
    load_additions,
    load_concept,
    load_concepts,
    load_proposal_examples,
    load_reasons,
    load_topics,
)
from engines.planning.wording import is_location, is_part, is_prompt, names_people, words_of

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"


def test_there_are_thirteen_topics_with_names_in_both_languages() -> None:
    topics = load_topics(PROMPTS)
    assert len(topics) == 13
    assert {"Business and office", "Medicine and health"} <= {topic.name for topic in topics}
    assert len({topic.key for topic in topics}) == 13
    assert all(any("а" <= letter <= "я" for letter in topic.name_ru) for topic in topics)
    assert all(len(topic.description.split(", ")) >= 8 for topic in topics)


def test_the_concepts_share_the_stock_as_ordered() -> None:
    shares = [(concept.brief.key, concept.share) for concept in load_concepts(PROMPTS)]
    assert shares == [("interior", 60), ("exterior", 20), ("item", 20)]
    assert load_concept(PROMPTS / "item").name == "Items in close-up"


@pytest.mark.parametrize("key", ["interior", "exterior", "item"])
def test_the_worked_examples_keep_the_rules_that_answers_must_keep(key: str) -> None:
    concept = load_concept(PROMPTS / key)
    locations = parse_location_examples(concept.locations_examples)
    assert all(is_location(name) for name in locations.suitable)
    assert locations.unsuitable
    descriptions = parse_description_examples(concept.descriptions_examples)
    for turn in descriptions.turns:
        location = turn.question.splitlines()[0].partition(": ")[2]
        lines = [line.partition(": ")[2] for line in turn.answer.splitlines()]
        assert all(is_part(part) for part in lines[0].split(", ")), turn.answer
        assert is_prompt(f"{location}, {', '.join(lines)}, realistic photograph, sharp detail")


@pytest.mark.parametrize("key", ["interior", "exterior", "item"])
def test_the_worked_examples_are_about_topics_that_are_not_in_the_stock(key: str) -> None:
    names = {topic.name for topic in load_topics(PROMPTS)}
    concept = load_concept(PROMPTS / key)
    assert not any(name in concept.locations_examples + concept.descriptions_examples for name in names)


def test_a_missing_field_is_named_with_its_file(tmp_path: Path) -> None:
    shutil.copytree(PROMPTS / "item", tmp_path / "item")
    file = tmp_path / "item" / "concept.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("name_ru", "other"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"concept\.toml: “name_ru” is missing"):
        load_concept(tmp_path / "item")


@pytest.mark.parametrize(
    ("line", "message"), [("share = 101", "share"), ("position = -1", "position"), ("key = ", "TOML")]
)
def test_a_wrong_field_is_named(tmp_path: Path, line: str, message: str) -> None:
    shutil.copytree(PROMPTS / "item", tmp_path / "item")
    file = tmp_path / "item" / "concept.toml"
    name = line.split(" ")[0]
    lines = [
        kept for kept in file.read_text(encoding="utf-8").splitlines() if not kept.startswith(f"{name} ")
    ]
    file.write_text("\n".join([line, *lines]), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_concept(tmp_path / "item")


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    shutil.copytree(PROMPTS / "item", tmp_path / "item")
    (tmp_path / "item" / "locations.system.txt").unlink()
    with pytest.raises(ValueError, match=r"locations\.system\.txt"):
        load_concepts(tmp_path)


def test_two_topics_of_one_name_are_refused(tmp_path: Path) -> None:
    topic = '[[topic]]\nkey = "{}"\nname = "Same"\nname_ru = "То же"\ndescription = "places"\n'
    (tmp_path / "topics.toml").write_text(topic.format("a") + topic.format("b"), encoding="utf-8")
    with pytest.raises(ValueError, match="uses Same twice"):
        load_topics(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no folder"):
        load_concepts(tmp_path)
    with pytest.raises(ValueError, match="cannot be read"):
        load_topics(tmp_path)


def test_every_addition_is_short_enough_for_a_small_model_and_names_no_people() -> None:
    additions = load_additions(PROMPTS)
    topics = {topic.key for topic in load_topics(PROMPTS)}
    assert {addition.topic for addition in additions} == topics
    assert {(a.concept, a.step) for a in additions} >= {
        (concept, "descriptions") for concept in ("interior", "exterior", "item")
    }
    for addition in additions:
        assert len(words_of(addition.text)) <= 45, addition
        assert addition.text.endswith(".")
        assert not names_people(addition.text), addition


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the folder that a test may spoil."""
    return Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('[cooking.item]\nlocations = "x"', r"there is no topic “cooking”; there are agriculture, business"),
        ('[food.snacks]\nlocations = "x"', r"no concept “snacks”; there are exterior, interior, item"),
        ('[food.item]\nlocation = "x"', r"no step “location”; there are descriptions, locations"),
        ('[food.item]\nlocations = " "', r"“locations” of \[food\.item\] is missing or empty"),
        ("[food.item]\nlocations = 3", r"“locations” of \[food\.item\]"),
        ('[food]\nitem = "x"', r"“food\.item” is no table"),
        ('food = "x"', r"“food” is no table"),
        ('[food.item]\nlocations = "x"\n[food.item]\nlocations = "y"', r"not valid TOML: .*twice|overwrite"),
    ],
)
def test_a_wrong_addition_is_named(copied: Path, lines: str, message: str) -> None:
    (copied / "additions.toml").write_text(lines, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_additions(copied)


def test_a_folder_may_have_no_additions(copied: Path) -> None:
    (copied / "additions.toml").unlink()
    assert load_additions(copied) == []


def test_every_reason_has_worked_examples_that_keep_the_rules_of_answers() -> None:
    found = load_proposal_examples(PROMPTS)
    assert set(found) == {reason.key for reason in load_reasons(PROMPTS)} | {"other"}
    names = {topic.name for topic in load_topics(PROMPTS)}
    for key, examples in found.items():
        assert examples.label in examples.pattern
        assert not any(name in turn.question for turn in examples.turns for name in names)
        for turn in examples.turns:
            things = [part.strip() for part in turn.answer.partition(": ")[2].split(",")]
            assert len(things) == 3, (key, turn.answer)
            assert all(is_location(thing) and len(words_of(thing)) <= 4 for thing in things), turn.answer


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "Sentence: Show {labelled}",
            "Sentence: Show {labelled} and {other}",
            "the name of the answer's line",
        ),
        ("Last resort:", "Lost:", "Last resort"),
        (
            "Labelled: record covers",
            "Labeled: record covers",
            "“Topic: Music” does not end with the line labelled",
        ),
    ],
)
def test_wrong_worked_examples_of_proposals_are_named_with_their_file(
    copied: Path, old: str, new: str, message: str
) -> None:
    file = copied / "proposals" / "fake-text.examples.txt"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=f"fake-text.examples.txt: .*{message}"):
        load_proposal_examples(copied)


def test_proposals_need_examples_for_other_reasons(copied: Path) -> None:
    (copied / "proposals" / "other.examples.txt").unlink()
    with pytest.raises(ValueError, match=r"holds no other\.examples\.txt"):
        load_proposal_examples(copied)
