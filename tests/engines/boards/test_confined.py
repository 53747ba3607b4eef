"""What a confined child may do to the machine of its parent."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from engines.boards.confined import MOST_WRITTEN, ROOT, ChildFailed, Confines, converse


def test_a_child_leaves_no_compiled_modules_cut_off_by_its_limit(tmp_path: Path) -> None:
    (tmp_path / "long_module.py").write_text(f"TEXT = {'x' * (2 * MOST_WRITTEN)!r}\n")
    arguments = {"folder": str(tmp_path), "module": "long_module"}
    said = list(
        converse("tests.engines.boards.importing_child", arguments, b"", Confines(seconds=20, memory_mib=512))
    )
    assert said == [({"length": 2 * MOST_WRITTEN}, b"")]
    assert [file.name for file in tmp_path.rglob("*")] == ["long_module.py"]


def is_running(process: int) -> bool:
    """Tell whether a process is there, and not only waiting for its parent to look at how it ended."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def ends(process: int, seconds: float = 10) -> bool:
    """Wait until a process is gone."""
    until = time.monotonic() + seconds
    while is_running(process) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(process)


def test_what_a_child_leaves_behind_ends_with_its_time() -> None:
    messages = converse("tests.engines.boards.forking_child", {}, b"", Confines(seconds=1, memory_mib=512))
    header, _content = next(messages)
    begun = time.monotonic()
    with pytest.raises(ChildFailed) as failed:
        next(messages)
    assert failed.value.is_costly
    assert time.monotonic() - begun < 10
    assert ends(header["left"])


def test_whoever_is_not_listened_to_any_more_ends_at_once() -> None:
    messages = converse("tests.engines.boards.forking_child", {}, b"", Confines(seconds=60, memory_mib=512))
    header, _content = next(messages)
    messages.close()  # type: ignore[attr-defined]
    assert ends(header["left"])


@pytest.mark.parametrize("cut_off", ['{"num', '{"bytes": 100}\nonly this'])
def test_half_a_message_is_none(cut_off: str) -> None:
    confines = Confines(seconds=20, memory_mib=512)
    messages = converse("tests.engines.boards.dying_child", {"cut_off": cut_off}, b"", confines)
    assert next(messages) == ({"number": 1}, b"whole")
    with pytest.raises(ChildFailed):
        next(messages)


PARENT = """
from engines.boards.confined import Confines, converse
list(converse("tests.engines.boards.sleeping_child", {}, b"", Confines(seconds=60, memory_mib=512)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_a_child_dies_with_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT) as parent:
        until = time.monotonic() + 20
        children: list[int] = []
        # It has confined itself once it sleeps on its input's end.
        while time.monotonic() < until and not any(map(is_confined, children)):
            time.sleep(0.02)
            children = [int(word) for word in children_of(parent.pid)]
        [child] = children
        parent.kill()
    assert ends(child)


def children_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def is_confined(process: int) -> bool:
    limits = Path(f"/proc/{process}/limits").read_text()
    return any(line.startswith("Max open files") and " 64 " in line for line in limits.splitlines())
