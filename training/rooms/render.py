"""Render the pictures that the demonstration model is trained on; goes on where it was stopped.

    python -m training.rooms.render [--count 6000] [--seed 1] [--folder var/training/rooms/pictures] [--threads 1]
                                    [--first 0] [--every 1] [--captions]

Writes ``NUMBER.png`` and ``NUMBER.json`` (what is in it, captions) per picture. Needs the renderer's environment
(``requirements-render.txt``). With ``--every 2``, a second process with ``--first 1`` renders the other half.
``--captions`` renders nothing and writes anew what is told of the pictures that are there: after a change of captions
alone. A change of what scenes show needs another seed.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from training.rooms.blender import SAMPLES, SIDE, Renderer
from training.rooms.catalogue import ROOT
from training.rooms.draw import draw_scene
from training.rooms.facts import tell, tell_anew

PICTURES = ROOT / "pictures"


def render(
    numbers: range, seed: int, folder: Path, threads: int, samples: int = SAMPLES, side: int = SIDE
) -> int:
    """Render what is missing of some numbers; returns how many that were."""
    folder.mkdir(parents=True, exist_ok=True)
    renderer = Renderer(threads, samples, side)
    begun, made = time.monotonic(), 0
    for number in numbers:
        facts = folder / f"{number:06}.json"
        if facts.is_file():
            continue
        scene = draw_scene(seed, number)
        renderer.render(scene, folder / f"{number:06}.png")
        tell(facts, scene, seed)
        made += 1
        if made % 50 == 0:
            print(f"{made} pictures, {(time.monotonic() - begun) / made:.2f} s each", flush=True)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=PICTURES)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--side", type=int, default=SIDE)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--captions", action="store_true")
    given = parser.parse_args()
    if given.captions:
        print(f"{tell_anew(given.seed, given.folder)} captions changed.")
        raise SystemExit
    numbers = range(given.first, given.count, given.every)
    print(
        f"{render(numbers, given.seed, given.folder, given.threads, given.samples, given.side)} pictures rendered."
    )
