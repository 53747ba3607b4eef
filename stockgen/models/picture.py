"""A picture: the job of rendering it, and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pgvector.django import BitField, HnswIndex

from accounts.models import Role, User
from engines.diffusion.requests import RenderRequest
from engines.imaging.hashing import HASH_BITS
from jobs.kinds import URGENT
from jobs.models import Job, JobQuerySet, WrongState
from jobs.states import State
from stockgen.models.brief import Concept, Topic, texts_of_cell
from stockgen.models.registered import image_models
from stockgen.models.run import Run
from stockgen.models.verdict import Cause, Verdict, decide
from stockgen.signals import picture_done

if TYPE_CHECKING:
    from stockgen.models.plan import Prompt


class PictureQuerySet(JobQuerySet["Picture"]):
    def visible_to(self, user: User) -> Self:
        """Operators see every picture; experts the finished ones of all (they rate them); designers their own.

        What was made to compare models is no business of experts, who judge it without knowing the model.
        """
        if user.has_role(Role.OPERATOR):
            return self
        own = Q(owner=user)
        rated = Q(state=State.DONE, run__comparison=None)
        return self.filter(own | rated) if user.has_role(Role.EXPERT) else self.filter(own)

    def stock(self) -> Self:
        """Made for the stock, not to compare models."""
        return self.filter(run__comparison=None)

    def with_verdict(self, verdict: Verdict, user: User) -> Self:
        """Narrow to finished pictures of a verdict, of those whose verdict a person may know."""
        known = self.done().filter(verdict=verdict)
        if user.has_role(Role.OPERATOR):
            return known
        return known.filter(owner=user) if user.has_role(Role.DESIGNER) else known.none()

    def retry(self) -> int:
        """Queue failed and cancelled pictures again; those of a paused run stay on hold until it goes on.

        Not those of campaigns, which ask for others in their place.
        """
        mine = self.filter(cell=None)
        with transaction.atomic():
            count = super(PictureQuerySet, mine).retry()
            mine.filter(run__paused_at__isnull=False).hold()
        return count

    def page(self, *, before: UUID | None = None, size: int = 60) -> list[Picture]:
        """Return the newest pictures older than ``before`` (keyset pagination: no count, no offset)."""
        rows = self.filter(id__lt=before) if before else self
        return list(rows.order_by("-id")[:size])

    def with_names(self) -> Self:
        """Bring what a tile shows along: topic and concept."""
        return self.select_related("topic", "concept").defer(*texts_of_cell())

    def neighbours(self, picture: Picture) -> tuple[Picture | None, Picture | None]:
        """Return the pictures before and after one in its run, of those in this set."""
        others = self.filter(run=picture.run_id)
        before = others.filter(id__lt=picture.pk).order_by("-id").first()
        return before, others.filter(id__gt=picture.pk).order_by("id").first()

    def errors(self, most: int = 5) -> list[tuple[str, int]]:
        """Return the errors of failed pictures with how many have each, the most frequent first."""
        rows = (
            self.failed()
            .order_by()
            .values_list("error")
            .annotate(count=Count("id"))
            .order_by("-count", "error")
        )
        return [(gettext(error) if error else "", count) for error, count in rows[:most]]


class Picture(Job):
    """One picture of a run. What made it is stored with it; the file's PNG text holds the same.

    Beside the states of its job, a picture that is done has a verdict::

        pending ──approve──▶ approved ──reject──▶ rejected
           ▲  └────────────reject──────────────────▶ │ ▲
           └────────────────reopen──────────────────┘ (from approved, too; and approve from rejected)

    Its verbs are :meth:`approve`, :meth:`reject` and :meth:`reopen`; each change is kept.
    """

    kind = "picture"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="pictures", verbose_name=_("run"))
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.PROTECT, related_name="+", verbose_name=_("concept")
    )
    prompt = models.ForeignKey(
        "stockgen.Prompt", on_delete=models.PROTECT, related_name="pictures", verbose_name=_("prompt")
    )
    cell = models.ForeignKey(
        "stockgen.CampaignCell", on_delete=models.PROTECT, null=True, editable=False, related_name="pictures"
    )
    seed = models.BigIntegerField(_("seed"))
    image_model = models.CharField(_("image model"), max_length=60)
    image_model_revision = models.CharField(
        _("revision"), max_length=120, blank=True, default="", editable=False
    )
    width = models.PositiveIntegerField(_("width, px"))
    height = models.PositiveIntegerField(_("height, px"))
    steps = models.PositiveSmallIntegerField(_("steps"))
    guidance_scale = models.FloatField(_("guidance scale"))
    image = models.FileField(_("picture"), max_length=200, blank=True, editable=False)
    thumbnail = models.FileField(_("thumbnail"), max_length=200, blank=True, editable=False)
    byte_size = models.PositiveIntegerField(_("bytes"), null=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    perceptual_hash = BitField(length=HASH_BITS, null=True, editable=False)
    seconds = models.FloatField(_("seconds"), null=True, editable=False)
    verdict = models.CharField(
        _("verdict"), max_length=10, choices=Verdict.choices, default=Verdict.PENDING, editable=False
    )
    verdict_reasons = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, editable=False, verbose_name=_("reasons")
    )
    verdict_at = models.DateTimeField(_("decided"), null=True, editable=False)

    objects = PictureQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes: ClassVar = [
            *Job.Meta.indexes,
            models.Index(fields=["run", "state"], name="picture_of_run_by_state"),
            models.Index(
                "run", models.F("finished_at").desc(), name="picture_pace", condition=Q(state=State.DONE)
            ),
            models.Index("run", models.F("id").desc(), name="picture_of_run"),
            models.Index("owner", models.F("id").desc(), name="picture_of_owner"),
            models.Index("topic", "concept", models.F("id").desc(), name="picture_of_cell"),
            models.Index("concept", models.F("id").desc(), name="picture_of_concept"),
            models.Index("image_model", models.F("id").desc(), name="picture_of_model"),
            models.Index("state", models.F("id").desc(), name="picture_by_state"),
            models.Index(
                fields=["cell", "prompt", "state", "verdict"],
                include=["seconds"],
                name="picture_of_campaign_cell",
                condition=Q(cell__isnull=False),
            ),
            models.Index(
                "cell",
                models.F("verdict_at").desc(),
                name="picture_decided_of_cell",
                condition=Q(cell__isnull=False) & ~Q(verdict=Verdict.PENDING),
            ),
            models.Index(
                "topic",
                "concept",
                "verdict",
                models.F("id").desc(),
                name="picture_verdict_of_cell",
                condition=~Q(verdict=Verdict.PENDING),
            ),
            models.Index(
                "verdict", models.F("id").desc(), name="picture_by_verdict", condition=Q(state=State.DONE)
            ),
            models.Index(
                "owner",
                "verdict",
                models.F("id").desc(),
                name="picture_verdict_of_owner",
                condition=Q(state=State.DONE),
            ),
            models.Index(
                fields=["priority"],
                name="picture_urgent",
                condition=Q(state=State.QUEUED, priority__gte=URGENT),
            ),
            HnswIndex(name="picture_by_looks", fields=["perceptual_hash"], opclasses=["bit_hamming_ops"]),
        ]
        constraints: ClassVar = [
            *Job.Meta.constraints,
            models.UniqueConstraint(fields=["prompt", "seed", "image_model"], name="picture_once"),
            models.CheckConstraint(
                name="picture_file_iff_done",
                condition=Q(state=State.DONE, image__gt="", sha256__gt="")
                | (~Q(state=State.DONE) & Q(image="")),
            ),
            models.CheckConstraint(
                name="picture_verdict_only_if_done",
                condition=Q(state=State.DONE) | Q(verdict=Verdict.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept} · {self.seed}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("picture", args=[self.pk])

    @classmethod
    def of(cls, run: Run, prompt: Prompt, seed: int, image_model: str | None = None) -> Picture:
        """Make the (unsaved) picture of a prompt in a run, by its image model or another with that one's settings.

        Pictures of a campaign go after what their designer asked for by hand, and that after what somebody waits for.
        """
        settings = run.render_settings(image_model or run.image_model)
        return cls(
            owner=run.owner, person=run.owner.person, run=run, topic=run.topic, concept=run.concept, prompt=prompt,
            seed=seed, on_hold=run.is_paused, cell_id=run.cell_id, priority=run.priority,
            image_model=settings.image_model, width=settings.width, height=settings.height, steps=settings.steps,
            guidance_scale=settings.guidance_scale, batch_key="|".join(str(part) for part in settings),
        )  # fmt: skip

    @classmethod
    def batch_limit(cls, first: Picture) -> int:
        """Return the batch size of the picture's image model."""
        spec = image_models().get(first.image_model)
        return spec.batch_size if spec else 1

    # ------------------------------------------------------------------ reading
    def request(self) -> RenderRequest:
        """Return what the image model is asked for."""
        return RenderRequest(
            prompt=self.prompt.text, negative_prompt=self.run.negative_prompt, seed=self.seed, width=self.width,
            height=self.height, steps=self.steps, guidance_scale=self.guidance_scale,
        )  # fmt: skip

    def verdict_for(self, user: User) -> Verdict | None:
        """Return the verdict to whom it may be told; None to all others, and before the picture is done.

        Operators may know it, and designers that of their own pictures. Experts never: it would tell them of
        others' votes, and which pictures are known ones, mixed in to measure them.
        """
        may_know = user.has_role(Role.OPERATOR) or (self.owner_id == user.pk and user.has_role(Role.DESIGNER))
        return Verdict(self.verdict) if may_know and self.state == State.DONE else None

    @property
    def is_demonstration(self) -> bool:
        """True if the model that makes it is a demonstration, not stock quality."""
        spec = image_models().get(self.image_model)
        return bool(spec and spec.demonstration)

    def lineage(self) -> dict[str, Any]:
        """Return where the picture comes from, from the topic to the pixels, as it is embedded in the PNG."""
        run, plan = self.run, self.run.plan
        return {
            "picture": str(self.pk),
            "run": str(run.pk),
            "topic": self.topic.name,
            "concept": self.concept.name,
            "additions": {
                "locations": plan.locations_addition and plan.locations_addition.version,
                "descriptions": plan.descriptions_addition and plan.descriptions_addition.version,
            },
            "language_model": {
                "key": run.language_model,
                "revision": plan.language_model_revision,
                "seed": run.seed,
            },
            "location": self.prompt.location and self.prompt.location.text,
            "prompt": self.prompt.text,
            "prompt_template": self.prompt.template and self.prompt.template.text,
            "edited": self.prompt.source.is_edited,
            "negative_prompt": run.negative_prompt,
            "image_model": {"key": self.image_model, "revision": self.image_model_revision},
            "seed": self.seed,
            "width": self.width,
            "height": self.height,
            "steps": self.steps,
            "guidance_scale": self.guidance_scale,
        }

    # ------------------------------------------------------------------ files and verbs
    @property
    def folder(self) -> str:
        """Return the storage folder that only this picture uses."""
        name = str(self.pk)
        return f"pictures/{name[-2:]}/{name}"

    def store(
        self,
        png: bytes,
        thumbnail: bytes,
        *,
        sha256: str,
        revision: str,
        seconds: float,
        perceptual_hash: str | None = None,
    ) -> bool:
        """Put the files under names with the claim's token in them, then succeed. False if the claim was lost.

        Whatever another claim of this picture left behind is deleted, and so are these files if this claim is
        no longer the one that counts.
        """
        names = [
            default_storage.save(f"{self.folder}/{self.token}.{kind}", ContentFile(content))
            for kind, content in (("png", png), ("webp", thumbnail))
        ]
        with transaction.atomic():
            stored = self.succeed(
                image=names[0], thumbnail=names[1], byte_size=len(png), sha256=sha256,
                image_model_revision=revision, seconds=seconds, perceptual_hash=perceptual_hash,
            )  # fmt: skip
            if stored:
                picture_done.send(Picture, picture=self)
        if not stored:
            delete_files(names)
        elif self.attempts > 1:
            self.sweep_folder()
        return stored

    def retry(self) -> None:
        """Queue a failed or cancelled picture again. Raises ``WrongState`` for any other, and for a campaign's."""
        if self.cell_id:
            raise WrongState(_("The campaign asks for another one in its place."))
        super().retry()

    def approve(self, cause: Cause, *, by: User | None = None, note: str = "") -> bool:
        """Take the picture into the stock. False if it is approved already."""
        return bool(decide([self.pk], Verdict.APPROVED, cause, by=by, note=note))

    def reject(
        self, cause: Cause, *, reasons: Sequence[str] = (), by: User | None = None, note: str = ""
    ) -> bool:
        """Keep the picture out of the stock, for reasons by their keys. False if that is so already."""
        return bool(decide([self.pk], Verdict.REJECTED, cause, reasons=reasons, by=by, note=note))

    def reopen(self, cause: Cause, *, by: User | None = None, note: str = "") -> bool:
        """Take the verdict back. False if there is none."""
        return bool(decide([self.pk], Verdict.PENDING, cause, by=by, note=note))

    def sweep_folder(self) -> int:
        """Delete the files of this picture's folder that the row does not name. Return how many."""
        try:
            _folders, files = default_storage.listdir(self.folder)
        except FileNotFoundError:
            return 0
        # Read after the listing: whoever claims the picture from now on writes files that are not in it.
        self.refresh_from_db(fields=["state", "image", "thumbnail"])
        if self.state == State.RUNNING:
            return 0
        keep = {self.image.name, self.thumbnail.name}
        stray = [name for name in (f"{self.folder}/{file}" for file in files) if name not in keep]
        delete_files(stray)
        return len(stray)


def delete_files(names: list[str]) -> None:
    """Delete files from the storage; one that is gone already is no error."""
    for name in names:
        default_storage.delete(name)
