"""A job is a row. Its verbs are the only way from one state to another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least, Now, Power
from django.utils.translation import gettext_lazy as _

from jobs.ids import uuid7
from jobs.states import OPEN_STATES, State, is_known_dead
from jobs.tasks import wake_on_commit

J = TypeVar("J", bound="Job")


class WrongState(Exception):
    """The verb does not apply to the job's state; the text says which state that is."""


class TurnQuerySet(models.QuerySet["Turn"]):
    def ask(self, kind: str, people: Iterable[str]) -> None:
        """Give people a turn for this kind of work, or note that they asked again."""
        self.bulk_create(
            [Turn(kind=kind, person=person, asked_at=Now()) for person in sorted(set(people))],
            update_conflicts=True,
            unique_fields=["kind", "person"],
            update_fields=["asked_at"],
        )

    def tidy(self, job: type[Job]) -> int:
        """Forget people who asked for nothing in a week and wait for nothing. Return how many.

        Safe beside :meth:`ask`: a row asked for meanwhile is read again, and its new ``asked_at`` spares it.
        """
        waiting = job._default_manager.filter(state__in=OPEN_STATES, person=models.OuterRef("person"))
        idle = self.filter(kind=job.kind, asked_at__lt=Now() - timedelta(days=7))
        return idle.exclude(models.Exists(waiting)).delete()[0]


class Turn(models.Model):
    """When a person was last served, for each kind of work: the one waiting longest goes first."""

    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=120)
    served_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(db_default=Now())

    objects = TurnQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "person"], name="one_turn_a_person")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.person}"


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> Self:
        """Heard of within the last three ticks (at least 15 seconds)."""
        return self.filter(beat_at__gt=Now() - timedelta(seconds=max(15.0, 3 * settings.JOB_TICK_SECONDS)))

    def beat(self, name: str) -> None:
        """Note that this worker lives, and forget those not heard of for a day."""
        self.update_or_create(name=name, defaults={"beat_at": Now()})
        self.filter(beat_at__lt=Now() - timedelta(days=1)).delete()


