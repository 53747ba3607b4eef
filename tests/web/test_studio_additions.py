"""An addition in the studio: its text, versions, differences, going back, conflicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engines.planning.systems import compose_system
from stockgen.models import Cause, Concept, PromptAddition, Topic
from stockgen.models.addition import Step, compose_brief
from tests.factories import make_concept, make_pictures, make_reason, make_topic
from tests.web.conftest import Browser

PAGE = "/topics/office/interior/descriptions/"
Save = Callable[..., PromptAddition]


@pytest.fixture
def topic(db: None) -> Topic:
    """Give a topic."""
    return make_topic(key="office", name="Offices", name_ru="Офисы")


@pytest.fixture
def concept(db: None) -> Concept:
    """Give a concept."""
    return make_concept(key="interior", name="Interiors", descriptions_system="Describe it in three lines.")


@pytest.fixture(autouse=True)
def save(topic: Topic, concept: Concept) -> Save:
    """Give a function that saves the next version."""

    def append(text: str, **fields: Any) -> PromptAddition:
        where = {"topic": topic, "concept": concept, "step": Step.DESCRIPTIONS}
        return PromptAddition.objects.append(**where | fields, text=text)  # type: ignore[arg-type]

    return append


def stored() -> list[tuple[int, str, str]]:
    """Return what is stored, in order."""
    return list(PromptAddition.objects.order_by("version").values_list("version", "text", "note"))


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}diff/"])
def test_designers_and_operators_may_experts_may_not(
    designer: Browser, operator: Browser, expert: Browser, anonymous: Browser, address: str
) -> None:
    assert designer.get(address).status_code == 200
    assert operator.get(address).status_code == 200
    assert expert.get(address).status_code == 403
    assert anonymous.get(address).status_code == 302


def test_experts_change_nothing(expert: Browser, save: Save) -> None:
    save("one"), save("two")
    assert expert.post(PAGE, {"text": "mine", "base": "2"}).status_code == 403
    assert expert.post(f"{PAGE}1/restore/", {"base": "2"}).status_code == 403
    assert len(stored()) == 2


@pytest.mark.parametrize(
    "address",
    [
        "/topics/nowhere/interior/descriptions/", "/topics/office/nowhere/descriptions/",
        "/topics/office/interior/verbs/", "/topics/office/interior/verbs/diff/", f"{PAGE}diff/?from=1&to=9",
        f"{PAGE}diff/?from=x", f"{PAGE}diff/?to=-1", f"{PAGE}diff/?to=99999999999999999999", f"{PAGE}diff/?from=²",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(designer: Browser, save: Save, address: str) -> None:
    save("one")
    assert designer.get(address).status_code == 404


@pytest.mark.parametrize("version", ["9", "99999999999999999999"])
def test_a_version_that_is_not_there_cannot_be_restored(designer: Browser, save: Save, version: str) -> None:
    save("one")
    assert designer.post(f"{PAGE}{version}/restore/", {"base": "1"}).status_code == 404
    assert designer.get(f"{PAGE}1/restore/").status_code == 405


# ------------------------------------------------------------------------------------------------ saving
def test_every_save_is_a_version_with_author_and_note(designer: Browser, save: Save) -> None:
    response = designer.post(PAGE, {"text": " oak\r\ndesks \n", "note": "first", "base": "0"}, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    assert "Version 1 is saved." in response.text
    designer.post(PAGE, {"text": "pale oak", "note": "", "base": "1"})
    assert stored() == [(1, "oak\ndesks", "first"), (2, "pale oak", "")]
    assert {addition.author for addition in PromptAddition.objects.all()} == {designer.user}


def test_the_text_as_it_stands_makes_no_version(designer: Browser, save: Save) -> None:
    save("oak")
    response = designer.post(PAGE, {"text": "oak\r\n", "note": "again", "base": "1"}, follow=True)
    assert "Nothing has changed" in response.text
    assert len(stored()) == 1


def test_an_empty_first_text_is_nothing_to_save(designer: Browser, save: Save) -> None:
    response = designer.post(PAGE, {"text": " ", "base": "0"})
    assert response.status_code == 422
    assert "There is nothing to save yet." in response.text
    assert not stored()


def test_a_text_may_be_taken_away_again(designer: Browser, save: Save) -> None:
    save("oak")
    assert designer.post(PAGE, {"text": "", "note": "not needed", "base": "1"}).status_code == 302
    assert stored()[-1] == (2, "", "not needed")


@pytest.mark.parametrize("letter", ["x", "я", "🪑"])
def test_100_000_characters_are_refused_at_the_field_with_the_text_kept(
    designer: Browser, save: Save, letter: str
) -> None:
    response = designer.post(PAGE, {"text": letter * 100_000, "note": "long", "base": "0"})
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"text"}
    assert "10000" in form.errors["text"][0]
    assert letter * 100_000 in response.text
    assert form["note"].value() == "long"
    assert not stored()


def test_10_000_characters_are_enough(designer: Browser, save: Save) -> None:
    lines = "\r\n".join(["я" * 99] * 100)  # 9,999 characters with line ends of one
    assert designer.post(PAGE, {"text": lines, "base": "0"}).status_code == 302
    assert designer.post(PAGE, {"text": lines + "яя", "base": "1"}).status_code == 422


@pytest.mark.parametrize(("field", "value"), [("note", "x" * 201), ("text", "a\0b")])
def test_what_cannot_be_stored_is_said_at_the_field(
    designer: Browser, save: Save, field: str, value: str
) -> None:
    response = designer.post(PAGE, {"text": "oak", "base": "0", field: value})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}


def test_the_browser_never_cuts_a_text(designer: Browser, save: Save) -> None:
    page = designer.get(PAGE).text
    textarea = page[page.index("<textarea", page.index('id="addition-form"')) :]
    assert "maxlength" not in textarea[: textarea.index(">")]
    assert 'data-limit="10000"' in textarea[: textarea.index(">")]


# ------------------------------------------------------------------------------------------------ conflicts
def test_the_second_of_two_who_save_sees_both_texts_with_the_difference(
    designer: Browser, other_designer: Browser, save: Save
) -> None:
    save("desks of oak")
    other_designer.post(PAGE, {"text": "desks of pine", "note": "cheaper", "base": "1"})
    response = designer.post(PAGE, {"text": "desks of walnut", "note": "darker", "base": "1"})
    assert response.status_code == 409
    assert '<del title="removed">pine</del>' in response.text
    assert '<ins title="added">walnut</ins>' in response.text
    assert "has saved version 2 meanwhile." in response.text
    assert other_designer.user is not None
    assert other_designer.user.display_name in response.text
    form = response.context["form"]
    assert [form[name].value() for name in ("text", "note", "base")] == ["desks of walnut", "darker", "2"]
    assert len(stored()) == 2


def test_theirs_can_be_followed_by_mine(designer: Browser, other_designer: Browser, save: Save) -> None:
    save("oak")
    other_designer.post(PAGE, {"text": "pine", "base": "1"})
    form = designer.post(PAGE, {"text": "walnut", "note": "darker", "base": "1"}).context["form"]
    assert designer.post(PAGE, {name: form[name].value() or "" for name in form.fields}).url == PAGE
    assert stored() == [(1, "oak", ""), (2, "pine", ""), (3, "walnut", "darker")]


def test_two_tabs_of_one_person_are_told_apart_like_two_people(designer: Browser, save: Save) -> None:
    first = designer.get(PAGE).context["form"]["base"].value()
    second = designer.get(PAGE).context["form"]["base"].value()
    assert designer.post(PAGE, {"text": "from one tab", "base": first}).status_code == 302
    assert designer.post(PAGE, {"text": "from the other", "base": second}).status_code == 409
    assert [text for _version, text, _note in stored()] == ["from one tab"]


def test_two_tabs_with_the_same_text_agree(designer: Browser, save: Save) -> None:
    designer.post(PAGE, {"text": "the same", "base": "0"})
    assert designer.post(PAGE, {"text": "the same", "base": "0"}).status_code == 302
    assert len(stored()) == 1


@pytest.mark.parametrize("base", ["", "x", "-1", "7", "99999999999999999999"])
def test_a_base_that_never_was_is_a_conflict_and_never_a_crash(
    designer: Browser, save: Save, base: str
) -> None:
    save("oak")
    response = designer.post(PAGE, {"text": "mine", "base": base})
    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "mine"


def test_a_base_where_there_is_no_version_is_a_conflict_too(designer: Browser, save: Save) -> None:
    response = designer.post(PAGE, {"text": "mine", "base": "4"})
    assert response.status_code == 409
    assert response.context["form"]["base"].value() == "0"


# ------------------------------------------------------------------------------------------------ going back
def test_going_back_makes_a_new_version_with_a_note(designer: Browser, save: Save) -> None:
    for text in ("one", "two", "three"):
        save(text)
    assert designer.post(f"{PAGE}1/restore/", {"base": "3"}).url == PAGE
    assert stored()[-1] == (4, "one", "Back to version 1")
    designer.post(f"{PAGE}0/restore/", {"base": "4"})
    assert stored()[-1] == (5, "", "Back to no addition")


def test_going_back_does_not_overwrite_what_somebody_has_just_saved(
    designer: Browser, other_designer: Browser, save: Save
) -> None:
    save("one"), save("two")
    other_designer.post(PAGE, {"text": "three", "base": "2"})
    response = designer.post(f"{PAGE}1/restore/", {"base": "2"})
    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "one"
    assert len(stored()) == 3


def test_going_back_to_the_text_that_is_there_makes_no_version(designer: Browser, save: Save) -> None:
    save("one")
    response = designer.post(f"{PAGE}1/restore/", {"base": "1"}, follow=True)
    assert "Nothing has changed" in response.text
    assert len(stored()) == 1


# ------------------------------------------------------------------------------------------------ what is shown
def test_the_system_prompt_is_shown_exactly_as_it_is_sent(
    designer: Browser, save: Save, topic: Topic, concept: Concept
) -> None:
    save("Desks are of oak.\nNo people.")
    sent = compose_system(
        compose_brief(topic, concept, PromptAddition.objects.current(topic, concept)), "descriptions"
    )
    response = designer.get(PAGE)
    assert (
        response.context["composed"] == sent == "Describe it in three lines.\nDesks are of oak.\nNo people."
    )
    assert f">{sent}</p>" in response.text


def test_versions_come_newest_first_a_page_at_a_time(designer: Browser, save: Save) -> None:
    for number in range(23):
        save(f"text {number}", note=f"note {number}")
    page = designer.get(PAGE)
    assert [row.addition.version for row in page.context["versions"]] == list(range(23, 13, -1))
    assert page.context["more"] == 14
    part = designer.htmx(PAGE, before="14")
    assert [row.addition.version for row in part.context["versions"]] == list(range(13, 3, -1))
    assert "<html" not in part.text
    last = designer.htmx(PAGE, before="4")
    assert [row.addition.version for row in last.context["versions"]] == [3, 2, 1]
    assert last.context["more"] is None
    assert designer.htmx(PAGE, before="x").status_code == 404


def test_each_version_shows_what_came_of_it(
    designer: Browser, save: Save, topic: Topic, concept: Concept
) -> None:
    before = make_pictures(2, designer.user, topic=topic, concept=concept)
    save("oak")
    under = make_pictures(12, designer.user, topic=topic, concept=concept)
    for picture in under[:9]:
        picture.approve(Cause.VOTES)
    under[9].reject(Cause.VOTES)
    before[0].approve(Cause.VOTES)
    page = designer.get(PAGE)
    rows = [
        (row.addition and row.addition.version, row.made.pictures, row.made.share.total)
        for row in page.context["versions"]
    ]
    assert rows == [(1, 12, 10), (None, 2, 1)]
    assert "90%" in page.text
    assert "60–98% · 9 of 10" in page.text  # Wilson, 9 of 10
    assert "1 of 1" in page.text
    assert "Before the first version" in page.text


def test_reasons_to_reject_are_counted_for_this_version_and_all(
    designer: Browser, save: Save, topic: Topic, concept: Concept
) -> None:
    reason = make_reason(name="Too dark")
    for text in ("one", "two"):
        save(text)
        pictures = make_pictures(3, designer.user, topic=topic, concept=concept)
        for picture in pictures[: 3 if text == "one" else 1]:
            picture.reject(Cause.VOTES, reasons=[reason.key])
    page = designer.get(PAGE)
    [row] = page.context["rejections"].reasons
    assert (row.reason, row.current, row.total) == (reason, 1, 4)
    assert "Too dark" in page.text


def test_siblings_are_one_click_away(designer: Browser, save: Save) -> None:
    make_concept(key="exterior", name="Exteriors")
    save("oak", step=Step.LOCATIONS)
    page = designer.get(PAGE).text
    assert 'href="/topics/office/interior/locations/"' in page
    assert 'href="/topics/office/exterior/descriptions/"' in page


# ------------------------------------------------------------------------------------------------ differences
def test_any_two_versions_can_be_compared(designer: Browser, save: Save) -> None:
    for text in ("desks of oak", "desks of pine", "desks of walnut"):
        save(text, note=f"{text[9:]} it is")
    page = designer.get(f"{PAGE}diff/?from=1&to=3").text
    assert '<del title="removed">oak</del><ins title="added">walnut</ins>' in page
    page = designer.get(f"{PAGE}diff/?from=3&to=1").text
    assert '<del title="removed">walnut</del><ins title="added">oak</ins>' in page
    page = designer.get(f"{PAGE}diff/").text  # the newest two
    assert '<del title="removed">pine</del><ins title="added">walnut</ins>' in page
    page = designer.get(f"{PAGE}diff/?from=0&to=1").text
    assert '<ins title="added">desks of oak</ins>' in page
    assert "The two texts are the same." in designer.get(f"{PAGE}diff/?from=2&to=2").text


def test_differences_can_be_shown_side_by_side(designer: Browser, save: Save) -> None:
    save("desks of oak"), save("desks of pine")
    page = designer.get(f"{PAGE}diff/?view=panes").text
    assert 'desks of <del title="removed">oak</del></div>' in page
    assert 'desks of <ins title="added">pine</ins></div>' in page


def test_an_addition_without_versions_has_a_page_of_differences(designer: Browser) -> None:
    assert "The two texts are the same." in designer.get(f"{PAGE}diff/").text


def test_what_is_typed_is_escaped(designer: Browser, save: Save) -> None:
    nasty = "<script>alert(1)</script>"
    save(nasty), save(f"{nasty} {nasty}", note=nasty)
    for address in (PAGE, f"{PAGE}diff/", f"{PAGE}diff/?view=panes", "/topics/office/"):
        assert nasty not in designer.get(address).text
    assert nasty not in designer.post(PAGE, {"text": nasty, "note": nasty, "base": "1"}).text


def test_the_pages_speak_russian(designer: Browser, save: Save) -> None:
    save("oak")
    designer.cookies["django_language"] = "ru"
    page = designer.get(PAGE).text
    assert '<html lang="ru"' in page
    assert "Офисы" in page
