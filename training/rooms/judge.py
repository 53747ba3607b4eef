"""A judge of generated pictures: a small network that tells concept, kind and colour of a rendering.

    python -m training.rooms.judge [--minutes 10]

Trained on the same renderings as the demonstration model, but it never sees what that makes: what it reads in generated
pictures (``bench.demo_model``) says whether they show what was asked for. Its own accuracy on renderings that it has
not seen is the most that can be reached. Writes ``judge.pt`` to ``var/training/rooms-judge``.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.rooms import data, exteriors, interiors, items
from training.rooms.autoencoder import levels
from training.rooms.catalogue import ROOT
from training.rooms.colours import PAINTS
from training.rooms.draw import SHARES

FOLDER = ROOT.parent / "rooms-judge"
CONCEPTS = tuple(SHARES)
KINDS = (
    *(f"interior: {kind}" for kind in interiors.KINDS),
    *(f"exterior: {kind}" for kind in exteriors.KINDS),
    *(f"item: {kind}" for kind in items.ITEMS),
)
COLOURS = ("", *PAINTS)
ANSWERS = {"concept": len(CONCEPTS), "kind": len(KINDS), "colour": len(COLOURS)}
WIDTHS = (32, 64, 96, 160)


def answers_of(facts: dict[str, Any]) -> list[int]:
    """Return the right answers of a picture: places in ``CONCEPTS``, ``KINDS`` and ``COLOURS``."""
    colour = facts["colour"] if facts["colour"] in PAINTS else ""
    return [
        CONCEPTS.index(facts["concept"]),
        KINDS.index(f"{facts['concept']}: {facts['kind']}"),
        COLOURS.index(colour),
    ]


class Judge(nn.Module):
    """Convolutions with normalised features, halved four times; then means and maxima, and a layer a question."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width in WIDTHS:
            for stride, read in ((2, before), (1, width)):
                layers += [
                    nn.Conv2d(read, width, 3, stride, 1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                ]
            before = width
        self.body = nn.Sequential(*layers)
        self.rest = nn.Dropout(0.3)
        self.answers = nn.ModuleDict({name: nn.Linear(2 * before, count) for name, count in ANSWERS.items()})

    def features(self, pictures: Tensor) -> Tensor:
        """Return what is told pictures (N × 3 × 128 × 128, levels −1 … 1) apart by, N × 320: means and maxima."""
        maps = self.body(functional.avg_pool2d(pictures, 2))
        return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1)

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        told = self.rest(self.features(pictures))
        return {name: layer(told) for name, layer in self.answers.items()}


def augmented(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Mirror, shift by up to 8 pixels, blur and change light: generated pictures are softer than renderings."""
    if torch.rand((), generator=random) < 0.5:
        pictures = pictures.flip(-1)
    across, down = (int(torch.randint(17, (), generator=random)) for _ in range(2))
    pictures = functional.pad(pictures, (8, 8, 8, 8), mode="reflect")[
        ..., down : down + 128, across : across + 128
    ]
    if torch.rand((), generator=random) < 0.5:
        share = 1 + int(torch.randint(1, 4, (), generator=random))
        pictures = functional.interpolate(
            functional.avg_pool2d(pictures, share), size=(128, 128), mode="bilinear"
        )
    gain = 0.9 + 0.2 * torch.rand(len(pictures), 1, 1, 1, generator=random)
    noise = 0.03 * torch.randn(pictures.shape, generator=random)
    return (pictures * gain + noise).clamp(-1, 1)


def train(folder: Path, pictures: Path, minutes: float, seed: int = 1, batch: int = 32) -> Judge:
    """Train a judge for some minutes, the rate falling with the time; writes it to the folder."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    numbers = data.numbers_in(pictures)
    shown = torch.from_numpy(data.load(pictures, numbers))
    right = torch.tensor([answers_of(data.facts_of(pictures, number)) for number in numbers])
    judge = Judge()
    judge.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=0.05)
    begun, step = time.monotonic(), 0
    while (spent := (time.monotonic() - begun) / 60) < minutes:
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * min(1, (step + 1) / 50) * max(0.02, 1 - spent / minutes)
        chosen = torch.randint(len(shown), (batch,), generator=random)
        with torch.autocast("cpu", torch.bfloat16):
            told = judge(
                augmented(levels(shown[chosen]), random).contiguous(memory_format=torch.channels_last)
            )
        loss = sum(
            functional.cross_entropy(told[name].float(), right[chosen, place], label_smoothing=0.05)
            for place, name in enumerate(ANSWERS)
        )
        assert isinstance(loss, Tensor)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        step += 1
        if step % 50 == 0:
            print(f"{step:6}  {spent:5.1f} minutes  loss {float(loss.detach()):.3f}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"judge": judge.state_dict(), "pictures": len(numbers)}, folder / "judge.pt")
    return judge.eval()


def load(folder: Path = FOLDER) -> Judge:
    """Return the trained judge. Raises ``SystemExit`` where there is none."""
    file = folder / "judge.pt"
    if not file.is_file():
        raise SystemExit(f"There is no judge in {folder}: run “python -m training.rooms.judge” first.")
    judge = Judge()
    judge.load_state_dict(torch.load(file, map_location="cpu", weights_only=True)["judge"])
    return judge.eval()


@torch.inference_mode()
def read(judge: Judge, pictures: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Return what a judge tells of pictures (levels −1 … 1): answers by question, and features."""
    told: dict[str, list[Tensor]] = {name: [] for name in ANSWERS}
    features = []
    for part in torch.split(pictures, 64):
        found = judge.features(part)
        features.append(found)
        for name, layer in judge.answers.items():
            told[name].append(layer(found).argmax(1))
    return {name: torch.cat(parts) for name, parts in told.items()}, torch.cat(features)


def accuracy(told: dict[str, Tensor], right: Tensor) -> dict[str, float]:
    """Return the share of right answers by question; of the colour where there is one."""
    shares = {}
    for place, name in enumerate(ANSWERS):
        counted = right[:, place] >= (1 if name == "colour" else 0)
        shares[name] = (
            float((told[name] == right[:, place])[counted].float().mean()) if counted.any() else 0.0
        )
    return shares


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--pictures", type=Path, default=ROOT / "pictures")
    parser.add_argument("--minutes", type=float, default=10.0)
    given = parser.parse_args()
    made = train(given.folder, given.pictures, given.minutes)
    held_out = data.numbers_in(given.pictures, held_out=True)
    right = torch.tensor([answers_of(data.facts_of(given.pictures, number)) for number in held_out])
    told, _ = read(made, levels(data.load(given.pictures, held_out)))
    shares = ", ".join(f"{name} {share:.0%}" for name, share in accuracy(told, right).items())
    print(f"On {len(held_out)} renderings held out: {shares}.")
