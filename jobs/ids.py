"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """Make a version 7 UUID (RFC 9562, section 5.7): milliseconds, a counter within them, randomness.

    Strictly rising within one process, so that rows made together keep their order. Fork-safe: the low
    62 bits come from the operating system each time.
    """
    global _last
    with _lock:
        stamp = time.time_ns() * 4096 // 1_000_000  # milliseconds with 12 bits of fraction
        _last = stamp = max(stamp, _last + 1)
    milliseconds, fraction = divmod(stamp, 4096)
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)
