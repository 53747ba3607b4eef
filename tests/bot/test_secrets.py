"""No secret is seen anywhere, whatever fails: the whole program runs, and everything it says is searched."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
import requests

from bot.redaction import REDACTED, RedactingFormatter, Redactor
from config import BASE_DIR
from tests.api.boards import BOARD
from tests.boards import finish
from tests.bot.boards import confirmed, delivered, stored
from tests.bot.telegram import TOKEN, Telegram
from tests.bot.waiting import wait_until
from upscale.models import Photo

TOKEN_KEY = TOKEN.partition(":")[2]
FAULTS = [
    {"method": "sendMessage", "status": 429, "description": f"Too Many Requests at bot{TOKEN}", "retry_after": 1},
    {"method": "sendMessage", "status": 502, "description": f"Bad Gateway {TOKEN}"},
    {"method": "sendMessage", "body": f"<html>https://api.telegram.org/bot{TOKEN}/x</html>"},
    {"method": "sendMessage"},
    {"method": "getFile", "status": 500, "description": f"bot{TOKEN}"},
    {"method": "getFile"},
    {"method": "file", "status": 404},
    {"method": "file", "status": 502},
    {"method": "file"},
    {"method": "editMessageMedia", "status": 400, "description": f"Bad Request: /file/bot{TOKEN}/photos/1.jpg"},
    {"method": "editMessageMedia"},
    {"method": "editMessageText", "status": 400, "description": f"Bad Request: {TOKEN}"},
    {"method": "answerCallbackQuery", "status": 400, "description": f"query is too old {TOKEN}"},
    {"method": "getUpdates", "status": 409, "description": f"Conflict: {TOKEN}"},
    {"method": "getUpdates", "status": 500, "description": f"{TOKEN}"},
    {"method": "getUpdates", "status": 429, "description": f"{TOKEN}", "retry_after": 1},
    {"method": "getUpdates", "body": f"no json {TOKEN}"},
    {"method": "getUpdates"},
    {"method": "setMyCommands", "status": 400, "description": f"{TOKEN}"},
    {"method": "deleteWebhook", "status": 502, "description": f"{TOKEN}"},
]  # fmt: skip


class Subprocess:
    """``python -m bot`` with its output in a file."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self.output = output

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def port(self) -> int:
        """Return the port of its own server, once it is told."""
        found = wait_until(lambda: re.search(r"answers on 127\.0\.0\.1:(\d+)", self.said), "the port", 60)
        return int(found[1])


@contextmanager
def program(telegram: Telegram, site: str, api_token: str, folder: Path, **more: str) -> Iterator[Subprocess]:
    """Run the bot as its users do, for the block."""
    environment = {
        **os.environ, "ENV_FILE": os.devnull, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram.url,
        "STOCK_API": f"{site}/api/v1", "STOCK_API_TOKEN": api_token, "BOT_STATE": str(folder / "state"),
        "BOT_LISTEN": "127.0.0.1:0", **more,
    }  # fmt: skip
    output = folder / "output"
    with output.open("ab") as file:
        process = start(environment, file)
    try:
        yield Subprocess(process, output)
    finally:
        process.kill()
        process.wait()


