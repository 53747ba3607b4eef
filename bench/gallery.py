"""Pages of the gallery with 100,000 pictures: first, deep, filtered and by verdict, for each role.

Beside ours, the usual way: Django's ``Paginator``, with its count and offset, over the same rows and columns.

    python -m bench.gallery [--pictures 100000] [--check]
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database

if TYPE_CHECKING:
    from accounts.models import User
    from stockgen.models import Picture

REPEATS = 20
PAGE = 60


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--pictures", type=int, default=100_000)
    options = arguments.parse_args()
    with scratch_database():
        measure(options.pictures, check=options.check)


def measure(count: int, *, check: bool) -> None:
    """Fill the table, then get each page ``REPEATS`` times."""
    from django.core.paginator import Paginator
    from django.test import Client

    from accounts.models import Role
    from stockgen.models import Picture
    from tests.factories import make_concept, make_planned_run, make_topic, make_user

    designer, other, expert, operator = (
        make_user(),
        make_user(),
        make_user(Role.EXPERT),
        make_user(Role.OPERATOR),
    )
    topics, concepts = [make_topic() for _ in range(13)], [make_concept() for _ in range(3)]
    bases = [
        make_planned_run(owner, topic=topic, concept=concept, count=1).pictures.get()
        for index, topic in enumerate(topics)
        for concept in concepts
        for owner in [designer if index % 2 else other]
    ]
    fill(bases, count)
    decide()
    deep = Picture.objects.order_by("id")[count // 5].pk
    cell = f"topic={topics[1].key}&concept={concepts[0].key}"

    def get(user: User, query: str) -> Callable[[], None]:
        client = Client(HTTP_HOST="localhost")
        client.force_login(user)

        def once() -> None:
            response = client.get(f"/gallery/?{query}")
            assert response.status_code == 200, response.status_code
            assert response.content.count(b"/thumbnail/") >= PAGE, "a full page of tiles was expected"

        return once

    def usual(page: int) -> Callable[[], None]:
        def once() -> None:
            rows = Picture.objects.visible_to(expert).select_related("topic", "concept").order_by("-id")
            assert len(list(Paginator(rows, PAGE).page(page))) == PAGE

        return once

    cases = {
        "expert, first page": get(expert, ""),
        "expert, deep page": get(expert, f"before={deep}"),
        "expert, one topic and concept": get(expert, cell),
        "designer, first page": get(designer, ""),
        "designer, deep page": get(designer, f"before={deep}"),
        "operator, approved": get(operator, "verdict=approved"),
        "operator, rejected, deep page": get(operator, f"verdict=rejected&before={deep}"),
        "operator, approved of one topic and concept": get(operator, f"verdict=approved&{cell}"),
        "designer, not decided": get(designer, "verdict=pending"),
        "designer, rejected, deep page": get(designer, f"verdict=rejected&before={deep}"),
    }
    baseline = {
        "usual way (rows only), first page": usual(1),
        "usual way (rows only), deep page": usual(count * 4 // 5 // PAGE),
    }
    figures = {name: timed(case) for name, case in (cases | baseline).items()}
    print(f"{count} pictures, {REPEATS} times each; ours are whole responses, rendered HTML included")
    table(
        ("page", "median ms", "p95 ms"),
        [
            (name, f"{sorted(times)[len(times) // 2]:.1f}", f"{p95(times):.1f}")
            for name, times in figures.items()
        ],
    )
    conclude([Promise(f"p95, {name}", p95(figures[name]), 150, unit=" ms") for name in cases], check=check)


def timed(case: Callable[[], None]) -> list[float]:
    """Return the milliseconds of each repetition, after one to warm up."""
    case()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        case()
        times.append(1000 * (time.perf_counter() - start))
    return times


def fill(bases: list[Picture], count: int) -> None:
    """Make ``count`` finished pictures from the given ones, interleaved in time, by SQL."""
    from django.db import connection

    from stockgen.models import Picture

    set_by_us = {"id", "seed", "state", "image", "thumbnail", "sha256", "finished_at"}
    same = ", ".join(
        str(field.column) for field in Picture._meta.concrete_fields if field.column not in set_by_us
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO stockgen_picture (id, seed, state, image, thumbnail, sha256, finished_at, {same})
            SELECT (lpad(to_hex(1700000000000 + n * {len(bases)} + (row_number() OVER (PARTITION BY n))), 12, '0')
                    || '7' || substr(md5(n::text || id::text), 1, 3)
                    || '8' || substr(md5(id::text || n::text), 1, 15))::uuid,
                   1000 + n, 'done', 'a.png', 'a.webp', 'x', now(), {same}
            FROM stockgen_picture, generate_series(1, %s) n WHERE id = ANY(%s)
            """,
            [count // len(bases), [base.pk for base in bases]],
        )
        cursor.execute("ANALYZE")


def decide() -> None:
    """Give the old 80 % of the pictures a verdict, by SQL: half of these are approved."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE stockgen_picture SET verdict = CASE WHEN seed % 2 = 0 THEN 'approved' ELSE 'rejected' END,
                verdict_at = now()
            WHERE id < (SELECT id FROM stockgen_picture ORDER BY id
                        OFFSET (SELECT count(*) * 8 / 10 FROM stockgen_picture) LIMIT 1) AND state = 'done'
            """
        )
        cursor.execute("ANALYZE stockgen_picture")


if __name__ == "__main__":
    main()
