"""Importing an exchange file: what is previewed is what happens, all of it or nothing, and only once."""

from __future__ import annotations

from typing import Any

import pytest

from stockgen.exchange.applying import PreviewOutdated, apply
from stockgen.exchange.comparing import Preview, compare
from stockgen.exchange.reading import read
from stockgen.exchange.writing import export_studio
from stockgen.models import Concept, NegativePrompt, PromptAddition, Reason, Topic
from stockgen.seed import seed
from tests.factories import make_concept, make_topic, make_user

pytestmark = pytest.mark.django_db


def document(text: str) -> Any:
    return read(("format = 1\n" + text).encode())


def summary(preview: Preview) -> list[tuple[str, ...]]:
    return [
        (change.action, change.entry.kind, *change.entry.identity)
        for change in preview.changes
        if change.action != "keep"
    ]


def fill() -> None:
    """Put everything in that an export can hold, with texts that are hard to write down."""
    seed()
    interior = Concept.objects.get(key="interior")
    interior.sizes = ["1024×768", "768x1024"]
    interior.negative_prompt = 'people, "text"\n\n"""'
    interior.save()
    NegativePrompt.objects.create(concept=interior, image_model="sdxl", text="blurry\\ {text}\n")
    NegativePrompt.objects.create(concept=interior, image_model="a.dotted key", text="")
    for number, topic in enumerate(Topic.objects.all()[:4]):
        for step in ("locations", "descriptions"):
            for text in ("older", f"Больницы {number}:\n\tпалаты \\ “coridors”\r\n'''{'x' * 50}\n"):
                PromptAddition.objects.append(topic=topic, concept=interior, step=step, text=text, note="Why")
    PromptAddition.objects.append(
        topic=Topic.objects.get(key="food"),
        concept=Concept.objects.get(key="item"),
        step="locations",
        text="",
    )
    Topic.objects.filter(key="food").update(is_active=False, name_ru='Еда "и" рестораны')


def empty() -> None:
    for model in (PromptAddition, NegativePrompt, Topic, Concept, Reason):
        model.objects.all().delete()


def test_export_import_into_nothing_and_export_give_the_same_bytes() -> None:
    fill()
    before = export_studio()
    empty()
    author = make_user()
    apply(read(before.encode()), author=author)
    assert export_studio() == before
    assert set(PromptAddition.objects.values_list("version", "author")) == {(1, author.pk)}
    assert Concept.objects.get(key="interior").sizes == ["1024×768", "768x1024"]


def test_importing_again_changes_nothing_and_makes_no_versions() -> None:
    fill()
    text = export_studio().encode()
    versions = PromptAddition.objects.count()
    preview = apply(read(text), author=None)
    assert preview.is_empty
    assert PromptAddition.objects.count() == versions
    assert set(Topic.objects.values_list("revision", flat=True)) == {1}


def test_the_preview_says_what_the_import_then_does() -> None:
    topic = make_topic(key="office", name="Offices", description="desks")
    concept = make_concept(key="interior", name="Interiors")
    PromptAddition.objects.append(topic=topic, concept=concept, step="locations", text="old")
    file = document("""
[[topic]]
key = "office"
name = "Offices"
description = "desks and lamps"
[[topic]]
key = "shop"
name = "Shops"
[[addition]]
topic = "office"
concept = "interior"
step = "locations"
text = "new"
[[addition]]
topic = "shop"
concept = "interior"
step = "descriptions"
text = "shelves"
""")
    preview = compare(file)
    assert summary(preview) == [
        ("change", "topic", "office"),
        ("add", "topic", "shop"),
        ("change", "addition", "office", "interior", "locations"),
        ("add", "addition", "shop", "interior", "descriptions"),
    ]
    [value] = preview.changed[0].values
    assert (value.name, value.before, value.after) == ("description", "desks", "desks and lamps")
    assert preview.changed[1].row.version == 2
    assert Topic.objects.count() == 1

    author = make_user()
    apply(file, author=author, digest=preview.digest)
    topic.refresh_from_db()
    assert (topic.description, topic.revision) == ("desks and lamps", 2)
    latest = PromptAddition.objects.current(topic, concept)["locations"]
    assert (latest.version, latest.text, latest.author) == (2, "new", author)
    assert PromptAddition.objects.get(topic__key="shop").text == "shelves"


