"""A comparison of models: the same prompts and seeds, shown blind to experts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from jobs.ids import uuid7

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from stockgen.models.run import Run


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def visible_to(self, user: User) -> ComparisonQuerySet:
        """Operators see every comparison, others their own."""
        return self if user.has_role(Role.OPERATOR) else self.filter(owner=user)


class Comparison(models.Model):
    """Two or more image models, or language models, over some topics and concepts.

    Each cell is a run (image models: one run, whose pictures are rendered by each model; language models: one run
    each). Pictures of one cell with the same seed belong together: they are compared with each other.
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
    pictures_per_cell = models.PositiveSmallIntegerField(_("pictures a model and cell"), default=8)
    seed = models.BigIntegerField(_("seed"))
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

    def image_models_of(self, run: Run) -> list[str]:
        """Return the keys of the image models that render each prompt of one of its runs."""
        return list(self.contestants) if self.varies == self.Varies.IMAGE else [run.image_model]
