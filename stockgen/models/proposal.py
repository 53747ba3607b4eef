"""An edit to an addition that the language model proposes, because one reason to reject dominates."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engines.diffusion.limits import MAX_SEED
from engines.planning.brief import Brief
from jobs.models import Job, JobQuerySet, WrongState
from jobs.states import State
from stockgen.models.addition import PromptAddition, Step, compose_brief
from stockgen.models.brief import Concept, Topic
from stockgen.models.evidence import (
    CellReasons,
    reasons_by_cell,
    reasons_of,
    rejected_since,
    step_of,
)
from stockgen.models.verdict import Reason

BY_ITSELF = "system:proposals"
"""The person of proposals that nobody asked for."""

FURTHER_REJECTIONS = 20
"""After somebody dismissed a proposal, or writing it failed, so many more rejections make it worth another try."""

LEAST_TO_ASK = 3
"""Pictures that must have been rejected for a reason before somebody may ask for a proposal: fewer show no pattern."""


class Decision(models.TextChoices):
    """What a designer made of a proposal."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DISMISSED = "dismissed", _("dismissed")


class ProposalQuerySet(JobQuerySet["Proposal"]):
    def undecided(self) -> ProposalQuerySet:
        """Waiting for a designer, or still for the language model; also where that failed."""
        return self.filter(decision=Decision.OPEN).exclude(state=State.CANCELLED)

    def of(self, topic: Topic, concept: Concept, step: str) -> ProposalQuerySet:
        """Of one addition."""
        return self.filter(topic=topic, concept=concept, step=step)

    def with_names(self) -> ProposalQuerySet:
        """Bring what a page shows along."""
        return self.select_related("topic", "concept", "base", "decided_by", "accepted")

    def propose_where_needed(self) -> list[Proposal]:
        """Have an edit written wherever one reason dominates and none waits. Return the new ones. Idempotent.

        Where somebody dismissed one for that reason, or it could not be written, only after 20 further rejections.
        """
        topics = {topic.pk: topic for topic in Topic.objects.active()}
        concepts = {concept.pk: concept for concept in Concept.objects.active()}
        made = []
        for cell in reasons_by_cell():
            reason = cell.dominating()
            if reason is None or cell.topic not in topics or cell.concept not in concepts:
                continue
            if not self._is_too_soon(cell, reason):
                topic, concept = topics[cell.topic], concepts[cell.concept]
                made.append(self._write(topic, concept, reason, cell, person=BY_ITSELF))
        return [proposal for proposal in made if proposal is not None]

    def reason_to_ask(self, topic: Topic, concept: Concept, step: str) -> tuple[str, CellReasons] | None:
        """Return the most frequent reason that an addition could cure, with what is known of the cell.

        None where fewer than three pictures were rejected for it.
        """
        cell = reasons_of(topic, concept)
        reason = cell.most_frequent(Step(step))
        return (reason, cell) if reason and cell.reasons[reason] >= LEAST_TO_ASK else None

    def ask(self, user: User, topic: Topic, concept: Concept, step: str) -> Proposal:
        """Have an edit to one addition written now, for the most frequent reason that it could cure.

        An open one is returned as it is. Raises ``ValidationError`` where too few pictures were rejected for such a
        reason.
        """
        found = self.reason_to_ask(topic, concept, step)
        if found is None:
            raise ValidationError(
                _(
                    "At least %(least)d pictures must have been rejected for one reason that this text could cure."
                )
                % {"least": LEAST_TO_ASK}
            )
        made = self._write(topic, concept, *found, person=user.person)
        return made or self.undecided().of(topic, concept, step).exclude(state=State.FAILED).get()

    def _is_too_soon(self, cell: CellReasons, reason: str) -> bool:
        """Whether the last try for this reason was in vain, and hardly anything was rejected since."""
        in_vain = Q(decision=Decision.DISMISSED, decided_by__isnull=False) | Q(
            decision=Decision.OPEN, state=State.FAILED
        )
        last = (
            self.filter(in_vain, topic=cell.topic, concept=cell.concept, reason=reason)
            .annotate(moment=Coalesce("decided_at", "finished_at"))
            .order_by("-moment")
            .values_list("moment", flat=True)
            .first()
        )
        return last is not None and rejected_since(cell.topic, cell.concept, last) < FURTHER_REJECTIONS

    def _write(
        self, topic: Topic, concept: Concept, reason: str, cell: CellReasons, *, person: str
    ) -> Proposal | None:
        """Queue a proposal, and take back those that failed or start from an older text. None if one is open."""
        step = step_of(reason)
        with transaction.atomic():
            Topic.objects.select_for_update(of=("self",), no_key=True).get(
                pk=topic.pk
            )  # as saving an addition does
            base = PromptAddition.objects.current(topic, concept).get(step)
            earlier = self.undecided().of(topic, concept, step)
            if earlier.filter(base=base).exclude(state=State.FAILED).exists():
                return None
            earlier.open().cancel()
            self.of(topic, concept, step).filter(decision=Decision.OPEN).update(
                decision=Decision.DISMISSED, decided_at=Now()
            )
            [proposal] = self.submit(
                [
                    Proposal(
                        person=person,
                        topic=topic,
                        concept=concept,
                        step=step,
                        base=base,
                        language_model=settings.LANGUAGE_MODEL,
                        batch_key=settings.LANGUAGE_MODEL,
                        seed=secrets.randbelow(MAX_SEED + 1),
                        reason=reason,
                        evidence=cell.as_evidence(reason),
                    )
                ]
            )
        proposal.refresh_from_db()
        return proposal


