"""The fonts of the drawn boards: fetched once, split into those trained on and those held out.

python -m training.fonts [FOLDER]
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import sys
import tarfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.request import urlopen

from PIL import ImageFont

FOLDER = Path(__file__).parents[1] / "var" / "training" / "fonts"
LIST = Path(__file__).with_name("fonts.toml")
REGISTRY = "https://registry.npmjs.org/@fontsource"
USUAL_LICENCE = "OFL-1.1"

Style = Literal["hand", "print"]
Script = Literal["latin", "cyrillic", "greek"]
SUBSETS: dict[str, Script] = {"l": "latin", "c": "cyrillic", "g": "greek"}


@dataclass(frozen=True)
class Family:
    """A family of fonts: one file for each of its scripts. ``is_held_out``: for measuring only."""

    name: str
    style: Style
    scripts: tuple[Script, ...]
    is_held_out: bool
    licence: str = USUAL_LICENCE

    def file(self, script: Script, folder: Path = FOLDER) -> Path:
        """Return the file of a script."""
        return folder / f"{self.name}-{script}.woff2"


@cache
def families() -> tuple[Family, ...]:
    """Return all families of the list, as it names them."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    licences = {name: licence for licence, names in listed["licences"].items() for name in names}
    found = []
    for style in ("hand", "print"):
        for split in ("train", "held_out"):
            for entry in listed[style][split]:
                name, _, letters = entry.partition(":")
                scripts: tuple[Script, ...] = tuple(SUBSETS[one] for one in letters)
                found.append(
                    Family(name, style, scripts, split == "held_out", licences.get(name, USUAL_LICENCE))
                )
    return tuple(found)


def families_for(script: Script, *, held_out: bool) -> tuple[Family, ...]:
    """Return the families that can write a script."""
    return tuple(one for one in families() if script in one.scripts and one.is_held_out is held_out)


@cache
def load(file: Path, size: int) -> ImageFont.FreeTypeFont:
    """Load a font file at a size in pixels."""
    return ImageFont.truetype(str(file), size)


def usual_size(size: float) -> int:
    """Return a whole size near one: few of them, so that loaded fonts are used again; exact to 3 %."""
    return max(4, round(1.06 ** round(math.log(max(size, 4.0), 1.06))))


@cache
def x_height(file: Path, script: Script) -> float:
    """Return the height of a small letter as a share of the font's size."""
    top, bottom = load(file, 200).getbbox({"latin": "x", "cyrillic": "н", "greek": "ν"}[script])[1::2]
    return (bottom - top) / 200


@cache
def _has(file: Path, letter: str) -> bool:
    """Tell whether a font has a letter of its own: not the sign that stands for what is missing."""
    font = load(file, 40)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def file_for(family: Family, script: Script, text: str) -> Path | None:
    """Return the file that can write a text: of the script, else the Latin one, which has digits and signs; or None."""
    for one in dict.fromkeys((script, "latin")):
        if one in family.scripts and all(
            letter.isspace() or _has(family.file(one), letter) for letter in text
        ):
            return family.file(one)
    return None


def fetch(folder: Path = FOLDER, wanted: Iterable[Family] | None = None) -> int:
    """Fetch what is missing from the npm registry, each package against its published checksum; returns how many files.

    Raises ``OSError`` without network, ``ValueError`` where a checksum, a licence or a file is wrong.
    """
    folder.mkdir(parents=True, exist_ok=True)
    version = tomllib.loads(LIST.read_text(encoding="utf-8"))["version"]
    fetched = 0
    for family in families() if wanted is None else wanted:
        missing = [script for script in family.scripts if not family.file(script, folder).is_file()]
        if not missing:
            continue
        with tarfile.open(fileobj=io.BytesIO(_package(family.name, version)), mode="r:gz") as package:
            _check_licence(package, family)
            for script in missing:
                member = package.extractfile(f"package/files/{family.name}-{script}-400-normal.woff2")
                if member is None:
                    raise ValueError(f"{family.name} has no {script} letters.")
                part = family.file(script, folder).with_suffix(".part")
                part.write_bytes(member.read())
                part.rename(family.file(script, folder))
                fetched += 1
    return fetched


def _check_licence(package: tarfile.TarFile, family: Family) -> None:
    description = package.extractfile("package/package.json")
    told = json.load(description).get("license") if description else None
    if told != family.licence:
        raise ValueError(f"The licence of @fontsource/{family.name} is {told}, not {family.licence}.")


def _package(name: str, version: str) -> bytes:
    with urlopen(f"{REGISTRY}/{name}/{version}", timeout=60) as answer:
        distribution = json.load(answer)["dist"]
    with urlopen(distribution["tarball"], timeout=120) as answer:
        content: bytes = answer.read()
    expected = distribution["integrity"]
    if expected != "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode():
        raise ValueError(f"The checksum of @fontsource/{name} {version} is wrong.")
    return content


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    print(f"{fetch(place)} files fetched to {place}, {len(families())} families there.")
