"""A dry run: what the language model would write with a text that is not saved yet."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engines.diffusion.limits import MAX_SEED
from engines.planning.brief import Brief
from engines.planning.systems import compose_system
from jobs.models import Job, JobQuerySet, Turn
from jobs.states import State
from stockgen.models.addition import PromptAddition, Step, compose_brief
from stockgen.models.brief import Concept, Topic
from stockgen.models.registered import offered_language_models

Side = Literal["saved", "unsaved"]

LONGEST_TEXT = 10_000
MOST_LOCATIONS = 8
PROMPTS_PER_LOCATION = {Step.LOCATIONS.value: 1, Step.DESCRIPTIONS.value: 2}
"""One prompt shows what became of a location; two show how a text for descriptions makes them differ."""

KEPT = timedelta(days=1)


class ClaimLost(Exception):
    """The dry run was cancelled, deleted or taken over by another worker: nothing was stored."""


class DryRunQuerySet(JobQuerySet["DryRun"]):
    def visible_to(self, user: User) -> DryRunQuerySet:
        """Everyone's own, operators' too: a text that is not saved is nobody else's business."""
        return self.filter(owner=user)

    def of(self, topic: Topic, concept: Concept, step: str) -> DryRunQuerySet:
        """Of one addition."""
        return self.filter(topic=topic, concept=concept, step=step)

    def start(
        self,
        owner: User,
        *,
        topic: Topic,
        concept: Concept,
        step: str,
        text: str,
        language_model: str = "",
        seed: int | None = None,
        location_count: int = 4,
    ) -> DryRun:
        """Ask what a text would do as the addition of a step; the other step keeps its saved one.

        A person has one open dry run at a time: an earlier one is cancelled. Without a seed it takes that of the
        person's last one for this addition, so that only the text makes a difference. Raises ``ValidationError``
        with a message at each wrong field; then nothing is stored or cancelled.
        """
        current = PromptAddition.objects.current(topic, concept)
        saved = {one.value: _plain(current[one].text if one in current else "") for one in Step}
        dry_run = DryRun(
            owner=owner,
            person=owner.person,
            topic=topic,
            concept=concept,
            step=Step(step).value,
            language_model=language_model or settings.LANGUAGE_MODEL,
            seed=self._usual_seed(owner, topic, concept, step) if seed is None else seed,
            location_count=location_count,
            saved=saved,
            unsaved=saved | {Step(step).value: _plain(text)},
        )
        dry_run.check_request()
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(
                pk=owner.pk
            )  # two at once: one waits, then cancels
            self.filter(owner=owner).cancel()
            self.submit([dry_run])
        dry_run.refresh_from_db()
        return dry_run

    def last_of(self, owner: User, topic: Topic, concept: Concept, step: str) -> DryRun | None:
        """Return a person's last dry run of an addition; None if another text was saved since."""
        found = self.of(topic, concept, step).filter(owner=owner).order_by("-id").first()
        if found is None:
            return None
        current = PromptAddition.objects.current(topic, concept)
        return found if all(found.starts_from(current.get(one), one) for one in Step) else None

    def answered(self, digest: str) -> dict[str, Any] | None:
        """Return what a finished dry run found for a saved text, if one was asked exactly the same."""
        rows = self.done().filter(result__saved__digest=digest).order_by("-id")
        return next(iter(rows.values_list("result__saved", flat=True)[:1]), None)

    def forget_old(self) -> int:
        """Delete what is older than a day, in whatever state. Return how many."""
        return self.filter(created_at__lt=Now() - KEPT).delete()[0]

    def _usual_seed(self, owner: User, topic: Topic, concept: Concept, step: str) -> int:
        earlier = self.of(topic, concept, step).filter(owner=owner).order_by("-id").first()
        return earlier.seed if earlier else secrets.randbelow(MAX_SEED + 1)