class Worker(models.Model):
    """A worker process and when it was last heard of. Only for people to look at: leases decide, not this."""

    name = models.CharField(max_length=160, primary_key=True)
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class JobQuerySet(models.QuerySet[J]):
    """Adjectives that compose, and the verbs that change several jobs at once."""

    # ------------------------------------------------------------------ adjectives
    def queued(self) -> Self:
        return self.filter(state=State.QUEUED)

    def running(self) -> Self:
        return self.filter(state=State.RUNNING)

    def done(self) -> Self:
        return self.filter(state=State.DONE)

    def failed(self) -> Self:
        return self.filter(state=State.FAILED)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def due(self) -> Self:
        """Queued, not on hold, and not waiting for a later attempt (by the database's clock)."""
        return self.filter(state=State.QUEUED, on_hold=False, due_at__lte=Now())

    def expired(self) -> Self:
        """Running past the lease: whoever worked on it is taken for dead."""
        return self.filter(state=State.RUNNING, lease_until__lt=Now())

    # ------------------------------------------------------------------ verbs
    def claim(self, worker: str) -> list[J]:
        """Take the jobs that are next: queued → running, with a lease and one fresh token for all of them.

        The highest priority goes first; between people of the same priority, the one served least recently (with
        at most ``JOB_RUNNING_CAP_PER_PERSON`` running, 0 for no cap). Jobs of one claim share person and
        ``batch_key``; how many they may be, the model's ``batch_limit`` says. Empty if nothing is due.
        """
        with transaction.atomic():
            person = self._whose_turn()
            if person is None:
                return []
            mine = (
                self.due()
                .filter(person=person)
                .order_by("-priority", "id")
                .select_for_update(skip_locked=True)
            )
            first = mine.first()
            if first is None:
                return []
            chosen = [first.pk]
            limit = 1 if first.alone else self.model.batch_limit(first)
            if limit > 1:
                like_first = mine.filter(alone=False, batch_key=first.batch_key, priority=first.priority)
                chosen += like_first.exclude(pk=first.pk).values_list("pk", flat=True)[: limit - 1]
            self.filter(pk__in=chosen).update(
                state=State.RUNNING, token=uuid.uuid4(), worker=worker, progress=0, attempts=F("attempts") + 1,
                lease_until=Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS),
                started_at=Coalesce("started_at", Now()), alone=len(chosen) == 1,
            )  # fmt: skip
            return list(self.filter(pk__in=chosen).order_by("id"))

    def _whose_turn(self) -> str | None:
        """Choose the person to serve, note it, and return them; None if nobody may be served now."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        due = "state = 'queued' AND NOT on_hold AND due_at <= statement_timestamp()"
        with connection.cursor() as cursor:
            cursor.execute(  # the table's name is the model's own, everything else a parameter
                f"""
                UPDATE jobs_turn SET served_at = clock_timestamp() WHERE id = (
                    SELECT turn.id FROM jobs_turn turn
                    CROSS JOIN LATERAL (
                        SELECT priority FROM {table} job WHERE job.person = turn.person AND {due}
                        ORDER BY job.priority DESC LIMIT 1
                    ) AS next
                    WHERE turn.kind = %(kind)s AND (
                        %(cap)s = 0
                        OR %(cap)s > (SELECT count(*) FROM {table} job
                                      WHERE job.person = turn.person AND state = 'running')
                    )
                    ORDER BY next.priority DESC, turn.served_at NULLS FIRST, turn.id
                    LIMIT 1 FOR UPDATE OF turn
                ) RETURNING person
                """,  # noqa: S608
                {"kind": self.model.kind, "cap": settings.JOB_RUNNING_CAP_PER_PERSON},
            )
            row = cursor.fetchone()
        return row[0] if row else None

    def submit(self, jobs: Sequence[J]) -> list[J]:
        """Store new jobs in one transaction, give their people a turn, and wake a worker after the commit."""
        with transaction.atomic():
            made = self.bulk_create(jobs, batch_size=1000)
            Turn.objects.ask(self.model.kind, (job.person for job in made))
            wake_on_commit()
        return made

    def cancel(self) -> int:
        """Cancel what is queued or running; what runs is told at its next step. Return how many."""
        return self.open().update(
            state=State.CANCELLED, finished_at=Now(), token=None, lease_until=None, on_hold=False
        )

    def hold(self) -> int:
        """Keep queued jobs from being claimed until :meth:`release_hold`. What runs goes on to its end."""
        return self.queued().filter(on_hold=False).update(on_hold=True)

    def release_hold(self) -> int:
        """Let held jobs be claimed again."""
        count = self.queued().filter(on_hold=True).update(on_hold=False, due_at=Now())
        wake_on_commit()
        return count

    def retry(self) -> int:
        """Queue failed and cancelled jobs again with a clean slate. Return how many."""
        with transaction.atomic():
            again = self.filter(state__in=[State.FAILED, State.CANCELLED])
            people = set(again.order_by().values_list("person", flat=True).distinct())
            count = again.update(
                state=State.QUEUED, failures=0, alone=False, error="", progress=0, on_hold=False,
                due_at=Now(), started_at=None, finished_at=None,
            )  # fmt: skip
            Turn.objects.ask(self.model.kind, people)
            wake_on_commit()
        return count

    def sweep(self) -> int:
        """Take jobs back from workers that died: past their lease, or known dead on this host.

        A job that was alone when its worker died is blamed (``failures``); of several in one batch none is, but
        each must run alone the next time. At ``JOB_MAX_ATTEMPTS`` failures the job fails.
        """
        dead = [
            name
            for name in self.running().order_by().values_list("worker", flat=True).distinct()
            if is_known_dead(name)
        ]
        lost = self.filter(Q(state=State.RUNNING) & (Q(lease_until__lt=Now()) | Q(worker__in=dead)))
        count = lost.filter(alone=True, failures__gte=settings.JOB_MAX_ATTEMPTS - 1).update(
            state=State.FAILED, failures=F("failures") + 1, finished_at=Now(), token=None, lease_until=None,
            error=_("The worker died on this job %(count)d times.") % {"count": settings.JOB_MAX_ATTEMPTS},
        )  # fmt: skip
        count += lost.filter(alone=True).update(
            state=State.QUEUED, failures=F("failures") + 1, token=None, lease_until=None, progress=0,
            due_at=Now() + _back_off(),
        )  # fmt: skip
        count += lost.filter(alone=False).update(
            state=State.QUEUED, token=None, lease_until=None, progress=0, due_at=Now(),
            alone=True,
        )  # fmt: skip
        return count

    def heartbeat(self, token: uuid.UUID, progress: float, *, seconds: float) -> set[uuid.UUID]:
        """Extend the lease of one claim by ``seconds`` because it went on; return the jobs that are still ours."""
        ours = self.filter(state=State.RUNNING, token=token)
        ours.update(lease_until=Now() + timedelta(seconds=seconds), progress=progress)
        return set(ours.values_list("pk", flat=True))

    def release(self, token: uuid.UUID) -> int:
        """Give a claim back unfinished, without blame: the worker is asked to stop."""
        count = self.filter(state=State.RUNNING, token=token).update(
            state=State.QUEUED, token=None, lease_until=None, progress=0, due_at=Now()
        )
        wake_on_commit()
        return count


def _back_off() -> Any:
    """Seconds until the next attempt, as an interval: 2, 4, 8 … up to five minutes."""
    seconds = Least(Power(2.0, F("failures") + 1.0), 300.0, output_field=models.FloatField())
    return models.ExpressionWrapper(
        seconds * models.Value(timedelta(seconds=1)), output_field=models.DurationField()
    )


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
                due_at=Now() + _back_off(),
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
