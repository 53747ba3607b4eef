from __future__ import annotations

import pytest

from engines.planning.wording import (
    content_stems,
    copied_share,
    is_location,
    is_part,
    is_prompt,
    is_thing,
    names_people,
    parse_items,
    tidy,
)


def test_a_list_is_read_up_to_the_first_line_that_is_no_item() -> None:
    answer = " dental office\n- hospital ward\n* pharmacy\n3. clinic\n\nI hope this helps!\n- not this"
    assert parse_items(answer, begun=True) == ["dental office", "hospital ward", "pharmacy", "clinic"]


def test_an_answer_that_begins_its_own_list_is_read_too() -> None:
    assert parse_items("\n- one room\n- two rooms", begun=False) == ["one room", "two rooms"]
    assert parse_items("- one room\n- two rooms", begun=True) == ["one room", "two rooms"]


def test_prose_is_no_list() -> None:
    assert parse_items("Here are some places you may like.", begun=False) == []


def test_phrases_lose_their_article_quotes_and_full_stop() -> None:
    assert tidy(' "A  dental clinic." ') == "dental clinic"
    assert tidy("the") == "the"
    assert tidy("Theatre") == "Theatre"


@pytest.mark.parametrize(
    "phrase",
    [
        "dental treatment room",
        "dentist's chair",
        "walk-in wardrobe",
        "café by the sea",
        "bank vault with safe boxes",
    ],
)
def test_a_short_noun_phrase_is_a_location(phrase: str) -> None:
    assert is_location(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        "", "ab", "room 101", "hospital with", "a place where many different crowds may go to meet",
        "tractor's tractor",
        "office offices", "doctor in a ward", "smiling nurses", "list of rooms", "ward (new)", "ward, clinic",
        "<b>ward</b>", "Wait. Stop", "комната врача", "the of",
    ],
)  # fmt: skip
def test_anything_else_is_no_location(phrase: str) -> None:
    assert not is_location(phrase)


def test_a_detail_has_two_words_at_least() -> None:
    assert is_part("white marble floor")
    assert not is_part("glass")
    assert not is_part("chair with")


@pytest.mark.parametrize(
    ("text", "people"),
    [("surgeon's lamp", False), ("two surgeons", True), ("the MAN", True), ("red schoolgirl", True)],
)
def test_a_possessive_is_no_person(text: str, people: bool) -> None:
    assert names_people(text) is people


def test_words_of_one_stem_are_one() -> None:
    assert content_stems("galleries and a gallery") == ["galler", "galler"]
    assert content_stems("glass of the bus") == content_stems("glass bus")


def test_a_prompt_has_a_useful_length_and_does_not_repeat_itself() -> None:
    good = "bank vault, steel round door, rows of numbered boxes, grey concrete walls, cold light from above, wide shot"
    assert is_prompt(good)
    assert not is_prompt("bank vault, wide shot")
    assert not is_prompt(f"{good} {good} {good} {good}")
    assert not is_prompt(
        "glass door, glass window, glass floor, glass wall, glass roof, glass table, glass lamp, glass"
    )


def test_copying_is_measured_in_runs_of_words() -> None:
    source = "rows of dark benches, raised desk, tall wall of green marble"
    assert copied_share(source, [source]) == 1.0
    assert copied_share("steel lamp beside a green leather chair", [source]) == 0.0
    assert copied_share("short", [source]) == 0.0


def test_light_camera_and_numbers_are_no_things() -> None:
    assert is_thing("white marble floor")
    assert is_thing("brass desk lamp")
    assert not any(
        is_thing(text) for text in ("wide-angle shot", "24 mm lens", "soft warm light", "view of a hall")
    )
