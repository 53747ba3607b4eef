"""The TOML of an exchange file: what is written reads the same, and every key has its line."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from stockgen.exchange.places import Places
from stockgen.exchange.toml_text import literal, table

TEXTS = some.text(some.characters(exclude_categories=("Cs",)), max_size=60) | some.text(
    "\"\\\n\r\t #[]{}='ab", max_size=30
)


@settings(deadline=None)
@given(text=TEXTS, name=TEXTS.filter(bool), texts=some.lists(TEXTS, max_size=3), number=some.integers())
def test_what_is_written_reads_the_same(text: str, name: str, texts: list[str], number: int) -> None:
    number %= 2**63
    values = {name: text, f"{name}+": texts, "number-1": number, "yes-no": number % 2 == 0}
    assert tomllib.loads(table("[[topic]]", values)) == {"topic": [values]}


@settings(deadline=None)
@given(text=TEXTS, texts=some.lists(TEXTS, max_size=3))
def test_the_line_behind_any_value_is_found(text: str, texts: list[str]) -> None:
    written = "# a remark\n" + table("[[topic]]", {"first": text, "list": texts, "last": 1})
    line = Places(written).line_of(("topic", 0, "last"))
    assert written.split("\n")[line - 1] == "last = 1"


def test_a_text_of_several_lines_is_written_as_it_is() -> None:
    assert literal('one\n"two" \\ three\n') == '"""\none\n"two" \\\\ three\n"""'
    assert literal('ends in "quotes"\n"') == '"""\nends in "quotes"\n\\""""'


TRICKY = '''\
format = 1   # [[topic]] in a remark is none

[[topic]]
key = "a"
description = """
[[topic]]
key = "no key"   # no remark either \\"""
"""
name = "it's"
[[ topic ]]
  "key" = 'b'
list = [ # a list
  "]", '[',
  [1, { x = "}" }],
]
sub.deep = 1
[topic.more]
x = QUOTES
y = 2
QUOTES
z = 1
[[concept]]
key = "c"
  [concept.negative_prompts]
  "sd xl" = "text"
[alone]
v = 1979-05-27T07:32:00Z
'''.replace("QUOTES", "'''")


def test_lines_are_found_around_texts_lists_and_remarks() -> None:
    tomllib.loads(TRICKY)
    places = Places(TRICKY)
    lines = TRICKY.split("\n")
    expected = {
        ("format",): "format = 1   # [[topic]] in a remark is none",
        ("topic", 0): "[[topic]]",
        ("topic", 0, "key"): 'key = "a"',
        ("topic", 1): "[[ topic ]]",
        ("topic", 1, "key"): "  \"key\" = 'b'",
        ("topic", 1, "list"): "list = [ # a list",
        ("topic", 1, "sub", "deep"): "sub.deep = 1",
        ("topic", 1, "more"): "[topic.more]",
        ("topic", 1, "more", "z"): "z = 1",
        ("concept", 0, "negative_prompts", "sd xl"): '  "sd xl" = "text"',
        ("alone", "v"): "v = 1979-05-27T07:32:00Z",
    }
    found = {path: lines[places.line_of(path) - 1] for path in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("path", "line"), [(("topic", 0, "nothing"), 1), (("nothing", 3, "x"), 1), ((), 1), (("topic",), 1)]
)
def test_what_is_not_there_has_the_line_of_what_is_around_it(path: tuple[str | int, ...], line: int) -> None:
    assert Places("[[topic]]\nkey = 1\n").line_of(path) == line
