"""What somebody types, as the search takes it: checked, and in a language that the text embedder reads."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engines.encoder import Vectors
from engines.translation.russian import is_russian, to_english
from stockgen.library import encoder

LONGEST_SEARCH = 500
LONGEST_SLIDE = 5000


_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Soft hyphens, and spaces, joiners and marks without width: they tear words apart that look whole."""


@dataclass(frozen=True)
class Query:
    """A text to search by: ``asked`` as it was meant, and ``searched_for``, the text that is embedded.

    The two differ where the embedder does not read the language: then ``is_translated``, and ``unknown`` are the words
    that were left out. ``searched_for`` is empty where no word of a text is known; nothing can be found by that.
    """

    asked: str
    searched_for: str
    is_translated: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def vector(self) -> Vectors:
        """Return the unit vector of what is searched for."""
        return encoder.vector_of(self.searched_for)


def read_query(text: str, *, field: str = "q", longest: int = LONGEST_SEARCH) -> Query:
    """Read the text of a search. Raises ``ValidationError`` at ``field`` for one that is empty or too long."""
    # A PDF and macOS write й as и with a breve, and break words where nobody sees it.
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN)).strip()
    if not text:
        raise ValidationError({field: _("Say what you are looking for.")})
    if len(text) > longest:
        message = _("This text has %(count)d characters. Use at most %(most)d.")
        raise ValidationError({field: message % {"count": len(text), "most": longest}})
    if "\0" in text:
        raise ValidationError({field: _("A text cannot hold the character NUL.")})
    if is_russian(text) and "ru" not in encoder.spec().languages:
        english = to_english(text)
        return Query(text, english.text, is_translated=True, unknown=english.unknown)
    return Query(text, text)
