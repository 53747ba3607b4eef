"""The Django project: settings, addresses, the embedded database and the commands that set a machine up."""

from __future__ import annotations

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
"""The top of the clone."""
