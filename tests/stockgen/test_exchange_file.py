"""Reading an exchange file: whatever is wrong with it is said with its line, all of it at once."""

from __future__ import annotations

import pytest

from stockgen.exchange.comparing import compare
from stockgen.exchange.document import LARGEST_FILE, Unreadable
from stockgen.exchange.reading import read
from stockgen.exchange.writing import export_studio
from stockgen.models import Concept, PromptAddition, Reason, Topic
from stockgen.seed import seed
from tests.factories import make_concept, make_topic

pytestmark = pytest.mark.django_db

EXAMPLES = '''
locations_system = "Name locations."
locations_examples = """
Q about office
- a desk

List some places of {topic}."""
descriptions_system = "Describe."
descriptions_examples = """
A desk.
Light: soft

Describe {location}.
Prompt: {location}, {light}"""
'''


def faults(text: str | bytes) -> list[tuple[int, str]]:
    """Return what is wrong with a file, by line."""
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(Unreadable) as caught:
        compare(read(content))
    return [(fault.line, fault.message) for fault in caught.value.faults]


def test_every_fault_is_listed_with_its_line_and_nothing_is_changed() -> None:
    make_topic(key="office", name="Offices")
    text = """\
format = 1

[[topic]]
key = "office"
name = "Work"
colour = "red"
position = "first"

[[topic]]
name = "No key"

[[topic]]
key = "office"
name = "Twice"

[[reason]]
key = "blurred"
name = 7
is_active = 1

[[addition]]
topic = "office"
text = '''
[[topic]]
'''
"""
    found = faults(text)
    assert [line for line, _message in found] == [6, 7, 9, 12, 18, 19, 21, 21]
    said = "\n".join(message for _line, message in found)
    for part in ("“colour”", "whole number", "“key” is missing", "line 3 already", "“name”", "true or false",
                 "“concept” is missing", "“step” is missing"):  # fmt: skip
        assert part in said
    assert Topic.objects.get().name == "Offices"


def test_what_does_not_fit_the_database_is_listed_with_its_line() -> None:
    make_topic(key="office", name="Offices")
    make_concept(key="interior", name="Interiors")
    text = f"""\
format = 1
[[topic]]
key = "shop"
name = "Offices"
[[topic]]
key = "new"
name = " "
[[topic]]
key = "has space"
name = "{"x" * 81}"
description = "{"y" * 2001}"
[[concept]]
key = "food"
name = "Food"
share = 101
sizes = ["1024×768", "big"]
{EXAMPLES.replace("{location}", "the place")}
[concept.negative_prompts]
"{"k" * 61}" = "text"
[[concept]]
key = "people"
name = "People at work"
[[addition]]
topic = "nowhere"
concept = "interior"
step = "pixels"
text = "x"
[[addition]]
topic = "office"
concept = "interior"
step = "locations"
text = "{"z" * 10_001}"
"""
    found = faults(text)
    lines = text.split("\n")
    said = {lines[line - 1].partition(" ")[0] + " " + message for line, message in found}
    for start, part in (
        ("name", "called “Offices”, too"), ("key", "“new” cannot be a key"), ("name", "blank"), ("key", "“key”"),
        ("name", "80"), ("description", "longer than 2000"), ("share", "100"), ("sizes", "width × height"),
        ("descriptions_examples", "{location}"), ('"' + "k" * 61 + '"', "60"),
        ("[[concept]]", "“locations_system” is missing"), ("topic", "no topic “nowhere”"), ("step", "pixels"),
        ("text", "longer than 10000"),
    ):  # fmt: skip
        assert any(line.startswith(start) and part in line for line in said), (start, part, said)
    assert Topic.objects.count() == Concept.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (b"format = 1\n[[topic]\n", 2, "no valid TOML"),
        (b'format = 1\n\n\nname = "open\n', 4, "no valid TOML"),
        (b'format = 1\n[[topic]]\nkey = """never closed\n\n', 5, "no valid TOML"),
        (b"format = 1\nformat = 1\n", 2, "no valid TOML"),
        (b"\x89PNG\r\n\x1a\n", 1, "UTF-8"),
        (b"format = 1\n# caf\xe9\n", 2, "UTF-8"),
        (b"", 1, "no export of the studio"),
        (b'[package]\nname = "x"\n', 1, "no export of the studio"),
        (b"<!doctype html><html>", 1, "no valid TOML"),
        (b"format = 2\n", 1, "format 1, not 2"),
        (b'\nformat = "1"\n', 2, "format 1, not 1"),
        (b"format = true\n", 1, "format 1"),
        (b"x" * (LARGEST_FILE + 1), 1, "larger than 1024 KB"),
        (b"a = " + b"[" * 5000, 1, "nested too deep"),
        (b"format = 1\n" + b"a." * 200_000 + b"a = 1", 2, "nested too deep"),
        (b"format = 1\nx = {" + b"'a' . " * 100_000 + b"a = 1}", 2, "nested too deep"),
        (b"format = " + b"1" * 5000, 1, "no valid TOML"),
        (b"format = 1\n" + b"[[topic]]\n" * 5001, 1, "more than 5000"),
        (b'format = 1\n[topic]\nkey = "a"\n', 2, "[[topic]]"),
        (b"format = 1\ntopic = 3\n", 2, "[[topic]]"),
        (b'format = 1\n[[topic]]\nkey = "a"\nname = "\\u0000"\n', 4, "NUL"),
    ],
)
def test_what_is_no_exchange_file_is_said_with_its_line(content: bytes, line: int, part: str) -> None:
    found = faults(content)
    assert (line, True) in [(at, part in message) for at, message in found], found


def test_a_mark_of_byte_order_and_line_ends_of_windows_are_read() -> None:
    document = read('\ufeffformat = 1\r\n[[topic]]\r\nkey = "a"\r\nname = "A"\r\n'.encode())
    assert document.entries["topic"][0].lines == {"key": 3, "name": 4}


def test_the_export_of_the_same_contents_is_the_same() -> None:
    seed()
    assert export_studio() == export_studio()
    read(export_studio().encode())


def test_the_export_holds_current_versions_only() -> None:
    topic, concept = make_topic(key="office"), make_concept(key="interior")
    for text in ("first", "second"):
        PromptAddition.objects.append(topic=topic, concept=concept, step="locations", text=text, note="n")
    [entry] = read(export_studio().encode()).entries["addition"]
    assert dict(entry.values) == {
        "topic": "office", "concept": "interior", "step": "locations", "note": "n", "text": "second"
    }  # fmt: skip


def test_two_names_or_two_digits_that_clash_are_faults_at_both_lines() -> None:
    Reason.objects.create(key="blurred", name="Blurred", position=3)
    text = """\
format = 1
[[reason]]
key = "a"
name = "Blurred"
position = 3
[[reason]]
key = "b"
name = "B"
position = 3
is_active = false
"""
    found = faults(text)
    assert [line for line, _message in found] == [4, 5]
