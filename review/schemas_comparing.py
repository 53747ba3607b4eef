"""What the REST endpoints for judging pairs take and give. None of it names a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from ninja import Field, Schema

from accounts.rest import Body, Filters, Key
from review.comparing import MOST_HELD, Progress, Task
from review.models import Judgement, Opinion, Pair, Preferred
from review.rest import Refusal
from review.schemas import Id, Named
from stockgen.models.named import local

LARGEST_BATCH = 48

PAIR_FIELDS = {
    "varies": "comparison__varies",
    "location": "left__prompt__location__text",
    "prompt": "left__prompt__text",
    "negative_prompt": "left__run__negative_prompt",
    **{f"{side}_{name}": f"{side}__{name}" for side in ("left", "right") for name in ("width", "height")},
    **{
        f"{cell}_{name}": f"left__{cell}__{name}"
        for cell in ("topic", "concept")
        for name in ("key", "name", "name_ru")
    },
}


class SideOut(Schema):
    """One picture of a pair."""

    url: str
    width: int
    height: int


class PairOut(Schema):
    """Two pictures to judge. What was asked is told only where both were asked the same."""

    id: UUID
    left: SideOut
    right: SideOut
    topic: Named
    concept: Named
    location: str | None
    prompt: str | None
    negative_prompt: str | None

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> list[PairOut]:
        """Describe pairs in their order, in one query however many they are."""
        rows = Pair.objects.filter(pk__in=[pair.pk for pair in pairs])
        known = {
            row["pk"]: row
            for row in rows.values("pk", **{name: F(path) for name, path in PAIR_FIELDS.items()})
        }
        return [cls._of(known[pair.pk]) for pair in pairs]

    @classmethod
    def _of(cls, row: Mapping[str, Any]) -> PairOut:
        def side(name: str) -> SideOut:
            address = reverse("api:pair_picture", args=[row["pk"], name])
            return SideOut(url=address, width=row[f"{name}_width"], height=row[f"{name}_height"])

        # Language models write different prompts: either would tell which is which.
        is_same = row["varies"] == "image"
        return cls(
            id=row["pk"],
            left=side("left"),
            right=side("right"),
            topic=Named(key=row["topic_key"], name=local(row["topic_name"], row["topic_name_ru"])),
            concept=Named(key=row["concept_key"], name=local(row["concept_name"], row["concept_name_ru"])),
            location=row["location"] if is_same else None,
            prompt=row["prompt"] if is_same else None,
            negative_prompt=row["negative_prompt"] if is_same else None,
        )


class NextPairsIn(Body):
    """How many pairs you want in hand."""

    count: int = Field(1, ge=1, le=MOST_HELD)


class ProgressOut(Schema):
    """How far you are with a comparison."""

    judged: int
    left: int

    @classmethod
    def of(cls, progress: Progress) -> ProgressOut:
        """Describe a rater's progress."""
        return cls(judged=progress.judged, left=progress.left)


class PairsOut(ProgressOut):
    """What you have in hand now. Another tab of yours has the same."""

    pairs: list[PairOut]
    empty: bool = Field(description="True: there is nothing (more) for you at present.")


class TaskOut(Schema):
    """An open comparison: what it is about, but neither its name nor its models."""

    id: UUID
    created_at: datetime
    topics: list[Named]
    concepts: list[Named]
    progress: ProgressOut

    @classmethod
    def of(cls, task: Task) -> TaskOut:
        """Describe an open comparison."""
        return cls(
            id=task.comparison.pk,
            created_at=task.comparison.created_at,
            topics=[Named(key=topic.key, name=topic.local_name) for topic in task.topics],
            concepts=[Named(key=concept.key, name=concept.local_name) for concept in task.concepts],
            progress=ProgressOut.of(task.progress),
        )


class LatestFilters(Filters):
    """How many of one's latest judgements to list."""

    limit: int = Field(20, ge=1, le=100)


class JudgementIn(Body):
    """A judgement. Sent again under the same id it is still one judgement."""

    id: Id = Field(description="A UUID of your making.")
    pair: Id
    choice: Key = Field(description="left, right, same or skip.")
    seconds: float | None = Field(None, description="How long you looked at the pair.")

    def opinion(self) -> Opinion:
        """Return it as the verbs take it."""
        return Opinion(**self.model_dump())


class JudgementsIn(Body):
    """Several judgements; each is taken or refused on its own."""

    judgements: list[JudgementIn] = Field(min_length=1, max_length=LARGEST_BATCH)


class JudgementOut(Schema):
    """A judgement of your own."""

    id: UUID
    pair: UUID
    choice: Preferred
    seconds: float | None
    live: bool = Field(description="False: taken back.")
    created_at: datetime

    @classmethod
    def of(cls, judgement: Judgement) -> JudgementOut:
        """Describe a judgement."""
        return cls(
            id=judgement.pk, pair=judgement.pair_id, choice=Preferred(judgement.choice), seconds=judgement.seconds,
            live=judgement.live, created_at=judgement.created_at,
        )  # fmt: skip


class JudgementResultOut(Schema):
    """What became of one judgement of a batch: the status that it would have had alone."""

    id: UUID
    status: int
    judgement: JudgementOut | None = None
    problem: Refusal | None = None


class JudgementResultsOut(Schema):
    """What became of each judgement, in their order."""

    results: list[JudgementResultOut]


class UndoJudgementIn(Body):
    """The undo's own id."""

    id: Id = Field(description="A UUID of your making.")


class UndoJudgementOut(Schema):
    """The judgement taken back, and its pair, which is yours to judge again."""

    judgement: JudgementOut
    pair: PairOut
