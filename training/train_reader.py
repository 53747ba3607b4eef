"""Train the reader of lines; goes on where it was stopped.

    python -m training.train_reader [--seed 1] [--steps 6000] [--folder var/training/reader] [--processes 1]

Writes ``state.pt``, ``log.csv`` and ``reader.safetensors`` to the folder; prints what is read of fonts and words that
it never saw.
"""

from __future__ import annotations

import argparse
import copy
import csv
import math
import time
from collections.abc import Iterable
from pathlib import Path

import safetensors.torch
import torch
from rapidfuzz.distance import Levenshtein
from torch.nn import functional

from engines.boards.alphabet import BLANK, text_of
from training import fonts
from training.boards import Kind
from training.camera import Camera
from training.lines import Lines, line_batches
from training.reader import LineReader, likeliest, parameters

ROOT = Path(__file__).parents[1] / "var" / "training"
WRITTEN = Kind(x_height=(7.0, 36.0), formulas=0.0, spoilt=0.0, drawings=0.3)
UNSEEN = Kind(
    scripts=("latin", "cyrillic"), x_height=(9.0, 32.0), formulas=0.0, spoilt=0.0, drawings=0.3, held_out=True
)
CAMERA = Camera()
BATCH, RATE, WARM_UP = 32, 1.5e-3, 500
KEEP_EVERY, TRY_EVERY = 500, 1000
AVERAGE = 0.999


class ReaderTraining:
    """One training of the reader, and where it stands."""

    def __init__(self, seed: int, steps: int, folder: Path) -> None:
        self.seed, self.steps, self.folder = seed, steps, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(seed)
        self.network = LineReader().to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=RATE, weight_decay=0.01)
        self.step = self.chunk = 0
        self.seconds = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "state.pt").is_file():
            self._go_on()

    def run(self, processes: int, unseen: Iterable[Lines] = ()) -> float:
        """Train to the end; returns the mean loss of the last hundred steps."""
        begun = time.monotonic() - self.seconds
        recent: list[float] = []
        unseen = list(unseen)
        for chunk, lines in line_batches(WRITTEN, CAMERA, self.seed, self.chunk, BATCH, processes):
            if self.step >= self.steps:
                break
            self.chunk = chunk
            recent = [*recent[-99:], self._update(lines)]
            self.seconds = time.monotonic() - begun
            if self.step % 100 == 0:
                self._log(sum(recent) / len(recent))
            if self.step % KEEP_EVERY == 0:
                self.save()
            if unseen and self.step % TRY_EVERY == 0:
                print(f"        never seen: {read_share(self.average, unseen)}", flush=True)
        self.save()
        return sum(recent) / max(1, len(recent))

    def _update(self, lines: Lines) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = RATE * self._share_of_rate()
        self.network.train()
        images = lines.images.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            told = self.network(images)
        loss = functional.ctc_loss(
            told.float(),
            lines.numbers.to(self.device),
            lines.widths.clamp(max=told.shape[0]),
            lines.lengths,
            BLANK,
            zero_infinity=True,
        )
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimiser.step()
        self.step += 1
        kept = min(AVERAGE, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(new, 1 - kept)
            for mean, new in zip(self.average.buffers(), self.network.buffers(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(new, 1 - kept)
        return float(loss.detach())

    def _share_of_rate(self) -> float:
        if self.step < WARM_UP:
            return (self.step + 1) / WARM_UP
        return 0.5 * (1 + math.cos(math.pi * (self.step - WARM_UP) / max(1, self.steps - WARM_UP)))

    def save(self) -> None:
        """Write what is needed to go on, and the weights."""
        state = {
            "seed": self.seed, "steps": self.steps, "step": self.step, "chunk": self.chunk, "seconds": self.seconds,
            "network": self.network.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }  # fmt: skip
        part = self.folder / "state.part"
        torch.save(state, part)
        part.rename(self.folder / "state.pt")
        weights = {name: values.cpu().contiguous() for name, values in self.average.state_dict().items()}
        safetensors.torch.save_file(weights, self.folder / "reader.safetensors")

    def _go_on(self) -> None:
        state = torch.load(self.folder / "state.pt", map_location=self.device, weights_only=True)
        if (state["seed"], state["steps"]) != (self.seed, self.steps):
            raise SystemExit(f"{self.folder} holds another training (seed {state['seed']}).")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.chunk, self.seconds = state["step"], state["chunk"], state["seconds"]

    def _log(self, loss: float) -> None:
        file = self.folder / "log.csv"
        is_new = not file.is_file()
        with file.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if is_new:
                writer.writerow(("step", "seconds", "loss"))
            writer.writerow((self.step, round(self.seconds), f"{loss:.4f}"))
        print(f"{self.step:6} of {self.steps}  {self.seconds:7.0f} s  loss {loss:.4f}", flush=True)


def read_share(network: LineReader, batches: Iterable[Lines]) -> str:
    """Tell the share of words read rightly (case aside), and of letters read wrongly."""
    words = right = letters = wrong = 0
    for lines in batches:
        with torch.inference_mode():
            told = likeliest(network(lines.images.to(next(network.parameters()).device)))
        for answers, width, text in zip(told, lines.widths.tolist(), lines.texts, strict=True):
            read = text_of(answers[:width])
            words += len(text.split())
            known = read.lower().split()
            for word in text.lower().split():
                if word in known:
                    known.remove(word)
                    right += 1
            letters += len(text)
            wrong += Levenshtein.distance(text, read)
    return f"{right / max(1, words):.1%} of {words} words, {wrong / max(1, letters):.1%} of the letters wrong"


def unseen_lines(chunks: int = 3) -> list[Lines]:
    """Draw lines in fonts and words that no training sees."""
    found: list[Lines] = []
    for chunk, lines in line_batches(UNSEEN, Camera(strength=0.6), 991, 0, BATCH, 0):
        if chunk >= chunks:
            return found
        found.append(lines)
    return found


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=6_000)
    parser.add_argument("--folder", type=Path, default=ROOT / "reader")
    parser.add_argument("--processes", type=int, default=1, help="that draw boards beside the training")
    options = parser.parse_args()
    fonts.fetch()
    training = ReaderTraining(options.seed, options.steps, options.folder)
    print(f"{parameters(training.network) / 1e6:.2f} million parameters")
    training.run(options.processes, unseen_lines())


if __name__ == "__main__":
    main()
