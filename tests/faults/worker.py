"""A real worker in a process of its own, and ways to hurt it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil


class Consumer:
    """``manage.py run_huey``: a parent, its scheduler and its one worker process."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self.log = log
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "manage.py", "run_huey"], env=self._environment, stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def workers(self) -> list[psutil.Process]:
        """Return the forked children: the scheduler and the worker, whichever lives."""
        children: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children()
        return children

    def kill_children(self) -> None:
        """SIGKILL the worker in the middle of whatever it does; the parent starts another."""
        for child in self.workers():
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    def kill_all(self) -> None:
        """SIGKILL parent and children together, as a host that loses power."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_parent(self) -> list[psutil.Process]:
        """SIGKILL the parent only and return the orphans."""
        orphans = self.workers()
        self.process.kill()
        self.process.wait()
        return orphans

    def restart(self) -> None:
        """Start again after :meth:`kill_all`."""
        self.process = self._start()

    def terminate(self, timeout: float = 40) -> int:
        """SIGTERM, as a deploy does, and return the exit status."""
        self.process.terminate()
        return self.process.wait(timeout)


@contextlib.contextmanager
def consumer(environment: dict[str, str], log: Path) -> Iterator[Consumer]:
    """Run a consumer for the block; nothing of it is left afterwards."""
    running = Consumer(environment, log)
    try:
        yield running
    finally:
        running.kill_all()


def wait_until(condition: Callable[[], bool], seconds: float, what: str = "it") -> float:
    """Wait for a condition and return how long that took; fail after ``seconds``."""
    start = time.monotonic()
    while not condition():
        waited = time.monotonic() - start
        if waited > seconds:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.1)
    return time.monotonic() - start
