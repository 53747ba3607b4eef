"""What a confined child may do to the machine of its parent."""

from __future__ import annotations

from pathlib import Path

from engines.boards.confined import MOST_WRITTEN, Confines, converse


def test_a_child_leaves_no_compiled_modules_cut_off_by_its_limit(tmp_path: Path) -> None:
    (tmp_path / "long_module.py").write_text(f"TEXT = {'x' * (2 * MOST_WRITTEN)!r}\n")
    arguments = {"folder": str(tmp_path), "module": "long_module"}
    said = list(
        converse("tests.engines.boards.importing_child", arguments, b"", Confines(seconds=20, memory_mib=512))
    )
    assert said == [({"length": 2 * MOST_WRITTEN}, b"")]
    assert [file.name for file in tmp_path.rglob("*")] == ["long_module.py"]
