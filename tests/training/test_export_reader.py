"""The exported reader of lines answers like the trained one, and so does the engine that reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import safetensors.torch
import torch
from torch import nn

from engines.boards.alphabet import COUNT, text_of
from engines.boards.line_images import answers_of, normalised
from engines.boards.recogniser import Recogniser
from training import export_reader
from training.reader import LineReader, likeliest, load_reader, parameters


def made(features: tuple[int, int, int, int] = (4, 6, 8, 10)) -> LineReader:
    """Build a reader whose normalisations have seen something."""
    torch.manual_seed(5)
    reader = LineReader(features).eval()
    for part in reader.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.2)
            part.running_var.uniform_(0.5, 2.0)
    with torch.no_grad():  # lets different places answer differently
        reader.answer.weight.mul_(20)
    return reader


def test_the_exported_network_answers_like_the_trained_one_at_any_width() -> None:
    reader = made()
    model = export_reader.exported(reader)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for count, width in ((1, 64), (3, 200)):
        lines = torch.rand(count, 1, 32, width)
        [told] = session.run(None, {"lines": lines.numpy()})
        with torch.inference_mode():
            wanted = reader(lines).permute(1, 0, 2).numpy()
        assert told.shape == (count, width // 4, COUNT)
        assert wanted.std(axis=1).max() > 0.1
        assert np.abs(told - wanted).max() < 0.02


def test_weights_are_kept_as_float16_and_normalisations_are_folded() -> None:
    reader = made()
    model = export_reader.exported(reader)
    assert "BatchNormalization" not in {node.op_type for node in model.graph.node}
    assert len(model.SerializeToString()) < 2.2 * parameters(reader) + 30_000
    assert sum(4 * np.prod(one.dims) for one in model.graph.initializer if one.data_type == 1) == 0


def test_weights_beyond_float16_are_refused() -> None:
    reader = made()
    with torch.no_grad():
        reader.answer.weight[0, 0, 0] = 1e6
    with pytest.raises(ValueError, match="float16"):
        export_reader.exported(reader)


@pytest.mark.slow
def test_the_engine_reads_what_the_trained_reader_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = made((24, 48, 96, 160))
    safetensors.torch.save_file(reader.state_dict(), tmp_path / "reader.safetensors")
    out = tmp_path / "weights" / "lines.onnx"
    monkeypatch.setattr(
        "sys.argv", ["export_reader", "--state", str(tmp_path / "reader.safetensors"), str(out)]
    )
    export_reader.main()
    assert out.stat().st_size < 5e6

    random = np.random.default_rng(2)
    part = np.repeat(random.integers(0, 256, (20, 160, 1), dtype=np.uint8), 3, axis=2)
    image = normalised(part)
    assert image.shape == (32, 256)  # as wide as the engine makes it
    with torch.inference_mode():
        [answers] = likeliest(reader(torch.from_numpy(image)[None, None].float() / 255))
    [(text, confidence)] = Recogniser.load(out, key="lines", threads=1).read([part])
    assert text == text_of(answers[: answers_of(256)]).strip() != ""
    assert 0 < confidence <= 1


def test_a_reader_is_loaded_from_its_weights_or_the_average_of_its_state(tmp_path: Path) -> None:
    one, other = LineReader(), LineReader()
    torch.save({"network": other.state_dict(), "average": one.state_dict()}, tmp_path / "state.pt")
    safetensors.torch.save_file(one.state_dict(), tmp_path / "reader.safetensors")
    for name in ("state.pt", "reader.safetensors"):
        loaded = load_reader(tmp_path / name)
        assert not loaded.training
        assert torch.equal(loaded.answer.weight, one.answer.weight)


def test_a_reader_that_is_missing_or_another_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "reader.safetensors"
    with pytest.raises(SystemExit, match="missing"):
        load_reader(file)
    safetensors.torch.save_file(made().state_dict(), file)
    with pytest.raises(SystemExit, match="another network"):
        load_reader(file)
