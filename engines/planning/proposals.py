"""An edit to an addition, written against the reason for which most pictures of a topic are rejected."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.embedding import TextEmbedder, cosine
from engines.llm.base import LanguageModel, TextRequest
from engines.planning.brief import Brief, details_of
from engines.planning.choosing import KindOfSubject, choose_varied
from engines.planning.examples import (
    ProposalExamples,
    fill,
    parse_description_examples,
    parse_location_examples,
)
from engines.planning.files import OTHER_REASONS
from engines.planning.locations import topic_text
from engines.planning.seeds import seed_for
from engines.planning.systems import PlanningStep
from engines.planning.wording import FUNCTION_WORDS, content_stems, is_location, is_thing, tidy, words_of

MAX_ATTEMPTS = 3

_LOG = logging.getLogger(__name__)

_ANSWERS = 16
_ANSWER_TOKENS = 24
_NAMED = 3
_FEWEST_NAMED = 2
_LONGEST_WORDS = 4
_MOST_SEEN = 12
_NEAR = 0.25
"""What is named must have at least this cosine to the topic or to a part of its description."""

_SAME_ADVICE = 0.8
"""From this cosine on a sentence of the present text says what the new one says, and gives way to it."""

_VOTE_WEIGHT = 0.2
_ALIKE = 0.75

_PLACES = frozenset(
    content_stems(
        """
        area bank building centre classroom clinic company factory farm gallery ground hall hospital hotel house kitchen
        library lobby market museum office place room school shop space station store street theatre ward warehouse
        workshop
        """
    )
)
"""Stems of words for the place itself: a description that is told to show one shows no thing in it."""

_UNFIT = frozenset({"and", "arm", "arms", "eyes", "legs", "not", "or", "skin", "smile", "smiles"})
"""Words with which a phrase is no single thing, or a part of a person."""


@dataclass(frozen=True)
class RejectReason:
    """Why pictures are rejected: the reason's key and its English name."""

    key: str
    name: str


@dataclass(frozen=True)
class AdditionDraft:
    """A proposed addition: the whole ``text`` and the ``sentence`` in it that is new.

    ``from_pattern`` is true where the model gave nothing usable and the sentence is the stock one for the reason.
    """

    text: str
    sentence: str
    attempts: int
    from_pattern: bool = False


def propose_addition(
    llm: LanguageModel,
    embedder: TextEmbedder,
    brief: Brief,
    step: PlanningStep,
    reason: RejectReason,
    examples: Mapping[str, ProposalExamples],
    *,
    rejected_prompts: Sequence[str],
    approved_prompts: Sequence[str] = (),
    seed: int,
    on_progress: OnProgress = ignore_progress,
    is_cancelled: IsCancelled = never_cancelled,
) -> AdditionDraft:
    """Return the brief's addition to ``step`` with one more sentence that answers the reason.

    The model names things of the topic (those that carry writing, those with a simple shape …, as the reason's worked
    examples have it), each time with another detail of the rejected prompts before it; of sixteen answers, the three
    things that it names most, that fit the topic and differ, become a sentence by the examples' pattern. A sentence
    of the present text that was made from the same pattern, or says the same, gives way to the new one. Three
    attempts; then the examples' last resort stands in, with a warning in the log and ``from_pattern``.
    """
    present = brief.topic.locations_addition if step == "locations" else brief.topic.descriptions_addition
    reason_examples = examples.get(reason.key) or examples[OTHER_REASONS]
    seen = _details_seen(brief, rejected_prompts, approved_prompts)
    things = _Things(embedder, brief, step, reason_examples, present, seen)
    attempts = 0
    while len(things.best()) < _FEWEST_NAMED and attempts < MAX_ATTEMPTS:
        stop_if(is_cancelled)
        begun = attempts / MAX_ATTEMPTS
        requests = _requests(brief, reason, reason_examples, seen, seed, attempts)
        answers = llm.complete(
            requests,
            on_progress=lambda share, begun=begun: on_progress(begun + share / MAX_ATTEMPTS),  # type: ignore[misc]
            is_cancelled=is_cancelled,
        )
        attempts += 1
        things.take(answers)
    on_progress(1.0)
    named = things.best()
    values = {"topic": _lower_first(brief.topic.name), "reason": reason.name.lower()}
    from_pattern = len(named) < _FEWEST_NAMED
    if from_pattern:
        _LOG.warning(
            "%s named nothing usable against “%s” (%s): the stock sentence is proposed",
            llm.spec.title, reason.name, brief.topic.name,
        )  # fmt: skip
        sentence = fill(reason_examples.last_resort, values)
    else:
        sentence = fill(reason_examples.pattern, {**values, reason_examples.label: _enumerated(named)})
    text = _with_sentence(present, sentence, fill(reason_examples.pattern, values), embedder)
    return AdditionDraft(text, sentence, attempts, from_pattern)


def _requests(
    brief: Brief,
    reason: RejectReason,
    examples: ProposalExamples,
    seen: Sequence[str],
    seed: int,
    attempt: int,
) -> list[TextRequest]:
    return [
        TextRequest(
            system=examples.system,
            examples=examples.turns,
            question=examples.ask(brief.topic.name, seen[number % len(seen)], reason.name),
            seed=seed_for(seed, "proposal", reason.key, attempt, number),
            answer_prefix=f"{examples.label.capitalize()}:",
            max_new_tokens=_ANSWER_TOKENS,
            temperature=0.7 + 0.1 * attempt,
            top_p=0.9,
            stop=("\n",),
        )
        for number in range(_ANSWERS)
    ]


