"""The second step: several different image prompts for each location."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.embedding import TextEmbedder, Vectors, cosine
from engines.llm.base import LanguageModel, TextRequest
from engines.planning.brief import Brief, LocationPrompts
from engines.planning.choosing import SAME_PROMPT, KindOfSubject, choose_varied, distinct
from engines.planning.examples import (
    DescriptionExamples,
    fill,
    parse_description_examples,
    parse_labelled,
    parse_location_examples,
)
from engines.planning.seeds import seed_for
from engines.planning.systems import compose_system
from engines.planning.wording import content_stems, copied_share, is_part, is_prompt, is_thing

MAX_ATTEMPTS = 4

_LOG = logging.getLogger(__name__)

_ANSWER_TOKENS = 56
_ANSWERS_A_PROMPT = 2
_MAX_COPIED = 0.5
_MOST_PARTS = 4


def write_prompts(
    llm: LanguageModel,
    embedder: TextEmbedder,
    brief: Brief,
    locations: Sequence[str],
    per_location: int,
    *,
    seed: int,
    on_progress: OnProgress = ignore_progress,
    is_cancelled: IsCancelled = never_cancelled,
) -> Iterator[LocationPrompts]:
    """Yield for each location, in order and as soon as they are ready, up to ``per_location`` different prompts.

    The model fills in the lines that the concept's worked examples have (what is seen, light, view), which are
    checked one by one and joined by the examples' pattern; of two answers a prompt, those that fit location and
    concept best are kept. What is malformed, repeats itself, names people or copies the worked examples is asked
    for again, four times at most. A location for which nothing passes gets the bare pattern of the examples' file,
    a warning in the log, and ``from_pattern``.
    """
    if per_location < 1:
        raise ValueError(f"{per_location} prompts a location were asked for: ask for at least one.")
    writer = _Writer(llm, embedder, brief, per_location, seed)
    group = locations_at_once(llm, per_location)
    for start in range(0, len(locations), group):
        part = list(locations[start : start + group])
        begun, length = start / len(locations), len(part) / len(locations)
        yield from writer.write(
            part,
            lambda share, begun=begun, length=length: on_progress(begun + length * share),  # type: ignore[misc]
            is_cancelled,
        )
    on_progress(1.0)


def locations_at_once(llm: LanguageModel, per_location: int) -> int:
    """Return for how many locations :func:`write_prompts` asks the model together, before it yields the first."""
    return max(1, llm.spec.batch_size // (per_location * _ANSWERS_A_PROMPT))


class _Writer:
    """Writes the prompts of a few locations at a time."""

    def __init__(
        self, llm: LanguageModel, embedder: TextEmbedder, brief: Brief, per_location: int, seed: int
    ) -> None:
        self._llm = llm
        self._embedder = embedder
        self._topic = brief.topic.name
        self._per_location = per_location
        self._seed = seed
        self._system = compose_system(brief, "descriptions")
        self._examples = parse_description_examples(brief.concept.descriptions_examples)
        self._kind = KindOfSubject(embedder, parse_location_examples(brief.concept.locations_examples))
        self._shown = [turn.answer.splitlines()[0] for turn in self._examples.turns]

    def write(
        self, locations: list[str], on_progress: OnProgress, is_cancelled: IsCancelled
    ) -> list[LocationPrompts]:
        """Return the prompts of all these locations."""
        written: dict[str, list[str]] = {location: [] for location in locations}
        attempts = dict.fromkeys(locations, 0)
        for attempt in range(MAX_ATTEMPTS):
            stop_if(is_cancelled)
            open_ones = [name for name in written if len(written[name]) < self._per_location]
            if not open_ones:
                break
            begun = attempt / MAX_ATTEMPTS
            requests = [
                request for name in open_ones for request in self._requests(name, written[name], attempt)
            ]
            answers = iter(
                self._llm.complete(
                    requests,
                    on_progress=lambda part, begun=begun: on_progress(begun + part / MAX_ATTEMPTS),  # type: ignore[misc]
                    is_cancelled=is_cancelled,
                )
            )
            for name in open_ones:
                attempts[name] += 1
                mine = [next(answers) for _ in range(self._answers(written[name]))]
                written[name] += self._choose(name, mine, written[name])
        on_progress(1.0)
        return [self._result(name, written[name], attempts[name]) for name in locations]

    def _answers(self, written: list[str]) -> int:
        return (self._per_location - len(written)) * _ANSWERS_A_PROMPT

    def _requests(self, location: str, written: list[str], attempt: int) -> list[TextRequest]:
        return [
            TextRequest(
                system=self._system,
                examples=self._examples.turns,
                question=self._examples.ask(self._topic, location),
                seed=seed_for(self._seed, "descriptions", location, attempt, number),
                answer_prefix=f"{self._examples.labels[0].capitalize()}:",
                max_new_tokens=_ANSWER_TOKENS,
                temperature=0.8,
                top_p=0.9,
                stop=("\n\n",),
            )
            for number in range(self._answers(written))
        ]

    def _choose(self, location: str, answers: list[str], written: list[str]) -> list[str]:
        prompts = [prompt for answer in answers if (prompt := self._prompt(location, answer))]
        prompts = [prompts[index] for index in distinct(prompts)]
        if not prompts:
            return []
        vectors = self._embedder.embed(prompts)
        about: Vectors = self._embedder.embed([f"{location}, {self._topic}"])
        relevance = cosine(vectors, about)[:, 0] + self._kind.score(vectors)
        missing = self._per_location - len(written)
        chosen = choose_varied(vectors, relevance, self._embedder.embed(written), missing, same=SAME_PROMPT)
        return [prompts[index] for index in chosen]

    def _prompt(self, location: str, answer: str) -> str | None:
        """Return the prompt that an answer stands for, or None where it is not good enough."""
        first = self._examples.labels[0].capitalize()
        lines = parse_labelled(f"{first}:{answer}", self._examples.labels)
        if lines is None:
            return None
        shown, *_ = self._examples.labels
        kept = {
            label: _clean(line, location, is_thing if label == shown else is_part)
            for label, line in lines.items()
        }
        if not all(kept.values()) or "," not in kept[shown]:
            return None
        if copied_share(kept[shown], self._shown, 3) > _MAX_COPIED:
            return None
        prompt = _sentence(fill(self._examples.pattern, {"location": location, "topic": self._topic, **kept}))
        return prompt if is_prompt(prompt) else None

    def _result(self, location: str, prompts: list[str], attempts: int) -> LocationPrompts:
        if prompts:
            return LocationPrompts(location, tuple(prompts), self._per_location, attempts)
        _LOG.warning(
            "%s wrote no usable prompt for “%s” (%s): the pattern of the worked examples is used",
            self._llm.spec.title, location, self._topic,
        )  # fmt: skip
        bare = bare_prompt(self._examples, self._topic, location)
        return LocationPrompts(location, (bare,), self._per_location, attempts, from_pattern=True)


def bare_prompt(examples: DescriptionExamples, topic: str, location: str) -> str:
    """Return the examples' pattern for a location without the model's part: the last resort."""
    parts = [part.strip() for part in examples.pattern.split(",")]
    kept = [part for part in parts if not any(f"{{{label}}}" in part for label in examples.labels)]
    return _sentence(fill(", ".join(kept), {"location": location, "topic": topic}))


def _clean(line: str, location: str, is_good: Callable[[str], bool]) -> str:
    """Return the line's good parts: no two that begin or end alike, none that only repeats the location."""
    known = set(content_stems(location))
    heads: set[str] = set()
    kept: list[str] = []
    for part in (part.strip(" .;:\"'") for part in line.split(",")):
        stems = content_stems(part)
        if not is_good(part) or not set(stems) - known or heads & {stems[0], stems[-1]}:
            continue
        heads |= {stems[0], stems[-1]}
        kept.append(part)
    return ", ".join(kept[:_MOST_PARTS])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
