"""The figures of the review with 100,000 pictures and 200,000 votes: each of them, the two pages, the export.

Beside ours, the usual way: the same agreement figure with the votes loaded into Python.

    python -m bench.statistics [--pictures 100000] [--check]
"""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.gallery import fill, timed
from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database

if TYPE_CHECKING:
    from accounts.models import User

EXPERTS = 12
FIGURE_MS = 350
PAGE_MS = 1500
EXPORT_MIB = 16


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--pictures", type=int, default=100_000)
    options = arguments.parse_args()
    with scratch_database():
        measure(options.pictures, check=options.check)


def measure(count: int, *, check: bool) -> None:
    """Fill the tables, then compute everything again and again."""
    from review.models import Vote
    from review.statistics.agreements import agreements
    from review.statistics.approval import approval, locations
    from review.statistics.experts import median_seconds, own_figures, tallies, with_others
    from review.statistics.reasons import reasons
    from review.statistics.scope import Scope
    from review.statistics.splits import splits

    operator, designer, expert = fill_votes(count)
    everything = Scope()
    figures: dict[str, Callable[[], Any]] = {
        "approval rates": lambda: approval(everything),
        "approval rates by location": lambda: locations(everything),
        "agreement by topic and week": lambda: agreements(everything),
        "votes by expert and week": lambda: tallies(everything.votes()),
        "experts: with the others": lambda: with_others(everything),
        "experts: median seconds": lambda: median_seconds(everything.votes()),
        "an expert's own figures": lambda: own_figures(expert, everything),
        "reasons": lambda: reasons(everything),
        "splits, first page": lambda: splits(Vote.objects.all()),
    }
    pages = {
        "page for an operator": page(operator, "/review/statistics/"),
        "page for a designer": page(designer, "/review/statistics/"),
        "page for an expert": page(expert, "/review/statistics/"),
        "page of the splits": page(operator, "/review/splits/"),
    }
    baseline = {"usual way: agreement, votes in Python": usual_agreement}
    times = {name: timed(case) for name, case in (figures | pages | baseline).items()}
    print(f"{count} pictures, {Vote.objects.count()} votes; pages are whole responses")
    middle = {name: median(one) for name, one in times.items()}
    table(
        ("figure", "median ms", "p95 ms"),
        [(name, f"{middle[name]:.1f}", f"{p95(one):.1f}") for name, one in times.items()],
    )
    peak = export_peak()
    print(f"export of all votes: {peak:.1f} MiB of Python memory at its peak")
    conclude(
        [
            *[Promise(f"median, {name}", middle[name], FIGURE_MS, unit=" ms") for name in figures],
            *[Promise(f"median, {name}", middle[name], PAGE_MS, unit=" ms") for name in pages],
            Promise("peak memory of the export", peak, EXPORT_MIB, unit=" MiB"),
        ],
        check=check,
    )


def page(user: User, address: str) -> Callable[[], None]:
    """Return a function that gets a page as somebody."""
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.force_login(user)

    def once() -> None:
        response = client.get(address)
        assert response.status_code == 200, response.status_code

    return once


def usual_agreement() -> None:
    """Count the votes of each picture in Python."""
    from engines.statistics.agreement import agreement
    from review.models import Vote

    approvals: Counter[Any] = Counter()
    votes: Counter[Any] = Counter()
    for entry, choice in Vote.objects.counted().values_list("entry", "choice"):
        votes[entry] += 1
        approvals[entry] += choice == "approve"
    agreement(Counter((approvals[entry], votes[entry] - approvals[entry]) for entry in votes))


