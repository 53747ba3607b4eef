"""What the templates of the studio need: rates with their intervals, differences between texts."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stockgen import wording
from stockgen.studio_figures import FEWEST_DECIDED, Made
from stockgen.word_diff import Kind, Piece

register = template.Library()


@register.inclusion_tag("stockgen/studio/_rate.html")
def rate(made: Made) -> dict[str, Any]:
    """Draw approved of decided with its interval; “too few” below ten decided pictures; a dash for none."""
    share, interval = made.share, made.share.interval
    context: dict[str, Any] = {"share": share, "is_enough": made.is_enough, "fewest": FEWEST_DECIDED}
    if interval is None or share.value is None:
        return context
    return context | {
        "text": wording.percent(share.value),
        "range": wording.percent_range(interval),
        "words": wording.share_in_words(share),
        # Unlocalized: lengths of a style sheet.
        "style": f"--low:{100 * interval.low:.2f}%;--high:{100 * interval.high:.2f}%;--value:{100 * share.value:.2f}%",
    }


@register.simple_tag
def difference(pieces: list[Piece], show: str = "") -> SafeString:
    """Write a text with what was removed and added marked; ``show`` narrows to what is “removed” or “added”."""
    marks = {Kind.REMOVED: ("del", _("removed")), Kind.ADDED: ("ins", _("added"))}
    parts = []
    for piece in pieces:
        if piece.kind is Kind.SAME:
            parts.append(format_html("{}", piece.text))
        elif not show or piece.kind == show:
            tag, word = marks[piece.kind]
            parts.append(format_html('<{0} title="{1}">{2}</{0}>', tag, word, piece.text))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def is_same(pieces: list[Piece]) -> bool:
    """True if nothing was removed or added."""
    return all(piece.kind is Kind.SAME for piece in pieces)


@register.filter
def heat_level(made: Made) -> str:
    """Return how dark a cell of a grid is, 0 to 9; nothing where too few pictures are decided."""
    return str(min(9, int(10 * (made.share.value or 0)))) if made.is_enough else ""
