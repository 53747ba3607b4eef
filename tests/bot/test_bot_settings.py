"""The bot's settings: read, refused with their name, never shown where they are secret."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import SettingsError, read
from config import BASE_DIR
from tests.bot.telegram import TOKEN

NEEDED = {"TELEGRAM_TOKEN": TOKEN, "STOCK_API_TOKEN": "stk_token"}


def test_two_tokens_are_enough() -> None:
    settings = read(NEEDED)
    assert (settings.token, settings.api_token) == (TOKEN, "stk_token")
    assert settings.api == "http://127.0.0.1:8000/api/v1"
    assert not settings.webhook


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert read({"TELEGRAM_TOKEN_FILE": str(file), "STOCK_API_TOKEN": "stk_x"}).token == TOKEN


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TELEGRAM_TOKEN": ""}, "TELEGRAM_TOKEN is missing"),
        ({"TELEGRAM_TOKEN": "secret words"}, "TELEGRAM_TOKEN is not a token"),
        ({"STOCK_API_TOKEN": " "}, "STOCK_API_TOKEN is missing"),
        ({"STOCK_API_TOKEN_FILE": "/nowhere"}, "not both"),
        ({"STOCK_API_TOKEN": "", "STOCK_API_TOKEN_FILE": "/nowhere"}, "cannot be read: FileNotFoundError"),
        ({"STOCK_API": "example.org"}, "STOCK_API='example.org' is not an address"),
        ({"TELEGRAM_API": "ftp://example.org"}, "TELEGRAM_API='ftp://example.org' is not an address"),
        ({"BOT_LISTEN": "8081"}, "BOT_LISTEN='8081' is not host:port"),
        ({"BOT_LISTEN": "127.0.0.1:99999"}, "is not host:port"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD' is not one of"),
        ({"WEBHOOK_URL": "https://example.org"}, "WEBHOOK_SECRET is missing"),
        ({"WEBHOOK_URL": "https://example.org", "WEBHOOK_SECRET": "short"}, "16 to 256"),
        ({"WEBHOOK_URL": "http://example.org", "WEBHOOK_SECRET": "x" * 20}, "must begin with https://"),
        (
            {"WEBHOOK_URL": "https://example.org", "WEBHOOK_SECRET": "x" * 20, "BOT_LISTEN": ""},
            "WEBHOOK_URL needs BOT_LISTEN",
        ),
    ],
)
def test_a_wrong_setting_is_named(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(sentence)) as caught:
        read(NEEDED | variables)
    assert "secret words" not in str(caught.value)


def test_an_empty_address_serves_nothing() -> None:
    assert read(NEEDED | {"BOT_LISTEN": ""}).listen is None


def test_a_wrong_setting_ends_the_program_with_its_name() -> None:
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull}
    done = subprocess.run(
        [sys.executable, "-m", "bot"], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 78
    assert (
        done.stderr
        == "TELEGRAM_TOKEN is missing: give it, or the file that holds it as TELEGRAM_TOKEN_FILE.\n"
    )


def test_nothing_of_django_or_of_the_other_packages_comes_with_the_bot() -> None:
    code = (
        "import importlib, pkgutil, sys, bot\n"
        "for module in pkgutil.walk_packages(bot.__path__, 'bot.'):\n"
        "    importlib.import_module(module.name)\n"
        "names = ('django', 'ninja', 'config', 'upscale', 'engines', 'jobs', 'accounts', 'torch', 'numpy')\n"
        "print([name for name in names if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def names_read() -> set[str]:
    """Find every variable that the bot reads."""
    tree = ast.parse((BASE_DIR / "bot" / "settings.py").read_text())
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", text)}


def test_the_docs_of_the_bot_name_every_setting() -> None:
    page = (BASE_DIR / "docs" / "bot.md").read_text()
    assert {name for name in names_read() if f"`{name}`" not in page} == set()
