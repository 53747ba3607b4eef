"""An export: the job of delivering approved pictures, and what came of it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, User
from delivery.errors import ExportFailed
from delivery.models.littered import Littered, LitteredQuerySet
from delivery.selecting import Selection
from delivery.snapshot import snapshot
from delivery.targets import Target, offered_targets
from delivery.tasks import clean_up_soon
from jobs.models import IdempotencyConflict, Job, WrongState
from jobs.states import State
from stockgen.models import Campaign, Collection, Concept, Topic

if TYPE_CHECKING:
    from delivery.models.item import ItemQuerySet

logger = logging.getLogger(__name__)

SMALLEST_SIDE, LARGEST_SIDE = 256, 8192
MOST_OPEN = 5
"""Exports that a person may have waiting or in work."""

STEP = 200
"""Files that are deleted in one step."""


class ExportQuerySet(LitteredQuerySet["Export"]):
    # ------------------------------------------------------------------ adjectives
    def visible_to(self, user: User) -> Self:
        """Everyone's own, operators' too."""
        return self.filter(owner=user)

    def with_names(self) -> Self:
        """Bring what a line shows along."""
        return self.select_related("topic", "concept", "campaign", "collection", "base")

    def kept_too_long(self) -> Self:
        """Done, and no longer kept for download."""
        old = Q(finished_at__lt=Now() - timedelta(days=settings.EXPORT_RETENTION_DAYS))
        return self.done().filter(old, discarded_at__isnull=True)

    # ------------------------------------------------------------------ verbs
    def start(
        self,
        owner: User,
        selection: Selection | None = None,
        *,
        target: str = Target.ZIP,
        longest_side: int = 0,
        since: Export | None = None,
        idempotency_key: str = "",
    ) -> Export:
        """Fix what belongs to an export and queue it: what is approved now and fits the selection.

        With ``since``, an own export that is done, it is what is new since that one and those before it, of the same
        selection, made the same way; the other arguments are then taken from it. ``longest_side`` (px; 0: as
        rendered) has pictures enlarged to that size. Raises ``ValidationError`` with a message at each wrong field or
        where there is nothing to export, and ``PermissionDenied``; then nothing is stored. The same
        ``idempotency_key`` returns the first export, or raises :class:`IdempotencyConflict` if the request differs.
        """
        owner.require_role(Role.DESIGNER, Role.OPERATOR)
        if since is not None:
            if since.collection_name and not since.collection:
                raise ValidationError({"since": _("The collection of that export is no longer there.")})
            selection, target, longest_side = since.selection, since.target, since.longest_side
        selection = selection or Selection()
        export = Export(
            owner=owner, person=owner.person, base=since, target=target, longest_side=longest_side,
            enlarger=settings.EXPORT_SUPER_RESOLUTION_MODEL if longest_side else "",
            idempotency_key=idempotency_key, **vars(selection),
            collection_name=selection.collection.name if selection.collection else "",
        )  # fmt: skip
        export.request_digest = export.digest()
        if idempotency_key and (earlier := self._asked_before(export)):
            return earlier
        export.check_request()
        try:
            with transaction.atomic():
                if message := self.no_room(owner):
                    raise ValidationError(message)
                self.submit([export])
                snapshot(export)
        except IntegrityError:
            earlier = self._asked_before(export) if idempotency_key else None
            if earlier is None:
                raise
            return earlier
        export.refresh_from_db()
        return export

    def _asked_before(self, export: Export) -> Export | None:
        earlier = self.filter(owner=export.owner, idempotency_key=export.idempotency_key).first()
        if earlier and earlier.request_digest != export.request_digest:
            raise IdempotencyConflict(_("This idempotency key was used for another request."))
        return earlier

    def no_room(self, owner: User) -> str:
        """Say why somebody may have no further export in work, empty if they may.

        Locks the owner until the end of the transaction: one counts at a time.
        """
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if self.filter(owner=owner).open().count() < MOST_OPEN:
            return ""
        return _("You have %(count)d exports in work. Wait for one, or cancel it.") % {"count": MOST_OPEN}


class Export(Littered, Job):
    """Approved pictures with a manifest, delivered as a ZIP, into a folder or a bucket.

    Which pictures is fixed when it is asked for (``items``); a worker packs them part by part, so that a kill costs
    one part. ``count`` is how many were to be packed, ``files`` how many are, ``left_out`` how many lost their
    approval meanwhile, ``withdrawn`` how many an earlier export delivered that are no longer approved. Beside the
    verbs of a job: :meth:`keep_part` and :meth:`finish` for the worker, :meth:`discard` for what is done.
    """

    kind = "export"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("topic")
    )
    concept = models.ForeignKey(
        Concept, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("concept")
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("campaign")
    )
    collection = models.ForeignKey(
        Collection, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("collection")
    )
    collection_name = models.CharField(_("collection"), max_length=80, default="", blank=True, editable=False)
    base = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("new since")
    )
    target = models.CharField(_("delivered as"), max_length=10, choices=Target.choices)
    longest_side = models.PositiveIntegerField(_("longest side, px"), default=0)
    enlarger = models.CharField(_("enlarged by"), max_length=60, default="", blank=True)
    count = models.PositiveIntegerField(_("pictures"), default=0, editable=False)
    files = models.PositiveIntegerField(_("packed"), default=0, editable=False)
    left_out = models.PositiveIntegerField(pgettext_lazy("export", "left out"), default=0, editable=False)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0, editable=False)
    byte_size = models.BigIntegerField(_("bytes"), default=0, editable=False)
    archive_size = models.BigIntegerField(_("bytes of the ZIP"), default=0, editable=False)
    listings = models.JSONField(default=list, editable=False)
    place = models.CharField(_("place"), max_length=500, default="", blank=True, editable=False)
    endpoint = models.CharField(max_length=300, default="", blank=True, editable=False)
    detail = models.CharField(_("what the error is about"), max_length=300, default="", editable=False)
    discarded_at = models.DateTimeField(_("deleted"), null=True, editable=False)
    idempotency_key = models.CharField(max_length=200, default="", blank=True, editable=False)
    request_digest = models.CharField(max_length=64, default="", blank=True, editable=False)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        items: ItemQuerySet

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes: ClassVar = [
            *Job.Meta.indexes,
            models.Index("owner", models.F("id").desc(), name="export_of_owner"),
            models.Index(fields=["state"], name="export_littered", condition=Q(is_littered=True)),
        ]
        constraints: ClassVar = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"], name="export_once", condition=~Q(idempotency_key="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()} · {self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("export", args=[self.pk])

    def digest(self) -> str:
        """Return what tells one request from another."""
        asked = [
            self.topic_id, self.concept_id, str(self.campaign_id), str(self.collection_id), str(self.base_id),
            str(self.target), self.longest_side,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def check_request(self) -> None:
        """Raise ``ValidationError`` with a message at each field that cannot be carried out."""
        errors: dict[str, Any] = {}
        if self.target not in offered_targets():
            errors["target"] = _("Exports of this kind are not set up on this site.")
        if self.longest_side and not SMALLEST_SIDE <= self.longest_side <= LARGEST_SIDE:
            errors["longest_side"] = _("Give a side of %(least)d to %(most)d px, or none.") % {
                "least": SMALLEST_SIDE,
                "most": LARGEST_SIDE,
            }
        if (
            self.collection
            and not Collection.objects.visible_to(self.owner).filter(pk=self.collection.pk).exists()
        ):
            errors["collection"] = _("You have no such collection.")
        if self.base and (self.base.owner_id != self.owner_id or self.base.state != State.DONE):
            errors["since"] = _("Name an export of yours that is done.")
        if errors:
            raise ValidationError(errors)

    # ------------------------------------------------------------------ reading
    @property
    def selection(self) -> Selection:
        """Return what it was narrowed to."""
        return Selection(self.topic, self.concept, self.campaign, self.collection)

    @property
    def folder(self) -> str:
        """Return the storage folder that only this export uses."""
        return f"exports/{self.pk}"

    @property
    def title(self) -> str:
        """Return the name of its ZIP, folder and prefix: sorts by time, and no two are alike."""
        return f"stock-{self.created_at:%Y-%m-%d}-{str(self.pk)[-12:]}"

    @property
    def packed(self) -> int:
        """How many of the pictures are dealt with."""
        return self.files + self.left_out

    @property
    def can_be_fetched(self) -> bool:
        """Whether its manifest, and its ZIP, are here."""
        return self.state == State.DONE and self.discarded_at is None

    # ------------------------------------------------------------------ verbs of the worker
    def begin(self, *, place: str, endpoint: str) -> bool:
        """Note that from now on something may be left behind, and where. False if the claim is no longer ours."""
        return self._while_ours(is_littered=True, place=place, endpoint=endpoint)

    def keep_part(self, *, files: int, left_out: int, byte_size: int, archive_size: int) -> bool:
        """Count a part that is packed; the caller stores its items in the same transaction. False: lost the claim.

        Whoever gets on is not blamed for workers that died before, and what went wrong then has passed.
        """
        return self._while_ours(
            files=F("files") + files, left_out=F("left_out") + left_out, byte_size=F("byte_size") + byte_size,
            archive_size=archive_size, failures=0, error="", detail="",
        )  # fmt: skip

    def finish(self, *, listings: list[dict[str, Any]], archive_size: int) -> bool:
        """Store that all is delivered: running → done. False if the claim was lost."""
        return self.succeed(listings=listings, archive_size=archive_size, is_littered=False, detail="")

    def refuse(self, error: ExportFailed) -> bool:
        """Note why it cannot be made: running → failed, or queued again where that may pass."""
        if not self._while_ours(detail=error.detail):
            return False
        return self.fail(error.sentence, retry=error.may_pass)

    def _while_ours(self, **fields: Any) -> bool:
        ours = Export.objects.filter(pk=self.pk, state=State.RUNNING, token=self.token)
        if not ours.update(**fields):
            return False
        self.refresh_from_db()
        return True

    # ------------------------------------------------------------------ verbs of people
    def cancel(self) -> None:
        """Give it up, and what it has made by now. Raises ``WrongState`` once it is done or failed."""
        super().cancel()
        transaction.on_commit(clean_up_soon)

    def retry(self) -> None:
        """Make a failed or cancelled export anew, of the same pictures.

        It begins once nobody cleans up after it any more. Raises ``WrongState`` for any other, and where its owner
        has as many in work as one may have.
        """
        with transaction.atomic():
            message = Export.objects.no_room(self.owner)
            super().retry()
            if message:
                raise WrongState(message)
            self.items.reset()
            Export.objects.filter(pk=self.pk).update(
                files=0, left_out=0, byte_size=0, archive_size=0, detail="", clean_after=None, clean_failures=0,
                due_at=Greatest(Now(), Coalesce("cleaning_until", Now())),
            )  # fmt: skip
        self.refresh_from_db()

    def discard(self) -> None:
        """Delete what is kept of a finished export here; what a folder or bucket got is its receiver's.

        It stays on the list, and later ones can still be asked for what is new since. Raises ``WrongState`` before it
        is done.
        """
        if self.state != State.DONE:
            raise WrongState(_("It is %(state)s.") % {"state": self.get_state_display()})
        Export.objects.filter(pk=self.pk, discarded_at=None).update(discarded_at=Now(), is_littered=True)
        try:
            self.delete_kept()
        except OSError:
            logger.warning(
                "The files of export %s cannot be deleted now; the clock will.", self.pk, exc_info=True
            )
        else:
            Export.objects.filter(pk=self.pk).littered().update(is_littered=False)
        self.refresh_from_db()

    def delete_kept(self, on_step: Callable[[], None] = lambda: None) -> None:
        """Delete its files in the storage; ``on_step`` is called now and then before the next ones."""
        on_step()
        try:
            _folders, names = default_storage.listdir(self.folder)
        except FileNotFoundError:
            return
        for number, name in enumerate(names, 1):
            default_storage.delete(f"{self.folder}/{name}")
            if number % STEP == 0:
                on_step()
        default_storage.delete(self.folder)
