"""Write constraints.txt: the version of every package that the requirement files bring, as installed now.

    .venv/bin/python scripts/pin.py

Run it after a change to a requirement file, in an environment in which the tests pass. Lines of packages that a
requirement file names and that are not installed (those of ``requirements-node.txt``, most often) stay as they are.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")


def named(file: Path) -> list[Requirement]:
    """Read the requirements of one file."""
    lines = (line.split(" #")[0].strip() for line in file.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def closure(wanted: list[Requirement]) -> dict[str, str]:
    """Follow the requirements of the installed packages; returns name → version, without build labels."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    while wanted:
        requirement = wanted.pop()
        key = (canonicalize_name(requirement.name), ",".join(sorted(requirement.extras)))
        if key in seen:
            continue
        seen.add(key)
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:
            continue  # for another platform, or brought in only where it is needed
        found[key[0]] = package.version.split("+")[0]
        for line in package.requires or []:
            needed = Requirement(line)
            environments = [{"extra": extra} for extra in (requirement.extras or {""})]
            if needed.marker is None or any(needed.marker.evaluate(one) for one in environments):
                wanted.append(needed)
    return found


def kept(file: Path, missing: list[Requirement]) -> dict[str, str]:
    """Return what the constraints say already of packages that are not installed, and of parts named after them."""
    names = tuple(canonicalize_name(one.name) for one in missing)
    before = {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in named(file)}
    return {name: version for name, version in before.items() if name.startswith(names)}


def main() -> None:
    """Write the file."""
    file = TOP / "constraints.txt"
    wanted = [one for name in FILES for one in named(TOP / name)]
    found = closure(list(wanted))
    found |= kept(file, [one for one in wanted if canonicalize_name(one.name) not in found])
    lines = [f"{name}=={version}\n" for name, version in sorted(found.items())]
    file.write_text("# Made by scripts/pin.py: all versions, transitive ones included.\n" + "".join(lines))


if __name__ == "__main__":
    main()
