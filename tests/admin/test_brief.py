from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from stockgen.models import Concept, EditConflict, PromptAddition, Topic
from tests.factories import make_concept, make_topic

pytestmark = pytest.mark.django_db


def test_a_topic_is_added_and_its_key_then_stays(as_operator: Client) -> None:
    form = {
        "name": "Workshops",
        "name_ru": "Мастерские",
        "key": "workshops",
        "position": 3,
        "is_active": "on",
    }
    as_operator.post("/admin/stockgen/topic/add/", form | {"description": "Places where things are made."})
    topic = Topic.objects.get(key="workshops")
    as_operator.post(
        f"/admin/stockgen/topic/{topic.pk}/change/", form | {"key": "other", "name": "Workshops!"}
    )
    topic.refresh_from_db()
    assert (topic.key, topic.name) == ("workshops", "Workshops!")


def test_shares_are_edited_in_the_list_and_checked_as_a_whole(as_operator: Client) -> None:
    concepts = [make_concept(share=60), make_concept(share=40)]
    assert "add up to" not in as_operator.get("/admin/stockgen/concept/").content.decode()
    rows = list(Concept.objects.order_by("position", "name"))
    form: dict[str, object] = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for index, row in enumerate(rows):
        form |= {
            f"form-{index}-id": row.pk,
            f"form-{index}-share": 10,
            f"form-{index}-position": index,
            f"form-{index}-is_active": "on",
        }
    page = as_operator.post("/admin/stockgen/concept/", form, follow=True).content.decode()
    concepts[0].refresh_from_db()
    assert concepts[0].share == 10
    assert "add up to 20 %" in page


def test_a_share_over_a_hundred_is_refused(as_operator: Client) -> None:
    concept = make_concept(share=60)
    form = {
        "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save", "form-0-id": concept.pk,
        "form-0-share": 101, "form-0-position": 0,
    }  # fmt: skip
    assert as_operator.post("/admin/stockgen/concept/", form).status_code == 200
    concept.refresh_from_db()
    assert concept.share == 60


class TestAdditions:
    """Every saving is a version; no version changes."""

    @pytest.fixture
    def cell(self) -> dict[str, int | str]:
        return {"topic": make_topic().pk, "concept": make_concept().pk, "step": "locations"}

    def test_each_saving_is_the_next_version_of_its_author(
        self, as_operator: Client, operator: User, cell: dict[str, int | str]
    ) -> None:
        for text in ("No screens.", "No screens, no people."):
            response = as_operator.post("/admin/stockgen/promptaddition/add/", cell | {"text": text})
            assert response.status_code == 302, response.content.decode()
        versions = PromptAddition.objects.order_by("version").values_list("version", "text", "author")
        assert list(versions) == [
            (1, "No screens.", operator.pk),
            (2, "No screens, no people.", operator.pk),
        ]

    def test_the_form_begins_with_the_newest_text(
        self, as_operator: Client, cell: dict[str, int | str]
    ) -> None:
        as_operator.post("/admin/stockgen/promptaddition/add/", cell | {"text": "No screens."})
        page = as_operator.get("/admin/stockgen/promptaddition/add/", cell).content.decode()
        assert "No screens." in page

    def test_a_version_is_neither_changed_nor_deleted(
        self, as_operator: Client, cell: dict[str, int | str]
    ) -> None:
        as_operator.post("/admin/stockgen/promptaddition/add/", cell | {"text": "No screens."})
        addition = PromptAddition.objects.get()
        address = reverse("admin:stockgen_promptaddition_change", args=[addition.pk])
        assert as_operator.post(address, cell | {"text": "Screens!"}).status_code == 403
        delete = reverse("admin:stockgen_promptaddition_delete", args=[addition.pk])
        assert as_operator.post(delete, {"post": "yes"}).status_code == 403
        addition.refresh_from_db()
        assert addition.text == "No screens."


class TestTheStudio:
    """What the admin and the studio know of each other."""

    def test_an_edit_in_the_admin_is_a_conflict_for_whoever_has_the_row_open_in_the_studio(
        self, as_operator: Client
    ) -> None:
        topic = make_topic(description="desks")
        form = {"name": topic.name, "description": "theirs", "position": 0, "is_active": "on"}
        as_operator.post(f"/admin/stockgen/topic/{topic.pk}/change/", form)
        with pytest.raises(EditConflict):
            topic.edit(base=1, description="mine")
        as_operator.post(f"/admin/stockgen/topic/{topic.pk}/change/", form)  # nothing changed
        topic.refresh_from_db()
        assert (topic.description, topic.revision) == ("theirs", 2)

    def test_sizes_and_negative_prompts_of_models_are_edited(self, as_operator: Client) -> None:
        concept = make_concept(
            locations_examples="Topic: A\n- one\n\nTopic: {topic}",
            descriptions_examples="Place: one\nShows: a\n\nPlace: {location}\nPrompt: {location}, {shows}",
        )
        values = {
            name: getattr(concept, name)
            for name in (
                "name", "subject", "share", "position", "locations_system", "locations_examples",
                "descriptions_system", "descriptions_examples",
            )
        }  # fmt: skip
        form = values | {
            "is_active": "on", "sizes": "1024×768\r\n640x480", "negative_prompts-TOTAL_FORMS": 1,
            "negative_prompts-INITIAL_FORMS": 0, "negative_prompts-0-image_model": "sdxl",
            "negative_prompts-0-text": "blur", "negative_prompts-0-concept": concept.pk,
        }  # fmt: skip
        response = as_operator.post(f"/admin/stockgen/concept/{concept.pk}/change/", form)
        assert response.status_code == 302
        concept.refresh_from_db()
        assert concept.sizes == ["1024×768", "640×480"]
        assert concept.negative_prompt_for("sdxl") == "blur"
        assert concept.revision == 2
        refused = as_operator.post(f"/admin/stockgen/concept/{concept.pk}/change/", form | {"sizes": "big"})
        assert "“big”: Write a size as width × height" in refused.content.decode()

    def test_each_list_leads_to_the_studio(self, as_operator: Client) -> None:
        topic, concept = make_topic(), make_concept()
        PromptAddition.objects.append(topic=topic, concept=concept, step="locations", text="x")
        for model, address in (
            ("topic", f"/topics/{topic.key}/"),
            ("concept", f"/concepts/{concept.key}/"),
            ("promptaddition", f"/topics/{topic.key}/{concept.key}/locations/"),
        ):
            assert f'href="{address}"' in as_operator.get(f"/admin/stockgen/{model}/").content.decode()
