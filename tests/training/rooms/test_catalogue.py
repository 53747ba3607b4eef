"""The catalogues: a Debian package is unpacked, properties are read as Java writes them, a wrong package is refused."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from training.rooms import catalogue

PROPERTIES = """# a comment
name#1=Armoire \\
  grande
model#1=/{inner}/thing/thing.obj
width#1=120
depth#1=60.5
height#1=200
creator#1=Andr\\u00e9
modelRotation#1=1 0 0 0 0 -1 0 1 0
name#2=Box
model#2=/{inner}/box/box.obj
width#2=10
depth#2=20
height#2=30
"""


def package() -> bytes:
    """Return a Debian package with the four catalogues, two models each."""
    inside = io.BytesIO()
    with tarfile.open(fileobj=inside, mode="w:xz") as data:
        for name, inner, _ in catalogue.CATALOGUES.values():
            written = io.BytesIO()
            with zipfile.ZipFile(written, "w") as archive:
                archive.writestr("PluginFurnitureCatalog.properties", PROPERTIES.format(inner=inner))
                archive.writestr(f"{inner}/thing/thing.obj", "v 0 0 0\n")
            member = tarfile.TarInfo(f"./usr/share/sweethome3d/furniture/{name}.sh3f")
            member.size = len(written.getvalue())
            data.addfile(member, io.BytesIO(written.getvalue()))
    parts = [("debian-binary", b"2.0\n"), ("control.tar.xz", b"odd"), ("data.tar.xz", inside.getvalue())]
    made = b"!<arch>\n"
    for name, content in parts:
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        made += header + content + b"\n" * (len(content) % 2)
    return made


def test_a_package_with_a_wrong_checksum_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="checksum"):
        catalogue.unpack(package(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_models_are_read_with_names_sizes_creators_and_licences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SHA256", hashlib.sha256(package()).hexdigest())
    catalogue.unpack(package(), tmp_path)
    found = catalogue.models(tmp_path)
    assert set(found) == {f"{letter}/{name}" for letter in "skzb" for name in ("thing", "box")}
    thing, box = found["z/thing"], found["b/box"]
    assert [thing.name, thing.creator, thing.licence] == ["Armoire grande", "André", "CC0"]
    assert list(thing.sizes) == [1.2, 0.605, 2.0]
    assert list(thing.rotation) == [1, 0, 0, 0, 0, -1, 0, 1, 0]
    assert thing.file.is_file()
    assert [box.creator, box.licence, box.rotation[4]] == ["BlendSwap-CC-BY", "CC BY 3.0", 1]
    assert catalogue.fetch(tmp_path) == tmp_path


def test_the_credits_in_the_documents_name_every_model_that_is_used() -> None:
    told = (Path(catalogue.__file__).parents[2] / "docs" / "demo-model" / "credits.md").read_text("utf-8")
    for models in catalogue.nouns().values():
        assert all(f"`{model}`" in told for model in models)
