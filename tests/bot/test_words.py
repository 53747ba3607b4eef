"""Words: both languages say the same things, and what is said stays within Telegram's limits."""

from __future__ import annotations

import re
import string

import pytest

from bot import keyboards
from bot.acknowledging import text_of
from bot.state import Part
from bot.words import COMMANDS, EN, PROBLEMS, RU, TEXTS, language_for, say


def fields(text: str) -> set[str]:
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_both_languages_have_every_sentence_with_the_same_values() -> None:
    assert {key: fields(text) for key, text in EN.items()} == {key: fields(text) for key, text in RU.items()}


def test_russian_sentences_are_russian() -> None:
    latin = {key for key, text in RU.items() if not re.search("[а-яё]", text, re.IGNORECASE)}
    assert latin <= {"part_working_at", "shared_by"}


@pytest.mark.parametrize(
    ("code", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("RU", "ru"), ("en-GB", "en"), ("de", "en"), ("", "en"), ("ru_RU", "ru")],
)
def test_telegrams_language_decides(code: str, language: str) -> None:
    assert language_for(code) == language


@pytest.mark.parametrize("language", TEXTS)
def test_commands_are_described_within_telegrams_limit(language: str) -> None:
    assert all(1 <= len(say(language, f"command_{name}")) <= 256 for name in COMMANDS)


def test_what_people_named_is_taken_as_it_is() -> None:
    assert say("en", "left", room="{count} <b>") == "You have left {count} <b>. What you shared stays there."


@pytest.mark.parametrize("language", TEXTS)
def test_buttons_send_at_most_64_bytes(language: str) -> None:
    rooms = [{"code": "ABC234", "name": "Я" * 80}] * 5
    markup = keyboards.of_result(
        language, "01234567-89ab-cdef-0123-456789abcdef", readable="partly", problems=PROBLEMS, rooms=rooms,
        muted_room=("ABC234", "x" * 80),
    )  # fmt: skip
    data = [button.callback_data or "" for row in markup.inline_keyboard for button in row]
    assert max(len(one.encode()) for one in data) <= 64
    assert len(markup.inline_keyboard) == 2 + 4 + keyboards.MOST_ROOMS + 1


# ---------------------------------------------------------------------- acknowledgements
def part(number: int = 1, photo: str = "p", **fields: str) -> Part:
    known = {"shrunk": "", "refusal": "", "ended": ""} | fields
    return Part(7, number, 1, photo, **known)


def working(**fields: object) -> dict[str, dict[str, object]]:
    return {"p": {"state": "queued", "place": 0, "seconds_left": None, "progress": 0.0} | fields}


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        ({"place": 0, "seconds_left": 14.0}, "Yours is next. About 10 s."),
        ({"place": 1, "seconds_left": 42.0}, "1 photo is before yours. About 40 s."),
        ({"place": 12, "seconds_left": 130.0}, "12 photos are before yours. About 2 min."),
        ({"state": "running", "progress": 0.1}, "Working on it…"),
        ({"state": "running", "progress": 0.74}, "Working on it: 50 %."),
        ({"state": "running", "progress": 1.0}, "Working on it: 75 %."),
    ],
)
def test_a_photo_by_itself_is_told_how_far_it_is(photo: dict[str, object], words: str) -> None:
    assert text_of("en", [part()], working(**photo)) == words


def test_an_album_is_told_photo_by_photo() -> None:
    parts = [
        part(1, ended="done"), part(2, "p", shrunk="telegram"), part(3, "q"), part(4, "", refusal="Too small."),
    ]  # fmt: skip
    assert text_of("en", parts, working(place=2)) == (
        "Photos: 4.\nPhoto 1: done ✓\nPhoto 2: waiting, 2 before it\nPhoto 3: received\nPhoto 4: Too small.\n\n"
        "Telegram has made these photos smaller. Send them as files for a better result."
    )


def test_a_photo_that_another_messenger_made_smaller_is_named_as_such() -> None:
    assert "A messenger has made this photo smaller" in text_of("en", [part(shrunk="other")], {})
