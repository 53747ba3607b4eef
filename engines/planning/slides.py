"""What to picture for the text of a slide: the location (for items: the object) that a prompt is then written for."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from engines.embedding import TextEmbedder, cosine
from engines.llm.base import LanguageModel, TextRequest
from engines.planning.brief import Brief, details_of
from engines.planning.choosing import KindOfSubject
from engines.planning.examples import parse_location_examples
from engines.planning.wording import is_location, tidy

_LOG = logging.getLogger(__name__)

_ATTEMPTS = 3
_ANSWER_TOKENS = 32
_LONGEST_SLIDE = 2000
_OF_OTHER_KIND = 0.4
"""The share of a topic's parts that are taken to be of another kind than the concept's: places among things. A bare
word such as “hospitals” is too short to be told by the sign of its score, only by its place among the others."""

_SYSTEM = (
    "You illustrate slides of presentations with photographs in which no people are seen. You are given the text "
    "of a slide, in any language. Answer in English with one {kind} of the topic “{topic}” that illustrates it: two "
    "to eight words, nothing else."
)


def location_for_slide(
    llm: LanguageModel,
    embedder: TextEmbedder,
    brief: Brief,
    slide: str,
    searched_for: str,
    *,
    known: Sequence[str] = (),
    seed: int,
) -> str | None:
    """Return the location that suits a slide best; None where nothing of its text is understood.

    A model that follows instructions is asked, three times at most, until its answer has the form of a location. For
    one that only continues patterns, and where no answer will do, it is the part of the topic's description, or one of
    the ``known`` locations of the stock, that is of the concept's kind and whose meaning is nearest to
    ``searched_for``, the slide in the language of the embedder.
    """
    if llm.spec.style == "chat":
        asked = _asked(llm, brief, slide, seed)
        if asked is not None:
            return asked
        _LOG.warning(
            "The language model named no location for a slide; the nearest part of the topic is taken."
        )
    if not searched_for:
        return None
    parts = list(dict.fromkeys([*details_of(brief.topic), *known]))
    vectors = embedder.embed(parts)
    kind = KindOfSubject(embedder, parse_location_examples(brief.concept.locations_examples))
    suits = kind.score(vectors)
    enough = min(0.0, float(np.quantile(suits, _OF_OTHER_KIND)))
    scores = cosine(embedder.embed_whole(searched_for)[None], vectors)[0]
    return parts[int(np.where(suits >= enough, scores, -1.0).argmax())]


def _asked(llm: LanguageModel, brief: Brief, slide: str, seed: int) -> str | None:
    system = _SYSTEM.format(kind=brief.concept.name.lower(), topic=brief.topic.name)
    requests = [
        TextRequest(
            system=system, examples=(), question=slide[:_LONGEST_SLIDE], seed=(seed + attempt) % 2**32,
            max_new_tokens=_ANSWER_TOKENS, stop=("\n",),
        )
        for attempt in range(_ATTEMPTS)
    ]  # fmt: skip
    answers = (tidy(answer.strip().strip('"“”').rstrip(".")) for answer in llm.complete(requests))
    return next((answer for answer in answers if is_location(answer)), None)
