"""Our own recogniser of lines: Latin, Cyrillic and Greek letters, digits and signs; on onnxruntime, on the CPU.

``training/train_reader.py`` trains it, ``training/export_reader.py`` writes its file. It helped to train the network
for boards, so it is no judge in their evaluation (``bench/boards.py``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from engines.boards.alphabet import COUNT, runs_of
from engines.boards.line_images import HEIGHT, STEP, answers_of, normalised, width_of
from engines.boards.results import Image, LineImage
from engines.errors import ModelUnavailable

WIDTH_STEP = 16 * STEP
"""Pixels: lines are padded to the next multiple of it, and only those of one width are read together.

So a line reads the same whatever is read beside it.
"""

MOST_COLUMNS = 8192
"""Pixels of width that are read at once; a line that is wider by itself is taken for a stroke."""

Read = tuple[str, float]
"""A text and its confidence, 0.0 … 1.0; ("", 0.0) where nothing is read."""


class Recogniser:
    """Recognises the text of cut lines. The same lines read the same, in whatever company."""

    def __init__(self, session: onnxruntime.InferenceSession, revision: str) -> None:
        self.revision = revision
        self._session = session

    @classmethod
    def load(cls, file: Path, *, key: str, threads: int = 0) -> Recogniser:
        """Load the network of an ONNX file (``training/export_reader.py``) with ``threads``; 0: as many as may be.

        Raises :class:`ModelUnavailable`, in the name of the model ``key``, where the file is missing, cannot be read
        or answers in other letters than ``alphabet.LETTERS``.
        """
        if not file.is_file():
            raise ModelUnavailable(key, str(file), "The file is not there: python -m training.export_reader.")
        content = file.read_bytes()
        try:
            session = onnxruntime.InferenceSession(
                content, _options(threads), providers=["CPUExecutionProvider"]
            )
            made = cls(session, hashlib.sha256(content).hexdigest()[:16])
            told = made._told(np.full((1, HEIGHT, WIDTH_STEP), 255, dtype=np.uint8))
        except Exception as error:
            raise ModelUnavailable(
                key, str(file), f"It cannot be read ({type(error).__name__}): export it anew."
            ) from error
        if told.shape != (1, WIDTH_STEP // STEP, COUNT):
            raise ModelUnavailable(key, str(file), "It was trained on other letters: export it anew.")
        return made

    def read(self, lines: Sequence[Image]) -> tuple[Read, ...]:
        """Read lines, each H × W × 3, uint8, RGB; their text and confidence in the order of the lines.

        The confidence is the mean, over the letters read, of the probability of each at the place where it is highest.
        It is the network's own word and not calibrated: ``bench.recogniser`` prints how often it is right.
        """
        read: list[Read] = [("", 0.0)] * len(lines)
        usable = [
            index
            for index, line in enumerate(lines)
            if line.size and width_of(*line.shape[:2]) <= MOST_COLUMNS
        ]
        images = {index: normalised(lines[index]) for index in usable}
        for together in _batches({index: image.shape[1] for index, image in images.items()}):
            told = self._told(np.stack([_padded(images[index]) for index in together]))
            for index, answers in zip(together, told, strict=True):
                read[index] = _decoded(answers[: answers_of(images[index].shape[1])])
        return tuple(read)

    def _told(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the log-probabilities of letters, N × width/4 × ``COUNT``, of lines N × 32 × width."""
        levels = np.divide(images[:, None], 255, dtype=np.float32)
        [told] = self._session.run(None, {"lines": levels})
        return np.asarray(told, dtype=np.float32)


def _options(threads: int) -> onnxruntime.SessionOptions:
    """Return options under which the same input gives the same output."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    return options


def _full_width(width: int) -> int:
    return -(-width // WIDTH_STEP) * WIDTH_STEP


def _padded(image: LineImage) -> LineImage:
    return np.pad(image, ((0, 0), (0, _full_width(image.shape[1]) - image.shape[1])), "edge")


def _batches(widths: dict[int, int]) -> Iterator[list[int]]:
    """Yield the indices of lines that are read together: of one padded width, and no more than fit."""
    groups: dict[int, list[int]] = {}
    for index, width in widths.items():
        groups.setdefault(_full_width(width), []).append(index)
    for width, group in groups.items():
        most = MOST_COLUMNS // width
        for begin in range(0, len(group), most):
            yield group[begin : begin + most]


def _decoded(answers: NDArray[np.float32]) -> Read:
    """Return the text and confidence of the log-probabilities at each place along a line, places × ``COUNT``."""
    likeliest = answers.argmax(axis=1)
    runs = list(runs_of(likeliest.tolist()))
    text = "".join(run.letter for run in runs)
    if not text.strip():
        return "", 0.0
    highest = np.exp(answers.max(axis=1))
    sure = float(np.mean([highest[run.begin : run.end].max() for run in runs]))
    return text.strip(), min(1.0, sure)
