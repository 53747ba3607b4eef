"""A database of its own for a bench: made empty, migrated, and dropped afterwards."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def scratch_database() -> Iterator[None]:
    """Set Django up on an empty scratch database and media folder for the block."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection, connections
    from django.test.utils import override_settings, setup_test_environment, teardown_test_environment
    from huey.contrib.djhuey import HUEY

    original = str(connection.settings_dict["NAME"])
    connection.settings_dict["TEST"]["NAME"] = f"scratch_{os.getpid()}"  # benches may run side by side
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with (
            tempfile.TemporaryDirectory(dir=Path(settings.DATA_DIR)) as folder,
            override_settings(MEDIA_ROOT=folder),
        ):
            yield
    finally:
        HUEY.storage.close()
        connections.close_all()
        connection.creation.destroy_test_db(original, verbosity=0)
        teardown_test_environment()
