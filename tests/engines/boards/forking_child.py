"""A child that leaves a process of its own behind, which holds its output open."""

from __future__ import annotations

import os
import time

from engines.boards.confined import confine, send

if __name__ == "__main__":
    confine()
    if left := os.fork():
        send({"left": left})
    else:
        time.sleep(60)
