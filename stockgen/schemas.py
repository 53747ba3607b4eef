"""What the REST API of stock generation takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from ninja import Field, Schema

from accounts.models import User
from accounts.rest import Body, Filters, Key, Page, Text
from engines.specs import ImageModelSpec, LanguageModelSpec
from jobs.states import State
from stockgen.models import Concept, Picture, Prompt, Run, Topic, Verdict
from stockgen.models.tally import Phase, Tally
from stockgen.schemas_flags import FlagOut

PAGE_SIZE = 50
LARGEST_PAGE = 100


class TopicOut(Schema):
    """A subject of the stock."""

    key: str
    name: str = Field(description="In the language of Accept-Language.")
    description: str

    @staticmethod
    def resolve_name(topic: Topic) -> str:
        """Read the name in the reader's language."""
        return topic.local_name


class ConceptOut(Schema):
    """A kind of picture, such as interiors."""

    key: str
    name: str = Field(description="In the language of Accept-Language.")
    share: int = Field(description="The wanted share of the stock, in per cent.")

    @staticmethod
    def resolve_name(concept: Concept) -> str:
        """Read the name in the reader's language."""
        return concept.local_name


class ImageModelOut(Schema):
    """An image model that a run may name. Sizes are pixels."""

    key: str
    title: str
    licence: str
    is_default: bool
    demonstration: bool = Field(description="True: its pictures show how it works and are no stock.")
    default_width: int
    default_height: int
    min_side: int
    max_side: int
    size_multiple: int
    default_steps: int
    max_steps: int
    default_guidance_scale: float
    negative_prompt: bool = Field(description="Whether it heeds a negative prompt.")
    memory_gib: float

    @classmethod
    def of(cls, spec: ImageModelSpec, default: str) -> ImageModelOut:
        """Describe one image model."""
        return cls.model_validate({**vars(spec), "is_default": spec.key == default})


class LanguageModelOut(Schema):
    """A language model that a run may name."""

    key: str
    title: str
    licence: str
    is_default: bool
    context_tokens: int
    memory_gib: float

    @classmethod
    def of(cls, spec: LanguageModelSpec, default: str) -> LanguageModelOut:
        """Describe one language model."""
        return cls.model_validate({**vars(spec), "is_default": spec.key == default})


class ModelsOut(Schema):
    """Every model that a run may name."""

    image_models: list[ImageModelOut]
    language_models: list[LanguageModelOut]


class RunIn(Body):
    """What to make. Everything but topic, concept and count has a good default."""

    topic: Key = Field(description="A topic's key, from GET /topics.")
    concept: Key = Field(description="A concept's key, from GET /concepts.")
    count: int = Field(description="How many pictures, from 1.", json_schema_extra={"minimum": 1})
    image_model: Text | None = Field(None, description="A key from GET /models.")
    language_model: Text | None = Field(None, description="A key from GET /models.")
    width: int | None = Field(None, description="Pixels, within the image model's limits.")
    height: int | None = Field(None, description="Pixels, within the image model's limits.")
    steps: int | None = Field(None, description="Denoising steps.")
    guidance_scale: float | None = Field(None, description="0 to 30.")
    negative_prompt: Text | None = Field(None, description="What the pictures should not show.")
    seed: int | None = Field(None, description="0 to 4294967295; without, a random one.")
    location_count: int | None = Field(None, description="How many distinct locations to plan.")
    prompt: Text | None = Field(None, description="Render this prompt instead of asking the language model.")
    stops_after_planning: bool = Field(False, description="Wait for `POST /runs/{id}/render` to render.")


class RunFilters(Filters):
    """Which runs to list."""

    before: UUID | None = Field(None, description="The id that ended the page before.")
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class TallyOut(Schema):
    """How many of the run's pictures are in each state."""

    queued: int
    running: int
    done: int
    failed: int
    cancelled: int
    total: int
    approved: int = Field(description="Of the done ones, by the experts' verdict.")
    rejected: int
    undecided: int


