"""Run web and worker as children of one command, and leave none behind, however it ends.

Each child gets a process group of its own, so that Ctrl-C in a terminal reaches the supervisor alone, which
then asks each child to finish (SIGTERM), waits the grace time, and kills what is left of its group. On Linux
a child is also asked to finish when the supervisor itself is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.core.management.base import CommandError

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.1
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


class Stopped(BaseException):
    """A signal asked the supervisor to end. Not an Exception: nothing on the way may swallow it."""


@dataclass
class Child:
    """One process that has to live as long as the supervisor."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None

    def tail(self, lines: int = 20) -> str:
        """Give the end of its log."""
        if self.log is None:
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass
class Supervisor:
    """Start children, wait, and end them all. Use as `with supervising(...) as supervisor`."""

    logs: Path
    grace_seconds: float
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: dict[str, str] | None = None) -> None:
        """Start a child that must not end by itself; it writes to `logs`/`name`.log, begun anew."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("wb") as file:
            self.children.append(Child(name, _spawn(command, environment, file.fileno()), log))

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a command to its end on this terminal. Raises CommandError when it, or a child, fails."""
        child = Child(name, _spawn(command, None, None), None)
        self.children.append(child)
        while child.process.poll() is None:
            self.check()
            time.sleep(POLL_SECONDS)
        self.children.remove(child)
        if child.process.returncode != 0:
            raise CommandError(f"{name} failed (exit status {child.process.returncode}).", returncode=1)

    def wait_for_answer(self, url: str, seconds: float) -> None:
        """Wait until the address answers, with whatever status. Raises CommandError after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            try:
                with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(POLL_SECONDS)
        raise CommandError(f"{url} did not answer within {seconds:.0f} s.")

    def wait(self) -> None:
        """Wait until a signal comes. Raises CommandError as soon as a child ends."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raise CommandError, with the end of its log, if a child has ended that should live."""
        for child in self.children:
            if child.log is not None and child.process.poll() is not None:
                raise CommandError(
                    f"The {child.name} ended by itself (exit status {child.process.returncode}). "
                    f"The end of {child.log}:\n{child.tail()}"
                )

    def end(self) -> None:
        """Ask every child to finish, kill what has not after the grace time, and reap them all."""
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
        deadline = time.monotonic() + self.grace_seconds
        try:
            for child in self.children:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(deadline - time.monotonic(), 0.0))
        finally:  # a second signal lands here at once
            for child in self.children:
                # Also after the child's own end: its group may hold processes that it left.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
                _reap(child.process.pid)
            self.children.clear()


@contextlib.contextmanager
def supervising(logs: Path, grace_seconds: float) -> Iterator[Supervisor]:
    """Turn INT, TERM and HUP into Stopped inside the block, and end every child after it."""
    supervisor = Supervisor(logs, grace_seconds)

    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        again = "at once" if asked else "when the work at hand is done; once more: at once"
        print(f"\nStopping {again}.", file=sys.stderr, flush=True)
        asked = True
        raise Stopped(signal.Signals(number).name)

    _prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a child leaves behind becomes ours, to be waited for
    before = {number: signal.signal(number, stop) for number in STOPS}
    try:
        yield supervisor
    finally:
        try:
            with contextlib.suppress(Stopped):
                supervisor.end()
        finally:
            _prctl(PR_SET_CHILD_SUBREAPER, 0)
            for number, handler in before.items():
                signal.signal(number, handler)


def require_free_port(host: str, port: int) -> None:
    """Raise CommandError with the way out when the address cannot be listened on."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = addresses[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Cannot serve on {host} port {port}: {error.strerror}. Choose another port, "
            f"such as PORT={port + 1 if port < 65535 else 8000}, or end the program that uses it."
        ) from None


def manage(*arguments: str) -> list[str]:
    """Give the command line of a management command."""
    from django.conf import settings

    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


THREADS = 8
"""Of each web process. All that may wait at once for something in other places leaves one of them free."""


def gunicorn(host: str, port: int) -> list[str]:
    """Give the command line of the web server: two processes with threads, nothing written outside the clone."""
    listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", listen),
        *("--worker-class", "gthread", "--workers", "2", "--threads", str(THREADS), "--keep-alive", "65"),
        *("--graceful-timeout", "5", "--timeout", "60", "--no-control-socket", "--access-logfile", "-"),
    ]


def _spawn(
    command: Sequence[str], environment: dict[str, str] | None, output: int | None
) -> subprocess.Popen[bytes]:
    from django.conf import settings

    supervisor = os.getpid()

    def prepare() -> None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:  # it died in between
            os._exit(1)

    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=prepare,
    )


def _prctl(option: int, value: int) -> None:
    """Set a property of this process; only Linux has it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _reap(group: int) -> None:
    """Wait for the last process of a killed group, so that none holds a lock or a port any more."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-group, 0)
