"""How a result came about, in words that somebody understands who has never heard of any of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from upscale.models import Photo

register = template.Library()

FILES = {
    "original": "original", "photo": "original", "before": "cutout", "result": "result", "display": "display",
    "preview": "preview",
}  # fmt: skip
"""The addresses of files, each with the field whose change makes it another file."""

METHODS = {
    "original": gettext_lazy("This is your photo itself, unchanged."),
    "evened": gettext_lazy("The light was evened out. The writing is as in your photo."),
    "bicubic": gettext_lazy(
        "The light was evened out, and the picture enlarged. The writing is as in your photo."
    ),
    "enhanced": gettext_lazy(
        "The light was evened out and the writing made stronger. No letter was redrawn."
    ),
}
NETWORK = gettext_lazy("The light was evened out, and a neural network enlarged and sharpened the writing.")

NOTES = {
    "no-text": gettext_lazy("We found no writing that we could read, so there is nothing to count."),
    "chalkboard": gettext_lazy(
        "This looks like a chalk board, so it was treated as light writing on a dark ground."
    ),
    "glare": gettext_lazy(
        "There is glare on the board. What is plain white cannot be brought back; a step to the side helps."
    ),
    "nothing-helped": gettext_lazy("No method made it read better than your photo does."),
    "read-partly": gettext_lazy(
        "Many photos were waiting, so only some of the lines were checked; the others were not redrawn."
    ),
    "only-read": gettext_lazy(
        "Many photos were waiting, so yours was read but nothing was tried on it: this is your photo as it is."
    ),
    "not-read": gettext_lazy(
        "Many photos were waiting, so there was no time to check the writing: this is your photo as it is."
    ),
    "no-network": gettext_lazy(
        "The neural network could not run here, so only the other methods were tried."
    ),
    "reduced": gettext_lazy("Your photo is large, so it was made smaller before the writing was worked on."),
    "enlarged": gettext_lazy("The result has more pixels than your photo, so that you can zoom in."),
}

FIVE = 5
MINUTE = 60


@register.simple_tag
def photo_url(photo: Photo, which: str) -> str:
    """Return the address of one of a photo's files; another one whenever the file is another."""
    name = getattr(photo, FILES[which]).name or photo.original.name
    version = hashlib.sha256(str(name).encode()).hexdigest()[:8]
    return f"{reverse(f'board-{which}', args=[photo.pk])}?v={version}"


@register.filter
def method_words(photo: Photo) -> str:
    """Say what was done."""
    return str(METHODS.get(photo.method, NETWORK))


@register.filter
def note_words(photo: Photo) -> list[str]:
    """Say what else one should know of a result, a sentence each."""
    words = [str(NOTES[note]) for note in photo.notes if note in NOTES]
    if photo.fallen_back:
        words.append(
            ngettext(
                "%(count)d line would have read worse than in your photo, so it was not redrawn.",
                "%(count)d lines would have read worse than in your photo, so they were not redrawn.",
                photo.fallen_back,
            )
            % {"count": photo.fallen_back}
        )
    return words


@register.filter
def has_figures(photo: Photo) -> bool:
    """Tell whether words were counted before and after; where there is no writing there is no figure."""
    return bool(photo.before and photo.after and (photo.before["words"] or photo.after["words"]))


@register.filter
def about(seconds: float) -> str:
    """Write a prediction as roughly as it is known: “about 8 s”, “about 25 s”, “about 2 min”; “any moment now”."""
    if seconds < 1:
        return _("any moment now")
    if seconds < 2 * FIVE:
        return _("about %(seconds)d s") % {"seconds": round(seconds)}
    if seconds < MINUTE:
        return _("about %(seconds)d s") % {"seconds": FIVE * round(seconds / FIVE)}
    return _("about %(minutes)d min") % {"minutes": round(seconds / MINUTE)}


@register.filter
def polygon(box: Sequence[Sequence[float]]) -> str:
    """Write corners in shares of a picture as the points of a polygon in a square of 100 by 100."""
    return " ".join(f"{100 * x:.2f},{100 * y:.2f}" for x, y in box)


@register.simple_tag
def crop_data(photo: Photo) -> SafeString:
    """Return what the cropping dialog needs, as attributes of the button that opens it."""
    return format_html(
        'data-crop="{}" data-image="{}" data-corners="{}" data-suggested="{}" data-rotation="{}"',
        reverse("crop-board", args=[photo.pk]),
        photo_url(photo, "photo"),
        _numbers(photo.corners),
        _numbers(photo.suggested_corners),
        photo.rotation,
    )


def _numbers(corners: Iterable[Sequence[Any]] | None) -> str:
    return ",".join(f"{float(value):.5f}" for point in corners or () for value in point)


@register.filter
def first_line(photo: Photo) -> str:
    """Return the beginning of the recognised text, which names a photo better than anything else."""
    return next((line.strip() for line in photo.text.splitlines() if line.strip()), "")
