"""Write a trained reader of lines as the ONNX file that :mod:`engines.boards.recogniser` reads.

    python -m training.export_reader [--state var/training/reader/reader.safetensors] OUT.onnx

Input ``lines``: N × 1 × 32 × width, float32, 0 … 1, dark on light, width a multiple of 4. Output ``letters``:
N × width/4 × COUNT, float32, log-probabilities. The weights are float16 and become float32 when they are loaded, the
normalisations folded into the convolutions before them.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from engines.boards.line_images import HEIGHT
from training.reader import LineReader, load_reader, parameters
from training.train_reader import ROOT

OPSET = 17


class _LinesFirst(nn.Module):
    """A reader that answers line by line: N × width/4 × COUNT."""

    def __init__(self, reader: LineReader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, images: Tensor) -> Tensor:
        answers: Tensor = self.reader(images)
        return answers.permute(1, 0, 2)


def exported(reader: LineReader) -> onnx.ModelProto:
    """Return a reader as ONNX with float16 weights. Raises ``ValueError`` for weights beyond float16."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the newer exporter wants two more packages for the same dozen operators
        file = Path(folder) / "lines.onnx"
        torch.onnx.export(
            _LinesFirst(reader).eval(),
            (torch.rand(2, 1, HEIGHT, 128),),
            file,
            input_names=["lines"],
            output_names=["letters"],
            dynamic_axes={"lines": {0: "count", 3: "width"}, "letters": {0: "count", 1: "places"}},
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(file)
    _halve(model)
    onnx.checker.check_model(model, full_check=True)
    return model


def _halve(model: onnx.ModelProto) -> None:
    """Keep weights as float16, and have each cast when the file is loaded: computing stays in float32."""
    casts = []
    for weights in model.graph.initializer:
        if weights.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(weights)
        if np.abs(values).max(initial=0) > np.finfo(np.float16).max:
            raise ValueError(f"{weights.name} holds numbers that float16 cannot.")
        name = weights.name
        weights.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--state", type=Path, default=ROOT / "reader" / "reader.safetensors")
    parser.add_argument("out", type=Path, metavar="OUT.onnx")
    options = parser.parse_args()
    reader = load_reader(options.state)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(exported(reader).SerializeToString())
    size = options.out.stat().st_size / 1e6
    print(f"{options.out}: {parameters(reader) / 1e6:.2f} million parameters, {size:.2f} MB")


if __name__ == "__main__":
    main()
