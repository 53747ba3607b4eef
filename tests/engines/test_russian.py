"""Russian into English words."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.translation import russian as lists_of_words
from engines.translation.russian import LONGEST, is_russian, lists, to_english
from engines.translation.stemming import stem


@pytest.mark.parametrize(
    ("russian", "english"),
    [
        ("Команда у маркерной доски", "team near whiteboard"),
        ("в переговорных комнатах", "in meeting room"),
        ("пустая классная доска", "empty chalkboard"),
        ("Гаечные ключи на верстаке", "wrench on workbench"),
        ("Внедрение ERP-системы, 2024", "introduction ERP system, 2024"),
        ("кофе-брейк на конференции", "coffee break on conference"),
        ("свежий хлеб на прилавке", "fresh bread on counter"),
        ("ДАТА-ЦЕНТР", "data centre"),
    ],
)
def test_words_and_phrases_are_found_in_any_form(russian: str, english: str) -> None:
    assert to_english(russian).text == english
    assert to_english(russian).unknown == ()


def test_a_word_that_no_list_has_is_named_and_left_out() -> None:
    found = to_english("Глокая куздра и врач")
    assert found.text == "and doctor"
    assert found.unknown == ("глокая", "куздра")


def test_a_word_stands_for_the_listed_one_that_it_begins_like() -> None:
    assert "прилавк" not in lists()  # the vowel of the nominative is gone
    assert to_english("прилавке").text == "counter"


def test_english_stays_as_it_is() -> None:
    assert to_english("team around a whiteboard, 3.5 %").text == "team around a whiteboard, 3.5"


@pytest.mark.parametrize("text", ["", " \n ", "?!", "…"])
def test_nothing_gives_nothing(text: str) -> None:
    assert to_english(text).text == ""


def test_cyrillic_letters_make_a_text_russian() -> None:
    assert is_russian("ERP на складе")
    assert not is_russian("ERP in the warehouse")


def test_the_lists_hold_phrases_that_can_be_found() -> None:
    assert len(lists()) > 30_000
    assert all(1 <= len(key.split()) <= LONGEST and english.strip() for key, english in lists().items())


@pytest.mark.django_db
def test_stems_are_those_of_the_snowball_stemmer_in_postgresql() -> None:
    from django.db import connection

    from engines.translation import russian

    words = sorted(
        {
            word.replace("ё", "е")
            for line in (russian.HERE / "glossary.txt").read_text().splitlines()
            for word in line.split(" = ")[0].lower().replace(",", " ").replace("-", " ").split()
            if russian.is_russian(word) and not line.startswith("#")
        }
        | {"оперировавшимися", "делавший", "красивейшего", "сильнейше", "возможностью", "купаться", "вставши"}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEXT SEARCH DICTIONARY pg_temp.bare (TEMPLATE = snowball, LANGUAGE = russian);"
            "SELECT word, (ts_lexize('pg_temp.bare', word))[1] FROM unnest(%s::text[]) word",
            [words],
        )
        cursor.nextset()
        differing = {word: (theirs, stem(word)) for word, theirs in cursor.fetchall() if theirs != stem(word)}
    assert differing == {}


def test_without_the_dictionary_the_glossary_is_still_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lists_of_words, "DICTIONARY", tmp_path / "deleted.txt")
    found = lists.__wrapped__()
    assert 0 < len(found) < len(lists())
    assert set(found.items()) <= set(lists().items())