class DryRun(Job):
    """Locations and prompts from the saved additions and from unsaved ones, side by side; nothing is rendered.

    ``saved`` and ``unsaved`` are the additions' texts by step; those of ``step`` may differ. ``result`` has under the
    same two names ``{"locations": [{"text": …, "prompts": […], "from_pattern": …}], "digest": …}``, filled as it goes:
    a side appears with its locations, a location's ``prompts`` when they are written. Where the texts are the same,
    there is only ``saved``. Both sides are asked with the same seed, and without the locations that the stock has
    already: what differs comes of the text.
    """

    kind = "dry-run"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="+", verbose_name=_("concept")
    )
    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    language_model = models.CharField(_("language model"), max_length=60)
    seed = models.BigIntegerField(_("seed"))
    location_count = models.PositiveSmallIntegerField(_("locations"), default=4)
    saved = models.JSONField(default=dict, editable=False)
    unsaved = models.JSONField(default=dict, editable=False)
    result = models.JSONField(default=dict, editable=False)

    objects: ClassVar[DryRunQuerySet] = DryRunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("dry run")
        verbose_name_plural = _("dry runs")

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept} · {self.get_step_display()}"

    def check_request(self) -> None:
        """Raise ``ValidationError`` with a message at each field that cannot be carried out."""
        errors: dict[str, Any] = {}
        text = self.unsaved[self.step]
        if len(text) > LONGEST_TEXT:
            errors["text"] = _("Use at most 10,000 characters.")
        elif "\0" in text:
            errors["text"] = _("A text cannot hold the character NUL.")
        if self.language_model not in offered_language_models():
            errors["language_model"] = _("There is no language model of this name.")
        if not 0 <= self.seed <= MAX_SEED:
            errors["seed"] = _("A seed is a whole number from 0 to %(most)d.") % {"most": MAX_SEED}
        if not 1 <= self.location_count <= MOST_LOCATIONS:
            errors["location_count"] = _("Ask for 1 to %(most)d locations.") % {"most": MOST_LOCATIONS}
        if errors:
            raise ValidationError(errors)

    # ------------------------------------------------------------------ reading
    @property
    def is_same(self) -> bool:
        """Whether the text is the saved one, so that there is nothing to compare."""
        return bool(self.saved == self.unsaved)

    @property
    def sides(self) -> tuple[Side, ...]:
        """Return the sides that are asked for."""
        return ("saved",) if self.is_same else ("saved", "unsaved")

    @property
    def prompts_per_location(self) -> int:
        return PROMPTS_PER_LOCATION[self.step]

    def starts_from(self, addition: PromptAddition | None, step: str = "") -> bool:
        """Whether the saved text of a step, usually the edited one, is still this version's."""
        return bool(self.saved[step or self.step] == _plain(addition.text if addition else ""))

    def brief(self, side: Side) -> Brief:
        """Put a side's texts together as the engines take them."""
        texts: dict[str, str] = getattr(self, side)
        additions = {step: PromptAddition(text=text) for step, text in texts.items()}
        return compose_brief(self.topic, self.concept, additions)

    def system(self, side: Side) -> str:
        """Return the system prompt of the edited step, exactly as it is sent."""
        return compose_system(
            self.brief(side), "locations" if self.step == Step.LOCATIONS else "descriptions"
        )

    def digest(self, side: Side, *, revision: str) -> str:
        """Return what tells one question from another: the brief, the model as loaded, seed and counts."""
        asked = [
            asdict(self.brief(side)),
            revision,
            self.seed,
            self.location_count,
            self.prompts_per_location,
        ]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def place(self) -> int | None:
        """Return how many people's dry runs go before this one; None unless it is due."""
        waiting = DryRun.objects.due().order_by().values("person")
        turns = Turn.objects.filter(kind=self.kind, person__in=waiting)
        order = list(
            turns.order_by(F("served_at").asc(nulls_first=True), "pk").values_list("person", flat=True)
        )
        return order.index(self.person) if self.person in order and self.state == State.QUEUED else None

    # ------------------------------------------------------------------ writing, only while the claim is ours
    def note(self, result: dict[str, Any]) -> None:
        """Store what is known so far, for the page to show. Raises :class:`ClaimLost`."""
        ours = DryRun.objects.filter(pk=self.pk, state=State.RUNNING, token=self.token)
        if not ours.update(result=result):
            raise ClaimLost
        self.result = result


def _plain(text: str) -> str:
    """Return a text as it counts in a system prompt: line ends are a browser's, and blank edges are not sent."""
    return text.replace("\r\n", "\n").strip()
