"""A child that is killed in the midst of a message."""

from __future__ import annotations

import os
import signal
import sys

from engines.boards.confined import confine, send

if __name__ == "__main__":
    cut_off = confine()["cut_off"].encode()
    send({"number": 1}, b"whole")
    sys.stdout.buffer.write(cut_off)
    sys.stdout.buffer.flush()
    os.kill(os.getpid(), signal.SIGKILL)
