"""The charts of the board model's page, drawn by matplotlib."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from bench.board_report import BICUBIC, BOARD, GRAIN, KINDS, ORIGINAL
from bench.board_results import Results, every
from bench.board_sets import CONTENTS, X_HEIGHTS

PALETTE = mpl.colormaps["tab20"].colors  # type: ignore[attr-defined]
IN_TURN = (*range(0, 20, 2), *range(1, 20, 2))
"""Of the palette: its strong colours first, then the light ones."""


def recall_chart(results: Results) -> Figure:
    """Draw recall over the height of letters, a panel for each judge and each script that it reads."""
    panels = [
        (judge, content)
        for judge in results.judges()
        for content in CONTENTS
        if any(results.tally(method, judge, every(content)).written for method in results.methods())
    ]
    figure = Figure(figsize=(4 * max(1, len(panels)) + 2.5, 4), layout="constrained")
    for number, (judge, content) in enumerate(panels, 1):
        axes = figure.add_subplot(1, len(panels), number)
        for method, colour in _colours(results).items():
            if method == GRAIN:
                continue
            found = [
                (height, 100 * tally.recall)
                for height in sorted(X_HEIGHTS)
                if (tally := results.tally(method, judge, every(content, f"{height} px"))).written
            ]
            style = {"color": "grey", "linestyle": "--"} if method == BOARD else {"color": colour}
            if found:
                axes.plot(*zip(*found, strict=True), marker=".", label=method, **style)
        axes.set(title=f"{judge}, {content}", xlabel="x-height in the photo, px", ylim=(0, 102))
        axes.set_xscale("log")
        axes.set_xticks(sorted(X_HEIGHTS), [str(height) for height in sorted(X_HEIGHTS)])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        if number == 1:
            axes.set_ylabel("recall of words, %")
    _name_all(figure)
    return figure


def nearness_chart(results: Results) -> Figure:
    """Draw by how many dB each method is nearer to the sharp board than cubics, by content and colour."""
    colours = {
        method: colour
        for method, colour in _colours(results).items()
        if method not in {BOARD, GRAIN, BICUBIC, ORIGINAL}
    }
    figure = Figure(figsize=(12, 4), layout="constrained")
    axes = figure.add_subplot()
    width = 0.8 / max(1, len(colours))
    for number, (method, colour) in enumerate(colours.items()):
        gains = [results.psnr(method, every(*kind)) - results.psnr(BICUBIC, every(*kind)) for kind in KINDS]
        bars = [(at, gain) for at, gain in enumerate(gains) if not math.isnan(gain)]
        places = [at + (number + 0.5) * width - 0.4 for at, _ in bars]
        axes.bar(places, [gain for _, gain in bars], width, label=method, color=colour)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks(range(len(KINDS)), ["\n".join(kind) for kind in KINDS])
    axes.set_ylabel("PSNR over bicubic, dB")
    axes.grid(axis="y", alpha=0.3)
    _name_all(figure)
    return figure


def loss_chart(logs: Sequence[Path]) -> Figure:
    """Draw the loss over the steps of each training."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.add_subplot()
    for log in logs:
        with log.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        steps, losses = ([float(row[name]) for row in rows] for name in ("step", "loss"))
        axes.plot(steps, losses, label=log.stem.removeprefix("log-"), linewidth=1)
    axes.set(xlabel="steps", ylabel="loss", yscale="log")
    axes.grid(alpha=0.3, which="both")
    _name_all(figure)
    return figure


def write(figure: Figure, file: Path) -> None:
    """Write a figure as SVG: the same bytes for the same figure, without the time and the version."""
    with mpl.rc_context({"svg.hashsalt": "board-model"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def _colours(results: Results) -> dict[str, tuple[float, float, float]]:
    """Return a colour for each method, the same in every chart."""
    return {
        method: PALETTE[IN_TURN[number % len(IN_TURN)]] for number, method in enumerate(results.methods())
    }


def _name_all(figure: Figure) -> None:
    """Name every line and bar once, beside the panels."""
    named: dict[str, Artist] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        named |= dict(zip(labels, handles, strict=True))
    figure.legend(named.values(), named.keys(), loc="outside right upper", frameon=False)
