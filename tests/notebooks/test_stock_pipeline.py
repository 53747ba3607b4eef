"""The notebook runs from its first cell to its last, in a kernel of its own, as a reader would run it."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from engines.registry import IMAGE_MODELS, LANGUAGE_MODELS

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "stock_pipeline.ipynb"
LONGEST_SECONDS = 600
"""For one cell, on a machine that has other work, too."""


def read() -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def test_the_notebook_is_kept_without_outputs() -> None:
    for cell in read().cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_the_models_that_the_notebook_recommends_are_registered() -> None:
    text = "".join(cell.source for cell in read().cells)
    assert any(f'LANGUAGE_MODELS["{key}"]' in text for key in LANGUAGE_MODELS)
    assert any(f'IMAGE_MODELS["{key}"]' in text for key in IMAGE_MODELS)


@pytest.mark.slow
def test_the_notebook_makes_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    notebook = read()
    NotebookClient(
        notebook,
        timeout=LONGEST_SECONDS,
        # A busy machine may start a kernel in more than a minute, and hand its outputs over in more than 4 seconds;
        # nbclient would give the first up, and leave the second out.
        startup_timeout=LONGEST_SECONDS,
        iopub_timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    ).execute()

    [folder] = tmp_path.glob("stock-*")
    assert len(list(folder.glob("*.png"))) == 6
    sheets = [
        Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert [sheet.size for sheet in sheets] == [(600, 402), (798, 402)]
    assert all(len(sheet.convert("L").getcolors(256)) > 30 for sheet in sheets)
    printed = "".join(
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream"
    )
    assert "8 prompts, the first: hospital ward, pale green walls, morning light" in printed
    assert "unclosed 9" in printed
    assert "topic: Medicine and health" in printed
