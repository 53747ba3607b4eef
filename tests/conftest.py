"""What every test may rely on: the real PostgreSQL, an own media folder, the torch of one thread."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ORDER = {"slow": 1, "browser": 2}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the quick ones first, in their random order, then the slow, then those in a browser."""
    items.sort(key=lambda item: max((ORDER.get(mark.name, 0) for mark in item.iter_markers()), default=0))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's own server, if it started one, and remove its folder; not in xdist's workers."""
    if hasattr(config, "workerinput"):
        return
    from django.conf import settings

    from config.embedded_postgres import EmbeddedPostgres

    folder: Path = settings.DATA_DIR
    EmbeddedPostgres(folder / "postgres").stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Make the test database, and let the queue go of it before it is dropped."""
    from huey.contrib.djhuey import HUEY

    yield
    HUEY.storage.close()


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
