"""The plan of a run: the locations and prompts that the language model wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from engines.planning import wildcards
from engines.planning.allocation import assign_seeds, prompts_per_location
from engines.planning.brief import Brief
from jobs.models import Job
from jobs.states import State
from stockgen.models.addition import PromptAddition, Step, compose_brief
from stockgen.models.picture import Picture
from stockgen.models.run import Run
from stockgen.signals import plan_done

PROMPTS_OF_A_CAMPAIGN = 3
"""How many prompts a campaign has written for each location, to learn which of them work."""

COVERED_LIMIT = 200
"""How many of the cell's latest locations a plan looks at to avoid them."""

PARENTHESES = str.maketrans("{}", "()")


class LeaseLost(Exception):
    """The plan was cancelled or taken over by another worker: nothing was stored."""


class Plan(Job):
    """The language model's part of a run, a job of its own. What it has written is kept over a crash."""

    kind = "plan"

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="plan", verbose_name=_("run"))
    language_model_revision = models.CharField(max_length=120, blank=True, default="", editable=False)
    locations_addition = models.ForeignKey(
        PromptAddition, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    descriptions_addition = models.ForeignKey(
        PromptAddition, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    asked_locations = models.PositiveIntegerField(_("asked locations"), default=0, editable=False)
    location_attempts = models.PositiveIntegerField(_("attempts at locations"), default=0, editable=False)

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return str(self.run)

    @property
    def shortfall(self) -> int:
        """How many of the asked locations the model could not find (0 before it is through)."""
        if not self.location_attempts:
            return 0
        return max(0, self.asked_locations - self.run.locations.count())

    def compose(self) -> Brief:
        """Fix which versions of the additions this plan works from, and put the brief together."""
        run = self.run
        if not run.locations.exists():
            current = PromptAddition.objects.current(run.topic, run.concept)
            self.locations_addition = current.get(Step.LOCATIONS)
            self.descriptions_addition = current.get(Step.DESCRIPTIONS)
            self._store()
        pinned = {
            Step.LOCATIONS.value: self.locations_addition,
            Step.DESCRIPTIONS.value: self.descriptions_addition,
        }
        return compose_brief(run.topic, run.concept, {step: text for step, text in pinned.items() if text})

    def prompts_for(self, locations: int) -> int:
        """Return how many different prompts each of so many locations gets."""
        if self.run.cell_id:
            return PROMPTS_OF_A_CAMPAIGN
        return prompts_per_location(self.run.count, locations)

    def covered_locations(self) -> list[str]:
        """Return the latest locations that earlier runs of this topic and concept have, newest first.

        Those of comparisons do not count: a language model would have to avoid what another one has just found.
        """
        stock = Location.objects.filter(run__comparison=None)
        others = stock.filter(run__topic=self.run.topic, run__concept=self.run.concept)
        others = others.exclude(run=self.run).order_by("-id")
        return list(dict.fromkeys(others.values_list("text", flat=True)[:COVERED_LIMIT]))

    # ------------------------------------------------------------------ writing, only while the claim is ours
    def add_locations(self, texts: Sequence[str], *, asked: int, attempts: int) -> None:
        """Store proposed locations. Raises :class:`LeaseLost`."""
        with transaction.atomic():
            self._hold_claim()
            have = self.run.locations.count()
            Location.objects.bulk_create(
                Location(run=self.run, text=text, position=have + index) for index, text in enumerate(texts)
            )
            self.asked_locations = asked
            self.location_attempts += attempts
            self._store()
            self._note_progress()

    def add_prompts(self, location: Location | None, texts: Sequence[str]) -> None:
        """Store the prompts of one location, or a given one. Raises :class:`LeaseLost`.

        Only people write combinations: a brace of the language model becomes a parenthesis.
        """
        if location is not None:
            texts = [text.translate(PARENTHESES) for text in texts]
        with transaction.atomic():
            self._hold_claim()
            Prompt.objects.bulk_create(
                Prompt(run=self.run, location=location, text=text, position=index)
                for index, text in enumerate(texts)
            )
            self._note_progress()

    def finish(self, *, language_model_revision: str) -> list[Picture]:
        """End the plan and, unless the run waits for somebody to start it, queue its pictures, in one transaction.

        Raises :class:`LeaseLost`; then nothing is stored.
        """
        with transaction.atomic():
            # Locked before the plan, as the run's verbs do: a pause is either seen here or finds these pictures.
            run = Run.objects.select_for_update(of=["self"], no_key=True).get(pk=self.run_id)
            if not self.succeed(language_model_revision=language_model_revision):
                raise LeaseLost
            plan_done.send(Plan, plan=self)
            return self.queue_pictures() if run.renders_by_itself else []

    def queue_pictures(self) -> list[Picture]:
        """Queue exactly the asked number of pictures over the prompts. The caller has locked the run.

        Prompts with combinations are expanded first. Raises ``ValidationError`` where no prompt is left.
        """
        run = Run.objects.select_related("owner", "topic", "concept", "comparison").get(pk=self.run_id)
        prompts = expand_prompts(run)
        if not prompts:
            raise ValidationError(_("No prompt is left. Add one, or bring a dropped one back."))
        pairs = assign_seeds(run.count, len(prompts), run.seed)
        return Picture.objects.submit(
            [
                Picture.of(run, prompts[index], seed, image_model)
                for index, seed in pairs
                for image_model in run.image_models
            ]
        )

    def _note_progress(self) -> None:
        """Forgive earlier failures: a plan that got further is not what kills its workers."""
        self.failures = 0
        Plan.objects.filter(pk=self.pk).update(failures=0)

    def _hold_claim(self) -> None:
        """Lock the row against a take-over until the transaction ends."""
        ours = Plan.objects.select_for_update().filter(pk=self.pk, state=State.RUNNING, token=self.token)
        if not ours.exists():
            raise LeaseLost

    def _store(self) -> None:
        ours = Plan.objects.filter(pk=self.pk, state=State.RUNNING, token=self.token)
        ours.update(
            locations_addition=self.locations_addition, descriptions_addition=self.descriptions_addition,
            asked_locations=self.asked_locations, location_attempts=self.location_attempts,
        )  # fmt: skip


def expand_prompts(run: Run) -> list[Prompt]:
    """Return the prompts to render, in their order; each combination of one with wildcards is a row of its own.

    Few pictures still show many locations: the first prompt of every location comes before the second of any, and the
    first combination of every prompt before any second one. There are never more than the run has pictures.
    """
    written = _taking_turns(Prompt.objects.in_the_plan().filter(run=run))
    counts = [len(wildcards.expand(prompt.text)) for prompt in written]
    rounds = 1
    while rounds < max(counts, default=1) and sum(min(count, rounds) for count in counts) < run.count:
        rounds += 1
    expanded = [wildcards.expand(prompt.text)[:rounds] for prompt in written]
    rows = [
        prompt if texts == [prompt.text] else prompt.combination(texts[rank])
        for rank in range(rounds)
        for prompt, texts in zip(written, expanded, strict=True)
        if rank < len(texts)
    ][: run.count]
    Prompt.objects.bulk_create([row for row in rows if row.pk is None], batch_size=1000)
    return rows


def _taking_turns(prompts: models.QuerySet[Prompt]) -> list[Prompt]:
    """Return the first prompt of every location, then the second, and so on."""
    ordered = prompts.select_related("location").order_by(
        "location__position", "location_id", "position", "pk"
    )
    places: dict[int | None, int] = {}
    ranked = []
    for prompt in ordered:
        rank = places[prompt.location_id] = places.get(prompt.location_id, -1) + 1
        ranked.append((rank, prompt))
    return [prompt for _rank, prompt in sorted(ranked, key=lambda pair: pair[0])]


class Location(models.Model):
    """A distinct location (for items: an object) of a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="locations", verbose_name=_("run"))
    text = models.CharField(_("text"), max_length=300)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering: ClassVar = ["run", "position"]

    def __str__(self) -> str:
        return self.text


class PromptQuerySet(models.QuerySet["Prompt"]):
    def in_the_plan(self) -> PromptQuerySet:
        """Written and not dropped; combinations of one with wildcards are left out."""
        return self.filter(template=None, is_dropped=False)


class Prompt(models.Model):
    """An image prompt, written by the language model for a location, or given with the run (no location).

    ``text`` may hold combinations, ``{morning|evening} light``; each becomes a prompt of its own, whose ``template``
    this is, when the rendering starts. ``written`` keeps what the language model wrote where ``author`` changed it;
    a prompt that somebody added has an author and nothing written. A dropped one is rendered no more.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="prompts", verbose_name=_("run"))
    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, null=True, related_name="prompts", verbose_name=_("location")
    )
    text = models.TextField(_("text"), max_length=2000)
    position = models.PositiveIntegerField(_("position"), default=0)
    written = models.TextField(_("as the language model wrote it"), blank=True, default="", max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+",
        verbose_name=_("edited or added by"),
    )  # fmt: skip
    template = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        related_name="combinations",
        verbose_name=_("combination of"),
    )
    is_dropped = models.BooleanField(_("dropped"), default=False)

    objects = PromptQuerySet.as_manager()

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        ordering: ClassVar = ["location", "position"]

    def __str__(self) -> str:
        return self.text

    @property
    def source(self) -> Prompt:
        """Return the prompt that was written: its template, or itself."""
        return self.template or self

    @property
    def is_edited(self) -> bool:
        """Whether somebody changed or added it after the planning."""
        return bool(self.written) or self.author_id is not None

    def combination(self, text: str) -> Prompt:
        """Make the (unsaved) row of one combination of this prompt."""
        return Prompt(
            run_id=self.run_id, location=self.location, text=text, position=self.position, template=self
        )
