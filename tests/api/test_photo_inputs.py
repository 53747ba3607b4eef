"""Whatever is sent as a photo: its answer, and that nothing is left of what is refused."""

from __future__ import annotations

import io
import json
import socket
import tracemalloc
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import RequestFactory
from PIL import Image

from tests.api.boards import BOARD, GuestClient, nothing_is_stored, send, stored_files
from tests.api.client import ApiClient, assert_problem
from tests.boards import as_file
from tests.photo_files import JPEG, NO_PHOTOS, PNG, UNUSABLE, bomb, saved, with_exif
from upscale.models import Photo
from upscale.uploads import FORM_BYTES, MIB, BoundedUpload
from upscale.visitors import guest_token, new_guest

pytestmark = pytest.mark.django_db

BOUNDARY = "----a-boundary"


def multipart(*parts: tuple[bytes, bytes], end: bytes = b"--") -> bytes:
    """Return a body of parts, each its headers and its content."""
    body = b"".join(
        b"--" + BOUNDARY.encode() + b"\r\n" + headers + b"\r\n\r\n" + content + b"\r\n"
        for headers, content in parts
    )
    return body + b"--" + BOUNDARY.encode() + end + b"\r\n"


def part(name: str, filename: str | None = None) -> bytes:
    """Return the header of a part."""
    named = "" if filename is None else f'; filename="{filename}"'
    return f'Content-Disposition: form-data; name="{name}"{named}'.encode()


def post(
    client: ApiClient, body: bytes, content_type: str = f"multipart/form-data; boundary={BOUNDARY}"
) -> Any:
    """Send bytes as they are."""
    return client.client.post("/api/v1/photos", body, content_type=content_type, headers=client.headers)


# ---------------------------------------------------------------------- what is refused
@pytest.mark.parametrize("name", NO_PHOTOS)
def test_what_is_no_photo_is_415(guest: GuestClient, name: str) -> None:
    code = "empty" if name == "empty" else "not-a-photo"
    assert_problem(send(guest, NO_PHOTOS[name]), 415, code, "file")
    assert nothing_is_stored()


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_photo_that_cannot_be_used_is_422(guest: GuestClient, name: str) -> None:
    content, code = UNUSABLE[name]
    assert_problem(send(guest, content), 422, code, "file")
    assert nothing_is_stored()


def test_a_bomb_is_413(guest: GuestClient) -> None:
    assert_problem(send(guest, bomb()), 413, "too-many-pixels", "file")
    assert nothing_is_stored()


def test_a_photo_over_the_pixels_is_413(guest: GuestClient, settings: Any) -> None:
    settings.PHOTO_MAX_MEGAPIXELS = 1
    assert_problem(send(guest, as_file(np.zeros((1000, 1001, 3), np.uint8))), 413, "too-many-pixels", "file")
    assert send(guest, as_file(np.zeros((1000, 1000, 3), np.uint8))).status_code == 201
    assert Photo.objects.count() == 1


@pytest.mark.parametrize("surplus", [1, FORM_BYTES + 1, 2 * MIB])
def test_a_file_over_the_bytes_is_413(guest: GuestClient, settings: Any, surplus: int) -> None:
    settings.PHOTO_MAX_MIB = 1
    assert_problem(send(guest, PNG.ljust(MIB + surplus, b"\0")), 413, "too_large")
    assert nothing_is_stored()


def test_a_file_of_just_as_many_bytes_is_taken(guest: GuestClient, settings: Any) -> None:
    settings.PHOTO_MAX_MIB = 1
    assert send(guest, JPEG.ljust(MIB, b"\0")).status_code == 201


