"""Settings: documented, typed, refused with a sentence when wrong."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import BASE_DIR, env

READERS = {"text", "boolean", "number", "real", "items", "folder"}
READ_ELSEWHERE = {"ENV_FILE", "DATA_DIR", "TEST_DATABASE_URL"}  # config/env.py and config/settings_test.py
BOT_READERS = {"_secret", "_address"}


def names_read() -> set[str]:
    """Find every name that the settings read from the environment."""
    tree = ast.parse((BASE_DIR / "config" / "settings.py").read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return (
        READ_ELSEWHERE
        | names_read_by_the_bot()
        | {
            str(call.args[0].value)
            for call in calls
            if isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "env"
            and call.func.attr in READERS
            and isinstance(call.args[0], ast.Constant)
        }
    )


def names_read_by_the_bot() -> set[str]:
    """Find every name that the bot reads, which knows nothing of the settings of the site."""
    tree = ast.parse((BASE_DIR / "bot" / "settings.py").read_text())
    found = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        function = ast.unparse(call.func)
        position = 1 if function in BOT_READERS else 0
        name = call.args[position] if len(call.args) > position else None
        if function in {*BOT_READERS, "environment.get"} and isinstance(name, ast.Constant):
            found.add(ast.literal_eval(name))
            if function == "_secret":
                found.add(ast.literal_eval(name) + "_FILE")
    return found


def load(**variables: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a fresh interpreter with these variables alone."""
    code = "import config.settings as s; print(s.DATABASES['default'], s.ALLOWED_HOSTS, s.PORT, s.TIME_ZONE)"
    kept = {name: os.environ[name] for name in ("PATH", "PYTEST_DATA_DIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env={**kept, "ENV_FILE": os.devnull, "DATA_DIR": kept["PYTEST_DATA_DIR"], **variables},
        capture_output=True,
        text=True,
    )


def test_every_setting_read_is_in_the_example_file_and_no_other() -> None:
    lines = (BASE_DIR / ".env.example").read_text().splitlines()
    shown = {match[1] for line in lines if (match := re.match(r"#? ?([A-Z][A-Z0-9_]+)=", line))}
    assert shown == names_read()


def test_every_setting_read_is_described_in_the_docs_and_no_other() -> None:
    page = (BASE_DIR / "docs" / "settings.md").read_text()
    assert set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", page, re.MULTILINE)) == names_read()


def test_nothing_but_the_settings_reads_the_environment_by_name() -> None:
    allowed = {"config/env.py", "config/settings_test.py", "config/wsgi.py"}
    pattern = re.compile(r"os\.(?:environ\.get\(|environ\[|getenv\()")
    for package in ("accounts", "config", "delivery", "jobs", "review", "stockgen", "upscale"):
        for path in (BASE_DIR / package).rglob("*.py"):
            name = str(path.relative_to(BASE_DIR))
            assert name in allowed or not pattern.search(path.read_text()), (
                f"{name} reads a setting by itself"
            )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "many"}, "PORT='many' is not a whole number"),
        ({"PORT": "70000"}, "PORT=70000 must be between 1 and 65535"),
        ({"DEBUG": "perhaps"}, "DEBUG='perhaps' is neither true nor false"),
        ({"JOB_TICK_SECONDS": "nan"}, "JOB_TICK_SECONDS=nan must be at least 0.1"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD' is not one of"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL is not a PostgreSQL address"),
        ({"DEBUG": "0"}, "SECRET_KEY is required when DEBUG is off"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_wrong_setting_is_named(variables: dict[str, str], sentence: str) -> None:
    done = load(**variables)
    assert done.returncode != 0
    assert sentence in done.stderr.splitlines()[-1]


def test_without_a_database_url_the_embedded_server_is_named_but_not_started(tmp_path: Path) -> None:
    done = load(DATA_DIR=str(tmp_path))
    assert "'ENGINE': 'config.database'" in done.stdout, done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_database_url_is_taken_apart() -> None:
    done = load(DATABASE_URL="postgresql://me:p%40ss@db.example:6432/pictures?sslmode=require")
    for part in (
        "'NAME': 'pictures'",
        "'USER': 'me'",
        "'PASSWORD': 'p@ss'",
        "'HOST': 'db.example'",
        "'PORT': '6432'",
    ):
        assert part in done.stdout, done.stderr
    assert "'OPTIONS': {'sslmode': 'require'}" in done.stdout


def test_the_env_file_is_read_and_the_shell_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("PORT=8123\nTIME_ZONE='Europe/Berlin'  # comment\n")
    assert load(ENV_FILE=str(file)).stdout.split()[-2:] == ["8123", "Europe/Berlin"]
    assert load(ENV_FILE=str(file), PORT="9000").stdout.split()[-2:] == ["9000", "Europe/Berlin"]


def test_the_development_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    from config.secret_key import development_key

    key = development_key(tmp_path / "new")
    assert len(key) >= 50
    assert development_key(tmp_path / "new") == key
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]


def test_numbers_outside_their_range_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME", "-1")
    with pytest.raises(ImproperlyConfigured, match="SOME=-1 must be at least 0"):
        env.number("SOME", 3)
    with pytest.raises(ImproperlyConfigured, match="SOME=-1 must be at least 0"):
        env.real("SOME", 3.0)
    monkeypatch.setenv("SOME", "  ")
    assert env.number("SOME", 3) == 3


def test_lists_drop_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME", " a.example, ,b.example,")
    assert env.items("SOME") == ["a.example", "b.example"]