def test_what_the_file_leaves_out_stays() -> None:
    topic = make_topic(key="office", name="Offices", description="desks", is_active=False)
    other = make_topic()
    concept = make_concept(key="interior", negative_prompt="people")
    NegativePrompt.objects.create(concept=concept, image_model="sdxl", text="kept")
    apply(
        document(
            '[[topic]]\nkey = "office"\nname = "Work"\n[[concept]]\nkey = "interior"\nname = "Rooms"\n'
            '[concept.negative_prompts]\nflux = "new"\n'
        ),
        author=None,
    )
    topic.refresh_from_db()
    concept.refresh_from_db()
    assert (topic.name, topic.description, topic.is_active) == ("Work", "desks", False)
    assert (concept.name, concept.negative_prompt, concept.revision) == ("Rooms", "people", 2)
    assert concept.own_negative_prompts() == {"sdxl": "kept", "flux": "new"}
    assert Topic.objects.filter(pk=other.pk).exists()


def test_names_and_digits_can_be_swapped() -> None:
    make_topic(key="a", name="First")
    make_topic(key="b", name="Second")
    Reason.objects.create(key="x", name="X", position=1)
    Reason.objects.create(key="y", name="Y", position=2)
    apply(
        document(
            '[[topic]]\nkey = "a"\nname = "Second"\n[[topic]]\nkey = "b"\nname = "First"\n'
            '[[reason]]\nkey = "x"\nname = "Y"\nposition = 2\n[[reason]]\nkey = "y"\nname = "X"\nposition = 1\n'
        ),
        author=None,
    )
    assert dict(Topic.objects.values_list("key", "name")) == {"a": "Second", "b": "First"}
    rows = Reason.objects.values_list("key", "name", "position", "is_active")
    assert set(rows) == {("x", "Y", 2, True), ("y", "X", 1, True)}


def test_an_import_of_what_was_changed_since_the_preview_does_nothing() -> None:
    topic, concept = make_topic(key="office", name="Offices"), make_concept(key="interior")
    file = document("""
[[topic]]
key = "office"
name = "Work"
[[addition]]
topic = "office"
concept = "interior"
step = "locations"
text = "mine"
""")
    preview = compare(file)
    PromptAddition.objects.append(topic=topic, concept=concept, step="locations", text="theirs")
    with pytest.raises(PreviewOutdated) as caught:
        apply(file, author=None, digest=preview.digest)
    assert caught.value.preview.changed[1].values[0].before == "theirs"
    topic.refresh_from_db()
    assert topic.name == "Offices"
    apply(file, author=None, digest=caught.value.preview.digest)
    assert PromptAddition.objects.current(topic, concept)["locations"].version == 2


def test_a_change_elsewhere_since_the_preview_does_not_matter() -> None:
    make_topic(key="office", name="Offices")
    file = document('[[topic]]\nkey = "office"\nname = "Work"\n')
    preview = compare(file)
    make_topic(key="shop")
    apply(file, author=None, digest=preview.digest)
    assert Topic.objects.get(key="office").name == "Work"


def test_reasons_are_left_alone_for_whoever_may_not_change_them() -> None:
    Reason.objects.create(key="blurred", name="Blurred", position=1)
    file = document(
        '[[reason]]\nkey = "blurred"\nname = "Out of focus"\n[[topic]]\nkey = "office"\nname = "Offices"\n'
    )
    preview = compare(file, with_reasons=False)
    assert summary(preview) == [("add", "topic", "office")]
    assert preview.withheld == 1
    apply(file, author=None, digest=preview.digest, with_reasons=False)
    assert Reason.objects.get().name == "Blurred"
    assert Topic.objects.exists()
