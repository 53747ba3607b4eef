"""The live page of a campaign of 13 × 3 cells and 25,000 pictures, among as many of another one.

Beside ours, the usual way: asking for the counts of each cell by itself, and rendering nothing.

    python -m bench.campaign_page [--pictures 25000] [--check]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.gallery import timed
from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database

if TYPE_CHECKING:
    from stockgen.models import Campaign

LIMIT_MS = 150


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--pictures", type=int, default=25_000)
    options = arguments.parse_args()
    with scratch_database():
        measure(options.pictures, check=options.check)


def measure(count: int, *, check: bool) -> None:
    """Fill two campaigns, then ask for the page, its live part and a cell."""
    from django.core.cache import cache
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from stockgen.campaigns.standing import standing_of
    from stockgen.models import Picture
    from tests.factories import make_campaign, make_concept, make_topic, make_user

    owner = make_user()
    topics = {make_topic(position=number): 1 for number in range(13)}
    concepts = {make_concept(position=number): share for number, share in enumerate((60, 20, 20))}
    campaigns = [
        make_campaign(owner, target=count // 2, topics=topics, concepts=concepts, unrated_limit=60)
        for _number in range(2)
    ]
    for campaign in campaigns:
        fill(campaign, count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE stockgen_picture")
    campaign = campaigns[0]
    cell = campaign.cells.get(topic=next(iter(topics)), concept=next(iter(concepts)))
    client = Client(HTTP_HOST="localhost")
    client.force_login(owner)
    address = f"/campaigns/{campaign.pk}/"

    def get(path: str, *, htmx: bool = True) -> None:
        response = client.get(path, headers={"HX-Request": "true"} if htmx else {})
        assert response.status_code == 200, (path, response.status_code)

    def forget_and_get(key: str) -> None:
        assert cache.delete(key), "it was kept under another name"
        get(address)

    def everything_anew() -> None:
        cache.clear()
        get(address)

    def count_it() -> None:
        standing_of(campaign)

    def usual() -> None:
        for one in campaign.cells.select_related("topic", "concept"):
            list(
                Picture.objects.filter(topic=one.topic, concept=one.concept, run__cell__campaign=campaign)
                .order_by()
                .values_list("state", "verdict")
                .annotate(count=Count("pk"))
            )

    get(address)
    with CaptureQueriesContext(connection) as queries:
        get(address)
    counted = "live part, counted anew (every 2 s)"
    cases = {
        counted: lambda: forget_and_get(f"campaign-live:{campaign.pk}:running:en:True"),
        "live part, the chart's history read anew, too (every 20 s)": everything_anew,
        "live part, another viewer within 2 s": lambda: get(address),
        "whole page": lambda: get(address, htmx=False),
        "an open cell": lambda: get(f"{address}cells/{cell.pk}/"),
        "of that: counting": count_it,
        "usual way (rows only): each cell by itself": usual,
    }
    figures = {name: timed(case) for name, case in cases.items()}
    pictures = Picture.objects.filter(cell__campaign=campaign).count()
    print(f"{pictures} pictures of the campaign, {len(queries)} queries for the live part")
    table(
        ("what", "median ms", "p95 ms"),
        [
            (name, f"{sorted(times)[len(times) // 2]:.1f}", f"{p95(times):.1f}")
            for name, times in figures.items()
        ],
    )
    conclude([Promise(f"p95, {counted}", p95(figures[counted]), LIMIT_MS, unit=" ms")], check=check)


def fill(campaign: Campaign, count: int) -> None:
    """Give every cell its part of the pictures: two of five approved, as many rejected, the rest open."""
    from tests.campaign_states import fill_cell, hours_ago, plan_cell

    cells = list(campaign.cells.select_related("topic", "concept"))
    whole = sum(cell.quota for cell in cells)
    for cell in cells:
        cell.campaign = campaign
        share = count * cell.quota // whole
        waiting, rendering = min(60, share // 10), min(24, share // 20)
        approved = (share - waiting - rendering) * 2 // 5
        fill_cell(
            cell,
            approved=min(approved, cell.quota),
            rejected=share - waiting - rendering - min(approved, cell.quota),
            waiting=waiting,
            rendering=rendering,
            reasons=["shapes", "fake-text", "people"],
            prompts=plan_cell(cell, [f"location {number}" for number in range(12)], prompts=3),
            since=hours_ago(60),
        )


if __name__ == "__main__":
    main()
