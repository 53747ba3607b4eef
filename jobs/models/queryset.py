"""Many jobs at once: adjectives that compose, claiming, and the verbs that change several."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least, Now, Power
from django.utils.translation import gettext_noop

from jobs.models.turn import Turn
from jobs.states import OPEN_STATES, State, is_known_dead
from jobs.tasks import wake_on_commit

if TYPE_CHECKING:
    from jobs.models.job import Job

J = TypeVar("J", bound="Job")

WORKER_DIED = gettext_noop("The worker died on this job again and again.")


def back_off() -> Any:
    """Seconds until the next attempt, as an interval: 2, 4, 8 … up to five minutes."""
    seconds = Least(Power(2.0, F("failures") + 1.0), 300.0, output_field=models.FloatField())
    return models.ExpressionWrapper(
        seconds * models.Value(timedelta(seconds=1)), output_field=models.DurationField()
    )


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
            if cap := settings.JOB_RUNNING_CAP_PER_PERSON:
                # Counted again now that the person's turn is ours alone.
                limit = min(limit, cap - self.running().filter(person=person).count())
                if limit < 1:
                    return []
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
            error=WORKER_DIED,
        )  # fmt: skip
        count += lost.filter(alone=True).update(
            state=State.QUEUED, failures=F("failures") + 1, token=None, lease_until=None, progress=0,
            due_at=Now() + back_off(),
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
        if count:
            wake_on_commit()
        return count

    def set_apart(self, token: uuid.UUID) -> int:
        """Queue a claim again, each job alone and none blamed: one of them made the whole batch fail."""
        count = self.filter(state=State.RUNNING, token=token).update(
            state=State.QUEUED, token=None, lease_until=None, progress=0, due_at=Now(), alone=True
        )
        wake_on_commit()
        return count
