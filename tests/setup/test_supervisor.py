"""Web and worker under one command, with real processes and real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from config import BASE_DIR
from config.embedded_postgres import EmbeddedPostgres
from jobs.supervisor import Stopped, Supervisor, require_free_port, supervising

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
WITH_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and not reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: object, seconds: float = 30.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_child_that_ends_by_itself_is_reported_with_its_log(tmp_path: Path) -> None:
    with supervising(tmp_path, 5) as supervisor:
        supervisor.start("worker", [sys.executable, "-c", "import sys; sys.exit('the disk is full')"])
        with pytest.raises(
            CommandError, match=r"The worker ended by itself \(exit status 1\)[\s\S]*the disk is full"
        ):
            supervisor.wait()


def test_a_failing_step_ends_the_whole(tmp_path: Path) -> None:
    with supervising(tmp_path, 5) as supervisor:
        supervisor.start("worker", SLEEPER)
        pid = supervisor.children[0].process.pid
        with pytest.raises(CommandError, match=r"generate failed \(exit status 3\)"):
            supervisor.run("generate", [sys.executable, "-c", "raise SystemExit(3)"])
    assert not alive(pid)


def test_a_step_is_given_up_when_the_worker_dies_under_it(tmp_path: Path) -> None:
    with supervising(tmp_path, 5) as supervisor:
        supervisor.start("worker", [sys.executable, "-c", "import time; time.sleep(0.3)"])
        with pytest.raises(CommandError, match="worker ended by itself"):
            supervisor.run("generate", SLEEPER)
        step = supervisor.children[-1].process.pid
    assert not alive(step)


def test_a_child_that_is_deaf_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    with supervising(tmp_path, 0.5) as supervisor:
        supervisor.start("worker", [sys.executable, "-c", STUBBORN])
        child = supervisor.children[0]
        wait_for(lambda: "deaf" in child.tail())
        begin = time.monotonic()
    assert not alive(child.process.pid)
    assert 0.4 < time.monotonic() - begin < 5


def test_what_a_child_has_started_ends_with_it(tmp_path: Path) -> None:
    with supervising(tmp_path, 2) as supervisor:
        supervisor.start("worker", [sys.executable, "-c", WITH_A_CHILD])
        child = supervisor.children[0]
        wait_for(lambda: child.tail().strip().isdigit())
        grandchild = int(child.tail())
        assert alive(grandchild)
    wait_for(lambda: not alive(grandchild), 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_the_wait_and_handlers_are_put_back(tmp_path: Path, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    children = []

    def serve() -> None:
        with supervising(tmp_path, 5) as supervisor:
            supervisor.start("worker", SLEEPER)
            children.append(supervisor.children[0].process.pid)
            threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
            supervisor.wait()

    with pytest.raises(Stopped, match=number.name):
        serve()
    assert not alive(children[0])
    assert signal.getsignal(number) is before


def test_a_port_in_use_is_said_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Cannot serve on 127.0.0.1 port {port}.*PORT="):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CommandError, match=r"Cannot serve on 192\.0\.2\.1"):
        require_free_port("192.0.2.1", 8000)


def test_an_address_that_never_answers_is_given_up(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, 1)
    with pytest.raises(CommandError, match=r"did not answer within 1 s"):
        supervisor.wait_for_answer(f"http://127.0.0.1:{free_port()}/", 1)


class Served:
    """`manage.py serve` on a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.postgres = EmbeddedPostgres(folder / "postgres")
        left_out = {"DATABASE_URL", "PYTHONUNBUFFERED"}  # with the latter a missing flush would not show
        inherited = {name: value for name, value in os.environ.items() if name not in left_out}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            cwd=BASE_DIR,
            env={
                **inherited,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "DATA_DIR": str(folder),
                "EMBEDDED_DURABLE": "0",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_serving(self) -> None:
        assert self.process.stdout is not None
        limit = threading.Timer(120, self.process.terminate)
        limit.start()
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line.startswith("Serving on"):
                limit.cancel()
                return
        pytest.fail("".join(lines))

    def family(self) -> list[int]:
        """The process and all below it."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(stat.parent.name))
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += children.get(pid, [])
        return found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path)
    try:
        server.wait_until_serving()
        yield server
    finally:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(60)
        server.postgres.stop("immediate")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_with_a_signal_and_leaves_no_process(served: Served, number: signal.Signals) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/admin/login/") as answer:
        assert answer.status == 200
    family = served.family()
    postgres = served.postgres.pid()
    assert postgres is not None
    assert len(family) >= 6, "the supervisor, gunicorn's two, the consumer's three"
    served.process.send_signal(number)
    output, _ = served.process.communicate(timeout=60)
    assert served.process.returncode == 0, output
    assert "Stopped." in output
    assert [pid for pid in family if alive(pid)] == []
    assert served.postgres.pid() is None
    assert not alive(postgres)


@pytest.mark.slow
def test_children_end_when_the_supervisor_is_killed(served: Served) -> None:
    children = [pid for pid in served.family() if pid != served.process.pid and not is_postgres(pid)]
    assert len(children) >= 5
    served.process.kill()
    served.process.wait()
    wait_for(lambda: not [pid for pid in children if alive(pid)], 60)


def is_postgres(pid: int) -> bool:
    return "postgres" in Path(f"/proc/{pid}/comm").read_text()


def test_a_second_signal_kills_at_once_what_is_still_busy(tmp_path: Path) -> None:
    children = []

    def serve() -> None:
        with supervising(tmp_path, 60) as supervisor:
            supervisor.start("worker", [sys.executable, "-c", STUBBORN])
            child = supervisor.children[0]
            children.append(child.process.pid)
            wait_for(lambda: "deaf" in child.tail())
            for delay in (0.2, 1.0):
                threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT)).start()
            supervisor.wait()

    begin = time.monotonic()
    with pytest.raises(Stopped):
        serve()
    assert time.monotonic() - begin < 30
    assert not alive(children[0])


def test_a_demonstration_of_no_pictures_is_refused() -> None:
    with pytest.raises(CommandError, match="--count 0: at least one picture is needed"):
        call_command("demo", count=0)


def test_a_demonstration_on_a_port_in_use_changes_nothing(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.PORT = taken.getsockname()[1]
        # No database mark: it would fail differently if it came as far as the database.
        with pytest.raises(CommandError, match=rf"Cannot serve on 127.0.0.1 port {settings.PORT}"):
            call_command("demo")
