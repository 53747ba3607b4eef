"""The first delivery as a rehearsal: 13 topics, 60/20/20, the product's own workers and rating queue.

Real Huey consumers run the jobs and advance the campaign; planning and rendering are instant. The experts, of mixed
strictness, take pictures from the queue and vote until the campaign has what it wants.

    python -m bench.campaign_rehearsal worker | expert NUMBER   (processes of the rehearsal, started by it)
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.campaign_world import World, install
from bench.report import Promise, table

if TYPE_CHECKING:
    from accounts.models import User
    from stockgen.models import Campaign

EXPERT_PROCESSES = 2
HAND = 12
SKIPPED = 0.01
STRICTNESS = 0.15
"""How far an expert's bar is from the mean's, at most, either way."""

WORLD = World("varying", 1)


def rehearse(target: int, experts: int, workers: int) -> list[Promise]:
    """Start everything, wait for the end, and look at what is stored."""
    from django.conf import settings
    from django.test.utils import override_settings

    from stockgen.models import Campaign, Concept, Topic
    from stockgen.seed import seed
    from tests.factories import make_expert, make_user

    seed()
    for _ in range(experts):
        make_expert()
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(dir=Path(settings.DATA_DIR)) as media,
        override_settings(MEDIA_ROOT=media),
    ):
        campaign = Campaign.objects.start(
            make_user(),
            name="The first delivery",
            target=target,
            seed=1,
            topics=dict.fromkeys(Topic.objects.active(), 1),
            concepts={concept: concept.share for concept in Concept.objects.active()},
        )
        with processes(media, workers):
            watch(campaign, started)
        seconds = time.perf_counter() - started
        return report(campaign, seconds, Path(media))


def watch(campaign: Campaign, started: float) -> None:
    """Say every half minute how far it is, until it has its target or pauses."""
    from stockgen.campaigns.standing import standing_of

    while True:
        campaign.refresh_from_db()
        standing = standing_of(campaign)
        print(
            f"{time.perf_counter() - started:6.0f} s  {standing.approved} of {standing.target} approved, "
            f"{standing.total.asked} rendered or about to be, {standing.total.waiting} wait for a vote",
            flush=True,
        )
        if not _runs(campaign):
            return
        until = time.monotonic() + 30
        while _runs(campaign) and time.monotonic() < until:
            time.sleep(0.5)


def _runs(campaign: Campaign) -> bool:
    return type(campaign).objects.running().filter(pk=campaign.pk, reached_at=None).exists()


def report(campaign: Campaign, seconds: float, media: Path) -> list[Promise]:
    """Print what it took, and hold what is stored against what was promised."""
    from review.models import Entry, Vote
    from stockgen.campaigns.standing import standing_of
    from stockgen.models import Examination, Picture, Plan, Run

    standing = standing_of(campaign)
    pictures = Picture.objects.filter(cell__campaign=campaign)
    named = {name for pair in pictures.done().values_list("image", "thumbnail") for name in pair}
    files = {str(file.relative_to(media)) for file in media.rglob("*") if file.is_file()}
    entries = Entry.objects.filter(picture__in=pictures)
    votes = Vote.objects.live().decisive().count()
    counted = Counter(entries.values_list("votes", flat=True))
    table(
        ("seconds", "renders", "approved", "renders per approved", "votes", "votes per picture", "plans", "cells"),
        [
            (
                f"{seconds:.0f}", standing.total.asked, standing.approved,
                f"{standing.total.asked / max(1, standing.approved):.3f}", votes,
                f"{votes / max(1, standing.total.done):.2f}", Plan.objects.count(), len(standing.cells),
            )
        ],
    )  # fmt: skip
    orphans = {
        "open jobs": pictures.open().count()
        + sum(kind.objects.open().count() for kind in (Plan, Examination)),
        "failed jobs": pictures.failed().count()
        + sum(kind.objects.failed().count() for kind in (Plan, Examination)),
        "pictures that nobody decided": standing.total.waiting,
        "files without a picture, or the other way round": len(files ^ named),
        "pictures without an entry in the queue": pictures.done().filter(entry=None).count(),
        "entries still open": entries.open().count(),
        "runs whose count is wrong": sum(
            run.count != run.pictures.count() for run in Run.objects.filter(cell__campaign=campaign)
        ),
        "votes that no entry counts": abs(votes - sum(number * many for number, many in counted.items())),
    }
    inexact = sum(cell.counts.approved != cell.quota for cell in standing.cells)
    return [
        Promise("approved pictures", standing.approved, campaign.target, at_least=True),
        Promise("cells without their exact quota", inexact, 0),
        *(Promise(f"orphans: {name}", count, 0) for name, count in orphans.items()),
    ]


# ---------------------------------------------------------------------- the processes
@contextlib.contextmanager
def processes(media: str, workers: int) -> Iterator[None]:
    """Run the workers and the experts for the block."""
    from psycopg.conninfo import make_conninfo

    from config import BASE_DIR, queue

    environment = {**os.environ, "DATABASE_URL": make_conninfo(**queue.parameters()), "MEDIA_ROOT": media}
    names = ["worker"] * workers + [f"expert {number}" for number in range(EXPERT_PROCESSES)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.campaign_rehearsal", *name.split()], cwd=BASE_DIR, env=environment
        )
        for name in names
    ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def work() -> None:
    """Be a worker: the product's own consumer, whose engines are instant."""
    import django

    django.setup()
    from django.core.management import call_command

    install()
    logging.getLogger("huey").setLevel(logging.WARNING)
    call_command("run_huey")


def vote_for_ever(number: int) -> None:
    """Be every so manieth expert, each a thread."""
    import django

    django.setup()
    from accounts.models import Role, User

    people = list(User.objects.filter(groups__name=Role.EXPERT).order_by("pk"))[number::EXPERT_PROCESSES]
    threads = [threading.Thread(target=rate, args=(person,), daemon=True) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rate(person: User) -> None:
    """Take a hand of pictures and vote on each, over and over, with a bar of one's own."""
    from jobs.ids import uuid7
    from review import queue
    from review.errors import Refused
    from review.models import Ballot, Vote
    from stockgen.models import Picture

    rng = random.Random(person.pk)
    bar = rng.uniform(-STRICTNESS, STRICTNESS)
    while True:
        keys = [hold.entry_id for hold in queue.take(person, "rehearsal", HAND)]
        locations = Picture.objects.filter(pk__in=keys).values_list("pk", "prompt__location__text")
        for key, location in locations:
            choice = "skip"
            if rng.random() >= SKIPPED:
                quality = random.Random(str(key)).random()
                choice = "approve" if quality < WORLD.yield_of(location) - bar else "reject"
            with contextlib.suppress(Refused):
                Vote.objects.cast(person, Ballot(id=uuid7(), picture=key, choice=choice))
        if not keys:
            time.sleep(1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1] == "worker":
        work()
    else:
        vote_for_ever(int(sys.argv[2]))
