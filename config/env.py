"""Read settings from the environment, each with a type and a sentence when it is wrong."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

from config import BASE_DIR

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}

# What the shell says goes before the file. ENV_FILE names another file, or an empty one for tests.
load_dotenv(os.environ.get("ENV_FILE", BASE_DIR / ".env"), override=False)


def text(name: str, default: str = "", *, choices: Sequence[str] = ()) -> str:
    """Read a string, stripped. Raises ImproperlyConfigured when it is none of `choices`."""
    value = os.environ.get(name, default).strip()
    if choices and value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is not one of {', '.join(choices)}.")
    return value


def boolean(name: str, default: bool) -> bool:
    """Read 1/true/yes/on or 0/false/no/off, in any case. Raises ImproperlyConfigured otherwise."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false.")


def number(name: str, default: int, *, at_least: int = 0, at_most: int | None = None) -> int:
    """Read a whole number within its range. Raises ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None
    if result < at_least or (at_most is not None and result > at_most):
        limits = f"at least {at_least}" if at_most is None else f"between {at_least} and {at_most}"
        raise ImproperlyConfigured(f"{name}={result} must be {limits}.")
    return result


def real(name: str, default: float, *, at_least: float = 0.0) -> float:
    """Read a number with a fraction, not below `at_least`. Raises ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        result = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number.") from None
    if not result >= at_least:  # not "<": NaN must fail too
        raise ImproperlyConfigured(f"{name}={value} must be at least {at_least}.")
    return result


def items(name: str, default: str = "") -> list[str]:
    """Read a comma-separated list; blanks are dropped."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """Read a folder; a relative one is taken from the top of the clone."""
    value = os.environ.get(name, "").strip()
    return (BASE_DIR / value).resolve() if value else default


def data_dir() -> Path:
    """Give the folder that everything the project writes goes into."""
    return folder("DATA_DIR", BASE_DIR / "var")
