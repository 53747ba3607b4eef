"""The settings of the tests: the real ones, in a data folder of their own that is removed afterwards."""

from __future__ import annotations

import os
from pathlib import Path

from config import BASE_DIR

# pytest-xdist's workers inherit the folder, and so the server, from the process that started them.
_folder = os.environ.setdefault("PYTEST_DATA_DIR", str(BASE_DIR / "var" / f"test-{os.getpid()}"))
os.environ.update(DATA_DIR=_folder, ENV_FILE=os.devnull, DEBUG="1", EMBEDDED_DURABLE="0")
os.environ.pop("MEDIA_ROOT", None)
_temporary = Path(_folder, "tmp")
_temporary.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_temporary))  # where pytest's tmp_path lies
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]

from config.settings import *  # noqa: E402, F403

# Look static files up when they are asked for, not all of them at each test client's first request.
WHITENOISE_AUTOREFRESH = True
REVIEW_EXAMINATION_SECONDS = 0  # most tests make pictures that no worker will look at
SECOND_READER = "none"  # what is delivered shall not depend on the programs of the machine
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
