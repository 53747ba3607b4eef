"""Run code on files of strangers in a child process whose memory, time, output and open files are bounded.

A decoder that crashes, loops or swells takes nothing but its own child with it, and the child sees none of its
parent's environment. It is no sandbox: a decoder that is taken over runs as the user of its parent, and may read the
files of that user and reach the network. Who must keep it from that runs the site as a user, or in a container, that
has nothing else to lose.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
MIB = 1024 * 1024
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_LOG_LEVEL": "OFF",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    # A container may name other files and addresses; none of them is opened, and no other container is tried.
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file|format_whitelist;mov,matroska,avi",
}
"""All that a child sees of the environment."""

MOST_WRITTEN = 64 * 1024
"""Bytes that a child may write to a file: its error output, and no more."""

MOST_OPEN = 64
"""Files that a child may have open: the libraries that it loads come one at a time."""

PR_SET_PDEATHSIG = 1
"""The option of Linux' prctl(2) by which a child is sent a signal when its parent dies."""

_sending = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Confines:
    """What a child may take: ``seconds`` of processor time, twice that by the clock, ``memory_mib`` of addresses."""

    seconds: int
    memory_mib: int


class ChildFailed(Exception):
    """The child ended without its last word. ``is_costly``: it took more than it may."""

    def __init__(self, *, is_costly: bool) -> None:
        super().__init__("The child process ended without a result.")
        self.is_costly = is_costly


def converse(
    module: str, arguments: dict[str, Any], content: bytes, confines: Confines
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Run a module of this project in a child and yield what it sends, each a header and bytes.

    The child gets ``arguments`` and ``content``. It is killed when the iterator is closed, and with it whatever it
    has started; on Linux also when this process dies. Raises :class:`ChildFailed` where it was killed or crashed.
    """
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            # -B: a compiled module longer than MOST_WRITTEN would be cut off, and could be loaded by nobody ever after.
            [
                *(sys.executable, "-B", "-E", "-s", "-m", module),
                json.dumps([os.getpid(), confines.seconds, confines.memory_mib, arguments]),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, env=ENVIRONMENT,
            start_new_session=True,
        )  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            kill_group(child)

        timer = threading.Timer(2 * confines.seconds, end)
        timer.daemon = True
        timer.start()
        try:
            with contextlib.suppress(BrokenPipeError), child.stdin:
                child.stdin.write(content)
            # They end where nobody holds the output any more: the child is exiting, and how is settled.
            yield from _messages(child.stdout)
        finally:
            timer.cancel()
            timer.join()
            kill_group(child)
            child.stdout.close()
            child.wait()
        errors.seek(0)
        said = errors.read()[-2000:].decode(errors="replace")
        if child.returncode == 0 and said:
            logger.info("%s: %s", module, said)
        if child.returncode != 0 or late.is_set():
            logger.warning("%s ended with %d: %s", module, child.returncode, said)
            raise ChildFailed(
                is_costly=late.is_set() or child.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
            )


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill a child that is not reaped yet, and all that it has started: they would hold its output open."""
    # Of a group that has ended already, macOS says that it is not permitted.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _messages(stream: IO[bytes]) -> Iterator[tuple[dict[str, Any], bytes]]:
    # A message that is cut off is of a child that was killed, as its exit status will say.
    while (line := stream.readline()).endswith(b"\n"):
        header = json.loads(line)
        length = header.pop("bytes")
        content = stream.read(length)
        if len(content) == length:
            yield header, content


def confine() -> dict[str, Any]:
    """Give up what the parent does not grant, in the child before it reads anything. Return the arguments."""
    parent, seconds, memory_mib, arguments = json.loads(sys.argv[1])
    _die_with(parent)
    for kind, most in (
        (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory_mib * MIB),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN), (resource.RLIMIT_NOFILE, MOST_OPEN), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(kind, (most, most))
    result: dict[str, Any] = arguments
    return result


def _die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent dies; systems other than Linux do not know how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before that was said
            sys.exit(1)


def send(header: dict[str, Any], content: bytes = b"") -> None:
    """Send a message to the parent; from any thread."""
    with _sending:
        sys.stdout.buffer.write(json.dumps({**header, "bytes": len(content)}).encode() + b"\n")
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
