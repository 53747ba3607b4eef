"""A run: what a designer asked for, from the first location to the last picture."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from engines.diffusion.limits import MAX_SEED, accepts_size
from engines.specs import ImageModelSpec
from jobs.ids import uuid7
from jobs.kinds import URGENT
from jobs.models import IdempotencyConflict, JobQuerySet, WrongState
from stockgen.models.brief import Concept, Topic
from stockgen.models.registered import image_models, offered_image_models
from stockgen.models.run_request import check_count, problems_with_run
from stockgen.models.tally import OVER, Phase, Tally, phase_of, tally_of

if TYPE_CHECKING:
    from stockgen.models.campaign import CampaignCell
    from stockgen.models.comparison import Comparison
    from stockgen.models.picture import Picture
    from stockgen.models.plan import Plan


CAMPAIGN_PRIORITY = -1


class RenderSettings(NamedTuple):
    """How a picture is rendered; pictures that share it are rendered together. Sizes are pixels."""

    image_model: str
    width: int
    height: int
    steps: int
    guidance_scale: float


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: User) -> RunQuerySet:
        """Operators see every run, others their own."""
        return self if user.has_role(Role.OPERATOR) else self.filter(owner=user)

    def with_names(self) -> RunQuerySet:
        """Bring what a list shows along: topic, concept, owner, plan and comparison."""
        return self.select_related("topic", "concept", "owner", "plan", "comparison")

    def page(self, *, before: UUID | None = None, size: int = 30) -> list[Run]:
        """Return the newest runs older than ``before`` (keyset pagination: no count, no offset)."""
        rows = self.filter(id__lt=before) if before else self
        return list(rows.order_by("-id")[:size])

    def forget_slides(self) -> int:
        """Blank the texts of the slides that these runs were for, once all their jobs are over. Return how many."""
        from stockgen.models.picture import Picture
        from stockgen.models.plan import Plan

        over = self.exclude(slide="")
        for jobs in (Plan.objects, Picture.objects):
            over = over.exclude(Exists(jobs.open().filter(run=OuterRef("pk"))))
        return over.update(slide="")

    def launch(
        self,
        owner: User,
        *,
        topic: Topic,
        concept: Concept,
        count: int,
        image_model: str = "",
        language_model: str = "",
        width: int | None = None,
        height: int | None = None,
        steps: int | None = None,
        guidance_scale: float | None = None,
        negative_prompt: str | None = None,
        seed: int | None = None,
        location_count: int | None = None,
        prompt: str = "",
        slide: str = "",
        stops_after_planning: bool = False,
        cell: CampaignCell | None = None,
        comparison: Comparison | None = None,
        idempotency_key: str = "",
    ) -> Run:
        """Store a run and its plan, and wake a worker. Whatever is None takes the model's or concept's default.

        A ``prompt`` is rendered instead of asking the language model, ``count`` pictures over its combinations; the
        first picture has the run's ``seed``. A run that ``stops_after_planning`` renders nothing before
        :meth:`Run.start_rendering`. For a campaign's ``cell`` it only plans: the campaign adds the pictures. For a
        ``slide``, its text, the language model is asked what would illustrate it, ahead of all bulk work.

        Raises ``ValidationError`` with a message at each wrong field; then nothing is stored. The same
        ``idempotency_key`` of the same owner returns the first run, or raises :class:`IdempotencyConflict` if the
        request differs.
        """
        asked = {name: value for name, value in locals().items() if name not in {"self", "owner"}}
        if not slide:
            del asked["slide"]  # runs have had keys before there were slides
        # Topic and concept count by their key: their names depend on the reader's language.
        asked = {name: str(getattr(value, "pk", value)) for name, value in asked.items()}
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        if idempotency_key and (earlier := self._launched_before(owner, idempotency_key, digest)):
            return earlier
        image_model = image_model or settings.IMAGE_MODEL
        spec = offered_image_models().get(image_model)
        run = Run(
            owner=owner,
            topic=topic,
            concept=concept,
            count=count,
            image_model=image_model,
            language_model=language_model or settings.LANGUAGE_MODEL,
            seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
            location_count=location_count,
            prompt=prompt.strip(),
            slide=slide,
            stops_after_planning=stops_after_planning,
            cell=cell,
            comparison=comparison,
            idempotency_key=idempotency_key,
            request_digest=digest,
            negative_prompt=(
                concept.negative_prompt_for(image_model) if negative_prompt is None else negative_prompt
            ),
        )
        if spec is not None:
            usual_width, usual_height = concept.size_for(spec)
            run.width = usual_width if width is None else width
            run.height = usual_height if height is None else height
            run.steps = spec.default_steps if steps is None else steps
            run.guidance_scale = spec.default_guidance_scale if guidance_scale is None else guidance_scale
        run.check_request(spec)
        try:
            with transaction.atomic():
                run.save(force_insert=True)
                run.add_plan()
        except IntegrityError:
            # Only the idempotency key can collide: the same request, sent twice at once.
            earlier = self._launched_before(owner, idempotency_key, digest) if idempotency_key else None
            if earlier is None:
                raise
            return earlier
        run.refresh_from_db()
        return run

    def _launched_before(self, owner: User, idempotency_key: str, digest: str) -> Run | None:
        earlier = self.filter(owner=owner, idempotency_key=idempotency_key).first()
        if earlier is not None and earlier.request_digest != digest:
            raise IdempotencyConflict(_("This idempotency key was used for another request."))
        return earlier


class Run(models.Model):
    """One order of pictures: a topic, a concept and a count, with the models and settings to use.

    The plan (:class:`stockgen.models.Plan`) and the pictures are its jobs; their states are the run's.
    ``pause``, ``resume``, ``cancel`` and ``retry`` are its verbs. The text of a ``slide`` is kept for 30 days
    and until the run is over; planned again after that, it is a run of its topic like any other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="runs", verbose_name=_("owner")
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="runs", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.PROTECT, related_name="runs", verbose_name=_("concept")
    )
    count = models.PositiveIntegerField(_("pictures"))
    language_model = models.CharField(_("language model"), max_length=60)
    image_model = models.CharField(_("image model"), max_length=60)
    width = models.PositiveIntegerField(_("width, px"), default=0)
    height = models.PositiveIntegerField(_("height, px"), default=0)
    steps = models.PositiveSmallIntegerField(_("steps"), default=0)
    guidance_scale = models.FloatField(_("guidance scale"), default=0)
    negative_prompt = models.TextField(_("negative prompt"), blank=True, max_length=2000)
    seed = models.BigIntegerField(_("seed"))
    location_count = models.PositiveIntegerField(_("locations"), null=True, blank=True)
    prompt = models.TextField(_("given prompt"), blank=True, max_length=2000)
    slide = models.TextField(_("slide"), blank=True, default="", editable=False)
    stops_after_planning = models.BooleanField(_("stops for a look at the prompts"), default=False)
    cell = models.ForeignKey(
        "stockgen.CampaignCell", on_delete=models.PROTECT, null=True, editable=False, related_name="runs"
    )
    comparison = models.ForeignKey(
        "stockgen.Comparison", on_delete=models.PROTECT, null=True, editable=False, related_name="runs"
    )
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    resumed_at = models.DateTimeField(_("resumed"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    idempotency_key = models.CharField(max_length=200, default="", blank=True, editable=False)
    request_digest = models.CharField(max_length=64, default="", blank=True, editable=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index("owner", models.F("id").desc(), name="run_of_owner")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"], name="run_idempotency", condition=~Q(idempotency_key="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept} · {self.count}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("run", args=[self.pk])

    plan: Plan

    def check_request(self, spec: ImageModelSpec | None) -> None:
        """Raise ``ValidationError`` with a message at each field that cannot be carried out."""
        if errors := problems_with_run(self, spec):
            raise ValidationError(errors)

    def add_plan(self) -> None:
        """Queue the planning of a new run."""
        from stockgen.models.plan import Plan

        plan = Plan(
            run=self, person=self.owner.person, batch_key=self.language_model, priority=max(self.priority, 0)
        )
        Plan.objects.submit([plan])

    # ------------------------------------------------------------------ reading
    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def priority(self) -> int:
        """Return the priority of its jobs: somebody waits for a slide's picture, nobody for a campaign's."""
        if self.slide:
            return URGENT
        return CAMPAIGN_PRIORITY if self.cell_id else 0

    @property
    def spec(self) -> ImageModelSpec | None:
        """Return the description of the image model; None if it was taken off the registry since."""
        return image_models().get(self.image_model)

    def tally(self) -> Tally:
        """Count the pictures by state, in one query."""
        return Run.tallies([self])[self.pk]

    @classmethod
    def tallies(cls, runs: Sequence[Run]) -> dict[UUID, Tally]:
        """Count the pictures of several runs by state, by the run's id."""
        return tally_of(runs)

    def phase(self, tally: Tally) -> Phase:
        """Read off where the run is."""
        return phase_of(self, tally)

    def seconds_left(self, tally: Tally) -> float | None:
        """Return the seconds until the last picture; None before that means something, and while paused."""
        if tally.pace is None or self.is_paused or not tally.open:
            return None
        return tally.pace.seconds_left(timezone.now())

    def window(self, size: int) -> tuple[list[Picture], int]:
        """Return the ``size`` pictures around where the work is, in order, and the number of the first, from 1.

        The pictures of a run are cut into windows of fixed places, so that none of them moves while it is watched;
        the window is the one with the first picture that is not done yet, or the last one.
        """
        ordered = self.pictures.order_by("id")
        next_up = ordered.open().first()
        before = ordered.filter(id__lt=next_up.pk).count() if next_up else max(0, ordered.count() - 1)
        start = before // size * size
        return list(ordered[start : start + size]), start + 1

    def render_settings(self, image_model: str) -> RenderSettings:
        """Return size, steps and guidance scale for a model: the run's for its own; another's usual ones.

        Another renders the run's size where it can, so that pictures to be compared have one.
        """
        spec = None if image_model == self.image_model else image_models().get(image_model)
        if spec is None:
            return RenderSettings(image_model, self.width, self.height, self.steps, self.guidance_scale)
        size = self.width, self.height
        width, height = size if accepts_size(spec, *size) else self.concept.size_for(spec)
        return RenderSettings(image_model, width, height, spec.default_steps, spec.default_guidance_scale)

    @property
    def image_models(self) -> list[str]:
        """Return the keys of the models that render each prompt: one, or those that a comparison compares."""
        return self.comparison.image_models_of(self) if self.comparison else [self.image_model]

    @property
    def expected(self) -> int:
        """Return how many pictures it makes in all: the asked ones, by each of its image models."""
        return self.count * len(self.image_models)

    @property
    def renders_by_itself(self) -> bool:
        """Whether the end of the planning queues the pictures; else somebody, or a campaign, starts them."""
        return not (self.stops_after_planning or self.cell_id)

    # ------------------------------------------------------------------ verbs
    # Each locks the run first, so that two of them, and the end of the planning, wait for each other.
    def pause(self) -> None:
        """Claim nothing more of this run; what is being rendered is finished. Pausing twice changes nothing."""
        with self._locked():
            self._refuse_if_over()
            Run.objects.filter(pk=self.pk, paused_at__isnull=True).update(paused_at=Now())
            self._plans.hold()
            self.pictures.all().hold()

    def resume(self) -> None:
        """Go on where :meth:`pause` stopped; a run that is not paused stays as it is."""
        with self._locked():
            if self.is_paused:
                self._release()

    def start_rendering(self, count: int | None = None) -> list[Picture]:
        """Queue exactly the asked number of pictures, or another ``count``, over the prompts left in the plan.

        Raises ``WrongState`` unless the run is planned and waits for this, and ``ValidationError`` for a count out of
        range or where no prompt is left. Twice at once, or again: the second is refused.
        """
        with self._locked():
            if self.phase(self.tally()) != Phase.PLANNED or self.cell_id:
                raise WrongState(_("The pictures of this run are not waiting to be started."))
            if count is not None:
                check_count(count)
            Run.objects.filter(pk=self.pk).update(count=count or self.count, paused_at=None)
            return self.plan.queue_pictures()

    def cancel(self) -> None:
        """Give up what is not done yet; finished pictures stay. Cancelling twice changes nothing."""
        with self._locked():
            if not self.plan.is_final or self.tally().open or self.phase(self.tally()) == Phase.PLANNED:
                self._plans.cancel()
                self.pictures.all().cancel()
                Run.objects.filter(pk=self.pk).update(paused_at=None, cancelled_at=Now())
            elif self.cancelled_at is None:
                self._refuse_if_over()

    def retry(self) -> int:
        """Queue again what failed or was cancelled, and go on if paused. Return how many jobs.

        A run that was cancelled before its rendering waits for that again; there are no jobs in it. Raises
        ``WrongState``, and changes nothing, if nothing was given up.
        """
        with self._locked():
            if self.cell and self.cell.campaign.stopped_at:
                raise WrongState(_("This campaign was stopped."))
            again = self._plans.retry() + self.pictures.all().retry()
            if not again and not (self.cancelled_at and not self.tally().total):
                raise WrongState(_("Nothing of this run failed or was cancelled."))
            self._release()
        return again

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the run's row for the verb, and read it, its plan included, before and after."""
        with transaction.atomic():
            Run.objects.select_for_update(no_key=True).get(pk=self.pk)
            self.refresh_from_db()
            yield
        self.refresh_from_db()

    @property
    def _plans(self) -> JobQuerySet[Plan]:
        return type(self.plan).objects.filter(run=self)

    def _release(self) -> None:
        Run.objects.filter(pk=self.pk).update(paused_at=None, cancelled_at=None, resumed_at=Now())
        self._plans.release_hold()
        self.pictures.all().release_hold()

    def _refuse_if_over(self) -> None:
        phase = self.phase(self.tally())
        if phase in OVER:
            raise WrongState(_("This run is %(phase)s.") % {"phase": phase.label})
