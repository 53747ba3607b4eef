"""What the embedded language model makes of all 39 cells (13 topics × 3 concepts), beside a naive baseline.

``python -m bench.prompts [--check]`` asks for ten locations a cell and, for one concept of each topic, for three
prompts of two locations. The baseline asks the same model once, without worked examples, through its chat template
for a numbered list, and is parsed and measured in the same way.

“Nearest” is the share of delivered locations whose own topic (name and description, as an embedding) is the most
similar of the 13. The planner itself refuses what is too far from its own topic, but never sees the other twelve.

``--additions`` puts those of ``prompts/additions.toml`` into the planner's system prompts, ``--topics a,b`` takes only
some topics (nearest is still among all).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.embedding import TextEmbedder, Vectors, cosine, nearest
from engines.llm.base import TextRequest
from engines.llm.local import TransformersLanguageModel
from engines.planning.brief import Brief, ConceptBrief, LocationPrompts, TopicBrief
from engines.planning.choosing import SAME_LOCATION, SAME_PROMPT, distinct
from engines.planning.descriptions import write_prompts
from engines.planning.examples import parse_description_examples
from engines.planning.files import TopicSeed, load_additions, load_concepts, load_topics
from engines.planning.locations import propose_locations, topic_text
from engines.planning.systems import PlanningStep
from engines.planning.wording import copied_share, is_location, parse_items, words_of
from engines.registry import DEFAULT_LANGUAGE_MODEL, DEFAULT_TEXT_EMBEDDER, LANGUAGE_MODELS, TEXT_EMBEDDERS

PROMPTS_DIR = Path(__file__).resolve().parent.parent / "prompts"
LOCATIONS = 10
DELIVERED = 0.95
NEAREST = 0.75
_PROMPTS = 3
_DESCRIBED = 2


@dataclass
class Cells:
    """What was counted over the cells."""

    asked: int = 0
    delivered: int = 0
    alike: int = 0
    own: int = 0
    attempts: int = 0
    seconds: float = 0.0

    def add(self, locations: Sequence[str], vectors: Vectors, anchors: Vectors, topic: int) -> None:
        """Count one cell's locations."""
        self.asked += LOCATIONS
        self.delivered += len(locations)
        self.alike += len(locations) - len(distinct(locations)) + pairs_alike(vectors, SAME_LOCATION)
        self.own += int((nearest(vectors, anchors) == topic).sum()) if len(locations) else 0

    def line(self, name: str) -> str:
        """Return the counts as a line of the table."""
        return (
            f"{name:<26}{self.delivered / self.asked:>10.1%}{self.alike:>14}"
            f"{self.own / max(1, self.delivered):>10.1%}{self.delivered / max(1, self.attempts):>15.1f}"
            f"{self.seconds:>9.0f}"
        )


def pairs_alike(vectors: Vectors, same: float) -> int:
    """Return how many pairs have a cosine of ``same`` or more."""
    likeness = cosine(vectors, vectors)
    return int((np.triu(likeness, 1) >= same).sum())


def briefs(topics: Sequence[TopicSeed], *, with_additions: bool) -> list[tuple[int, Brief]]:
    """Return all cells with the number of their topic."""
    concepts = [concept.brief for concept in load_concepts(PROMPTS_DIR)]
    texts = {(text.topic, text.concept, text.step): text.text for text in load_additions(PROMPTS_DIR)}

    def addition(topic: TopicSeed, concept: ConceptBrief, step: PlanningStep) -> str:
        return texts.get((topic.key, concept.key, step), "") if with_additions else ""

    return [
        (
            number,
            Brief(
                TopicBrief(
                    name=topic.name,
                    description=topic.description,
                    locations_addition=addition(topic, concept, "locations"),
                    descriptions_addition=addition(topic, concept, "descriptions"),
                ),
                concept,
            ),
        )
        for number, topic in enumerate(topics)
        for concept in concepts
    ]


def baseline(
    llm: TransformersLanguageModel, embedder: TextEmbedder, cells: list[tuple[int, Brief]], anchors: Vectors
) -> Cells:
    """Ask each cell's question once, without examples and without checks but the parser's."""
    total = Cells()
    requests = [
        TextRequest(
            system="",
            examples=(),
            question=f"List {LOCATIONS} different {brief.concept.name.lower()} for a photo stock on the topic "
            f"“{brief.topic.name}”. Answer with a numbered list of short names only.",
            seed=number,
            max_new_tokens=140,
        )
        for number, (_, brief) in enumerate(cells)
    ]
    begun = time.perf_counter()
    answers = llm.complete(requests)
    total.seconds = time.perf_counter() - begun
    total.attempts = len(cells)
    for (topic, _), answer in zip(cells, answers, strict=True):
        found = [item for item in parse_items(answer, begun=False) if is_location(item)]
        found = [found[index] for index in distinct(found)][:LOCATIONS]
        total.add(found, embedder.embed(found), anchors, topic)
    return total


