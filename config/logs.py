"""Keep secrets out of the logs."""

from __future__ import annotations

import logging
import re

BOT_TOKEN = re.compile(r"bot\d+:[A-Za-z0-9_-]+")
"""A Telegram bot token as it stands in the address of every call to the Bot API."""


def redact(line: str) -> str:
    """Replace every bot token in a line."""
    return BOT_TOKEN.sub("bot<redacted>", line)


class RedactingFormatter(logging.Formatter):
    """Format a record, traceback included, and redact the whole."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return redact(super().format(record))
