"""The layers of the code, as contracts and as facts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from config import BASE_DIR

HEAVY = ("torch", "transformers", "diffusers", "accelerate", "peft", "onnxruntime")


def fresh(code: str) -> str:
    """Run code in a fresh interpreter of the project and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_web_process_never_imports_a_machine_learning_library() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings_test'\n"
        "import config.wsgi, config.urls\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert fresh(code) == "[]"


def test_engines_import_without_django() -> None:
    code = (
        "import importlib, pkgutil, sys, engines\n"
        "for module in pkgutil.walk_packages(engines.__path__, 'engines.'):\n"
        "    importlib.import_module(module.name)\n"
        "print([name for name in ('django', 'ninja', 'huey', 'psycopg') if name in sys.modules])"
    )
    assert fresh(code) == "[]"


@pytest.mark.slow
def test_every_import_contract_is_kept(tmp_path: Path) -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_importing_the_urls_starts_no_database(tmp_path: Path) -> None:
    code = (
        f"import os; os.environ.update(DJANGO_SETTINGS_MODULE='config.settings', DATA_DIR={str(tmp_path)!r},"
        " ENV_FILE=os.devnull, DATABASE_URL='')\n"
        "import config.wsgi, config.urls"
    )
    fresh(code)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["secret_key"], ["media", "secret_key"])