class LocationOut(Schema):
    """A location (for items: an object) and the prompts written for it."""

    text: str
    prompts: list[str]


class PlanOut(Schema):
    """What the language model wrote."""

    state: State
    error: str
    language_model_revision: str
    asked_locations: int
    attempts: int = Field(description="How often the model was asked for locations.")
    shortfall: int = Field(description="Asked locations that the model could not find.")
    locations: list[LocationOut]

    @classmethod
    def of(cls, run: Run) -> PlanOut:
        """Read the plan of a run, in three queries however long it is."""
        plan = run.plan
        locations = list(run.locations.prefetch_related(Prefetch("prompts", Prompt.objects.in_the_plan())))
        return cls(
            state=State(plan.state),
            error=plan.error,
            language_model_revision=plan.language_model_revision,
            asked_locations=plan.asked_locations,
            attempts=plan.location_attempts,
            shortfall=plan.shortfall,
            locations=[
                LocationOut(text=location.text, prompts=[prompt.text for prompt in location.prompts.all()])
                for location in locations
            ],
        )


class RunOut(Schema):
    """A run and how far it is."""

    id: UUID
    url: str = Field(description="The address of this run in the API.")
    topic: str
    concept: str
    count: int
    image_model: str
    language_model: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    negative_prompt: str
    seed: int
    location_count: int | None
    prompt: str
    stops_after_planning: bool
    created_at: datetime
    is_paused: bool
    phase: Phase
    tally: TallyOut
    pace: float | None = Field(description="Seconds from one picture to the next; null until it is known.")
    seconds_left: float | None = Field(description="Until the last picture; null while unknown or paused.")

    @classmethod
    def fields_of(cls, run: Run, tally: Tally) -> dict[str, Any]:
        """Read a run with its tally."""
        own = {name: getattr(run, name) for name in RUN_COLUMNS}
        counts = {name: getattr(tally, name) for name in TallyOut.model_fields}
        return own | {
            "url": reverse("api:run", args=[run.pk]),
            "topic": run.topic.key,
            "concept": run.concept.key,
            "phase": run.phase(tally),
            "tally": TallyOut(**counts),
            "pace": tally.pace and tally.pace.seconds_each,
            "seconds_left": run.seconds_left(tally),
        }

    @classmethod
    def of(cls, run: Run, tally: Tally) -> RunOut:
        """Describe a run."""
        return cls(**cls.fields_of(run, tally))


RUN_COLUMNS = frozenset(
    {
        "id", "count", "image_model", "language_model", "width", "height", "steps", "guidance_scale",
        "negative_prompt", "seed", "location_count", "prompt",
        "stops_after_planning", "created_at", "is_paused",
    }
)  # fmt: skip


class RunDetail(RunOut):
    """A run with its plan."""

    plan: PlanOut

    @classmethod
    def read(cls, run: Run) -> RunDetail:
        """Describe a run as it is now."""
        return cls(**cls.fields_of(run, run.tally()), plan=PlanOut.of(run))


class RunPage(Page):
    """Runs, newest first."""

    items: list[RunOut]


class PageOfPictures(Filters):
    """Which part of a list of pictures."""

    before: UUID | None = Field(None, description="The id that ended the page before.")
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class PictureFilters(PageOfPictures):
    """Which pictures to list."""

    topic: Key | None = None
    concept: Key | None = None
    run: UUID | None = None
    model: Key | None = Field(None, description="The image model's key.")
    state: State | None = None
    verdict: Verdict | None = Field(
        None,
        description="For designers, among their own pictures, and operators; only finished pictures have one.",
    )


