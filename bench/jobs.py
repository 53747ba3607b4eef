"""Claiming: how long it takes with a long queue, and when a modest person is served beside a greedy one.

Beside ours, the usual way: first in, first out with ``FOR UPDATE SKIP LOCKED`` over one index.

    python -m bench.jobs [--greedy 50000] [--check]
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database

if TYPE_CHECKING:
    from stockgen.models import Picture

CLAIMS = 300


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--greedy", type=int, default=50_000, help="pictures that one person has queued")
    options = arguments.parse_args()
    with scratch_database():
        measure(options.greedy, check=options.check)


def measure(greedy: int, *, check: bool) -> None:
    """Queue ``greedy`` pictures of one person and 20 each of fifty others, then claim both ways."""
    from django.db import connection, transaction
    from django.db.models.functions import Now

    from jobs.models import Job
    from jobs.states import State
    from stockgen.models import Picture
    from tests.factories import make_planned_run, make_user

    Picture.batch_limit = Job.batch_limit  # type: ignore[method-assign]
    first = make_planned_run(make_user(), count=1)
    base = first.pictures.get()
    queue_copies(base, greedy)
    others = [make_planned_run(make_user(), count=20).owner.person for _ in range(50)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def ours() -> Picture:
        [picture] = Picture.objects.claim("bench")
        return picture

    @transaction.atomic
    def fifo() -> Picture:
        picture = Picture.objects.queued().order_by("id").select_for_update(skip_locked=True)[0]
        Picture.objects.filter(pk=picture.pk).update(
            state=State.RUNNING, token=uuid.uuid4(), lease_until=Now() + timedelta(seconds=30), worker="bench"
        )
        return picture

    rows, figures = [], {}
    for name, claim in (("ours", ours), ("first in, first out", fifo)):
        times, turn = run_claims(claim, others[0])
        figures[name] = (p95(times), turn)
        rows.append(
            (name, f"{1000 * sum(times) / len(times):.1f}", f"{1000 * p95(times):.1f}", turn or f"> {CLAIMS}")
        )
    print(
        f"{greedy} pictures of one person and 20 each of 50 others are queued; {CLAIMS} claims of one picture"
    )
    table(("way", "mean ms", "p95 ms", "claims until a modest person is served"), rows)
    conclude(
        [
            Promise("p95 of a claim", 1000 * figures["ours"][0], 50, unit=" ms"),
            Promise("claims until each of 51 people is served", figures["ours"][1] or 10**6, 51),
        ],
        check=check,
    )


def queue_copies(base: Picture, count: int) -> None:
    """Queue ``count`` copies of a picture with other seeds and identifiers of the same millisecond, by SQL."""
    from django.db import connection

    from stockgen.models import Picture

    fields = [field.column for field in Picture._meta.concrete_fields if field.column not in {"id", "seed"}]
    columns = ", ".join(str(field) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO stockgen_picture (id, seed, {columns}) "
            f"SELECT (left(id::text, 15) || substr(gen_random_uuid()::text, 16))::uuid, 1000 + n, {columns} "
            "FROM stockgen_picture, generate_series(1, %s) n WHERE id = %s",
            [count, base.pk],
        )


def run_claims(claim: Callable[[], Picture], modest: str) -> tuple[list[float], int | None]:
    """Claim ``CLAIMS`` times; return the seconds of each, and which claim first served the modest person."""
    times, turn = [], None
    for number in range(1, CLAIMS + 1):
        start = time.perf_counter()
        picture = claim()
        times.append(time.perf_counter() - start)
        if turn is None and picture.person == modest:
            turn = number
    return times, turn


if __name__ == "__main__":
    main()
