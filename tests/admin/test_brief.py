from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from stockgen.models import Concept, PromptAddition, Topic
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
