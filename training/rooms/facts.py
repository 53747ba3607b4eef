"""What is kept beside each picture: what is in it, and its captions."""

from __future__ import annotations

import json
from pathlib import Path

from training.rooms.draw import draw_scene
from training.rooms.scenes import Scene


def tell(file: Path, scene: Scene, seed: int) -> bool:
    """Write what is in a picture, unless the file says just that; tell whether it was written."""
    told = json.dumps(scene.facts() | {"seed": seed}) + "\n"
    if file.is_file() and file.read_text(encoding="utf-8") == told:
        return False
    part = file.with_suffix(".part")
    part.write_text(told, encoding="utf-8")
    part.rename(file)
    return True


def tell_anew(seed: int, folder: Path) -> int:
    """Write the captions of all pictures of a folder anew; returns how many changed, whose states are forgotten."""
    changed = 0
    for file in sorted(folder.glob("[0-9]*.json")):
        if tell(file, draw_scene(seed, int(file.stem)), seed):
            (folder / "states" / f"{file.stem}.npy").unlink(missing_ok=True)
            changed += 1
    return changed
