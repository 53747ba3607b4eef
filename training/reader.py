"""A small reader of lines: convolutions alone, trained with CTC (Graves et al. 2006; CRNN, arXiv:1507.05717).

Instead of a recurrent part, widening one-dimensional convolutions look along the line: as good for lines of a few
words, and several times as fast on a CPU.
"""

from __future__ import annotations

from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.boards.alphabet import COUNT


class _Block(nn.Module):
    """Two convolutions with normalisation and a way past them."""

    def __init__(self, given: int, features: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(given, features, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(features)
        self.conv2 = nn.Conv2d(features, features, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(features)
        self.past = nn.Conv2d(given, features, 1, bias=False) if given != features else nn.Identity()

    def forward(self, maps: Tensor) -> Tensor:
        made = self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(maps)))))
        return functional.relu(made + self.past(maps))


class _Along(nn.Module):
    """A look along the line: depthwise, then across features, and a way past both."""

    def __init__(self, features: int, dilation: int) -> None:
        super().__init__()
        self.look = nn.Conv1d(
            features, features, 5, padding=2 * dilation, dilation=dilation, groups=features, bias=False
        )
        self.norm = nn.BatchNorm1d(features)
        self.wide = nn.Conv1d(features, 2 * features, 1)
        self.narrow = nn.Conv1d(2 * features, features, 1)

    def forward(self, maps: Tensor) -> Tensor:
        made: Tensor = maps + self.narrow(functional.relu(self.wide(self.norm(self.look(maps)))))
        return made


class LineReader(nn.Module):
    """Reads lines: count × 1 × 32 × width (0 … 1, dark on light) to log-probabilities, width/4 × count × letters."""

    def __init__(self, features: tuple[int, int, int, int] = (24, 48, 96, 160)) -> None:
        super().__init__()
        one, two, three, four = features
        self.stem = nn.Sequential(
            nn.Conv2d(1, one, 3, padding=1, bias=False), nn.BatchNorm2d(one), nn.ReLU(), nn.MaxPool2d(2),
            _Block(one, two), nn.MaxPool2d(2),
        )  # fmt: skip
        self.middle = nn.Sequential(
            _Block(two, three), nn.MaxPool2d((2, 1)), _Block(three, four), nn.MaxPool2d((2, 1))
        )
        self.column = nn.Conv2d(four, 2 * four, (2, 1))
        self.along = nn.Sequential(*(_Along(2 * four, dilation) for dilation in (1, 2, 4, 1)))
        self.answer = nn.Conv1d(2 * four, COUNT, 1)

    def features_of(self, images: Tensor) -> list[Tensor]:
        """Return what it sees on the way: of strokes at a quarter of the size, and of letters."""
        strokes = self.stem((images - 0.5) * 2)
        return [strokes, self.middle(strokes)]

    def forward(self, images: Tensor) -> Tensor:
        return self.answers_to(self.features_of(images)[1])

    def answers_to(self, letters: Tensor) -> Tensor:
        """Return the log-probabilities, width/4 × count × letters, from the features of letters."""
        maps = self.column(letters)[:, :, 0]
        answers: Tensor = self.answer(self.along(functional.dropout(maps, 0.1, self.training)))
        return functional.log_softmax(answers.float(), dim=1).permute(2, 0, 1)


def parameters(network: nn.Module) -> int:
    """Return how many numbers a network has learnt."""
    return sum(one.numel() for one in network.parameters())


def likeliest(log_probabilities: Tensor) -> list[list[int]]:
    """Return the likeliest answer at each place of each line."""
    found: list[list[int]] = torch.argmax(log_probabilities, dim=2).t().tolist()
    return found


def load_reader(file: Path) -> LineReader:
    """Return the reader that ``train_reader`` kept, ready to read: ``reader.safetensors``, or ``state.pt``.

    Raises ``SystemExit`` where the file is missing or of another network.
    """
    if not file.is_file():
        raise SystemExit(f"{file} is missing: python -m training.train_reader.")
    if file.suffix == ".safetensors":
        weights = safetensors.torch.load_file(file)
    else:
        weights = torch.load(file, map_location="cpu", weights_only=True)["average"]
    reader = LineReader()
    try:
        reader.load_state_dict(weights)
    except RuntimeError as error:
        raise SystemExit(f"{file} is of another network: {error}") from error
    return reader.eval()
