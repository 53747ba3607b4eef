"""The design system holds what it promises: contrast, icons that are there, no inline script."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

TOP: Path = settings.BASE_DIR
TEMPLATES = sorted(TOP.glob("templates/**/*.html"))
CSS = TOP / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
THEMES = {
    "light": {name: light for name, light, _dark in COLOUR.findall(TOKENS)},
    "dark": {name: dark for name, _light, dark in COLOUR.findall(TOKENS)},
}
TEXT = 4.5
OUTLINE = 3.0
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft", "ink-faint", "accent", "bad-ink")
      for ground in ("ground", "surface", "surface-raised")],
    ("ink", "surface-sunken", TEXT), ("ink-soft", "surface-sunken", TEXT), ("ink-faint", "surface-sunken", TEXT),
    ("accent-ink", "accent", TEXT), ("accent-ink", "accent-strong", TEXT),
    ("accent-ground-ink", "accent-ground", TEXT), ("good-ink", "good-ground", TEXT), ("warn-ink", "warn-ground", TEXT),
    ("bad-ink", "bad-ground", TEXT), ("bad-on", "bad", TEXT),
    ("line-strong", "surface", OUTLINE), ("line-strong", "ground", OUTLINE), ("accent", "ground", OUTLINE),
]  # fmt: skip


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_have_the_contrast_of_wcag_aa(theme: str, ink: str, ground: str, least: float) -> None:
    colours = THEMES[theme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_every_icon_is_among_the_libraries_and_every_library_icon_is_used() -> None:
    used = set()
    for template in TEMPLATES:
        used |= set(re.findall(r'{% icon "([\w-]+)" %}', template.read_text()))
        used |= set(re.findall(r'symbol="([\w-]+)"', template.read_text()))
    listed = json.loads((TOP / "package.json").read_text())["vendor"]["lucide"]
    assert {Path(name).stem for name in listed if name.endswith(".svg")} == used


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_template_has_no_inline_script_style_or_foreign_host(template: Path) -> None:
    source = template.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"<style|\son\w+=|javascript:|hx-on", source)
    assert not re.search(r'(src|href)="(https?:)?//', source)


# The picture beside the sign-in is dark in both themes, so auth.css has colours of its own.
@pytest.mark.parametrize(
    "name", sorted({file.name for file in CSS.glob("*.css")} - {"tokens.css", "auth.css"})
)
def test_only_the_tokens_name_colours(name: str) -> None:
    found = re.findall(r"(?<![\w%-])#[0-9a-f]{3,8}\b", (CSS / name).read_text())
    assert set(found) <= {"#fff", "#1d8a52", "#4cc486"}


@pytest.mark.parametrize("folder", ["css", "js"])
def test_files_stay_small(folder: str) -> None:
    files = [file for file in (TOP / "static" / folder).rglob("*") if file.is_file()]
    long = {file.name for file in files if len(file.read_text().splitlines()) > 400}
    assert not long
