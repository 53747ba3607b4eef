"""What holds for every answer and every line of the log."""

from __future__ import annotations

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from config.logs import RedactingFormatter
from config.middleware import ContentSecurityPolicyMiddleware

TOKEN = "123456789:AAE-abc_DEF0123456789abcdefghijklmno"


@pytest.mark.django_db
def test_every_answer_carries_the_security_headers(client: Client) -> None:
    answer = client.get("/admin/login/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src" not in policy, "scripts fall under default-src: none inline, none from elsewhere"


def test_a_view_may_send_a_stricter_policy() -> None:
    middleware = ContentSecurityPolicyMiddleware(
        lambda request: HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})
    )
    assert middleware(HttpRequest()).headers["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.django_db
def test_a_foreign_host_name_is_refused(client: Client) -> None:
    assert client.get("/admin/login/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("where", ["message", "argument", "traceback"])
def test_a_bot_token_never_reaches_the_log(where: str) -> None:
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(RedactingFormatter("%(message)s"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    url = f"https://api.telegram.org/bot{TOKEN}/sendMessage"
    if where == "message":
        logger.error("POST " + url)  # noqa: G003
    elif where == "argument":
        logger.error("POST %s", url)
    else:
        try:
            raise ConnectionError(url)
        except ConnectionError:
            logger.exception("No answer")
    assert TOKEN.split(":")[1] not in output.getvalue()
    assert "bot<redacted>" in output.getvalue()


def test_every_handler_redacts() -> None:
    logging.config.dictConfig(settings.LOGGING)
    named = [
        logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)
    ]
    ours = [logger for logger in named if logger.name.split(".")[0] in ("django", "huey", "jobs", "stockgen")]
    handlers = [handler for logger in ours for handler in logger.handlers]
    assert handlers, "at least the queue has one of its own"
    assert [handler for handler in handlers if not isinstance(handler.formatter, RedactingFormatter)] == []


@pytest.mark.django_db
def test_the_queue_lives_in_the_database_of_the_moment() -> None:
    from django.db import connection
    from huey.contrib.djhuey import HUEY

    before = HUEY.pending_count()
    HUEY.storage.enqueue(b"test")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM huey_task")
            row = cursor.fetchone()
        assert row == (before + 1,)
    finally:
        HUEY.storage.flush_queue()
