"""The set-up: each step once, again when its inputs change, and never half."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from config import BASE_DIR


def script(name: str) -> ModuleType:
    """Import a file of scripts/."""
    spec = importlib.util.spec_from_file_location(name, BASE_DIR / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = script("bootstrap")
    monkeypatch.setattr(module, "TOP", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMPS", tmp_path / ".venv" / "stamps")
    return module


def test_a_step_is_done_once_and_again_when_an_input_changes(bootstrap: ModuleType, tmp_path: Path) -> None:
    bootstrap.STAMPS.mkdir(parents=True)
    source = tmp_path / "requirements.txt"
    source.write_text("one")
    calls: list[int] = []
    for _ in range(2):
        bootstrap.step("Installing", [source], lambda: calls.append(1))
    assert len(calls) == 1
    source.write_text("two")
    bootstrap.step("Installing", [source], lambda: calls.append(1))
    assert len(calls) == 2
    bootstrap.step("Installing", [source], lambda: calls.append(1), intact=False)
    assert len(calls) == 3


def test_a_step_that_failed_is_tried_again(bootstrap: ModuleType, tmp_path: Path) -> None:
    bootstrap.STAMPS.mkdir(parents=True)
    with pytest.raises(SystemExit, match="Set-up stopped: `false` failed"):
        bootstrap.step("Failing", [], lambda: bootstrap.run(["false"]))
    calls: list[int] = []
    bootstrap.step("Failing", [], lambda: calls.append(1))
    assert calls == [1]


@pytest.mark.slow
def test_an_environment_left_half_done_is_made_anew(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    bootstrap.PYTHON.symlink_to("/nowhere/python")
    bootstrap.make_venv()
    assert bootstrap.runs([str(bootstrap.PYTHON), "-m", "pip", "--version"])
    made = bootstrap.PYTHON.lstat().st_mtime_ns
    bootstrap.make_venv()
    assert bootstrap.PYTHON.lstat().st_mtime_ns == made


def test_without_the_module_venv_the_package_to_install_is_named(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with pytest.raises(SystemExit, match=rf"apt-get install python{version}-venv"):
        bootstrap.make_venv()


@pytest.mark.parametrize(("version", "taken"), [("v20.1.0", True), ("v16.20.2", False), ("nonsense", False)])
def test_the_machines_node_is_taken_when_it_is_new_enough(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, taken: bool
) -> None:
    programs = tmp_path / "machine"
    programs.mkdir()
    for name in ("node", "npm"):
        (programs / name).write_text(f"#!/bin/sh\necho {version}\n")
        (programs / name).chmod(0o755)
    own = tmp_path / ".venv" / "bin" / "npm"
    own.parent.mkdir(parents=True)
    own.touch()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    assert bootstrap.find_npm() == str(programs / "npm" if taken else own)


def test_a_front_end_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = script("vendor")
    monkeypatch.setattr(vendor, "TOP", tmp_path)
    monkeypatch.setattr(vendor, "SOURCE", tmp_path / "node_modules")
    monkeypatch.setattr(vendor, "TARGET", tmp_path / "static" / "vendor")
    (tmp_path / "package.json").write_text(json.dumps({"vendor": {"x": ["lib/gone.js"]}}))
    with pytest.raises(SystemExit, match=r"there is no lib/gone\.js in node_modules"):
        vendor.main()


def test_unfinished_translations_are_named(tmp_path: Path) -> None:
    check = script("check_translations")
    file = tmp_path / "django.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file.write_text(
        head
        + 'msgid "Run"\nmsgstr "Запуск"\n\nmsgid "Topic"\nmsgstr ""\n\n#, fuzzy\nmsgid "Seed"\nmsgstr "Семя"\n'
    )
    first, second = check.faults(file)
    assert "not translated: 'Topic'" in first
    assert "fuzzy: 'Seed'" in second
    file.write_text(head + 'msgid "Run"\nmsgstr "Запуск"\n')
    assert check.faults(file) == []
