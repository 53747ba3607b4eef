"""What is kept beside a picture is written once, and anew only where it changed."""

from __future__ import annotations

import json
from pathlib import Path

from training.rooms.draw import draw_scene
from training.rooms.facts import tell, tell_anew


def test_facts_are_written_once(tmp_path: Path) -> None:
    file = tmp_path / "000003.json"
    scene = draw_scene(1, 3)
    assert tell(file, scene, seed=1)
    assert json.loads(file.read_text()) == scene.facts() | {"seed": 1}
    assert not tell(file, scene, seed=1)
    assert [one.name for one in tmp_path.iterdir()] == ["000003.json"]


def test_only_captions_that_changed_lose_their_states(tmp_path: Path) -> None:
    states = tmp_path / "states"
    states.mkdir()
    for number in (3, 4):
        tell(tmp_path / f"{number:06}.json", draw_scene(1, number), seed=1)
        (states / f"{number:06}.npy").write_bytes(b"states")
    old = json.loads((tmp_path / "000004.json").read_text())
    (tmp_path / "000004.json").write_text(json.dumps(old | {"captions": ["something else"]}))
    assert tell_anew(1, tmp_path) == 1
    assert json.loads((tmp_path / "000004.json").read_text()) == old
    assert [one.name for one in states.iterdir()] == ["000003.npy"]
