"""The page on which everything that designers steer goes out as a file and comes in again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stockgen.exchange.document import LARGEST_FILE
from stockgen.exchange.writing import export_studio
from stockgen.models import PromptAddition, Reason, Topic
from stockgen.seed import seed
from tests.factories import make_concept, make_topic
from tests.web.conftest import Browser

FILE = """\
format = 1
[[topic]]
key = "office"
name = "Work"
[[topic]]
key = "shop"
name = "<script>alert(1)</script>"
[[addition]]
topic = "office"
concept = "interior"
step = "locations"
text = "Desks <b>and</b> lamps"
[[reason]]
key = "blurred"
name = "Unsharp"
position = 1
"""


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    """Put a topic and a concept in."""
    make_topic(key="office", name="Offices")
    make_concept(key="interior", name="Interiors")


def upload(browser: Browser, content: str | bytes, name: str = "studio.toml") -> Any:
    content = content if isinstance(content, bytes) else content.encode()
    return browser.post("/studio/exchange/", {"file": SimpleUploadedFile(name, content)})


def agree(browser: Browser, preview: Any) -> Any:
    """Import what a preview shows."""
    fields = {"text": preview.context["text"], "digest": preview.context["preview"].digest}
    return browser.post("/studio/exchange/", fields)


def test_the_download_is_the_export(designer: Browser) -> None:
    seed()
    response = designer.get("/studio/export/")
    assert response.content == export_studio().encode()
    assert response.headers["Content-Type"] == "application/toml; charset=utf-8"
    assert 'attachment; filename="studio-' in response.headers["Content-Disposition"]


def test_a_file_is_looked_at_first_and_then_imported(designer: Browser) -> None:
    preview = upload(designer, FILE)
    assert preview.status_code == 200
    assert "&lt;script&gt;" in preview.text
    assert "<script>alert" not in preview.text
    assert Topic.objects.get().name == "Offices"
    assert agree(designer, preview).url == "/studio/exchange/"
    assert set(Topic.objects.values_list("key", "name")) == {
        ("office", "Work"), ("shop", "<script>alert(1)</script>")
    }  # fmt: skip
    assert PromptAddition.objects.get().author == designer.user
    assert "Imported: 2 added, 1 changed." in designer.get("/studio/exchange/").text


def test_only_operators_change_reasons(designer: Browser, operator: Browser) -> None:
    preview = upload(designer, FILE)
    assert "Only operators change reasons" in preview.text
    agree(designer, preview)
    assert not Reason.objects.exists()
    agree(operator, upload(operator, FILE))
    assert Reason.objects.get().name == "Unsharp"


def test_a_faulty_file_is_answered_with_its_lines_and_changes_nothing(designer: Browser) -> None:
    response = upload(designer, FILE.replace('"Work"', "3").replace('"locations"', '"pixels"'))
    assert response.status_code == 422
    assert [fault.line for fault in response.context["faults"]] == [4]
    response = upload(designer, FILE.replace('"locations"', '"pixels"'))
    assert [fault.line for fault in response.context["faults"]] == [11]
    assert "pixels" in response.text
    assert Topic.objects.get().name == "Offices"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"<html>",
        b"[package]\n",
        b"x" * (LARGEST_FILE + 1),
        b"a = " + b"[" * 9000,
    ],
)
def test_a_foreign_file_is_refused(designer: Browser, content: bytes) -> None:
    response = upload(designer, content, "../../x.php\u202e.toml")
    assert response.status_code == 422
    assert len(response.context["faults"]) == 1


def test_no_file_is_said_at_the_field(designer: Browser) -> None:
    response = designer.post("/studio/exchange/", {})
    assert response.status_code == 422
    assert "Choose a file." in response.text


def test_many_faults_are_cut_off_with_their_number(designer: Browser) -> None:
    response = upload(designer, "format = 1\n" + "[[topic]]\nkey = 1\n" * 150)
    assert len(response.context["faults"]) == 100
    assert "and 200 more" in response.text


def test_what_was_changed_since_the_preview_is_shown_again(designer: Browser) -> None:
    preview = upload(designer, FILE)
    Topic.objects.filter(key="office").update(name="Workplaces")
    response = agree(designer, preview)
    assert response.status_code == 409
    assert "changed since you looked" in response.text
    assert Topic.objects.get().name == "Workplaces"
    assert agree(designer, response).status_code == 302
    assert Topic.objects.get(key="office").name == "Work"


def test_a_file_that_no_longer_fits_is_answered_with_its_lines(designer: Browser) -> None:
    preview = upload(designer, FILE)
    Topic.objects.create(key="other", name="Work")
    response = agree(designer, preview)
    assert response.status_code == 422
    assert [fault.line for fault in response.context["faults"]] == [4]


def test_a_text_that_was_tampered_with_is_read_like_any_other(designer: Browser) -> None:
    response = designer.post("/studio/exchange/", {"text": "x", "digest": "y"})
    assert response.status_code == 422
    assert designer.post("/studio/exchange/", {"text": "", "digest": ""}).status_code == 422
    assert Topic.objects.count() == 1


def test_a_file_with_nothing_new_has_nothing_to_import(designer: Browser) -> None:
    response = upload(designer, export_studio())
    assert "nothing to import" in response.text


@pytest.mark.parametrize("path", ["/studio/exchange/", "/studio/export/"])
def test_the_studio_is_for_designers_and_operators(
    path: str, expert: Browser, operator: Browser, anonymous: Browser
) -> None:
    assert expert.get(path).status_code == 403
    assert operator.get(path).status_code == 200
    assert anonymous.get(path).status_code == 302
    assert upload(expert, FILE).status_code == 403
