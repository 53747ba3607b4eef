"""A child process that takes its photo and never answers."""

from __future__ import annotations

import sys
import time

from engines.boards.confined import confine

if __name__ == "__main__":
    confine()
    sys.stdin.buffer.read()
    time.sleep(60)