def locations(
    llm: TransformersLanguageModel,
    embedder: TextEmbedder,
    cells: list[tuple[int, Brief]],
    anchors: Vectors,
    seed: int,
) -> tuple[Cells, dict[int, tuple[str, ...]]]:
    """Let the planner fill every cell; print what it found."""
    total = Cells()
    found: dict[int, tuple[str, ...]] = {}
    for number, (topic, brief) in enumerate(cells):
        begun = time.perf_counter()
        proposal = propose_locations(llm, embedder, brief, LOCATIONS, seed=seed)
        total.seconds += time.perf_counter() - begun
        total.attempts += proposal.attempts
        vectors = embedder.embed(proposal.locations)
        own = nearest(vectors, anchors) == topic if proposal.locations else []
        total.add(proposal.locations, vectors, anchors, topic)
        found[number] = proposal.locations
        marked = [name if mine else f"{name} (!)" for name, mine in zip(proposal.locations, own, strict=True)]
        print(
            f"{brief.topic.name} / {brief.concept.key}, {proposal.attempts} attempts: {'; '.join(marked)}",
            flush=True,
        )
    return total, found


def prompts(
    llm: TransformersLanguageModel,
    embedder: TextEmbedder,
    cells: list[tuple[int, Brief]],
    found: dict[int, tuple[str, ...]],
    seed: int,
) -> None:
    """Let the planner describe some locations of one concept a topic; print samples and counts."""
    written: list[LocationPrompts] = []
    copied: list[float] = []
    begun = time.perf_counter()
    for number, (topic, brief) in enumerate(cells):
        if number % 3 != topic % 3:
            continue
        shown = [t.answer for t in parse_description_examples(brief.concept.descriptions_examples).turns]
        for entry in write_prompts(llm, embedder, brief, found[number][:_DESCRIBED], _PROMPTS, seed=seed):
            written.append(entry)
            copied += [copied_share(prompt, shown) for prompt in entry.prompts]
            print(f"{brief.topic.name} / {brief.concept.key}: {entry.location}")
            print("\n".join(f"    {prompt}" for prompt in entry.prompts), flush=True)
    minutes = (time.perf_counter() - begun) / 60
    texts = [prompt for entry in written for prompt in entry.prompts]
    alike = sum(pairs_alike(embedder.embed(entry.prompts), SAME_PROMPT) for entry in written)
    asked = sum(entry.asked for entry in written)
    print(
        f"\nPrompts: {len(texts)} of {asked} asked, {sum(entry.from_pattern for entry in written)} from the bare "
        f"pattern, {alike} pairs alike (cosine ≥ {SAME_PROMPT}), "
        f"{np.mean([len(words_of(text)) for text in texts]):.0f} words on average, "
        f"{np.mean(copied):.0%} of their four-word runs in the worked examples, "
        f"{sum(entry.attempts for entry in written) / len(written):.1f} attempts a location, "
        f"{len(texts) / minutes:.0f} prompts a minute"
    )


def main() -> int:
    """Run the bench; with ``--check`` return 1 where a promised figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 where a promised figure is missed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--additions", action="store_true", help="with the additions of prompts/additions.toml"
    )
    parser.add_argument("--topics", help="the keys of some topics, separated by commas; all by default")
    arguments = parser.parse_args()

    begun = time.perf_counter()
    spec = LANGUAGE_MODELS[DEFAULT_LANGUAGE_MODEL]
    llm = TransformersLanguageModel.load(spec)
    embedder = TextEmbedder.load(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER])
    print(f"{spec.title}, revision {llm.revision}, loaded in {time.perf_counter() - begun:.1f} s\n")

    topics = load_topics(PROMPTS_DIR)
    anchors = embedder.embed(
        [topic_text(TopicBrief(name=topic.name, description=topic.description)) for topic in topics]
    )
    wanted = arguments.topics.split(",") if arguments.topics else [topic.key for topic in topics]
    cells = [
        (number, brief)
        for number, brief in briefs(topics, with_additions=arguments.additions)
        if topics[number].key in wanted
    ]
    naive = baseline(TransformersLanguageModel.load(replace(spec, style="chat")), embedder, cells, anchors)
    ours, found = locations(llm, embedder, cells, anchors, arguments.seed)
    print()
    prompts(llm, embedder, cells, found, arguments.seed)

    print(f"\n{len(cells)} cells, {LOCATIONS} locations asked of each; alike: cosine ≥ {SAME_LOCATION}")
    print(f"{'':<26}{'delivered':>10}{'alike pairs':>14}{'nearest':>10}{'an attempt':>15}{'seconds':>9}")
    print(naive.line("baseline: zero-shot chat"))
    print(ours.line("this project"))

    figures = {
        f"delivered {ours.delivered / ours.asked:.1%} (promised ≥ {DELIVERED:.0%})": ours.delivered
        >= DELIVERED * ours.asked,
        f"alike pairs {ours.alike} (promised 0)": ours.alike == 0,
        f"nearest {ours.own / max(1, ours.delivered):.1%} (promised ≥ {NEAREST:.0%})": ours.own
        >= NEAREST * ours.delivered,
    }
    missed = [figure for figure, met in figures.items() if not met]
    if arguments.check:
        print(f"\nMISSED: {'; '.join(missed)}" if missed else f"\nOK: {'; '.join(figures)}")
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