def export_peak() -> float:
    """Return how much memory Python takes at most while all votes are exported, in MiB."""
    from review.models import Vote
    from review.statistics.export import export_votes

    tracemalloc.start()
    for _piece in export_votes(Vote.objects.all(), "csv"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def fill_votes(count: int) -> tuple[User, User, User]:
    """Make finished pictures, each with two votes or three, over 12 weeks. Return an operator, a designer, an expert.

    The experts lean differently, the topics are of different difficulty, one picture in a hundred is a known one.
    """
    from django.db import connection

    from accounts.models import Role
    from stockgen.models import Plan, PromptAddition
    from tests.factories import make_concept, make_planned_run, make_topic, make_user

    operator, designer, other = make_user(Role.OPERATOR), make_user(), make_user()
    raters = [make_user(Role.EXPERT) for _ in range(EXPERTS)]
    concepts = [make_concept() for _ in range(3)]
    bases = []
    for topic in [make_topic() for _ in range(13)]:
        for concept in concepts:
            for version in range(3):
                owner = designer if topic.pk % 2 else other
                run = make_planned_run(owner, topic=topic, concept=concept, count=4, locations=4)
                addition = version and PromptAddition.objects.append(
                    topic=topic, concept=concept, step="descriptions", text=f"Addition {version}"
                )
                if addition:
                    Plan.objects.filter(run=run).update(descriptions_addition=addition)
                bases += list(run.pictures.all())
    fill(bases, count)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for statement in STATEMENTS:
            cursor.execute(statement, {"raters": [rater.pk for rater in raters], "operator": operator.pk})
        for table_name in ("review_entry", "review_vote", "review_goldpicture", "stockgen_picture"):
            cursor.execute(f"VACUUM ANALYZE {table_name}")
    return operator, designer, raters[0]


# Each picture has a hidden quality; a vote is that quality, seen with an expert's lean and some noise.
STATEMENTS = [
    """
    CREATE TEMPORARY TABLE drawn AS
    SELECT id, topic_id, concept_id, random() AS quality, floor(random() * 12)::int AS first,
           1 + floor(random() * 11)::int AS step, random() < 0.01 AS gold,
           now() - random() * interval '84 days' AS at
    FROM stockgen_picture WHERE state = 'done'
    """,
    """
    INSERT INTO review_entry (picture_id, topic_id, concept_id, stack, queue_at, wanted, slots, votes, flagged, surplus,
                              gold, overridden, is_open)
    SELECT id, topic_id, concept_id, id, at, 2, 3, 2, false, false, gold, false, false FROM drawn
    """,
    """
    INSERT INTO review_goldpicture (entry_id, expected, note, added_by_id, is_active)
    SELECT id, CASE WHEN quality > 0.4 THEN 'approved' ELSE 'rejected' END, '', %(operator)s, true
    FROM drawn WHERE gold
    """,
    """
    INSERT INTO review_vote (id, entry_id, rater_id, choice, reasons, score, note, seconds, gold, live, created_at)
    SELECT gen_random_uuid(), id, (%(raters)s::bigint[])[1 + rater], choice,
           CASE WHEN choice = 'reject' THEN ARRAY[(ARRAY['people', 'blurred', 'off-topic', 'fake-text'])
                [1 + floor(random() * 4)::int]] ELSE '{}' END,
           NULL, '', exp(0.8 + random() * 1.2), gold, true, at + n * interval '1 hour'
    FROM (
        SELECT id, gold, at, n, rater, CASE WHEN quality + (random() - 0.5) * 0.5 + rater * 0.02
               > 0.25 + topic_id %% 13 * 0.03 + n * 0 THEN 'approve' ELSE 'reject' END AS choice
        FROM (SELECT *, (first + n * step) %% 12 AS rater FROM drawn, generate_series(0, 1) n) AS pairs
    ) AS votes
    """,
    """
    INSERT INTO review_vote (id, entry_id, rater_id, choice, reasons, note, seconds, gold, live, created_at)
    SELECT gen_random_uuid(), id, (%(raters)s::bigint[])[1 + (first + 2 * step) %% 12],
           CASE WHEN random() < 0.5 THEN 'approve' ELSE 'reject' END, '{}', '', 4, false, true, at + interval '3 hours'
    FROM drawn
    WHERE step <> 6 AND NOT gold
      AND (SELECT count(DISTINCT choice) FROM review_vote WHERE entry_id = drawn.id) = 2
    """,
    """
    UPDATE review_entry SET votes = 3 WHERE picture_id IN (
        SELECT entry_id FROM review_vote WHERE NOT gold GROUP BY entry_id HAVING count(*) = 3
    )
    """,
    """
    UPDATE stockgen_picture SET verdict = counted.verdict, verdict_at = counted.at
    FROM (
        SELECT entry_id, max(created_at) AS at,
               CASE WHEN 2 * count(*) FILTER (WHERE choice = 'approve') > count(*) THEN 'approved'
                    WHEN 2 * count(*) FILTER (WHERE choice = 'approve') < count(*) THEN 'rejected'
                    ELSE 'pending' END AS verdict
        FROM review_vote GROUP BY entry_id
    ) AS counted
    WHERE id = counted.entry_id
    """,
]


if __name__ == "__main__":
    main()
