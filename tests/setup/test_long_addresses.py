"""The real web server: an address that is too long for the search still reaches it, and one without end does not."""

from __future__ import annotations

import http.client
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import ApiToken
from config import BASE_DIR
from jobs.supervisor import gunicorn
from tests.factories import make_user
from tests.setup.test_supervisor import free_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LONG = quote("ж" * 10_000)

Get = Callable[..., tuple[int, str]]


@pytest.fixture
def get(subprocess_environment: dict[str, str], tmp_path: Path) -> Iterator[Get]:
    """Start gunicorn as `manage.py serve` does, and give what asks it."""
    port = free_port()

    def ask(path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    with (tmp_path / "web.log").open("wb") as log:
        server = subprocess.Popen(
            gunicorn("127.0.0.1", port), cwd=BASE_DIR, env=subprocess_environment | {"DEBUG": "1"}, stdout=log,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            for _try in range(300):
                try:
                    ask("/api/v1/openapi.json")
                    break
                except OSError:
                    time.sleep(0.1)
            yield ask
        finally:
            server.terminate()
            server.wait(30)


def test_a_search_of_10_000_cyrillic_letters_is_refused_in_our_words(get: Get) -> None:
    user = make_user()
    browser = Client()
    browser.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    status, page = get(f"/library/?q={LONG}", Cookie=cookie)
    assert status == 422
    assert "at most 500 characters" in page
    _token, secret = ApiToken.objects.issue(user, "test", days=1)
    status, answer = get(f"/api/v1/stock/pictures?q={LONG}", Authorization=f"Bearer {secret}")
    assert status == 422
    assert '"field": "q"' in answer


def test_a_longer_address_than_anybody_types_ends_at_the_server(get: Get) -> None:
    status, _page = get(f"/library/?q={LONG * 3}")
    assert status == 414
