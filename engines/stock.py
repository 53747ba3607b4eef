"""From a topic and a concept to pictures, without Django: the whole job for a notebook or a script.

pipeline = StockPipeline.default()
for picture in pipeline.run("Business and office", "interior", count=20):
    picture.save(folder / f"{picture.rendered.request.seed}.png")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.diffusion.limits import problems_with
from engines.diffusion.metadata import write_png
from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderedPicture, RenderRequest
from engines.embedding import TextEmbedder
from engines.errors import EngineError
from engines.llm.base import LanguageModel
from engines.llm.load import load_language_model
from engines.planning import allocation
from engines.planning.brief import Brief, ConceptBrief, LocationPrompts, TopicBrief
from engines.planning.descriptions import write_prompts
from engines.planning.files import load_concepts, load_topics
from engines.planning.locations import propose_locations
from engines.registry import (
    DEFAULT_IMAGE_MODEL,
    DEFAULT_LANGUAGE_MODEL,
    DEFAULT_TEXT_EMBEDDER,
    IMAGE_MODELS,
    LANGUAGE_MODELS,
    TEXT_EMBEDDERS,
)
from engines.weights import PROJECT

_LOCATIONS_SHARE = 0.1
_PROMPTS_SHARE = 0.3  # of the progress; what is left belongs to rendering


@dataclass(frozen=True)
class StockPicture:
    """A picture with the location and the prompt that it came from, and the lineage of its planning."""

    location: str
    prompt: str
    rendered: RenderedPicture
    lineage: Mapping[str, object]

    def save(self, file: Path | IO[bytes]) -> None:
        """Write it as PNG with its whole lineage inside."""
        write_png(self.rendered, file, lineage=self.lineage)


@dataclass(frozen=True)
class _Plan:
    location: str
    request: RenderRequest


class StockPipeline:
    """An LLM that plans pictures and an image model that renders them.

    ``prompts_dir`` holds the texts of topics and concepts that ``run`` finds by name: the project's, unless
    another is given.
    """

    def __init__(
        self,
        llm: LanguageModel,
        image_model: ImageModel,
        embedder: TextEmbedder | None = None,
        prompts_dir: Path | None = None,
    ) -> None:
        self.llm = llm
        self.image_model = image_model
        self.embedder = embedder or TextEmbedder.load(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER])
        self.prompts_dir = prompts_dir or PROJECT / "prompts"

    @classmethod
    def default(cls) -> StockPipeline:
        """Load the embedded models: they need neither a GPU nor the hub, and their pictures are no stock."""
        return cls(
            load_language_model(LANGUAGE_MODELS[DEFAULT_LANGUAGE_MODEL]),
            ImageModel.load(IMAGE_MODELS[DEFAULT_IMAGE_MODEL]),
        )

    def run(
        self,
        topic: str | TopicBrief,
        concept: str | ConceptBrief,
        count: int,
        *,
        locations: int | Sequence[str] | None = None,
        seed: int = 0,
        width: int | None = None,
        height: int | None = None,
        steps: int | None = None,
        guidance_scale: float | None = None,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Iterator[StockPicture]:
        """Yield exactly ``count`` pictures, each as soon as its batch is rendered.

        ``topic`` and ``concept`` are names, keys or briefs. ``locations`` is how many to propose (by default about
        one per three pictures), or the locations themselves. The pictures' seeds are ``seed``, ``seed`` + 1,
        …, so no two pictures share both prompt and seed. Sizes, steps and guidance scale default to the
        model's own.

        Raises ``ValueError`` at once for what cannot be asked for, and on the way what the two models raise;
        :class:`EngineError` when the LLM gives nothing usable at all.
        """
        if count < 1:
            raise ValueError(f"{count} pictures cannot be made: ask for 1 or more.")
        if locations is not None and not (locations if isinstance(locations, int) else len(locations)) >= 1:
            raise ValueError("There must be 1 location or more.")
        brief = Brief(self._topic(topic), self._concept(concept))
        spec = self.image_model.spec
        template = RenderRequest(
            prompt="…",
            negative_prompt=brief.concept.negative_prompt if spec.negative_prompt else "",
            seed=seed,
            width=width if width is not None else spec.default_width,
            height=height if height is not None else spec.default_height,
            steps=steps if steps is not None else spec.default_steps,
            guidance_scale=guidance_scale if guidance_scale is not None else spec.default_guidance_scale,
        )
        if problems := problems_with(template, spec):
            raise ValueError(" ".join(problem.message for problem in problems))
        return self._run(brief, template, count, locations, on_progress, is_cancelled)

    def _run(
        self,
        brief: Brief,
        template: RenderRequest,
        count: int,
        locations: int | Sequence[str] | None,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> Iterator[StockPicture]:
        written = self._plan(brief, template.seed, count, locations, on_progress, is_cancelled)
        plans = _spread(written, template, count)
        lineage = {
            "topic": brief.topic.name,
            "concept": brief.concept.name,
            "language_model": self.llm.spec.key,
            "language_model_revision": self.llm.revision,
            "language_model_seed": template.seed,
        }
        done = 0
        while done < count:
            stop_if(is_cancelled)
            batch = plans[done : done + self.image_model.batch_size]
            rest = 1 - _PROMPTS_SHARE
            rendered = self.image_model.render(
                [plan.request for plan in batch],
                on_progress=_part(
                    on_progress, _PROMPTS_SHARE + rest * done / count, rest * len(batch) / count
                ),
                is_cancelled=is_cancelled,
            )
            done += len(batch)
            for plan, picture in zip(batch, rendered, strict=True):
                yield StockPicture(
                    plan.location, plan.request.prompt, picture, {**lineage, "location": plan.location}
                )

    def _plan(
        self,
        brief: Brief,
        seed: int,
        count: int,
        locations: int | Sequence[str] | None,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> list[LocationPrompts]:
        if locations is None or isinstance(locations, int):
            proposal = propose_locations(
                self.llm,
                self.embedder,
                brief,
                locations or allocation.default_location_count(count),
                seed=seed,
                on_progress=_part(on_progress, 0.0, _LOCATIONS_SHARE),
                is_cancelled=is_cancelled,
            )
            locations = proposal.locations
        if not locations:
            raise EngineError(
                f"{self.llm.spec.title} proposed no usable location for “{brief.topic.name}”, "
                f"{brief.concept.name}: try another seed or a larger language model, or name the locations."
            )
        return list(
            write_prompts(
                self.llm,
                self.embedder,
                brief,
                locations,
                allocation.prompts_per_location(count, len(locations)),
                seed=seed,
                on_progress=_part(on_progress, _LOCATIONS_SHARE, _PROMPTS_SHARE - _LOCATIONS_SHARE),
                is_cancelled=is_cancelled,
            )
        )

    def _topic(self, topic: str | TopicBrief) -> TopicBrief:
        if isinstance(topic, TopicBrief):
            return topic
        topics = load_topics(self.prompts_dir)
        for seed in topics:
            if topic in (seed.name, seed.key):
                return TopicBrief(name=seed.name, description=seed.description)
        raise ValueError(f"There is no topic “{topic}”; there are {', '.join(seed.name for seed in topics)}.")

    def _concept(self, concept: str | ConceptBrief) -> ConceptBrief:
        if isinstance(concept, ConceptBrief):
            return concept
        briefs = [seed.brief for seed in load_concepts(self.prompts_dir)]
        for brief in briefs:
            if concept in (brief.key, brief.name):
                return brief
        raise ValueError(f"There is no concept “{concept}”; there are {', '.join(b.key for b in briefs)}.")


def _spread(written: Sequence[LocationPrompts], template: RenderRequest, count: int) -> list[_Plan]:
    """Give the pictures to the prompts so that few pictures still show many locations."""
    longest = max((len(entry.prompts) for entry in written), default=0)
    pairs = [
        (entry.location, entry.prompts[rank])
        for rank in range(longest)
        for entry in written
        if rank < len(entry.prompts)
    ]
    if not pairs:
        raise EngineError("The language model wrote no usable prompt: try another seed or a larger model.")
    return [
        _Plan(
            pairs[index][0],
            replace(template, prompt=pairs[index][1], seed=seed),
        )
        for index, seed in allocation.assign_seeds(count, len(pairs), template.seed)
    ]


def _part(on_progress: OnProgress, start: float, length: float) -> OnProgress:
    """Let a part of the work report its own 0 … 1 as a stretch of the whole."""
    return lambda share: on_progress(min(1.0, start + length * share))
