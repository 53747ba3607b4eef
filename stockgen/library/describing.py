"""The text by which a picture of the stock is found."""

from __future__ import annotations


def description(prompt: str, location: str, topic: str, concept: str) -> str:
    """Return the text by which a picture is found: where it is and what of, then the whole prompt.

    The location comes first, for it is what tells pictures apart; prompts of one concept share many words.
    """
    place = f"{location}, {topic}" if location else topic
    return f"{place} ({concept}). {prompt}"
