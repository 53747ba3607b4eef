"""Many requests at once, through a real server."""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from engines.boards import decoding
from tests.api.boards import BOARD, stored_files
from tests.boards import make_photo
from upscale.models import Photo
from upscale.visitors import guest_token, new_guest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def ask(server: str, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    """Ask the server on a connection of its own."""
    client = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)
    try:
        client.request(method, f"/api/v1{path}", body, headers)
        response = client.getresponse()
        return response.status, json.loads(response.read())
    finally:
        client.close()


def test_the_same_photo_sent_twenty_times_at_once_is_one(
    live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "PATIENCE", 120.0)  # the machine of the tests may be busy
    headers = {
        "Authorization": f"Bearer {guest_token(new_guest())}",
        "Content-Type": "multipart/form-data; boundary=b",
        "Idempotency-Key": "update-7",
    }
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + BOARD + b"\r\n--b--\r\n"
    )
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: ask(live_server.url, "POST", "/photos", body, **headers), range(20))
        )
    assert sorted(status for status, _photo in answers) == [200] * 19 + [201]
    assert len({photo["id"] for _status, photo in answers}) == 1
    folder = Photo.objects.get().folder
    assert stored_files() == [f"{folder}/original{end}.jpg" for end in ("-1600", "-720", "")]


def test_somebody_who_waits_is_told_soon_and_keeps_no_transaction_open(live_server: Any) -> None:
    visitor = new_guest()
    photo = make_photo(visitor)
    answers: list[tuple[float, int, Any]] = []

    def wait() -> None:
        status, body = ask(
            live_server.url,
            "GET",
            f"/photos/{photo.pk}?wait=20",
            Authorization=f"Bearer {guest_token(visitor)}",
        )
        answers.append((time.monotonic(), status, body["state"]))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(1.5)
    assert answers == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state LIKE 'idle in transaction%'"
        )
        assert cursor.fetchone() == (0,)
    photo.cancel()
    cancelled = time.monotonic()
    waiting.join(timeout=15)
    [(told, status, state)] = answers
    assert (status, state) == (200, "cancelled")
    assert told - cancelled < 5
