"""Keep secrets out of logs and tracebacks: whatever is written passes here."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any
from urllib.parse import quote

SHAPES = re.compile(r"(?:bot)?\d{5,}(?::|%3A)[A-Za-z0-9_-]{20,}|stk_[A-Za-z0-9_-]+", re.IGNORECASE)
"""Tokens of bots, as they stand in the address of every call and file, and of our REST API."""

REDACTED = "<redacted>"


class Redactor:
    """Replace secrets in a text: those given, as they are and as in an address, and whatever looks like a token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets for form in (secret, quote(secret, safe=""), quote(secret))}
        self._known = sorted(filter(None, known), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, REDACTED)
        return SHAPES.sub(REDACTED, text)


class RedactingFormatter(logging.Formatter):
    """Format a record, traceback included, and redact the whole."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return self._redact(super().format(record))


def install(redact: Redactor, level: str) -> None:
    """Log to stderr, redacted; and let what would print a traceback by itself be logged instead."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    logging.getLogger("aiogram").setLevel(max(logging.WARNING, root.level))  # a line an update says nothing
    logging.getLogger("asyncio").setLevel(max(logging.WARNING, root.level))

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logging.getLogger("bot").critical("The bot ends by an error", exc_info=(kind, error, trace))

    def of_thread(failed: threading.ExceptHookArgs) -> None:
        error = failed.exc_value or RuntimeError("unknown")
        uncaught(failed.exc_type, error, failed.exc_traceback)

    def unraisable(failed: Any) -> None:
        error = failed.exc_value or RuntimeError("unknown")
        uncaught(failed.exc_type, error, failed.exc_traceback)

    sys.excepthook = uncaught
    threading.excepthook = of_thread
    sys.unraisablehook = unraisable
