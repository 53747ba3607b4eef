"""Thirty experts rate at once over HTTP, against the real web server, with 100,000 pictures in the table.

Each asks for the next picture and votes, over and over; some votes are sent twice, some taken back. With one vote a
picture, then with three. Beside ours, the usual way: the oldest picture with too few votes, counted by a join, without
holds.

    python -m bench.review [--votes 5000] [--raters 30] [--pictures 100000] [--think 1.8] [--check]
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from urllib3 import BaseHTTPResponse, PoolManager, Retry

from bench.gallery import fill
from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database
from bench.serving import web_server

if TYPE_CHECKING:
    from accounts.models import User

NAIVE_TIMES = 10


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--votes", type=int, default=5000, help="for each of the two rules")
    arguments.add_argument("--raters", type=int, default=30)
    arguments.add_argument("--pictures", type=int, default=100_000)
    arguments.add_argument(
        "--think", type=float, default=1.8, help="mean seconds that a rater looks (1,500 an hour: 2.4)"
    )
    options = arguments.parse_args()
    with scratch_database():
        measure(options.votes, options.raters, options.pictures, options.think, check=options.check)


def measure(votes: int, raters: int, pictures: int, think: float, *, check: bool) -> None:
    """Fill the tables, let the raters loose under both rules, and look at what is stored."""
    from accounts.models import ApiToken
    from tests.factories import make_expert

    prepare(pictures)
    people = [make_expert() for _ in range(raters)]
    tokens = [ApiToken.objects.issue(person, "bench")[1] for person in people]
    rows, promises = [], []
    with web_server() as url:
        for overlap in (1, 3):
            ask_for(overlap)
            crowd = Crowd(url, votes, think)
            seconds = crowd.run(tokens)
            faults = check_against_the_database(crowd, overlap)
            both = sorted(crowd.both)
            rows.append(
                (
                    f"ours, {overlap} a picture", f"{p95(crowd.next):.0f}", f"{p95(crowd.vote):.0f}",
                    f"{both[len(both) // 2]:.0f}", f"{p95(both):.0f}", len(crowd.taken), crowd.twice, crowd.undone,
                    f"{len(crowd.taken) / seconds:.0f}", faults.collisions,
                )
            )  # fmt: skip
            promises += [
                Promise(f"collisions, {overlap} a picture", faults.collisions, 0),
                Promise(f"votes lost or doubled, {overlap} a picture", faults.lost, 0),
                Promise(f"wrong verdicts, {overlap} a picture", faults.wrong, 0),
                Promise(f"answers that were errors, {overlap} a picture", crowd.errors, 0),
                Promise(f"p95 of next + vote, {overlap} a picture", p95(both), 200, unit=" ms"),
            ]
    print(f"{pictures} pictures, {raters} raters at once, a vote about every {think:g} s each")
    head = (
        "way", "next p95 ms", "vote p95 ms", "both median", "both p95", "votes", "sent twice", "taken back",
        "votes/s", "collisions",
    )  # fmt: skip
    table(head, rows)
    ask_for(1)
    ours, usual, collisions = compare(people)
    print(
        f"\nGiving out one picture, in the database alone: ours {ours:.1f} ms, the usual way {usual:.1f} ms "
        f"without holds; of {len(people)} raters who ask the usual way at once, {collisions} get a picture "
        "that another has, too."
    )
    conclude(promises, check=check)


# ---------------------------------------------------------------------- the crowd
@dataclass
class Crowd:
    """Raters who work until together they have cast so many votes."""

    url: str
    votes: int
    think: float
    next: list[float] = field(default_factory=list)
    vote: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)
    given: list[tuple[str, int]] = field(default_factory=list)
    taken: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    undone: int = 0
    twice: int = 0
    errors: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, tokens: list[str]) -> float:
        """Let everyone work; returns the seconds it took."""
        started = time.perf_counter()
        threads = [
            threading.Thread(target=self._rate, args=(number, token)) for number, token in enumerate(tokens)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - started

    def _rate(self, number: int, token: str) -> None:
        chance = random.Random(number)
        # A connection that the server closes while it is idle is opened again, as browsers do.
        again = Retry(1, allowed_methods=None)
        session = PoolManager(headers={"Authorization": f"Bearer {token}"}, retries=again)
        time.sleep(chance.random() * self.think)
        while len(self.taken) + self.undone < self.votes:
            answer, next_ms = self._post(session, "next", {"tab": "bench", "count": 1})
            if answer.status != 200 or not answer.json()["cards"]:
                self.errors += 1
                return
            picture = answer.json()["cards"][0]["picture"]
            with self.lock:
                self.given.append((picture, number))
            time.sleep(chance.expovariate(1 / self.think))
            choice = "approve" if chance.random() < 0.6 else "reject"
            vote = {"id": str(uuid.uuid4()), "picture": picture, "choice": choice, "seconds": 1.5}
            answer, vote_ms = self._post(session, "votes", vote)
            with self.lock:
                self.next.append(next_ms)
                self.vote.append(vote_ms)
                self.both.append(next_ms + vote_ms)
                if answer.status == 201:
                    self.taken[vote["id"]] = (picture, number, choice)
                else:
                    self.errors += 1
            self._disturb(session, vote, chance)

    def _disturb(self, session: PoolManager, vote: dict[str, Any], chance: random.Random) -> None:
        """Send some votes twice, take some back."""
        drawn = chance.random()
        if drawn < 0.03:
            answer, _ms = self._post(session, "votes", vote)
            with self.lock:
                self.twice += 1
                self.errors += answer.status != 200
        elif drawn < 0.05:
            undo = {"id": str(uuid.uuid4()), "tab": "bench"}
            answer, _ms = self._post(session, f"votes/{vote['id']}/undo", undo)
            with self.lock:
                self.undone += 1
                self.errors += answer.status != 200
                self.taken.pop(str(vote["id"]), None)

    def _post(self, session: PoolManager, path: str, body: dict[str, Any]) -> tuple[BaseHTTPResponse, float]:
        start = time.perf_counter()
        answer = session.request("POST", f"{self.url}/api/v1/review/{path}", json=body, timeout=60)
        return answer, 1000 * (time.perf_counter() - start)


# ---------------------------------------------------------------------- what is stored
@dataclass(frozen=True)
class Faults:
    """What must be none of."""

    collisions: int
    lost: int
    wrong: int


def check_against_the_database(crowd: Crowd, overlap: int) -> Faults:
    """Compare what the raters were given and told with the rows, and every verdict with its votes."""
    from review.models import Entry, Vote, outcome

    raters_of = defaultdict(set)
    for picture, rater in crowd.given:
        raters_of[picture].add(rater)
    # With the rule of three, no ties can be: nobody beyond the third may ever have had the picture.
    collisions = sum(len(raters) > overlap for raters in raters_of.values())
    stored = {
        str(pk): (str(entry), choice)
        for pk, entry, choice in Vote.objects.counted()
        .filter(entry__in=list(raters_of))
        .values_list("pk", "entry", "choice")
    }
    told = {key: (picture, choice) for key, (picture, _rater, choice) in crowd.taken.items()}
    wrong = 0
    for entry in Entry.objects.filter(pk__in=list(raters_of)).select_related("picture"):
        counted = list(entry.ballots.counted().values_list("choice", flat=True))
        slots, verdict = outcome(counted.count("approve"), counted.count("reject"), entry.wanted)
        wrong += (entry.votes, entry.slots, entry.picture.verdict) != (len(counted), slots, verdict)
    return Faults(collisions, len(told.items() ^ stored.items()), wrong)


# ---------------------------------------------------------------------- the usual way
def compare(people: list[User]) -> tuple[float, float, int]:
    """Give out pictures both ways, one by one; returns both in ms, and collisions of the usual way."""
    from django.db import connection, connections

    from review.models import Hold
    from review.queue import take

    usual = """
        SELECT picture.id FROM stockgen_picture picture
        LEFT JOIN review_vote vote ON vote.entry_id = picture.id AND vote.live
        WHERE picture.state = 'done' AND picture.verdict = 'pending'
        GROUP BY picture.id
        HAVING count(vote.id) < 1 AND NOT coalesce(bool_or(vote.rater_id = %s), false)
        ORDER BY picture.id LIMIT 1
    """

    def usually(person: User) -> str:
        with connection.cursor() as cursor:
            cursor.execute(usual, [person.pk])
            return str(cursor.fetchone()[0])

    Hold.objects.all().delete()
    start = time.perf_counter()
    for person in people:
        take(person, "compare", 1)
    ours = 1000 * (time.perf_counter() - start) / len(people)
    start = time.perf_counter()
    for person in people[:NAIVE_TIMES]:
        usually(person)
    theirs = 1000 * (time.perf_counter() - start) / NAIVE_TIMES
    got: list[str] = []

    def ask(person: User) -> None:
        got.append(usually(person))
        connections.close_all()

    threads = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ours, theirs, sum(got.count(picture) > 1 for picture in got)


# ---------------------------------------------------------------------- the stage
def prepare(count: int) -> None:
    """Fill the tables by SQL: 13 topics × 3 concepts, three of five pictures decided by a vote each, the rest open."""
    from django.db import connection

    from tests.factories import make_concept, make_expert, make_planned_run, make_topic, make_user

    owner, old_hand = make_user(), make_expert()
    concepts = [make_concept(share=share) for share in (60, 20, 20)]
    bases = [
        make_planned_run(owner, topic=topic, concept=concept, count=1).pictures.get()
        for topic in [make_topic() for _ in range(13)]
        for concept in concepts
    ]
    fill(bases, count)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE stockgen_picture SET verdict = CASE WHEN mod(seed, 5) = 0 THEN 'rejected' ELSE 'approved' END "
            "WHERE state = 'done' AND mod(seed, 5) < 3"
        )
        cursor.execute(
            """
            INSERT INTO review_entry (picture_id, topic_id, concept_id, stack, queue_at, wanted, slots, votes,
                                      flagged, surplus, gold, overridden, is_open)
            SELECT id, topic_id, concept_id, id, now() - interval '1 day', 1, 1, (verdict <> 'pending')::int,
                   false, false, false, false, verdict = 'pending'
            FROM stockgen_picture WHERE state = 'done'
            """
        )
        cursor.execute(
            """
            INSERT INTO review_vote (id, entry_id, rater_id, choice, reasons, note, seconds, gold, live, created_at)
            SELECT gen_random_uuid(), id, %s, CASE verdict WHEN 'approved' THEN 'approve' ELSE 'reject' END,
                   '{}', '', 2, false, true, now() - interval '1 hour'
            FROM stockgen_picture WHERE verdict <> 'pending'
            """,
            [old_hand.pk],
        )
        cursor.execute("VACUUM (ANALYZE)")  # else it runs by itself in the middle of the measuring


def ask_for(votes: int) -> None:
    """Let the rule be so many votes a picture, and start with no holds."""
    from review.models import Entry, Hold, Policy, Rule

    Hold.objects.all().delete()
    Policy.objects.set(None, Rule(votes=votes, calibration_share=0, gold_share=0))
    assert not Entry.objects.open().exclude(wanted=votes).exists()


if __name__ == "__main__":
    main()
