"""Keep a secret key for development, so that nobody has to make one before the first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def development_key(folder: Path) -> str:
    """Read `folder`/secret_key, making it first (mode 0600) where there is none. Safe against races."""
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        mine = folder / f"secret_key.{os.getpid()}"
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(mine, path)  # fails where another process was first: both then read the same key
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text()
