"""What `bench.photos` keeps for the report to the client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import photos
from bench.photos import BULK, QUIET, Sent
from bench.report import Figure, Measurement


@contextmanager
def nothing(*_given: object, **_more: object) -> Iterator[str]:
    """Stand for the servers."""
    yield ""


def test_the_bench_of_photos_saves_all_that_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [
        Sent(0, 10.0, 2.0, "done", "full"),
        Sent(0, 20.0, 4.0, "done", "light"),
        Sent(1, None, None, "late", ""),
    ]
    monkeypatch.setattr(photos, "web_server", nothing)
    monkeypatch.setattr(photos, "workers", nothing)
    monkeypatch.setattr(photos, "launch_bulk", lambda: None)
    monkeypatch.setattr(photos, "send", lambda *_given: sent)
    file = tmp_path / "new" / "service.json"
    photos.measure(3, 1, 1, file=file, check=False)
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["setting"].items() >= {"people": 3, "photos": 1, "workers": 1}.items()
    figures = {figure["name"]: figure for figure in kept["figures"]}
    assert len(figures) == len(kept["figures"]) == 2 * (3 + 2 + 2 * 3) + 5
    assert figures[f"share that succeeded, {BULK}"] == {
        "name": f"share that succeeded, {BULK}", "measured": 2 / 3, "unit": "", "promised": 0.98, "at_least": True
    }  # fmt: skip
    assert figures[f"p95 from upload to result, {QUIET}"] == {
        "name": f"p95 from upload to result, {QUIET}", "measured": pytest.approx(362.0), "unit": "s",
        "promised": 120.0, "at_least": False,
    }  # fmt: skip
    assert figures[f"median from upload to result, {QUIET}"]["measured"] == 20
    assert figures[f"longest from upload to result, {QUIET}"]["promised"] is None
    assert figures[f"slowest person's mean over the fastest's, {QUIET}"]["measured"] == pytest.approx(
        400 / 15
    )
    assert figures[f"photos with effort light, {BULK}"]["measured"] == 1
    assert figures[f"median work with effort light, {BULK}"]["measured"] == 4
    assert figures["longest from upload to result, usual, computed"]["measured"] == 30
    assert Measurement.load(file).find(f"photos with effort full, {QUIET}") == Figure(
        f"photos with effort full, {QUIET}", 1
    )
