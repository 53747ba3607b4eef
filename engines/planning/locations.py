"""The first step: distinct locations (for the concept of items: objects) of a topic."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.embedding import TextEmbedder, Vectors, cosine
from engines.llm.base import LanguageModel, TextRequest, Turn
from engines.planning.brief import Brief, LocationProposal, TopicBrief, details_of
from engines.planning.choosing import ON_TOPIC, SAME_LOCATION, KindOfSubject, choose_varied, distinct
from engines.planning.examples import parse_location_examples
from engines.planning.seeds import seed_for
from engines.planning.systems import compose_system
from engines.planning.wording import content_stems, is_location, parse_items

MAX_ATTEMPTS = 6

_ITEMS_AN_ANSWER = 3
_ANSWER_TOKENS = 40
_SURELY_WHOLE_CHARACTERS = 130
_LEAST_ANSWERS = 16
_MOST_ANSWERS = 96
_CHARACTERS_A_TOKEN = 3.0
_DETAIL_WEIGHT = 0.5
_KIND_WEIGHT = 1.0
_LEAST_DETAILS = 4


def topic_text(topic: TopicBrief) -> str:
    """Return the text whose embedding stands for the topic."""
    return f"{topic.name}: {topic.description}" if topic.description else topic.name


def propose_locations(
    llm: LanguageModel,
    embedder: TextEmbedder,
    brief: Brief,
    count: int,
    *,
    covered: Sequence[str] = (),
    seed: int,
    on_progress: OnProgress = ignore_progress,
    is_cancelled: IsCancelled = never_cancelled,
) -> LocationProposal:
    """Return up to ``count`` locations, each unlike the others and the ``covered`` ones, on topic and of the kind.

    The model is asked for short lists, each about another part of the topic's description, and told what is
    covered (the newest, as many as its context holds). Answers are parsed strictly; from all that pass, the most
    fitting and varied are taken. It is asked again, with what was found now covered too, until there are enough
    or six attempts are over; fewer than asked are then returned. Raises ``ValueError`` for a count below 1 and
    for worked examples that cannot be parsed.
    """
    if count < 1:
        raise ValueError(f"{count} locations were asked for: ask for at least one.")
    search = _Search(llm, embedder, brief, covered, seed)
    attempts = 0
    while len(search.found) < count and attempts < MAX_ATTEMPTS:
        stop_if(is_cancelled)
        begun = attempts / MAX_ATTEMPTS
        requests = search.requests(count - len(search.found), attempts)
        answers = llm.complete(
            requests,
            on_progress=lambda share, begun=begun: on_progress(begun + share / MAX_ATTEMPTS),  # type: ignore[misc]
            is_cancelled=is_cancelled,
        )
        attempts += 1
        search.take(answers, count)
    on_progress(1.0)
    return LocationProposal(tuple(search.found), asked=count, attempts=attempts)


class _Search:
    """What is known while locations are looked for."""

    def __init__(
        self, llm: LanguageModel, embedder: TextEmbedder, brief: Brief, covered: Sequence[str], seed: int
    ) -> None:
        self.found: list[str] = []
        self._llm = llm
        self._embedder = embedder
        self._topic = brief.topic
        self._system = compose_system(brief, "locations")
        self._examples = parse_location_examples(brief.concept.locations_examples)
        self._kind = KindOfSubject(embedder, self._examples)
        self._anchor = embedder.embed([topic_text(brief.topic)])
        self._details = self._suitable_details(seed)
        self._detail_vectors = embedder.embed(details_of(brief.topic))
        self._covered = list(covered)
        self._taken = embedder.embed([*self._examples.shown, *covered])
        self._seed = seed
        self._candidates: list[str] = []
        self._vectors = embedder.embed([])

    def requests(self, missing: int, attempt: int) -> list[TextRequest]:
        """Return the next questions: more of them the more is missing, spread over the topic's details."""
        answers = min(_MOST_ANSWERS, max(_LEAST_ANSWERS, math.ceil(missing * 1.6)))
        turns = (*self._examples.turns, *self._covered_turn())
        return [
            TextRequest(
                system=self._system,
                examples=turns,
                question=self._examples.ask(self._topic.name, self._details[number % len(self._details)]),
                seed=seed_for(self._seed, "locations", attempt, number),
                answer_prefix="-",
                max_new_tokens=_ANSWER_TOKENS,
                temperature=0.8 + 0.05 * attempt,
                top_p=0.9,
                stop=("\n\n",),
            )
            for number in range(answers)
        ]

    def take(self, answers: Sequence[str], count: int) -> None:
        """Add the good candidates of the answers, then choose among all that are left over."""
        phrases = [*self._candidates, *(phrase for answer in answers for phrase in _items(answer))]
        name_stems = set(content_stems(self._topic.name))
        phrases = [
            phrase for phrase in phrases if is_location(phrase) and set(content_stems(phrase)) - name_stems
        ]
        phrases = [phrases[index] for index in distinct(phrases)]
        vectors = self._embedder.embed(phrases)
        closeness = cosine(vectors, self._detail_vectors).max(axis=1, initial=0.0)
        nearness = cosine(vectors, self._anchor)[:, 0] + _DETAIL_WEIGHT * closeness
        kind = self._kind.score(vectors)
        good = np.flatnonzero((nearness >= ON_TOPIC) & (kind >= 0))
        phrases, vectors = [phrases[index] for index in good], vectors[good]
        relevance = nearness[good] + _KIND_WEIGHT * kind[good]
        taken: Vectors = np.concatenate([self._taken, self._embedder.embed(self.found)])
        chosen = choose_varied(vectors, relevance, taken, count - len(self.found), same=SAME_LOCATION)
        self.found += [phrases[index] for index in chosen]
        self._candidates = [phrase for index, phrase in enumerate(phrases) if index not in chosen]

    def _suitable_details(self, seed: int) -> list[str]:
        """Return the half of the topic's details that suits the concept best, four at least, shuffled."""
        details = details_of(self._topic)
        scores = self._kind.score(self._embedder.embed(details))
        ranked = [details[index] for index in np.argsort(-scores, kind="stable")]
        best = ranked[: max(_LEAST_DETAILS, math.ceil(len(ranked) / 2))]
        random.Random(seed).shuffle(best)
        return best

    def _covered_turn(self) -> list[Turn]:
        """Return what is covered as an earlier answer to the same question: the newest that fit the context."""
        known = [*self._covered, *self.found]
        room = self._llm.spec.context_tokens - _ANSWER_TOKENS - self._estimated_tokens()
        kept: list[str] = []
        for phrase in reversed(known):
            room -= math.ceil(len(phrase) / _CHARACTERS_A_TOKEN) + 3
            if room < 0:
                break
            kept.append(phrase)
        if not kept:
            return []
        question = self._examples.ask(self._topic.name, self._topic.description)
        return [Turn(question, "\n".join(f"- {phrase}" for phrase in reversed(kept)))]

    def _estimated_tokens(self) -> int:
        longest = max((self._examples.ask(self._topic.name, detail) for detail in self._details), key=len)
        texts = [self._system, longest, self._topic.description]
        texts += [f"{turn.question}\n{turn.answer}" for turn in self._examples.turns]
        return sum(math.ceil(len(text) / _CHARACTERS_A_TOKEN) + 8 for text in texts)


def _items(answer: str) -> list[str]:
    """Return the answer's first items without a last one that the token limit may have cut."""
    items = parse_items(answer, begun=True)
    if len(items) <= _ITEMS_AN_ANSWER and len(answer) > _SURELY_WHOLE_CHARACTERS:
        items = items[:-1]
    return items[:_ITEMS_AN_ANSWER]
