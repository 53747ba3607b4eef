"""A run: what a designer asked for, from the first location to the last picture."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from engines.diffusion.limits import MAX_GUIDANCE_SCALE, MAX_SEED, problems_with
from engines.diffusion.requests import RenderRequest
from engines.specs import ImageModelSpec
from jobs.ids import uuid7
from jobs.models import JobQuerySet, WrongState
from stockgen.models.brief import Concept, Topic
from stockgen.models.registered import image_models, offered_image_models, offered_language_models
from stockgen.models.tally import OVER, Phase, Tally, phase_of, tally_of

if TYPE_CHECKING:
    from stockgen.models.picture import Picture
    from stockgen.models.plan import Plan


class IdempotencyConflict(Exception):
    """The idempotency key was used before, with another request."""


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: User) -> RunQuerySet:
        """Operators see every run, others their own."""
        return self if user.has_role(Role.OPERATOR) else self.filter(owner=user)

    def with_names(self) -> RunQuerySet:
        """Bring what a list shows along: topic, concept, owner and plan."""
        return self.select_related("topic", "concept", "owner", "plan")

    def page(self, *, before: UUID | None = None, size: int = 30) -> list[Run]:
        """Return the newest runs older than ``before`` (keyset pagination: no count, no offset)."""
        rows = self.filter(id__lt=before) if before else self
        return list(rows.order_by("-id")[:size])

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
        idempotency_key: str = "",
    ) -> Run:
        """Store a run and its plan, and wake a worker. Whatever is None takes the model's or concept's default.

        A ``prompt`` is rendered as it stands, ``count`` times, instead of asking the language model; the first
        picture has the run's ``seed``.

        Raises ``ValidationError`` with a message at each wrong field; then nothing is stored. The same
        ``idempotency_key`` of the same owner returns the first run, or raises :class:`IdempotencyConflict` if the
        request differs.
        """
        asked = {name: value for name, value in locals().items() if name not in {"self", "owner"}}
        # Topic and concept count by their key: their names depend on the reader's language.
        asked = {name: str(getattr(value, "pk", value)) for name, value in asked.items()}
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        if idempotency_key and (earlier := self._launched_before(owner, idempotency_key, digest)):
            return earlier
        spec = offered_image_models().get(image_model or settings.IMAGE_MODEL)
        run = Run(
            owner=owner,
            topic=topic,
            concept=concept,
            count=count,
            image_model=image_model or settings.IMAGE_MODEL,
            language_model=language_model or settings.LANGUAGE_MODEL,
            seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
            location_count=location_count,
            prompt=prompt.strip(),
            idempotency_key=idempotency_key,
            request_digest=digest,
            negative_prompt=concept.negative_prompt if negative_prompt is None else negative_prompt,
        )
        if spec is not None:
            run.width = spec.default_width if width is None else width
            run.height = spec.default_height if height is None else height
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
    ``pause``, ``resume``, ``cancel`` and ``retry`` are its verbs.
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
        errors: dict[str, Any] = {}
        if not 1 <= self.count <= settings.RUN_MAX_PICTURES:
            errors["count"] = _("Ask for 1 to %(most)d pictures.") % {"most": settings.RUN_MAX_PICTURES}
        if self.location_count is not None and not 1 <= self.location_count <= self.count:
            errors["location_count"] = _("Ask for at least one location and no more than pictures.")
        if self.language_model not in offered_language_models():
            errors["language_model"] = _("There is no language model of this name.")
        if not self.topic.is_active:
            errors["topic"] = _("This topic is no longer offered.")
        if not self.concept.is_active:
            errors["concept"] = _("This concept is no longer offered.")
        for field in ("prompt", "negative_prompt"):
            if len(getattr(self, field)) > 2000:
                errors[field] = _("Use at most 2,000 characters.")
        if spec is None:
            errors["image_model"] = _("There is no image model of this name.")
        else:
            errors |= {
                problem.field: _limit(problem.field, spec) for problem in problems_with(self._request(), spec)
            }
        if errors:
            raise ValidationError(errors)

    def _request(self) -> RenderRequest:
        """Return what the image model will be asked for, with a stand-in where the prompt is yet to be written."""
        return RenderRequest(
            prompt=self.prompt or "…",
            negative_prompt=self.negative_prompt,
            seed=self.seed,
            width=self.width,
            height=self.height,
            steps=self.steps,
            guidance_scale=self.guidance_scale,
        )

    def add_plan(self) -> None:
        """Queue the planning of a new run."""
        from stockgen.models.plan import Plan

        Plan.objects.submit([Plan(run=self, person=self.owner.person, batch_key=self.language_model)])

    # ------------------------------------------------------------------ reading
    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

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
        before = ordered.filter(id__lt=next_up.pk).count() if next_up else max(0, self.count - 1)
        start = before // size * size
        return list(ordered[start : start + size]), start + 1

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

    def cancel(self) -> None:
        """Give up what is not done yet; finished pictures stay. Cancelling twice changes nothing."""
        with self._locked():
            if not self.plan.is_final or self.tally().open:
                self._plans.cancel()
                self.pictures.all().cancel()
                Run.objects.filter(pk=self.pk).update(paused_at=None, cancelled_at=Now())
            elif self.cancelled_at is None:
                self._refuse_if_over()

    def retry(self) -> int:
        """Queue again what failed or was cancelled, and go on if paused. Return how many jobs.

        Raises ``WrongState``, and changes nothing, if there are none.
        """
        with self._locked():
            again = self._plans.retry() + self.pictures.all().retry()
            if not again:
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


def _limit(field: str, spec: ImageModelSpec) -> Any:
    """Say in the reader's language what an image model accepts in a field."""
    if field in {"width", "height"}:
        return _("Use a multiple of %(multiple)d from %(least)d to %(most)d.") % {
            "multiple": spec.size_multiple,
            "least": spec.min_side,
            "most": spec.max_side,
        }
    return {
        "seed": _("A seed is a whole number from 0 to %(most)d.") % {"most": MAX_SEED},
        "steps": _("Use 1 to %(most)d steps.") % {"most": spec.max_steps},
        "guidance_scale": _("Use a guidance scale from 0 to %(most)d.") % {"most": MAX_GUIDANCE_SCALE},
    }[field]
