from __future__ import annotations

import pytest
from django.test import Client

from stockgen.models import RegisteredModel
from stockgen.models.registered import image_models, language_models

pytestmark = pytest.mark.django_db

FORM = {
    "role": "image", "key": "house-style", "title": "House style", "licence": "own", "is_active": "on",
    "source_kind": "folder", "location": "/models/house", "precision": "bfloat16", "batch_size": 4,
    "memory_gib": 8, "style": "chat", "context_tokens": 8192, "width": 1024, "height": 1024, "max_side": 1536,
    "steps": 30, "guidance_scale": 5, "lora_weight": 1,
}  # fmt: skip


def add(as_operator: Client, **fields: object) -> dict[str, list[str]]:
    """Fill in the form; return its errors by field."""
    response = as_operator.post("/admin/stockgen/registeredmodel/add/", FORM | fields)
    return {} if response.status_code == 302 else response.context["adminform"].form.errors


def test_an_image_model_that_is_added_is_offered(as_operator: Client) -> None:
    assert add(as_operator) == {}
    assert image_models()["house-style"].default_width == 1024


def test_a_language_model_behind_an_endpoint_is_offered(as_operator: Client) -> None:
    errors = add(
        as_operator,
        role="language",
        source_kind="endpoint",
        location="http://localhost:8080/v1",
        endpoint_model="qwen",
    )
    assert errors == {}
    assert "house-style" in language_models()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"key": "sdxl"}, "key"),
        ({"source_kind": "hub", "location": "stabilityai/sdxl", "revision": "main"}, "revision"),
        ({"source_kind": "endpoint", "endpoint_model": "x"}, "source_kind"),
        ({"role": "language", "source_kind": "endpoint"}, "endpoint_model"),
        ({"max_side": 512}, "max_side"),
        ({"lora": "/models/style.ckpt"}, "lora"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(
    as_operator: Client, fields: dict[str, object], wrong: str
) -> None:
    assert list(add(as_operator, **fields)) == [wrong]
    assert not RegisteredModel.objects.exists()


def test_the_key_stays(as_operator: Client) -> None:
    add(as_operator)
    model = RegisteredModel.objects.get()
    as_operator.post(
        f"/admin/stockgen/registeredmodel/{model.pk}/change/", FORM | {"key": "new", "title": "New"}
    )
    model.refresh_from_db()
    assert (model.key, model.title) == ("house-style", "New")