def test_heic_is_taken_or_refused_with_the_way_out(
    guest: GuestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
    body = assert_problem(send(guest, heic), 415, "no-heic", "file")
    assert "JPEG" in body["message"]
    assert nothing_is_stored()


def test_a_refusal_speaks_the_readers_language(guest: GuestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.api_errors._", lambda text: f"[{text}]")
    assert send(guest, b"").json()["message"] == "[This file is empty.]"


def test_no_file_is_422(guest: GuestClient) -> None:
    assert_problem(guest.upload("/photos", None), 422, "invalid", "file")
    assert_problem(guest.post("/photos", {"file": "x"}), 422, "invalid", "file")
    assert nothing_is_stored()


@pytest.mark.parametrize("count", [2, 101])
def test_several_files_in_one_request_are_422(guest: GuestClient, count: int) -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", BOARD) for number in range(count)]
    response = guest.client.post("/api/v1/photos", {"file": files}, headers=guest.headers)
    assert_problem(response, 422, "invalid", "file")
    response = post(guest, multipart((part("file", "a"), BOARD), (part("other", "b"), BOARD)))
    assert_problem(response, 422, "invalid", "file")
    assert nothing_is_stored()


def test_a_file_under_another_name_is_422(guest: GuestClient) -> None:
    body = assert_problem(post(guest, multipart((part("photo", "a"), BOARD))), 422, "invalid", "file")
    assert [error["field"] for error in body["errors"]] == ["file", "photo"]
    assert nothing_is_stored()


# ---------------------------------------------------------------------- requests that lie
@pytest.mark.parametrize(
    "body",
    [
        multipart((part("file", "a.jpg"), BOARD))[:-20],
        multipart((part("file", "a.jpg"), BOARD))[: len(BOARD) // 2],
        multipart((part("file", "a.jpg"), BOARD), end=b""),
        multipart((part("file", "a.jpg"), BOARD), (part("rotation"), b"90"))[:-60],
        b"no form at all",
    ],
)
def test_a_body_that_ends_before_it_should_is_400(guest: GuestClient, body: bytes) -> None:
    assert_problem(post(guest, body), 400, "malformed")
    assert nothing_is_stored()


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=é"])
def test_a_form_without_a_boundary_is_400(guest: GuestClient, content_type: str) -> None:
    assert_problem(post(guest, multipart((part("file", "a.jpg"), BOARD)), content_type), 400, "malformed")
    assert nothing_is_stored()


def ask_raw(address: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
    """Send a request as it is, close our side, and return status and JSON of the answer."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        lines = [f"POST {url.path} HTTP/1.1", f"Host: {url.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _blank, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(content)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [-30, -len(BOARD) // 2, 1, 100_000])
def test_a_content_length_that_lies_is_400(live_server: Any, change: int) -> None:
    body = multipart((part("file", "a.jpg"), BOARD))
    headers = {
        "Authorization": f"Bearer {guest_token(new_guest())}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(body) + change),
    }
    status, answer = ask_raw(f"{live_server.url}/api/v1/photos", headers, body)
    assert (status, answer["code"]) == (400, "malformed")
    assert nothing_is_stored()
    status, answer = ask_raw(
        f"{live_server.url}/api/v1/photos", headers | {"Content-Length": str(len(body))}, body
    )
    assert status == 201


@pytest.mark.parametrize(
    "body", [b"{", b"[" * 1000 + b"]" * 1000, b'{"corners": ' + b"[" * 1000 + b"]" * 1000 + b"}"]
)
def test_malformed_and_deep_json_is_400(guest: GuestClient, body: bytes) -> None:
    photo = Photo.objects.get(pk=send(guest).json()["id"])
    for path in (f"/photos/{photo.pk}/crop", f"/photos/{photo.pk}/share", "/rooms", "/rooms/ABC234/join"):
        assert_problem(guest.post(path, body), 400, "malformed")
    answer = guest.client.put(
        f"/api/v1/photos/{photo.pk}/survey", body, content_type="application/json", headers=guest.headers
    )
    assert_problem(answer, 400, "malformed")


def test_a_wrong_host_is_400(guest: GuestClient) -> None:
    assert send(guest, Host="evil.example").status_code == 400
    assert nothing_is_stored()


def test_a_body_far_over_the_limit_is_refused_without_being_kept() -> None:
    class Endless(io.RawIOBase):
        """A body of which as much comes as is asked for."""

        sent = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= MIB
            self.sent += size
            return b"\0" * size

    request = RequestFactory().post("/")
    handler = BoundedUpload(request, 20 * MIB)
    body, length = Endless(), 25 * 1024 * MIB
    meta = {"CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}", "CONTENT_LENGTH": str(length)}
    tracemalloc.start()
    try:
        with pytest.raises(RequestDataTooBig):
            MultiPartParser(meta, body, [handler]).parse()
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()
    assert body.sent < 100 * MIB  # what is thrown away, so that its sender reads the answer


# ---------------------------------------------------------------------- what is accepted
def test_a_polyglot_is_written_anew_without_its_other_half(guest: GuestClient) -> None:
    response = send(guest, JPEG + b"<html><script>alert(1)</script></html>")
    assert response.status_code == 201
    original = guest.get(response.json()["links"]["original"])
    content = b"".join(original.streaming_content)
    assert b"script" not in content
    assert original.headers["Content-Type"] == "image/jpeg"


def test_a_phone_photo_is_upright_and_tells_nothing_of_its_place(guest: GuestClient) -> None:
    body = send(guest, with_exif(6)).json()
    assert (body["width"], body["height"]) == (320, 200)
    content = Photo.objects.get().read_original()
    assert not Image.open(io.BytesIO(content)).getexif()
    assert b"camera" not in content


@pytest.mark.parametrize(
    "content",
    [
        saved(Image.new("CMYK", (64, 64)), "JPEG"),
        saved(Image.fromarray(np.zeros((64, 64), np.uint16)), "PNG"),
        saved(Image.new("RGBA", (64, 64)), "PNG"),
        saved(Image.new("P", (64, 64)), "PNG"),
        saved(Image.new("RGB", (64, 64)), "WEBP"),
    ],
)
def test_all_kinds_of_pixels_become_plain_ones(guest: GuestClient, content: bytes) -> None:
    assert send(guest, content).status_code == 201
    assert Image.open(io.BytesIO(Photo.objects.get().read_original())).mode == "RGB"


@pytest.mark.parametrize(
    "name",
    [
        "../../x", "..", "/etc/passwd", "a\0b.jpg", "\0", "x" * 5000, "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "a.php.jpg",
        "<script>alert(1)</script>.jpg", "я" * 5000,
    ],
)  # fmt: skip
def test_whatever_a_file_is_called_it_is_taken_and_its_name_ignored(guest: GuestClient, name: str) -> None:
    response = post(guest, multipart((part("file", name), BOARD)))
    assert response.status_code == 201, response.content
    photo = Photo.objects.get()
    assert stored_files() == [f"{photo.folder}/original{end}.jpg" for end in ("-1600", "-720", "")]
