from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engines.planning.examples import parse_description_examples, parse_location_examples
from engines.planning.files import load_concept, load_concepts, load_topics
from engines.planning.wording import is_location, is_part, is_prompt

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
