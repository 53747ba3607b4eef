"""Formulas as they stand on boards: fractions, powers, roots, sums, integrals; set by matplotlib's mathtext."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser, RasterParse
from numpy.typing import NDArray

FAMILIES = {False: ("cm", "stix", "dejavusans"), True: ("stixsans", "dejavuserif")}
"""Of mathtext: those trained on, and those held out."""

X_HEIGHT = 0.46
"""Of a small letter, as a share of the size."""

LETTERS = "abcdefghiklmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ"
GREEK = (
    *(r"\alpha", r"\beta", r"\gamma", r"\delta", r"\epsilon", r"\theta", r"\lambda", r"\mu", r"\pi", r"\rho"),
    *(r"\sigma", r"\tau", r"\varphi", r"\psi", r"\omega", r"\Delta", r"\Sigma", r"\Omega", r"\Gamma"),
)
RELATIONS = (
    "=",
    "=",
    "=",
    "<",
    ">",
    r"\leq",
    r"\geq",
    r"\neq",
    r"\approx",
    r"\to",
    r"\Rightarrow",
    r"\in",
    r"\subset",
)
OPERATORS = ("+", "-", r"\cdot", r"\times", "/", r"\pm", r"\cup", r"\cap")
FUNCTIONS = (r"\sin", r"\cos", r"\log", r"\ln", r"\exp", r"\max", r"\lim", r"\tan", "f", "g", "P", "E")


def formula(random: np.random.Generator) -> str:
    """Return a formula in TeX's notation, of one line."""
    left = _term(random, 1)
    if random.random() < 0.25:
        return f"{left}{_one(random, RELATIONS)}{_sum(random, 1)}{_one(random, RELATIONS)}{_term(random, 0)}"
    return f"{left}{_one(random, RELATIONS)}{_sum(random, 2)}"


def mask_of(text: str, x_height: float, family: str) -> NDArray[np.float32]:
    """Set a formula in small letters of about ``x_height`` pixels; returns where its ink is, H × W, 0.0 … 1.0."""
    parsed = _parser().parse(
        f"${text}$", 72, FontProperties(size=x_height / X_HEIGHT, math_fontfamily=family)
    )
    return np.divide(parsed.image, 255, dtype=np.float32)


@cache
def _parser() -> MathTextParser[RasterParse]:
    return MathTextParser("agg")


def _one(random: np.random.Generator, some: tuple[str, ...] | str) -> str:
    return f" {some[random.integers(len(some))]} "


def _letter(random: np.random.Generator) -> str:
    return _one(random, GREEK if random.random() < 0.25 else LETTERS)


def _number(random: np.random.Generator) -> str:
    return str(int(random.integers(1, 10 ** int(random.integers(1, 4)))))


def _sum(random: np.random.Generator, depth: int) -> str:
    terms = [_term(random, depth) for _ in range(int(random.integers(1, 4)))]
    return "".join(term + _one(random, OPERATORS) for term in terms[:-1]) + terms[-1]


def _term(random: np.random.Generator, depth: int) -> str:
    """Return a part of a formula; what it holds has less ``depth``, and at 0 it is a letter or a number."""
    kind = random.random()
    if depth == 0 or kind < 0.25:
        return _letter(random) if random.random() < 0.7 else _number(random)
    if kind < 0.4:
        return f"{_letter(random)}^{{{_term(random, 0)}}}"
    if kind < 0.52:
        return f"{_letter(random)}_{{{_term(random, 0)}}}"
    if kind < 0.68:
        return rf"\frac{{{_sum(random, 0)}}}{{{_sum(random, 0)}}}"
    if kind < 0.76:
        return rf"\sqrt{{{_sum(random, 0)}}}"
    if kind < 0.86:
        return f"{_one(random, FUNCTIONS)}({_sum(random, 0)})"
    if kind < 0.93:
        return rf"\sum_{{{_letter(random)}=1}}^{{{_letter(random)}}}{_term(random, 0)}"
    return rf"\int_{{{_term(random, 0)}}}^{{{_term(random, 0)}}}{_sum(random, 0)}\,d{_letter(random)}"
