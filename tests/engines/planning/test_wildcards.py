from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.planning.wildcards import MOST_COMBINATIONS, WildcardError, check, count, expand


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("{morning|evening} light", ["morning light", "evening light"]),
        ("{a|b} {1|2}", ["a 1", "a 2", "b 1", "b 2"]),
        ("{a {red|blue} car|a bus}", ["a red car", "a blue car", "a bus"]),
        ("{one}", ["one"]),
        ("{a|a|b}", ["a", "b"]),
        ("{{a|b}|{b|c}}", ["a", "b", "c"]),
        ("left | right", ["left | right"]),
        ("{|}", [""]),
    ],
)
def test_groups_are_written_out_the_rightmost_first(text: str, prompts: list[str]) -> None:
    assert expand(text) == prompts


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("an {old|} house", ["an old house", "an house"]),
        ("house {with a garden|}, evening", ["house with a garden, evening", "house, evening"]),
        ("desk, {lamp|}, chair", ["desk, lamp, chair", "desk, chair"]),
        ("{old|} house", ["old house", "house"]),
        ("house, {old|}", ["house, old", "house"]),
        ("{|wide }shot at f/2.8 , {a|b}", ["shot at f/2.8, a", "shot at f/2.8, b", "wide shot at f/2.8, a",
                                           "wide shot at f/2.8, b"]),
        ("line one{|,}\nline two", ["line one\nline two", "line one,\nline two"]),
    ],
)  # fmt: skip
def test_what_an_empty_option_leaves_behind_is_tidied(text: str, prompts: list[str]) -> None:
    assert expand(text) == prompts


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        (r"a \{b\|c\}", ["a {b|c}"]),
        (r"{a\|b|\}}", ["a|b", "}"]),
        (r"C:\folder \ n", [r"C:\folder \ n"]),
        (r"two  spaces , kept \{", ["two  spaces , kept {"]),
    ],
)
def test_a_backslash_makes_a_brace_plain(text: str, prompts: list[str]) -> None:
    assert expand(text) == prompts


@given(st.text(st.characters(exclude_characters="{}\\")))
@settings(deadline=None)
def test_a_text_without_braces_passes_unchanged(text: str) -> None:
    assert expand(text) == [text]
    assert count(text) == 1


@pytest.mark.parametrize(
    ("text", "kind", "position"),
    [
        ("a {b|c", "unclosed", 2),
        ("{a|{b}", "unclosed", 0),
        ("{a {b", "unclosed", 3),
        ("a} b", "unopened", 1),
        ("{a}} b", "unopened", 3),
        (r"\{a}", "unopened", 3),
        ("x " + "{a|b}" * 10, "too_many", 2),
    ],
)
def test_what_cannot_be_written_out_says_why_and_where(text: str, kind: str, position: int) -> None:
    for use in (expand, check):
        with pytest.raises(WildcardError) as refused:
            use(text)
        assert (refused.value.kind, refused.value.position) == (kind, position)
        assert str(position + 1) in str(refused.value)


def test_the_limit_is_the_most_that_is_allowed() -> None:
    ten = "{" + "|".join("abcdefghij") + "}"
    assert len(expand(ten * 3)) == MOST_COMBINATIONS == count(ten * 3)
    assert len(expand(ten, limit=10)) == 10
    with pytest.raises(WildcardError):
        expand(ten, limit=9)


def test_a_prompt_that_stands_for_more_than_can_be_written_is_counted_and_refused_at_once() -> None:
    assert count("{a|b|c}" * 3000) == 3**3000
    with pytest.raises(WildcardError, match="too many"):
        expand("{a|b|c}" * 3000)


def test_a_prompt_of_nothing_but_braces_is_read() -> None:
    assert expand("{" * 20_000 + "x" + "}" * 20_000) == ["x"]
    with pytest.raises(WildcardError, match="not closed"):
        check("{" * 20_000)


words = st.text("abc", min_size=1, max_size=4)
groups = st.lists(words, min_size=1, max_size=4)


@given(st.lists(st.tuples(words, groups), min_size=1, max_size=4))
@settings(deadline=None)
def test_every_combination_is_there_once_and_in_order(parts: list[tuple[str, list[str]]]) -> None:
    text = "".join(f"{word}{{{'|'.join(options)}}}" for word, options in parts)
    wanted = [
        "".join(word + option for (word, _), option in zip(parts, options, strict=True))
        for options in itertools.product(*(options for _, options in parts))
    ]
    assert expand(text) == list(dict.fromkeys(wanted))
    assert count(text) == len(wanted) == math.prod(len(options) for _, options in parts)


@given(st.text("ab{}|\\ ,", max_size=30))
@settings(deadline=None)
def test_any_text_is_either_written_out_tidily_or_refused_with_a_place(text: str) -> None:
    try:
        prompts = expand(text)
    except WildcardError as error:
        prompts, position = [], error.position
    else:
        position = 0
    assert 0 <= position < max(1, len(text))
    assert not prompts or 1 <= len(prompts) == len(set(prompts)) <= count(text)


@given(st.text("ab{}|", max_size=30))
@settings(deadline=None)
def test_escaping_everything_gives_the_text_itself(text: str) -> None:
    escaped = "".join(f"\\{sign}" if sign in "{|}" else sign for sign in text)
    assert expand(escaped) == [text]