class Proposal(Job):
    """A proposed text for an addition, written from the reasons and the rejected prompts.

    Beside the states of its job it has a decision::

        open ──accept──▶ accepted (only once it is written)
          └───dismiss──▶ dismissed (by nobody: a newer proposal has taken its place)

    ``base`` is the version it starts from (None: there was none), ``evidence`` what spoke for it: ``{"decided": …,
    "rejected": …, "reasons": {key: count}, "prompts": […], "approved_prompts": […]}``. ``sentence`` is what is new in
    ``text``; ``from_pattern`` says that it is a stock sentence because the language model wrote nothing usable.
    ``accepted`` is the version that came of it, edited or not.
    """

    kind = "proposal"

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="+", verbose_name=_("concept")
    )
    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    base = models.ForeignKey(
        PromptAddition, on_delete=models.CASCADE, null=True, editable=False, related_name="+"
    )
    language_model = models.CharField(_("language model"), max_length=60)
    seed = models.BigIntegerField(_("seed"))
    reason = models.CharField(_("reason"), max_length=60)
    evidence = models.JSONField(default=dict, editable=False)
    text = models.TextField(_("proposed text"), blank=True, default="", editable=False)
    sentence = models.TextField(_("what is new"), blank=True, default="", editable=False)
    from_pattern = models.BooleanField(default=False, editable=False)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    accepted = models.ForeignKey(
        PromptAddition, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[ProposalQuerySet] = ProposalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("proposed addition")
        verbose_name_plural = _("proposed additions")
        constraints: ClassVar = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["topic", "concept", "step"],
                name="one_open_proposal",
                condition=Q(decision="open") & ~Q(state__in=["failed", "cancelled"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept} · {self.get_step_display()}"

    # ------------------------------------------------------------------ reading
    @property
    def base_text(self) -> str:
        return self.base.text if self.base else ""

    @property
    def base_version(self) -> int:
        """Return the version that it starts from, 0 where there was none."""
        return self.base.version if self.base else 0

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return the reasons of the evidence, by their keys, with their counts, the most frequent first."""
        return sorted(self.evidence["reasons"].items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def is_open(self) -> bool:
        """Whether it can be accepted."""
        return self.decision == Decision.OPEN and self.state == State.DONE

    def brief(self) -> Brief:
        """Put the cell's texts together as the engines take them, with the text that it starts from."""
        additions = PromptAddition.objects.current(self.topic, self.concept)
        if self.base:
            additions[self.step] = self.base
        return compose_brief(self.topic, self.concept, additions)

    def current(self) -> PromptAddition | None:
        """Return the addition as it is now; another than ``base`` if somebody edited it since."""
        return PromptAddition.objects.current(self.topic, self.concept).get(self.step)

    def text_for_now(self) -> tuple[str, int]:
        """Return the text to open in an editor and the version that it starts from.

        Where somebody saved another text since, that one with the new sentence behind it.
        """
        now = self.current()
        if (now.pk if now else None) == self.base_id:
            return self.text, self.base_version
        assert now is not None  # versions are never deleted
        return f"{now.text.rstrip()} {self.sentence}".strip(), now.version

    def reason_name(self) -> str:
        """Return the reason's name in the reader's language."""
        return Reason.objects.names().get(self.reason, self.reason)

    def note(self, *, edited: bool = False) -> str:
        """Return what a version that comes of it is noted with, in the reader's language."""
        text = (
            gettext("Proposed because of “%(reason)s”, then edited")
            if edited
            else gettext("Proposed because of “%(reason)s”")
        )
        return text % {"reason": self.reason_name()}

    # ------------------------------------------------------------------ verbs
    def accept(
        self, user: User, *, text: str | None = None, base: int | None = None, note: str = ""
    ) -> PromptAddition:
        """Save the proposed text, or the ``text`` that somebody made of it, as the next version of the addition.

        ``base`` is the version that the author saw, without it the one that the proposal starts from. Raises
        ``WrongState`` unless the proposal is written and open, and :class:`AdditionConflict` if somebody has saved
        another text since; then nothing is stored and the proposal stays open.
        """
        with transaction.atomic():
            self._lock()
            if not self.is_open:
                raise WrongState(self._why_not())
            version = PromptAddition.objects.append(
                topic=self.topic,
                concept=self.concept,
                step=self.step,
                text=self.text if text is None else text,
                note=(note or self.note(edited=text is not None and text != self.text))[:200],
                author=user,
                base=self.base_version if base is None else base,
            )
            self._decide(Decision.ACCEPTED, user, version)
        self.refresh_from_db()
        return version

    def dismiss(self, user: User) -> None:
        """Put the proposal away; what is still being written is given up. Raises ``WrongState`` if it is decided."""
        with transaction.atomic():
            self._lock()
            if self.decision != Decision.OPEN:
                raise WrongState(self._why_not())
            Proposal.objects.filter(pk=self.pk).cancel()
            self._decide(Decision.DISMISSED, user, None)
        self.refresh_from_db()

    def retry(self) -> None:
        """Have a proposal that could not be written tried again. Raises ``WrongState``."""
        if self.decision != Decision.OPEN:
            raise WrongState(self._why_not())
        try:
            with transaction.atomic():
                super().retry()
        except IntegrityError:
            raise WrongState(_("Another proposal for this text is open.")) from None

    def _lock(self) -> None:
        """Hold topic and row, in the order in which a new proposal does, and read the row."""
        Topic.objects.select_for_update(of=("self",), no_key=True).get(pk=self.topic_id)
        Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
        self.refresh_from_db()

    def _decide(self, decision: Decision, user: User, version: PromptAddition | None) -> None:
        Proposal.objects.filter(pk=self.pk).update(
            decision=decision, decided_by=user, decided_at=Now(), accepted=version
        )

    def _why_not(self) -> str:
        if self.decision == Decision.OPEN:
            return gettext("This proposal is not written yet.")
        return gettext("This proposal is already %(decision)s.") % {"decision": self.get_decision_display()}
