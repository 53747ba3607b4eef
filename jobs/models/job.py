"""One job: its states and its verbs."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobs.ids import uuid7
from jobs.models.queryset import JobQuerySet, back_off
from jobs.states import OPEN_STATES, State


class WrongState(Exception):
    """The verb does not apply to the job's state; the text says which state that is."""


class IdempotencyConflict(Exception):
    """The idempotency key was used before, with another request."""


class Job(models.Model):
    """A piece of durable work, the base of everything that a worker does.

    ::

        queued ──claim──▶ running ──succeed──▶ done
          ▲  ▲              │ │ └────fail─────▶ failed ──retry──▶ queued
          │  └──fail, sweep─┘ │
          │    (back-off)     └────cancel────▶ cancelled ──retry──▶ queued
          └──release (no blame)

    Every transition is a compare-and-set on the state, and out of ``running`` also on the ``token`` of the
    claim: a worker that lost its lease changes nothing. Times are the database's. Subclasses set ``kind``.
    """

    kind: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.CharField(_("person"), max_length=120, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.QUEUED, editable=False
    )
    priority = models.SmallIntegerField(_("priority"), default=0)
    batch_key = models.CharField(max_length=200, default="", blank=True, editable=False)
    on_hold = models.BooleanField(_("on hold"), default=False, editable=False)
    alone = models.BooleanField(default=False, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0, editable=False)
    token = models.UUIDField(null=True, blank=True, editable=False)
    worker = models.CharField(_("worker"), max_length=160, default="", blank=True, editable=False)
    progress = models.FloatField(_("progress"), default=0, editable=False)
    error = models.TextField(_("error"), default="", blank=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(
                "person",
                models.F("priority").desc(),
                "id",
                name="%(class)s_due",
                condition=Q(state=State.QUEUED, on_hold=False),
            ),
            models.Index(fields=["person"], name="%(class)s_running", condition=Q(state=State.RUNNING)),
            models.Index(fields=["lease_until"], name="%(class)s_lease", condition=Q(state=State.RUNNING)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(class)s_lease_iff_running",
                condition=Q(state=State.RUNNING, token__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.RUNNING) & Q(token__isnull=True, lease_until__isnull=True)),
            )
        ]

    @classmethod
    def batch_limit(cls, first: Self) -> int:  # noqa: ARG003 (subclasses look at it)
        """Return how many jobs like ``first`` one claim may take together."""
        return 1

    # ------------------------------------------------------------------ reading
    @property
    def error_text(self) -> str:
        """Return the error in the reader's language where it is one of our own sentences."""
        return gettext(self.error) if self.error else ""

    @property
    def is_final(self) -> bool:
        return self.state not in OPEN_STATES

    @property
    def _rows(self) -> JobQuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk)  # type: ignore[return-value]

    # ------------------------------------------------------------------ verbs
    def succeed(self, **fields: Any) -> bool:
        """Store the result: running → done. False, and nothing stored, if the claim is no longer ours."""
        return self._leave_running(state=State.DONE, finished_at=Now(), progress=1, error="", **fields)

    def fail(self, error: str, *, retry: bool) -> bool:
        """Note an error: running → queued again after a back-off, or failed for good.

        ``retry=False`` is for errors that another attempt cannot mend. False if the claim is no longer ours.
        """
        error = error[:2000]
        if retry and self.failures + 1 < settings.JOB_MAX_ATTEMPTS:
            changed = self._leave_running(
                state=State.QUEUED,
                failures=F("failures") + 1,
                progress=0,
                error=error,
                due_at=Now() + back_off(),
            )
        else:
            changed = self._leave_running(
                state=State.FAILED, failures=F("failures") + 1, finished_at=Now(), error=error
            )
        return changed

    def cancel(self) -> None:
        """Cancel a queued or running job; a cancelled one stays cancelled. Raises :class:`WrongState`."""
        if not self._rows.cancel():
            self.refresh_from_db()
            if self.state != State.CANCELLED:
                raise WrongState(_("It is already %(state)s.") % {"state": self.get_state_display()})
        self.refresh_from_db()

    def retry(self) -> None:
        """Queue a failed or cancelled job again. Raises :class:`WrongState` for any other."""
        changed = self._rows.retry()
        self.refresh_from_db()
        if not changed:
            raise WrongState(_("It is %(state)s.") % {"state": self.get_state_display()})

    def _leave_running(self, **fields: Any) -> bool:
        """Compare-and-set on state and token, then read the row again if it was ours."""
        changed = self._rows.filter(state=State.RUNNING, token=self.token).update(
            token=None, lease_until=None, **fields
        )
        if changed:
            self.refresh_from_db()
        return bool(changed)
