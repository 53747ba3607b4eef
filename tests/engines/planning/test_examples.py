from __future__ import annotations

import pytest

from engines.planning.examples import (
    fill,
    parse_description_examples,
    parse_labelled,
    parse_location_examples,
)

LOCATIONS = """# a note
Topic: Music — halls
Rooms:
- stage
- foyer

Suitable:
- hall

Unsuitable:
- street

Topic: {topic} — {details}
Rooms:
"""
DESCRIPTIONS = """Room: stage
Topic: Music
Shows: red curtain, black floor
Light: spotlight

Room: {location}
Topic: {topic}
Prompt: {location}, {shows}, {light}, photograph
"""


def test_locations_are_parsed_into_turns_kinds_and_a_question() -> None:
    parsed = parse_location_examples(LOCATIONS)
    [turn] = parsed.turns
    assert (turn.question, turn.answer) == ("Topic: Music — halls\nRooms:", "- stage\n- foyer")
    assert parsed.shown == ("stage", "foyer")
    assert parsed.suitable == ("stage", "foyer", "hall")
    assert parsed.unsuitable == ("street",)
    assert parsed.ask("Sport", "gyms") == "Topic: Sport — gyms\nRooms:"
    assert parsed.ask("Sport", "") == "Topic: Sport — Sport\nRooms:"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "hold no block"),
        ("Topic: {topic}\nRooms:", "hold no block"),
        (LOCATIONS.split("Topic: {topic}")[0], "must end with a question"),
        (LOCATIONS.replace("Rooms:\n- stage", "- stage\nRooms:"), "not a question followed by lines"),
    ],
)
def test_wrong_location_examples_say_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_location_examples(text)


def test_descriptions_are_parsed_into_turns_and_a_pattern() -> None:
    parsed = parse_description_examples(DESCRIPTIONS)
    [turn] = parsed.turns
    assert (turn.question, turn.answer) == (
        "Room: stage\nTopic: Music",
        "Shows: red curtain, black floor\nLight: spotlight",
    )
    assert parsed.labels == ("shows", "light")
    assert parsed.ask("Sport", "gym") == "Room: gym\nTopic: Sport"
    assert parsed.pattern == "{location}, {shows}, {light}, photograph"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must end with a question"),
        (DESCRIPTIONS.replace("{location}, {shows}", "{shows}"), "must end with a question"),
        (
            DESCRIPTIONS.replace("Light: spotlight", "Lamp: spotlight"),
            "does not end with the lines shows, light",
        ),
        (DESCRIPTIONS.split("\n\n")[1], "hold no described location"),
    ],
)
def test_wrong_description_examples_say_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_description_examples(text)


def test_an_answer_must_have_every_line_once_and_nothing_else() -> None:
    labels = ("shows", "light")
    assert parse_labelled("Shows: a, b\n\nLight: c", labels) == {"shows": "a, b", "light": "c"}
    for answer in (
        "Shows: a",
        "Shows: a\nLight: b\nShows: c",
        "Shows: a\nLight: b\nNice!",
        "Shows: a\nSound: b",
    ):
        assert parse_labelled(answer, labels) is None


def test_braces_that_are_no_name_stay() -> None:
    assert fill("{a} {b} {} {C}", {"a": "{b}"}) == "{b} {b} {} {C}"
