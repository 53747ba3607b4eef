"""Topics in the studio: the grid, a new one, edits that overwrite nothing, order."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stockgen.models import Cause, PromptAddition, Topic
from stockgen.models.addition import Step
from tests.factories import make_concept, make_pictures, make_topic
from tests.web.conftest import Browser

FORM = {"name": "Offices", "name_ru": "Офисы", "description": "desks, chairs", "is_active": "on"}


@pytest.fixture
def topic(db: None) -> Topic:
    """Give a topic."""
    return make_topic(key="office", name="Offices", name_ru="Офисы", description="desks")


def seen(topic: Topic, **changes: Any) -> dict[str, Any]:
    """Return what the form of a topic sends, with what was in it when it was opened."""
    values = {
        "name": topic.name,
        "name_ru": topic.name_ru,
        "description": topic.description,
        "is_active": "on",
    }
    initial = {f"initial-{name}": value for name, value in values.items()} | {"initial-is_active": "True"}
    return values | initial | {"base": topic.revision} | changes


PAGES = ["/topics/", "/topics/?arrange", "/topics/new/", "/topics/office/"]


@pytest.mark.parametrize("page", PAGES)
def test_designers_and_operators_may_experts_may_not(
    designer: Browser, operator: Browser, expert: Browser, anonymous: Browser, topic: Topic, page: str
) -> None:
    make_concept(key="interior")
    assert designer.get(page).status_code == 200
    assert operator.get(page).status_code == 200
    assert expert.get(page).status_code == 403
    assert anonymous.get(page).status_code == 302
    assert "Studio" not in expert.get("/").text
    assert 'href="/topics/"' in designer.get("/").text


@pytest.mark.parametrize(
    "address", ["/topics/office/", "/topics/new/", "/topics/office/up/", "/topics/office/withdraw/"]
)
def test_experts_change_nothing(expert: Browser, topic: Topic, address: str) -> None:
    assert expert.post(address, seen(topic, name="Mine")).status_code == 403
    topic.refresh_from_db()
    assert (topic.name, topic.revision, topic.is_active) == ("Offices", 1, True)


def test_the_grid_leads_to_each_addition_and_shows_its_version(designer: Browser, topic: Topic) -> None:
    concept = make_concept(key="interior", name="Interiors")
    for text in ("one", "two"):
        PromptAddition.objects.append(topic=topic, concept=concept, step=Step.LOCATIONS, text=text)
    page = designer.get("/topics/").text
    assert 'href="/topics/office/interior/locations/" title="Addition for locations, version 2"' in page
    assert 'href="/topics/office/interior/descriptions/" title="No addition for descriptions yet"' in page


def test_the_grid_shows_a_rate_with_its_interval_or_too_few(designer: Browser) -> None:
    pictures = make_pictures(12, designer.user)
    for picture in pictures[:6]:
        picture.approve(Cause.VOTES)
    for picture in pictures[6:9]:
        picture.reject(Cause.VOTES)
    page = designer.get("/topics/").text
    assert "6 of 9" in page
    assert "too few" in page
    pictures[9].reject(Cause.VOTES)
    page = designer.get("/topics/").text
    assert "60%" in page
    assert "31–83% · 6 of 10" in page  # Wilson, 6 of 10
    assert "too few" not in page


def test_the_grid_says_what_is_not_offered(designer: Browser, topic: Topic) -> None:
    Topic.objects.update(is_active=False)
    assert "not offered" in designer.get("/topics/").text


def test_the_grid_asks_the_database_as_often_for_many_topics_as_for_one(
    designer: Browser, topic: Topic
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            designer.get("/topics/")
        return len(captured)

    make_concept()
    few = queries()
    for _ in range(5):
        PromptAddition.objects.append(
            topic=make_topic(), concept=make_concept(), step=Step.LOCATIONS, text="somewhere"
        )
    assert queries() == few


def test_an_empty_installation_invites_to_make_a_topic(designer: Browser) -> None:
    assert "Make the first topic" in designer.get("/topics/").text


def test_a_new_topic_gets_a_key_and_its_page(designer: Browser) -> None:
    response = designer.post("/topics/new/", FORM | {"name": "Food & drink"}, follow=True)
    topic = Topic.objects.get()
    assert (topic.key, topic.name_ru, topic.description) == ("food-drink", "Офисы", "desks, chairs")
    assert response.redirect_chain == [("/topics/food-drink/?made", 302)]
    assert "Now write its additions" in response.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"name": "Кафе"}, "name"), ({"name": "x" * 81}, "name"),
        ({"name": "a\0b"}, "name"), ({"description": "x" * 2001}, "description"), ({"name_ru": "я" * 81}, "name_ru"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_topic_is_said_at_the_field_and_the_rest_kept(
    designer: Browser, change: dict[str, str], field: str
) -> None:
    response = designer.post("/topics/new/", FORM | change)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert "Офисы" in response.text or field == "name_ru"
    assert not Topic.objects.exists()


def test_a_name_that_is_taken_is_said_at_the_field(designer: Browser, topic: Topic) -> None:
    response = designer.post("/topics/new/", FORM)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name"}


def test_a_topic_is_saved_and_its_key_never_changes(designer: Browser, topic: Topic) -> None:
    sent = seen(topic, name="Office life", description="desks\r\nchairs", key="hacked")
    assert designer.post("/topics/office/", sent).url == "/topics/office/"
    topic.refresh_from_db()
    assert (topic.key, topic.name, topic.description) == ("office", "Office life", "desks\nchairs")
    assert topic.revision == 2


def test_saving_without_a_change_counts_no_revision(designer: Browser, topic: Topic) -> None:
    assert designer.post("/topics/office/", seen(topic)).status_code == 302
    topic.refresh_from_db()
    assert topic.revision == 1


def test_a_topic_can_be_withdrawn_in_its_form(designer: Browser, topic: Topic) -> None:
    sent = seen(topic)
    del sent["is_active"]
    designer.post("/topics/office/", sent)
    topic.refresh_from_db()
    assert not topic.is_active


def test_the_second_of_two_who_save_sees_both_values_and_loses_nothing(
    designer: Browser, other_designer: Browser, topic: Topic
) -> None:
    mine = seen(topic, description="desks and lamps", name_ru="Конторы")
    other_designer.post("/topics/office/", seen(topic, description="desks and chairs", name="Office life"))
    response = designer.post("/topics/office/", mine)
    assert response.status_code == 409
    differences = {one.field_id: one for one in response.context["differences"]}
    assert {name: str(one.changed_by) for name, one in differences.items()} == {
        "id_name": "them", "id_name_ru": "me", "id_description": "both",
    }  # fmt: skip
    described = differences["id_description"]
    assert (described.theirs, described.mine) == ("desks and chairs", "desks and lamps")
    assert '<del title="removed">chairs</del>' in response.text
    assert '<ins title="added">lamps</ins>' in response.text
    topic.refresh_from_db()
    assert (topic.description, topic.name_ru, topic.revision) == ("desks and chairs", "Офисы", 2)
    # The form as it stands puts my changes on top of theirs, and takes over what only they changed.
    form = response.context["form"]
    again = {name: form[name].value() for name in form.fields} | {"is_active": "on"}
    again |= {f"initial-{name}": form.data[f"initial-{name}"] for name in form.value_names()}
    assert designer.post("/topics/office/", again).status_code == 302
    topic.refresh_from_db()
    assert (topic.name, topic.name_ru, topic.description) == ("Office life", "Конторы", "desks and lamps")
    assert topic.revision == 3


def test_a_third_who_saves_meanwhile_is_not_overwritten_either(
    designer: Browser, other_designer: Browser, topic: Topic
) -> None:
    mine = seen(topic, description="mine")
    other_designer.post("/topics/office/", seen(topic, description="theirs"))
    form = designer.post("/topics/office/", mine).context["form"]
    topic.refresh_from_db()
    other_designer.post("/topics/office/", seen(topic, description="theirs again"))
    again = {name: form[name].value() for name in form.fields} | {"is_active": "on"}
    again |= {f"initial-{name}": form.data[f"initial-{name}"] for name in form.value_names()}
    response = designer.post("/topics/office/", again)
    assert response.status_code == 409
    assert [str(one.changed_by) for one in response.context["differences"]] == ["both"]


def test_two_who_wrote_the_same_have_no_conflict(designer: Browser, topic: Topic) -> None:
    sent = seen(topic, description="the same")
    designer.post("/topics/office/", sent)
    assert designer.post("/topics/office/", sent).status_code == 302
    topic.refresh_from_db()
    assert topic.revision == 2


@pytest.mark.parametrize("base", ["", "x", "-3", "0", "99999999999999999999"])
def test_a_base_that_is_none_is_a_conflict_and_never_a_crash(
    designer: Browser, topic: Topic, base: str
) -> None:
    response = designer.post("/topics/office/", seen(topic, description="mine", base=base))
    assert response.status_code == 409
    assert "mine" in response.text


def test_what_is_typed_is_escaped(designer: Browser, topic: Topic) -> None:
    nasty = "<script>alert(1)</script>"
    designer.post("/topics/office/", seen(topic, name=nasty + " x", description=nasty, name_ru=nasty))
    for page in ("/topics/", "/topics/?arrange", "/topics/office/"):
        assert nasty not in designer.get(page).text
    response = designer.post("/topics/office/", seen(topic, description=nasty + "!"))
    assert response.status_code == 409
    assert nasty not in response.text


def test_the_page_tells_what_the_language_model_is_asked_about(designer: Browser, topic: Topic) -> None:
    Topic.objects.update(description="desks, meeting rooms; a. " + "far too long " * 10)
    assert designer.get("/topics/office/").context["parts"] == ["desks", "meeting rooms"]


def test_order_and_offer_are_changed_where_topics_are_arranged(designer: Browser) -> None:
    for position, key in enumerate("abc"):
        make_topic(key=key, name=key, position=position)
    assert designer.post("/topics/c/up/").url == "/topics/?arrange#row-c"
    assert designer.post("/topics/a/down/").status_code == 302
    assert list(Topic.objects.values_list("key", flat=True)) == ["c", "a", "b"]
    designer.post("/topics/b/withdraw/")
    designer.post("/topics/b/withdraw/")
    assert not Topic.objects.get(key="b").is_active
    designer.post("/topics/b/offer/")
    assert Topic.objects.get(key="b").is_active


@pytest.mark.parametrize("address", ["/topics/nowhere/", "/topics/nowhere/up/", "/topics/nowhere/offer/"])
def test_an_unknown_topic_is_404(designer: Browser, address: str) -> None:
    assert designer.post(address).status_code == 404


def test_arranging_needs_a_post(designer: Browser, topic: Topic) -> None:
    assert designer.get("/topics/office/up/").status_code == 405
    assert designer.get("/topics/office/offer/").status_code == 405


def test_the_pages_speak_russian(designer: Browser, topic: Topic) -> None:
    designer.cookies["django_language"] = "ru"
    page = designer.get("/topics/").text
    assert '<html lang="ru"' in page
    assert "Офисы" in page
