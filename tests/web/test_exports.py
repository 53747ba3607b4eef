"""The pages of exports, and their download."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.urls import reverse

from delivery.errors import BUCKET_AWAY, FILE_MISSING
from delivery.models import Export
from delivery.serving import UNSATISFIABLE, range_of
from jobs.states import State
from tests.exporting import assert_agrees, make_approved, work_on
from tests.factories import some_uuid
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def done(designer: Browser) -> Export:
    """Make an export of three pictures."""
    make_approved(3, designer.user)
    return work_on(Export.objects.start(designer.user))


def test_the_form_starts_an_export_of_what_is_chosen(designer: Browser) -> None:
    [picture] = make_approved(1, designer.user)
    make_approved(1, designer.user)
    response = designer.post("/exports/", {"topic": picture.topic.key, "target": "zip"})
    export = Export.objects.get()
    assert (response.status_code, response.url) == (302, f"/exports/{export.pk}/")
    assert (export.topic, export.count, export.longest_side) == (picture.topic, 1, 0)
    assert "0 of 1 pictures" in designer.get("/exports/").text


def test_a_form_sent_twice_starts_one_export(designer: Browser) -> None:
    [picture] = make_approved(1, designer.user)
    form = {"target": "zip", "idempotency_key": "k"}
    assert designer.post("/exports/", form).url == designer.post("/exports/", form).url
    changed = designer.post("/exports/", form | {"topic": picture.topic.key})
    assert changed.status_code == 422
    assert "has started an export already" in changed.text
    assert 'value="k"' not in changed.text
    assert Export.objects.count() == 1


def test_nothing_to_export_is_said_at_the_form(designer: Browser) -> None:
    response = designer.post("/exports/", {"target": "zip"})
    assert response.status_code == 422
    assert "No approved picture fits." in response.text
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"target": "s3"}, {"target": "zip", "longest_side": "7"}, {"target": "zip", "topic": "none"}, {}],
)
def test_wrong_fields_are_refused(designer: Browser, fields: dict[str, str]) -> None:
    make_approved(1, designer.user)
    assert designer.post("/exports/", fields).status_code == 422
    assert not Export.objects.exists()


def test_the_download_is_the_zip(designer: Browser, done: Export) -> None:
    response = designer.get(f"/exports/{done.pk}/file/")
    content = body(response)
    assert (response.status_code, int(response.headers["Content-Length"])) == (200, len(content))
    assert response.headers["Content-Disposition"] == f'attachment; filename="{done.title}.zip"'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert_agrees({name: archive.read(name) for name in archive.namelist()}, 3)


def test_a_download_goes_on_where_it_broke_off(designer: Browser, done: Export) -> None:
    address = f"/exports/{done.pk}/file/"
    whole = designer.get(address)
    content, tag = body(whole), whole.headers["ETag"]
    rest = designer.get(address, headers={"Range": "bytes=100-", "If-Range": tag})
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    assert body(rest) == content[100:]
    changed = designer.get(address, headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (changed.status_code, body(changed)) == (200, content)
    behind = designer.get(address, headers={"Range": f"bytes={len(content)}-"})
    assert (behind.status_code, behind.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
    assert designer.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-9", (0, 10)), ("bytes=5-", (5, 100)), ("bytes=-10", (90, 100)), ("bytes=-1000", (0, 100)),
        ("bytes=90-1000", (90, 100)), ("bytes=100-", UNSATISFIABLE), ("bytes=-0", UNSATISFIABLE), ("", None),
        ("bytes=-", None), ("bytes=9-5", None), ("bytes=0-1,5-6", None), ("lines=1-2", None), ("bytes=a-b", None),
        (f"bytes={'9' * 40}-", None),
    ],
)  # fmt: skip
def test_a_range_is_read(header: str, found: tuple[int, int] | None) -> None:
    assert range_of(header, 100) == found


def test_the_manifest_is_sent_as_csv_and_json_lines(designer: Browser, done: Export) -> None:
    csv = designer.get(f"/exports/{done.pk}/manifest.csv")
    assert body(csv).decode("utf-8-sig").startswith("change,file,sha256,")
    lines = designer.get(f"/exports/{done.pk}/manifest.jsonl")
    assert len(body(lines).decode().splitlines()) == 3
    assert designer.get(f"/exports/{done.pk}/manifest.xml").status_code == 404


def test_somebody_elses_export_is_not_there(done: Export, operator: Browser) -> None:
    for address in ("", "file/", "manifest.csv"):
        assert operator.get(f"/exports/{done.pk}/{address}").status_code == 404
    for verb in ("cancel", "retry", "discard", "news"):
        assert operator.post(f"/exports/{done.pk}/{verb}/").status_code == 404
    assert str(done.pk) not in operator.get("/exports/").text
    assert operator.get(f"/exports/{some_uuid()}/").status_code == 404


def test_experts_have_no_exports(expert: Browser) -> None:
    assert expert.get("/exports/").status_code == 403
    assert "/exports/" not in expert.get("/gallery/").text


def test_the_live_part_stops_once_it_is_done(designer: Browser, done: Export) -> None:
    response = designer.get(f"/exports/{done.pk}/", headers={"HX-Request": "true"})
    assert response.status_code == 286
    assert "<html" not in response.text


def test_a_failed_one_says_why_and_leads_to_the_picture(designer: Browser) -> None:
    [picture] = make_approved(1, designer.user)
    picture.image.storage.delete(picture.image.name)
    export = work_on(Export.objects.start(designer.user))
    page = designer.get(f"/exports/{export.pk}/").text
    assert FILE_MISSING in page
    assert f'href="{reverse("stock-picture", args=[picture.pk])}"' in page
    assert designer.get(f"/exports/{export.pk}/file/").status_code == 404
    designer.post(f"/exports/{export.pk}/retry/")
    export.refresh_from_db()
    assert export.state == State.QUEUED


def test_what_is_new_is_exported_by_a_button(designer: Browser, done: Export) -> None:
    refused = designer.post(f"/exports/{done.pk}/news/")
    assert refused.url == f"/exports/{done.pk}/"
    assert "Nothing is new since then." in designer.get(refused.url).text
    make_approved(1, designer.user)
    response = designer.post(f"/exports/{done.pk}/news/")
    assert response.url == f"/exports/{Export.objects.get(base=done).pk}/"


def test_a_cancelled_one_cannot_be_downloaded(designer: Browser) -> None:
    make_approved(1, designer.user)
    export = Export.objects.start(designer.user)
    assert designer.get(f"/exports/{export.pk}/file/").status_code == 404
    designer.post(f"/exports/{export.pk}/cancel/")
    export.refresh_from_db()
    assert export.state == State.CANCELLED
    assert "badge-cancelled" in designer.get(f"/exports/{export.pk}/").text


def test_a_deleted_one_stays_on_the_list_and_is_downloaded_no_more(designer: Browser, done: Export) -> None:
    designer.post(f"/exports/{done.pk}/discard/")
    assert designer.get(f"/exports/{done.pk}/file/").status_code == 404
    assert designer.get(f"/exports/{done.pk}/manifest.csv").status_code == 404
    assert f"/exports/{done.pk}/" in designer.get("/exports/").text
    make_approved(1, designer.user)
    assert Export.objects.start(designer.user, since=Export.objects.get(pk=done.pk)).count == 1


def test_what_could_not_be_removed_yet_is_said(designer: Browser) -> None:
    make_approved(1, designer.user)
    export = Export.objects.start(designer.user)
    rows = Export.objects.filter(pk=export.pk)
    rows.update(state=State.FAILED, error=BUCKET_AWAY)
    assert "Nothing half-made is left behind." in designer.get(f"/exports/{export.pk}/").text
    rows.update(is_littered=True, place="s3://stock/a/")
    text = designer.get(f"/exports/{export.pk}/").text
    assert "What was made is being removed." in text
    assert "Nothing half-made" not in text
    rows.update(clean_failures=1)
    text = designer.get(f"/exports/{export.pk}/").text
    assert "What was made could not be removed yet from s3://stock/a/; it is tried again." in text
    assert "Nothing half-made" not in text
