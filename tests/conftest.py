"""What every test may rely on: the real PostgreSQL, an own media folder, the torch of one thread."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from config import BASE_DIR
from config.embedded_postgres import EmbeddedPostgres

# Before anything imports torch: two test processes with all cores each are slower than with one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ORDER = {"slow": 1, "browser": 2}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_configure(config: pytest.Config) -> None:
    """Remove what runs that were killed, or that failed, have left behind."""
    if not hasattr(config, "workerinput"):
        for folder in (BASE_DIR / "var").glob("test-*"):
            if (
                folder != settings.DATA_DIR
                and not Path(f"/proc/{folder.name.removeprefix('test-')}").exists()
            ):
                EmbeddedPostgres(folder / "postgres").stop("immediate")
                shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the quick ones first, in their random order, then the slow, then those in a browser."""
    if CHROMIUM is None:
        reason = "there is no Chromium on this machine (Debian: apt-get install chromium)"
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))
    items.sort(key=lambda item: max((ORDER.get(mark.name, 0) for mark in item.iter_markers()), default=0))


@pytest.hookimpl(trylast=True)  # after xdist's workers have gone
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop the run's own server; remove the run's folder, or leave it to be looked at after a failure."""
    if not hasattr(session.config, "workerinput"):
        EmbeddedPostgres(settings.DATA_DIR / "postgres").stop("immediate")
        if exitstatus == 0:
            shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Make the test database, and let the queue go of it before it is dropped."""
    from huey.contrib.djhuey import HUEY

    yield
    HUEY.storage.close()


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test see what another one left: the cache, the language of a request, the turn of a kind of work."""
    cache.clear()
    monkeypatch.setattr("jobs.worker._gave_way", None)
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Give each test an empty media folder of its own."""
    settings = request.getfixturevalue("settings")
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def subprocess_environment(transactional_db: None, media_root: Path) -> dict[str, str]:
    """Give the environment in which `manage.py` and the worker see this test's database and media folder."""
    from psycopg.conninfo import make_conninfo

    from config import queue

    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": make_conninfo(**queue.parameters()),
        "MEDIA_ROOT": str(media_root),
    }


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the machine's own Chromium; none is downloaded."""
    # Playwright's event loop runs in the thread of the tests, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    sandbox = [] if os.getuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": sandbox}