class PictureOut(Schema):
    """A picture, asked for or done. The addresses of its files are null before it is done."""

    id: UUID
    url: str
    run: UUID
    topic: str
    concept: str
    state: State
    progress: float = Field(description="0 to 1.")
    error: str
    prompt: str
    seed: int
    image_model: str
    demonstration: bool = Field(description="True: made by a demonstration model, no stock.")
    width: int
    height: int
    steps: int
    guidance_scale: float
    sha256: str | None
    byte_size: int | None
    seconds: float | None = Field(description="How long rendering took.")
    created_at: datetime
    finished_at: datetime | None
    verdict: Verdict | None = Field(
        description="What the experts' votes come to; null before it is done, and to whoever is neither the "
        "designer whose picture it is nor an operator."
    )
    verdict_reasons: list[str] | None = Field(
        description="Keys of the reasons to reject; null where `verdict` is."
    )
    verdict_at: datetime | None
    flags: list[FlagOut] = Field(description="What detectors found doubtful, before anybody looked.")
    image_url: str | None
    thumbnail_url: str | None

    @classmethod
    def fields_of(
        cls, picture: Picture, models: Mapping[str, ImageModelSpec], reader: User
    ) -> dict[str, Any]:
        """Read a picture for a person; ``models`` is the catalogue, read once for a whole page."""
        spec = models.get(picture.image_model)
        done = picture.state == State.DONE
        verdict = picture.verdict_for(reader)
        return {name: getattr(picture, name) for name in PICTURE_COLUMNS} | {
            "url": reverse("api:picture", args=[picture.pk]),
            "run": picture.run_id,
            "topic": picture.topic.key,
            "concept": picture.concept.key,
            "prompt": picture.prompt.text,
            "demonstration": bool(spec and spec.demonstration),
            "sha256": picture.sha256 or None,
            "verdict": verdict,
            "verdict_reasons": picture.verdict_reasons if verdict else None,
            "verdict_at": picture.verdict_at if verdict else None,
            "flags": [FlagOut.of(flag) for flag in picture.flags.all()],
            "image_url": reverse("api:picture_image", args=[picture.pk]) if done else None,
            "thumbnail_url": reverse("api:picture_thumbnail", args=[picture.pk]) if done else None,
        }

    @classmethod
    def of(cls, picture: Picture, models: Mapping[str, ImageModelSpec], reader: User) -> PictureOut:
        """Describe a picture to a person."""
        return cls(**cls.fields_of(picture, models, reader))


PICTURE_COLUMNS = frozenset(
    {
        "id", "state", "progress", "error", "seed", "image_model", "width", "height", "steps",
        "guidance_scale", "byte_size", "seconds", "created_at", "finished_at",
    }
)  # fmt: skip


class LineageModel(Schema):
    """A model that had a part in a picture."""

    key: str
    revision: str


class LineageLanguageModel(LineageModel):
    """The language model, with the seed it wrote from."""

    seed: int


class LineageAdditions(Schema):
    """The versions of the topic's additions to the system prompts; null where there were none."""

    locations: int | None
    descriptions: int | None


class Lineage(Schema):
    """Where a picture comes from, as its PNG carries it too."""

    picture: UUID
    run: UUID
    topic: str
    concept: str
    additions: LineageAdditions
    language_model: LineageLanguageModel
    location: str | None
    prompt: str
    prompt_template: str | None = Field(description="The prompt with wildcards that it is a combination of.")
    edited: bool = Field(description="Whether somebody changed or added the prompt after the planning.")
    negative_prompt: str
    image_model: LineageModel
    seed: int
    width: int
    height: int
    steps: int
    guidance_scale: float


class PictureDetail(PictureOut):
    """A picture with its lineage."""

    lineage: Lineage

    @classmethod
    def read(cls, picture: Picture, models: Mapping[str, ImageModelSpec], reader: User) -> PictureDetail:
        """Describe a picture to a person as it is now."""
        return cls(**cls.fields_of(picture, models, reader), lineage=Lineage(**picture.lineage()))


class PicturePage(Page):
    """Pictures, newest first."""

    items: list[PictureOut]