class _Things:
    """What the model has named so far, and which of it is good."""

    def __init__(
        self,
        embedder: TextEmbedder,
        brief: Brief,
        step: PlanningStep,
        examples: ProposalExamples,
        present: str,
        seen: Sequence[str],
    ) -> None:
        self._embedder = embedder
        self._forms: dict[tuple[str, ...], Counter[str]] = {}
        # The first step asks for things of the concept's kind, and what was rejected there is not the topic; a
        # description names what stands in a place, and so may name what the rejected pictures show.
        self._places = step == "locations"
        near = [] if self._places else seen
        self._anchors = embedder.embed([topic_text(brief.topic), *details_of(brief.topic), *near])
        self._taken = embedder.embed(seen if self._places else [])
        self._kind = KindOfSubject(embedder, parse_location_examples(brief.concept.locations_examples))
        shown = [part for turn in examples.turns for part in turn.answer.partition(":")[2].split(",")]
        self._shown = {tuple(content_stems(part)) for part in shown}
        self._present = set(content_stems(present))
        self._topic = set(content_stems(brief.topic.name))

    def take(self, answers: Sequence[str]) -> None:
        """Count the first three things of every answer; one answer is one vote, singular and plural are one thing."""
        for answer in answers:
            named = {tidy(part).lower() for part in answer.split(",")[:_NAMED]}
            for phrase in sorted(named):
                if self._is_good(phrase):
                    self._forms.setdefault(tuple(content_stems(phrase)), Counter())[phrase] += 1

    def best(self) -> list[str]:
        """Return up to three: on topic, of the kind that is asked for, named often, and unlike each other."""
        names = [
            max(sorted(forms), key=lambda form: (form.endswith("s"), len(form)))
            for forms in self._forms.values()
        ]
        votes = np.array([forms.total() for forms in self._forms.values()], dtype=np.float32)
        vectors = self._embedder.embed(names)
        nearness = cosine(vectors, self._anchors).max(axis=1, initial=0.0)
        kind = self._kind.score(vectors) if self._places else np.zeros(len(names), dtype=np.float32)
        good = np.flatnonzero((nearness >= _NEAR) & (kind >= 0))
        relevance = nearness[good] + kind[good] + _VOTE_WEIGHT * np.log1p(votes[good])
        chosen = choose_varied(vectors[good], relevance, self._taken, _NAMED, same=_ALIKE)
        return [names[good[index]] for index in chosen]

    def _is_good(self, phrase: str) -> bool:
        words, stems = words_of(phrase), content_stems(phrase)
        return (
            is_location(phrase)
            and is_thing(phrase)
            and len(words) <= _LONGEST_WORDS
            and not _UNFIT & set(words)
            and (self._places or not _is_place(words))
            and tuple(stems) not in self._shown
            and bool(set(stems) - self._present)
            and bool(set(stems) - self._topic)
        )


def _details_seen(brief: Brief, rejected: Sequence[str], approved: Sequence[str]) -> list[str]:
    """Return details of the rejected prompts, those first that rejected ones have more often than approved ones.

    What the concept's pattern adds to every prompt says nothing. Where there is no detail: parts of the topic.
    """
    pattern = parse_description_examples(brief.concept.descriptions_examples).pattern
    fixed = {part.strip().lower() for part in pattern.split(",") if "{" not in part}
    before = pattern.partition("{location}")[0].rpartition(",")[2].strip().lower()

    def count(prompts: Sequence[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        for prompt in prompts:
            parts = (part.strip(" .").lower().removeprefix(before).strip() for part in prompt.split(","))
            found.update({part for part in parts if part not in fixed and is_thing(part)})
        return found

    bad, good = count(rejected), count(approved)
    excess = {part: bad[part] / max(1, len(rejected)) - good[part] / max(1, len(approved)) for part in bad}
    ranked = sorted((part for part in excess if excess[part] > 0), key=lambda part: (-excess[part], part))
    return ranked[:_MOST_SEEN] or details_of(brief.topic)


def _with_sentence(present: str, sentence: str, pattern: str, embedder: TextEmbedder) -> str:
    """Return the text with the sentence at its end, or in place of the one that gives the same advice."""
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", present.strip()) if part]
    if not sentences:
        return sentence
    likeness = cosine(embedder.embed(sentences), embedder.embed([sentence]))[:, 0]
    made = re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", pattern))))
    for index, part in enumerate(sentences):
        if made.fullmatch(part) or likeness[index] >= _SAME_ADVICE:
            start = present.index(part)
            return f"{present[:start]}{sentence}{present[start + len(part) :]}".strip()
    return f"{present.rstrip()} {sentence}"


def _is_place(words: Sequence[str]) -> bool:
    """True where the phrase's main word, the last or that before “with” or “of”, is a place."""
    end = next(
        (place for place, word in enumerate(words) if word in FUNCTION_WORDS or word == "of"), len(words)
    )
    return bool(set(content_stems(words[max(0, end - 1)])) & _PLACES)


def _enumerated(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _lower_first(text: str) -> str:
    """Return the text with a small first letter, unless its first word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
