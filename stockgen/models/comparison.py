"""A comparison of models: the same prompts and seeds, shown blind to experts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from engines.diffusion.limits import MAX_SEED, accepts_size
from engines.specs import ImageModelSpec
from jobs.ids import uuid7
from jobs.models import WrongState
from stockgen.models.brief import Concept, Topic
from stockgen.models.registered import (
    image_models,
    language_models,
    offered_image_models,
    offered_language_models,
)
from stockgen.validators import parse_size

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from stockgen.models.run import Run

USUAL_PICTURES = 8
MOST_PICTURES = 50
MOST_CONTESTANTS = 8
MOST_CELLS = 100


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def visible_to(self, user: User) -> ComparisonQuerySet:
        """Operators see every comparison, others their own. Experts see none: they judge blind."""
        return self if user.has_role(Role.OPERATOR) else self.filter(owner=user)

    def open(self) -> ComparisonQuerySet:
        """Those whose pictures are still judged."""
        return self.filter(closed_at=None)

    def start(
        self,
        owner: User,
        *,
        name: str,
        varies: str,
        contestants: Sequence[str],
        topics: Sequence[Topic],
        concepts: Sequence[Concept],
        pictures_per_cell: int = USUAL_PICTURES,
        image_model: str = "",
        language_model: str = "",
        seed: int | None = None,
    ) -> Comparison:
        """Store a comparison of models, by their keys, and launch the runs of every topic × concept.

        Of what varies, ``contestants`` are the models and ``image_model`` or ``language_model`` is not asked; the other
        one is the same for all. Raises ``ValidationError`` with a message at each wrong field; then nothing is stored.
        """
        is_of_images = varies == Comparison.Varies.IMAGE
        comparison = Comparison(
            owner=owner,
            name=name.strip(),
            varies=varies,
            contestants=list(contestants),
            image_model="" if is_of_images else image_model or settings.IMAGE_MODEL,
            language_model=language_model or settings.LANGUAGE_MODEL if is_of_images else "",
            pictures_per_cell=pictures_per_cell,
            seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
        )
        comparison.check_settings(topics, concepts)
        with transaction.atomic():
            comparison.save(force_insert=True)
            for topic in topics:
                for concept in concepts:
                    comparison.launch_cell(topic, concept)
            comparison.refresh_from_db()
        return comparison


class Comparison(models.Model):
    """Two or more image models, or language models, over some topics and concepts.

    Each cell is a run (image models: one run, whose pictures are rendered by each model; language models: one run
    each). Pictures of one cell with the same seed are an item: they are compared with each other. They are no stock:
    nobody votes on them, and they count in no quota. ``cancel``, ``close`` and ``reopen`` are its verbs.
    """

    class Varies(models.TextChoices):
        """What differs between the pictures that are compared."""

        IMAGE = "image", _("image models")
        LANGUAGE = "language", _("language models")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="comparisons",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=120)
    varies = models.CharField(_("compares"), max_length=10, choices=Varies.choices)
    contestants = ArrayField(models.CharField(max_length=60), verbose_name=_("models"))
    image_model = models.CharField(_("image model"), max_length=60, blank=True, default="")
    language_model = models.CharField(_("language model"), max_length=60, blank=True, default="")
    pictures_per_cell = models.PositiveSmallIntegerField(
        _("pictures a model and cell"), default=USUAL_PICTURES,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PICTURES)],
    )  # fmt: skip
    seed = models.BigIntegerField(_("seed"), validators=[MinValueValidator(0), MaxValueValidator(MAX_SEED)])
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    objects = ComparisonQuerySet.as_manager()

    if TYPE_CHECKING:
        runs: RelatedManager[Any]

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("comparison", args=[self.pk])

    def check_settings(self, topics: Sequence[Topic], concepts: Sequence[Concept]) -> None:
        """Raise ``ValidationError`` with a message at each field that cannot be carried out."""
        errors: dict[str, Any] = {}
        try:
            self.full_clean(exclude=["owner", "contestants"], validate_unique=False)
        except ValidationError as error:
            errors = error.update_error_dict({})
        if "varies" not in errors and (problem := self._problem_with_contestants()):
            errors["contestants"] = problem
        if self.image_model and self.image_model not in offered_image_models():
            errors["image_model"] = _("There is no image model of this name.")
        if self.language_model and self.language_model not in offered_language_models():
            errors["language_model"] = _("There is no language model of this name.")
        errors |= _problems_with_cells(topics, concepts)
        if errors:
            raise ValidationError(errors)

    def _problem_with_contestants(self) -> Any:
        offered = offered_image_models() if self.compares_images else offered_language_models()
        if not 2 <= len(self.contestants) <= MOST_CONTESTANTS:
            return _("Choose 2 to %(most)d models.") % {"most": MOST_CONTESTANTS}
        if len(set(self.contestants)) < len(self.contestants):
            return _("Choose each model once.")
        return None if set(self.contestants) <= set(offered) else _("One of these models is not offered.")

    def launch_cell(self, topic: Topic, concept: Concept) -> None:
        """Launch the runs of a topic × concept. They share the seed, so that items come together by their seeds."""
        from stockgen.models.run import Run

        common: dict[str, Any] = {
            "topic": topic, "concept": concept, "count": self.pictures_per_cell, "seed": self.seed, "comparison": self,
        }  # fmt: skip
        if not self.compares_images:
            for language_model in self.contestants:
                Run.objects.launch(
                    self.owner, **common, image_model=self.image_model, language_model=language_model
                )
            return
        specs = image_models()
        size = common_size(concept, [specs[key] for key in self.contestants])
        width, height = size or (None, None)
        Run.objects.launch(
            self.owner, **common, image_model=self.contestants[0], language_model=self.language_model,
            width=width, height=height, negative_prompt=concept.negative_prompt,
        )  # fmt: skip

    # ------------------------------------------------------------------ reading
    @property
    def compares_images(self) -> bool:
        return self.varies == self.Varies.IMAGE

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def image_models_of(self, run: Run) -> list[str]:
        """Return the keys of the image models that render each prompt of one of its runs."""
        return list(self.contestants) if self.compares_images else [run.image_model]

    def titles(self) -> dict[str, str]:
        """Return the contestants' names by their keys; a model that was taken away since keeps its key."""
        specs = image_models() if self.compares_images else language_models()
        return {key: specs[key].title if key in specs else key for key in self.contestants}

    # ------------------------------------------------------------------ verbs
    def close(self) -> None:
        """Have nothing judged any more; what was judged stays. Again, it changes nothing."""
        Comparison.objects.filter(pk=self.pk, closed_at=None).update(closed_at=Now())
        self.refresh_from_db()

    def reopen(self) -> None:
        """Have it judged again. One that is open stays as it is."""
        Comparison.objects.filter(pk=self.pk).update(closed_at=None)
        self.refresh_from_db()

    def cancel(self) -> int:
        """Give up what is not rendered yet; finished pictures stay and may be judged. Return how many runs that was."""
        runs = list(self.runs.select_related("plan"))
        tallies = type(runs[0]).tallies(runs) if runs else {}
        going = [run for run in runs if tallies[run.pk].open or not run.plan.is_final]
        for run in going:
            with suppress(WrongState):  # its last picture ended this moment
                run.cancel()
        return len(going)


def common_size(concept: Concept, specs: Sequence[ImageModelSpec]) -> tuple[int, int] | None:
    """Return the width and height, in pixels, in which models are compared; None: each renders its own usual size.

    The first of the concept's sizes that all of them can render, else the largest of their usual sizes that all can.
    """
    usual = sorted({concept.size_for(spec) for spec in specs}, key=lambda size: -size[0] * size[1])
    sizes = [*(parse_size(size) for size in concept.sizes), *usual]
    return next((size for size in sizes if all(accepts_size(spec, *size) for spec in specs)), None)


def _problems_with_cells(topics: Sequence[Topic], concepts: Sequence[Concept]) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    if not topics:
        errors["topics"] = _("Choose at least one topic.")
    elif not all(topic.is_active for topic in topics):
        errors["topics"] = _("One of these topics is no longer offered.")
    if not concepts:
        errors["concepts"] = _("Choose at least one concept.")
    elif not all(concept.is_active for concept in concepts):
        errors["concepts"] = _("One of these concepts is no longer offered.")
    if not errors and len(topics) * len(concepts) > MOST_CELLS:
        errors["topics"] = _("That makes more than %(most)d cells.") % {"most": MOST_CELLS}
    return errors
