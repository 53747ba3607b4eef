"""A real network for the recogniser of lines that reads levels of grey: a test draws what is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from engines.boards.alphabet import COUNT, NUMBERS
from engines.boards.line_images import HEIGHT, STEP
from engines.boards.results import Image

LEVELS = {"ж": 0.0, "a": 0.25, "б": 0.5, "z": 0.75}
GROUND = 1.0
SURENESS = 200.0


def write_recogniser(file: Path, count: int = COUNT) -> Path:
    """Write a network that reads ``LEVELS``, and nothing where it is white; of other letters where it knows fewer."""
    wanted = np.full(count, -9.0, dtype=np.float32)
    wanted[0] = GROUND
    for letter, level in LEVELS.items():
        if NUMBERS[letter] < count:
            wanted[NUMBERS[letter]] = level
    # The answer whose level c is nearest to v has the largest 2cv - c².
    weights = {
        "slope": (2 * SURENESS * wanted).reshape(count, 1, 1, 1),
        "offset": -SURENESS * wanted * wanted,
        "shape": np.array([0, count, -1], dtype=np.int64),
    }
    graph = helper.make_graph(
        [
            helper.make_node(
                "AveragePool", ["lines"], ["mean"], kernel_shape=[HEIGHT, STEP], strides=[HEIGHT, STEP]
            ),
            helper.make_node("Conv", ["mean", "slope", "offset"], ["near"]),
            helper.make_node("Reshape", ["near", "shape"], ["flat"]),
            helper.make_node("Transpose", ["flat"], ["places"], perm=[0, 2, 1]),
            helper.make_node("LogSoftmax", ["places"], ["letters"], axis=2),
        ],
        "levels",
        [helper.make_tensor_value_info("lines", TensorProto.FLOAT, ["count", 1, HEIGHT, "width"])],
        [helper.make_tensor_value_info("letters", TensorProto.FLOAT, ["count", "places", count])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    file.write_bytes(model.SerializeToString())
    return file


def bars(text: str, *, height: int = HEIGHT, uncertain: float = 0.0) -> Image:
    """Draw a line that is read as ``text``: letters of two steps with three of ground around, and some black.

    ``uncertain`` moves the levels away from those of the letters.
    """
    bar, gap = round(2 * STEP * height / HEIGHT), round(3 * STEP * height / HEIGHT)
    line = np.full((height, gap + (bar + gap) * len(text)), 255, dtype=np.uint8)
    for number, letter in enumerate(text):
        left = gap + (bar + gap) * number
        line[:, left : left + bar] = round(255 * min(1.0, LEVELS[letter] + uncertain))
    return np.repeat(line[..., None], 3, axis=2)
