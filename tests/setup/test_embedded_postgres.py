"""The embedded PostgreSQL with real servers: started, shared, killed, found again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import BASE_DIR
from config.embedded_postgres import EmbeddedPostgres

pytestmark = pytest.mark.slow

HOLD = """
import sys
from pathlib import Path
from config.embedded_postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), durable=False).hold()
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    yield server
    server.stop("immediate")


def hold_elsewhere(server: EmbeddedPostgres) -> subprocess.Popen[str]:
    """Hold the server in another process until a line is written to it."""
    process = start_holding(server)
    wait_until_held(process)
    return process


def start_holding(server: EmbeddedPostgres) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(server.folder)],
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_until_held(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def can_enter(user: int, path: Path) -> bool:
    """Tell whether another user reaches `path`."""
    command = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
    return subprocess.run(command, user=user, group=user, extra_groups=[], cwd="/").returncode == 0


def processes_of(server: EmbeddedPostgres) -> list[int]:
    """Every process that works in the data folder: the server and its children."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == server.data:
                found.append(int(link.parent.name))
        except OSError:
            continue
    return found


def test_it_is_postgresql_18_with_vectors(server: EmbeddedPostgres) -> None:
    server.start()
    assert str(ask(server, "SHOW server_version")).startswith("18.")
    assert ask(server, "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'") == 1


def test_it_opens_no_network_port(server: EmbeddedPostgres) -> None:
    server.start()
    assert ask(server, "SHOW listen_addresses") == ""
    assert server.socket_folder.stat().st_mode & 0o077 == 0 or server.socket_folder == server.folder
    assert ask(server, "SHOW unix_socket_permissions") == "0700"


def test_what_was_written_is_there_after_a_restart(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    server.stop()
    assert server.pid() is None
    server.start()
    assert ask(server, "SELECT value FROM kept") == 7


def test_stopping_leaves_no_process_and_no_socket(server: EmbeddedPostgres) -> None:
    server.start()
    assert len(processes_of(server)) > 1
    server.stop()
    assert processes_of(server) == []
    assert not list(server.folder.glob(".s.PGSQL*"))


def test_stopping_what_never_ran_does_nothing(server: EmbeddedPostgres) -> None:
    server.stop()
    assert not server.folder.exists()


def test_the_last_of_two_holders_stops_it(server: EmbeddedPostgres) -> None:
    first, second = hold_elsewhere(server), hold_elsewhere(server)
    pid = server.pid()
    assert pid is not None
    leave(first)
    assert server.pid() == pid
    leave(second)
    assert server.pid() is None


def test_many_processes_may_start_it_at_once(server: EmbeddedPostgres) -> None:
    holders = [start_holding(server) for _ in range(4)]
    for holder in holders:
        wait_until_held(holder)
    with psycopg.connect(server.url()) as connection:
        connection.execute("SELECT 1")
    for holder in holders:
        leave(holder)
    assert server.pid() is None


def test_a_holder_that_was_killed_does_not_keep_it_running(server: EmbeddedPostgres) -> None:
    killed, other = hold_elsewhere(server), hold_elsewhere(server)
    killed.kill()
    killed.wait()
    assert server.pid() is not None
    leave(other)
    assert server.pid() is None


def test_a_forked_child_keeps_it_but_does_not_stop_it(server: EmbeddedPostgres) -> None:
    script = HOLD.replace(
        'print("held"',
        'import os, time\nif os.fork() == 0:\n    time.sleep(1.5)\n    sys.exit()\nprint("held"',
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(server.folder)],
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until_held(process)
    process.stdin.write("\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]
    process.wait(30)
    assert server.pid() is not None, "the child still holds it"
    time.sleep(2)
    assert server.pid() is not None, "the child's end must not stop it"
    leave(hold_elsewhere(server))
    assert server.pid() is None


def test_one_started_to_stay_outlives_its_holders(server: EmbeddedPostgres) -> None:
    server.start(stay=True)
    leave(hold_elsewhere(server))
    assert server.pid() is not None
    server.stop()
    assert server.pid() is None


def test_it_comes_back_after_the_server_was_killed(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.pid() is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (server.data / "postmaster.pid").exists(), "a killed server leaves its file behind"
    server.start()
    assert server.pid() != pid
    assert ask(server, "SELECT value FROM kept") == 7


def test_a_stale_file_that_names_a_living_stranger_is_survived(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop("immediate")
    stale = server.data / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        stale.write_text(f"{stranger.pid}\n{server.data}\n1700000000\n5432\n{server.folder}\n\n0 0\nready\n")
        try:
            assert server.pid() is None
            server.start()
            assert ask(server, "SELECT 1") == 1
            server.stop()
            assert stranger.poll() is None, "the stranger must not be stopped"
        finally:
            stranger.kill()


def test_an_immediate_restart_is_a_crash_that_is_recovered_from(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        server.restart("immediate")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert ask(server, "SELECT value FROM kept") == 7
    assert "not properly shut down" in server.log.read_text()


def test_a_first_start_that_was_killed_is_begun_anew(server: EmbeddedPostgres) -> None:
    (server.folder / "data.new" / "base").mkdir(parents=True)
    server.start()
    assert ask(server, "SELECT 1") == 1


@pytest.mark.parametrize("part", ["a" * 90, "Фотографии, the best of"], ids=["long", "comma"])
def test_a_path_unfit_for_a_socket_gets_one_elsewhere(tmp_path: Path, part: str) -> None:
    server = EmbeddedPostgres(tmp_path / part / "postgres", durable=False)
    server.start()
    try:
        assert server.socket_folder != server.folder
        assert server.socket_folder.stat().st_mode & 0o777 == 0o700
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()
    assert not server.socket_folder.exists()


def test_a_path_with_spaces_and_quotes_works(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / 'my "best" photos' / "postgres", durable=False)
    server.start()
    try:
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_start_takes_no_longer_than_promised(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        server.start()
        took.append(time.perf_counter() - begin)
        server.stop()
    assert min(took) < 2.5


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_can_run_it() -> None:
    nobody = 65534
    if not can_enter(nobody, Path(sys.executable).resolve()) or not can_enter(nobody, BASE_DIR):
        pytest.skip("the interpreter or the clone lies in a folder that no other user can enter")
    folder = Path(f"/tmp/embedded-test-{os.getpid()}")  # pytest's own folders are closed to other users
    folder.mkdir()
    os.chown(folder, nobody, nobody)
    code = (
        "import sys, psycopg; from pathlib import Path;"
        "from config.embedded_postgres import EmbeddedPostgres;"
        "s = EmbeddedPostgres(Path(sys.argv[1]) / 'postgres'); s.hold();"
        "print(psycopg.connect(s.url()).execute('select 41 + 1').fetchone()[0])"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder)],
            cwd=BASE_DIR,
            user=nobody,
            group=nobody,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout == "42\n", done.stderr
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root is refused by PostgreSQL")
def test_root_without_namespaces_falls_back_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    if not can_enter(65534, BASE_DIR):
        pytest.skip("the clone lies in a folder that 'nobody' cannot enter")
    monkeypatch.setattr("config.postgres_account.namespace_prefix", lambda uid, gid: ())
    server = EmbeddedPostgres(Path(f"/tmp/embedded-test-nobody-{os.getpid()}"), durable=False)
    try:
        server.start()
        assert ask(server, "SELECT 1") == 1
        pid = server.pid()
        assert Path(f"/proc/{pid}").stat().st_uid == 65534
    finally:
        server.stop()
        shutil.rmtree(server.folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root is refused by PostgreSQL")
def test_root_with_no_way_is_told_the_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from config.postgres_account import EmbeddedPostgresError

    monkeypatch.setattr("config.postgres_account.namespace_prefix", lambda uid, gid: ())
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match=r"DATABASE_URL.*clone to a folder.*ordinary user"):
        EmbeddedPostgres(closed / "postgres").start()
    assert (closed / "postgres").stat().st_uid == 0, "the folder's owner is put back"
