"""What the demonstration model shows of what it is asked for, how fast, and how far from the pictures it learnt from.

``python -m bench.demo_model [--weights FOLDER] [--pictures N] [--sheets FOLDER] [--check]`` generates pictures of
captions that no training saw, and has a judge read them that was trained on renderings alone
(``training.rooms.judge``): concept, kind of room, place or object, colour of the main thing. Beside it stand what the
judge reads in renderings that it has not seen (the most there is to reach), and how often its answers fit the captions
of *other* pictures (chance). Then: seconds for a picture of 512 px, bytes of the weights, and for 20 pictures the
nearest of the training set by pixels and by the judge's features, on a sheet; their distances are held against those
of unseen renderings to the same set. Needs the rendered pictures and the judge.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bench.report import Promise, conclude, parser, table
from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderRequest
from engines.specs import ImageModelSpec
from training.rooms import data, judge
from training.rooms.autoencoder import levels, save_sheet
from training.rooms.catalogue import ROOT
from training.rooms.draw import draw_scene
from training.rooms.export import MOST_BYTES, SHIPPED, spec_of

FIRST = 1_000_000
"""The number of the first scene asked for: none from here on is ever rendered."""

NEAREST = 20


@dataclass(frozen=True)
class Asked:
    """Captions that no training saw, and the right answers of the judge to each."""

    captions: list[str]
    right: Tensor


def asked(count: int) -> Asked:
    """Draw scenes that are not rendered, and take their fullest caption each."""
    scenes = [draw_scene(1, FIRST + n) for n in range(count)]
    return Asked(
        [scene.captions[0] for scene in scenes],
        torch.tensor([judge.answers_of(scene.facts()) for scene in scenes]),
    )


def generate(model: ImageModel, captions: list[str]) -> Tensor:
    """Return the model's pictures of captions, N × 3 × height × width, levels −1 … 1."""
    made = model.render([_request(model.spec, caption, seed) for seed, caption in enumerate(captions)])
    return levels(np.stack([np.asarray(one.image).transpose(2, 0, 1) for one in made]))


def _request(spec: ImageModelSpec, caption: str, seed: int) -> RenderRequest:
    return RenderRequest(
        prompt=caption, seed=seed, width=spec.default_width, height=spec.default_height, steps=spec.default_steps,
        guidance_scale=spec.default_guidance_scale,
    )  # fmt: skip


def thumbnails(pictures: Tensor) -> Tensor:
    """Return pictures as 16 × 16 pixels in a row each: what they are to a distance by pixels."""
    return functional.adaptive_avg_pool2d(pictures, 16).flatten(1)


def nearest(of: Tensor, among: Tensor) -> tuple[Tensor, Tensor]:
    """Return for each row of ``of`` the distance to the nearest of ``among``, and its place."""
    distances = torch.cdist(of, among)
    return distances.amin(1), distances.argmin(1)


def seconds_a_picture(spec: ImageModelSpec) -> float:
    """Return how long one picture takes at the size that users see, the best of three after a first."""
    model = ImageModel.load(spec)
    requests = [_request(spec, "office with desks, soft daylight", seed) for seed in range(4)]
    taken = []
    for request in requests:
        begun = time.perf_counter()
        model.render([request])
        taken.append(time.perf_counter() - begun)
    return min(taken[1:])


def main() -> None:
    """Print the figures."""
    arguments = parser(__doc__)
    arguments.add_argument("--weights", type=Path, default=SHIPPED)
    arguments.add_argument("--pictures", type=int, default=200)
    arguments.add_argument("--sheets", type=Path, default=ROOT.parent / "rooms-sheets")
    given = arguments.parse_args()
    given.sheets.mkdir(parents=True, exist_ok=True)
    reader = judge.load()
    source = ROOT / "pictures"

    held_out = data.numbers_in(source, held_out=True)
    unseen = levels(data.load(source, held_out))
    right = torch.tensor([judge.answers_of(data.facts_of(source, number)) for number in held_out])
    told_of_unseen, features_of_unseen = judge.read(reader, unseen)
    ceiling = judge.accuracy(told_of_unseen, right)

    wanted = asked(given.pictures)
    pictures = generate(ImageModel.load(spec_of(given.weights, enlarged=False)), wanted.captions)
    told, features = judge.read(reader, pictures)
    ours = judge.accuracy(told, wanted.right)
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(1))
    chance = judge.accuracy(told, wanted.right[order])
    print(f"{given.pictures} pictures of captions that no training saw; {len(held_out)} renderings held out")
    table(
        ("read by the judge", "ours", "renderings", "captions of others"),
        [(name, *(f"{way[name]:.1%}" for way in (ours, ceiling, chance))) for name in judge.ANSWERS],
    )

    learnt = levels(data.load(source, data.numbers_in(source)))
    _, features_learnt = judge.read(reader, learnt)
    by_pixels = nearest(thumbnails(pictures), thumbnails(learnt))
    by_features = nearest(features, features_learnt)
    usual = [
        float(nearest(thumbnails(unseen), thumbnails(learnt))[0].median()),
        float(nearest(features_of_unseen, features_learnt)[0].median()),
    ]
    table(
        ("distance to the nearest learnt", "ours", "renderings not learnt", "nearer than half of the usual"),
        [
            (name, f"{float(found[0].median()):.2f}", f"{half:.2f}", int((found[0] < half / 2).sum()))
            for name, found, half in zip(("pixels", "features"), (by_pixels, by_features), usual, strict=True)
        ],
    )
    some = range(min(NEAREST, len(pictures)))
    rows = [pictures[list(some)], learnt[by_pixels[1][list(some)]], learnt[by_features[1][list(some)]]]
    save_sheet(torch.cat(rows), given.sheets / "nearest.png", columns=len(some))
    save_sheet(pictures[:48], given.sheets / "generated.png", columns=8)
    print(f"Sheets: {given.sheets} (nearest.png: generated, nearest by pixels, nearest by features)")

    seconds = seconds_a_picture(spec_of(given.weights))
    size = sum(file.stat().st_size for file in given.weights.rglob("*") if file.is_file())
    conclude(
        [
            Promise(
                "concept read in generated pictures", 100 * ours["concept"], 90, at_least=True, unit=" %"
            ),
            Promise("kind read in generated pictures", 100 * ours["kind"], 60, at_least=True, unit=" %"),
            Promise("a picture of 512 px", seconds, 20, unit=" s"),
            Promise("weights in the repository", size / 2**20, MOST_BYTES / 2**20, unit=" MiB"),
        ],
        check=given.check,
    )


if __name__ == "__main__":
    main()