def start(environment: dict[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-m", "bot"], cwd=BASE_DIR, env=environment, stdout=output,
        stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_token_is_nowhere_after_every_failure(
    telegram: Telegram, site: str, api_token: str, tmp_path: Path
) -> None:
    for fault in FAULTS:
        telegram.fail(**fault)
    with program(telegram, site, api_token, tmp_path, LOG_LEVEL="DEBUG") as bot:
        for chat in (7, 8, 9, 10):
            telegram.send_photo(chat, BOARD)
        telegram.send_photo(7, b"no picture", as_file=True)
        photos = stored(4)
        confirmed(telegram)
        for photo in photos:
            finish(photo)
        for chat in (7, 8, 9, 10):
            [document] = delivered(telegram, chat)
        telegram.press(10, document.id, document.button("Yes"))
        telegram.press(10, document.id, "nonsense")
        telegram.block(8)
        telegram.write(8, "/help")
        confirmed(telegram)
        wait_until(lambda: all(fault.times == 0 for fault in telegram.faults), "every failure", 60)
        site_of_bot = f"http://127.0.0.1:{bot.port}"
        answers = [
            requests.get(f"{site_of_bot}{path}", timeout=20) for path in ("/health", "/metrics", "/file", "/")
        ]
        bot.process.send_signal(signal.SIGTERM)
        assert bot.process.wait(60) == 0
        said = bot.said
    seen = {
        "the log": said,
        "the answers over HTTP": "".join(f"{one.headers}{one.text}" for one in answers),
        "the chats": json.dumps(
            [posted.history for chat in telegram.messages for posted in telegram.shown(chat)]
        ),
        "the site's rows": json.dumps([str(vars(row)) for row in Photo.objects.all()]),
        "the state": "".join(
            path.read_bytes().decode("latin-1") for path in (tmp_path / "state").iterdir() if path.is_file()
        ),
    }
    for place, text in seen.items():
        assert TOKEN_KEY not in text, place
        assert api_token not in text, place
    assert "/file/bot" not in seen["the chats"] + seen["the site's rows"] + seen["the answers over HTTP"]
    assert "will be sent again" in said
    assert "Traceback" not in said


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_refused_token_ends_the_bot_with_a_sentence(
    telegram: Telegram, site: str, api_token: str, tmp_path: Path
) -> None:
    telegram.token = "987654321:AAanother-token_of-no-real-bot-012345678"
    with program(telegram, site, api_token, tmp_path) as bot:
        assert bot.process.wait(60) == 78
        assert "Telegram refuses the token" in bot.said
        assert TOKEN_KEY not in bot.said


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_token_that_the_site_refuses_ends_the_bot_with_a_sentence(
    telegram: Telegram, site: str, api_token: str, tmp_path: Path
) -> None:
    with program(telegram, site, "stk_wrong", tmp_path) as bot:
        assert bot.process.wait(60) == 78
        assert "The site refuses STOCK_API_TOKEN" in bot.said
        assert "stk_wrong" not in bot.said


def test_an_error_that_ends_the_program_is_redacted(tmp_path: Path) -> None:
    code = (
        "from bot.redaction import Redactor, install\n"
        f"install(Redactor(['{TOKEN}', 'short']), 'INFO')\n"
        f"raise RuntimeError('https://api.telegram.org/file/bot{TOKEN}/a.jpg short')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 1
    assert "RuntimeError" in done.stderr
    # The source line of the error is this test's own; the message is what the program said.
    assert f"RuntimeError: https://api.telegram.org/file/bot{REDACTED}/a.jpg {REDACTED}" in done.stderr
    assert TOKEN_KEY not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe", f"/file/bot{TOKEN}/photos/a.jpg", TOKEN,
        TOKEN.replace(":", "%3A"), f"'{TOKEN}'",
    ],
)  # fmt: skip
def test_whatever_looks_like_a_token_is_redacted_even_unknown(text: str) -> None:
    assert TOKEN_KEY not in Redactor()(text)


def test_a_log_line_is_redacted_with_its_traceback() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "%s", (f"bot{TOKEN}",), None)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        record.exc_info = sys.exc_info()
    line = RedactingFormatter(Redactor()).format(record)
    assert "ValueError" in line
    assert TOKEN_KEY not in line


def test_settings_do_not_show_their_secrets() -> None:
    from bot.settings import Settings

    shown = repr(Settings(token=TOKEN, api_token="stk_secret", webhook_secret="hook-secret"))
    assert not {TOKEN, "stk_secret", "hook-secret"} & set(re.findall(r"[\w:-]+", shown))


def test_no_token_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    shape = re.compile(rb"\b\d{8,12}:AA[A-Za-z0-9_-]{30,}")
    for name in listed.stdout.splitlines():
        path = BASE_DIR / name
        if not path.is_file() or name.startswith("tests/"):
            continue
        assert not shape.search(path.read_bytes()), name
