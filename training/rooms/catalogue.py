"""The furniture that scenes are made of: Debian's package ``sweethome3d-furniture``, fetched once, with its credits.

    python -m training.rooms.catalogue [FOLDER | --credits]

Four catalogues (``*.sh3f``, zips of a properties file and OBJ models), CC0 or CC BY 3.0; ``pieces.toml`` names what is
used of them. Nothing beyond the standard library, so that the renderer's environment can import it.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2] / "var" / "training" / "rooms"
FURNITURE = ROOT / "furniture"
LIST = Path(__file__).with_name("pieces.toml")
PACKAGE = (
    "https://deb.debian.org/debian/pool/main/s/sweethome3d-furniture/sweethome3d-furniture_1.8-1_all.deb"
)
SHA256 = "3ccb90c63f9525e887a767b9cd5c8b6933b8b6b2973a615a5359ee68a2118668"

CATALOGUES = {
    "s": ("Scopia", "scopia", "CC BY 3.0"),
    "k": ("KatorLegaz", "katorlegaz", "CC BY 3.0 US"),
    "z": ("BlendSwap-CC-0", "blendswap-cc-0", "CC0"),
    "b": ("BlendSwap-CC-BY", "blendswap-cc-by", "CC BY 3.0"),
}
"""Letter of ``pieces.toml`` → file of the package, folder within, licence. People (Reallusion) are not used."""


@dataclass(frozen=True)
class Model:
    """A model of the catalogue: sizes in metres (width, depth, height) as they are in a room, and who made it.

    ``rotation`` turns the OBJ's own axes before it is scaled to the sizes, row by row.
    """

    key: str
    name: str
    creator: str
    licence: str
    sizes: tuple[float, float, float]
    file: Path
    rotation: tuple[float, ...] = (1, 0, 0, 0, 1, 0, 0, 0, 1)


@cache
def nouns() -> dict[str, tuple[str, ...]]:
    """Return for each noun the keys of the models that show it."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return {noun: tuple(keys) for part in listed.values() for noun, keys in part.items()}


def models(folder: Path = FURNITURE) -> dict[str, Model]:
    """Return every model of the fetched catalogues by key, ``LETTER/NAME``."""
    found = {}
    for letter, (name, _, licence) in CATALOGUES.items():
        place = folder / name
        told = _properties((place / "PluginFurnitureCatalog.properties").read_text("latin-1"))
        for number in sorted({int(key.split("#")[1]) for key in told if re.fullmatch(r"model#\d+", key)}):
            file = place / told[f"model#{number}"].lstrip("/")
            width, depth, height = (
                float(told[f"{side}#{number}"]) / 100 for side in ("width", "depth", "height")
            )
            turned = told.get(f"modelRotation#{number}", "1 0 0 0 1 0 0 0 1").split()
            found[f"{letter}/{file.stem}"] = Model(
                key=f"{letter}/{file.stem}",
                name=told[f"name#{number}"],
                creator=told.get(f"creator#{number}", name),
                licence=licence,
                sizes=(width, depth, height),
                file=file,
                rotation=tuple(float(one) for one in turned),
            )
    return found


def fetch(folder: Path = FURNITURE) -> Path:
    """Fetch and unpack the package unless it is there; return its folder.

    Raises ``OSError`` without network, ``ValueError`` where the checksum is wrong.
    """
    if (folder / "complete").is_file():
        return folder
    with urlopen(PACKAGE, timeout=300) as answer:
        package: bytes = answer.read()
    unpack(package, folder)
    return folder


def unpack(package: bytes, folder: Path) -> None:
    """Unpack the catalogues of the package's bytes."""
    if hashlib.sha256(package).hexdigest() != SHA256:
        raise ValueError(f"The checksum of {PACKAGE} is wrong.")
    with tarfile.open(fileobj=io.BytesIO(_data_of(package))) as data:
        for name, _, _ in CATALOGUES.values():
            member = data.extractfile(f"./usr/share/sweethome3d/furniture/{name}.sh3f")
            assert member is not None
            with zipfile.ZipFile(io.BytesIO(member.read())) as catalogue:
                catalogue.extractall(folder / name)
    (folder / "complete").touch()


def _data_of(package: bytes) -> bytes:
    """Return the member ``data.tar.*`` of a Debian package, an ar archive (deb(5))."""
    place = len(b"!<arch>\n")
    while place < len(package):
        header = package[place : place + 60]
        size = int(header[48:58])
        if header.startswith(b"data.tar"):
            return package[place + 60 : place + 60 + size]
        place += 60 + size + size % 2
    raise ValueError("The package holds no data.")


def _properties(text: str) -> dict[str, str]:
    told, line = {}, ""
    for part in text.splitlines():
        line += part.lstrip() if line else part
        if line.endswith("\\"):
            line = line[:-1]
            continue
        if line.strip() and line.lstrip()[0] not in "#!":
            key, _, value = line.partition("=")
            told[key.strip()] = value.strip().encode("latin-1").decode("unicode_escape")
        line = ""
    return told


def credit_table(folder: Path = FURNITURE) -> str:
    """Return who made the models that scenes use, as a table of Markdown."""
    used = sorted({key for keys in nouns().values() for key in keys})
    known = models(folder)
    rows = [f"| {known[key].name} | `{key}` | {known[key].creator} | {known[key].licence} |" for key in used]
    return "\n".join(["| model | key | made by | licence |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    if sys.argv[1:] == ["--credits"]:
        print(credit_table(fetch()))
        raise SystemExit
    place = fetch(Path(sys.argv[1]) if len(sys.argv) > 1 else FURNITURE)
    unknown = {key for keys in nouns().values() for key in keys} - models(place).keys()
    if unknown:
        raise SystemExit(f"pieces.toml names models that the catalogues lack: {', '.join(sorted(unknown))}.")
    print(f"{len(models(place))} models in {place}, {sum(map(len, nouns().values()))} of them used.")
