"""Who gets which picture next: the one place where pictures are given out.

A new picture is given to nobody before the detectors have looked at it, for ``REVIEW_EXAMINATION_SECONDS`` at most.
The order: pictures of cells short of their quota, then the surplus of full cells, then those that a detector flagged,
and last those that an expert flagged; within each by the date of the run or campaign that asked for them,
near-duplicates side by side. Which cells are full is looked up every minute (:mod:`review.ordering`) and for each
picture that comes in.
"""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Role, User
from review.models import Competence, GoldPicture, Hold, Policy, Vote

MOST_COUNTED = 1000
LARGEST_STACK = 12
MOST_HELD = 200

# What a rater may be given: room that neither votes nor live holds take, and not theirs in any way. Also read again
# once the rows are locked: only then it holds, because whoever gives out or votes locks the row first.
_FREE = """
    entry.is_open
    AND (%(topics)s::bigint[] IS NULL OR entry.topic_id = ANY(%(topics)s))
    AND NOT EXISTS (SELECT FROM review_vote vote
                    WHERE vote.entry_id = entry.picture_id AND vote.rater_id = %(rater)s AND vote.live)
    AND NOT EXISTS (SELECT FROM review_hold hold
                    WHERE hold.entry_id = entry.picture_id AND hold.rater_id = %(rater)s
                      AND hold.expires_at > statement_timestamp())
    AND entry.slots > entry.votes + (SELECT count(*) FROM review_hold hold
                    WHERE hold.entry_id = entry.picture_id AND hold.expires_at > statement_timestamp())
    AND 0 = (SELECT count(*) FROM stockgen_examination examination
             WHERE examination.picture_id = entry.picture_id AND examination.state IN ('queued', 'running')
               AND examination.priority >= 0  -- those asked for later, of old pictures, keep nobody waiting
               AND examination.created_at > statement_timestamp() - %(examined_within)s * interval '1 second')
"""
_NEXT = f"""
SELECT entry.picture_id, entry.stack FROM review_entry entry WHERE {_FREE} AND entry.picture_id <> ALL(%(known)s)
ORDER BY entry.flagged, entry.doubtful, entry.surplus, entry.queue_at, entry.stack, entry.picture_id
LIMIT %(limit)s FOR UPDATE OF entry SKIP LOCKED
"""  # noqa: S608
_STACK = f"""
SELECT entry.picture_id, entry.stack FROM review_entry entry
WHERE {_FREE} AND entry.stack = %(stack)s AND entry.picture_id <> ALL(%(known)s)
  AND (entry.flagged, entry.doubtful)
      <= (SELECT last.flagged, last.doubtful FROM review_entry last WHERE last.picture_id = %(last)s)
ORDER BY entry.flagged, entry.doubtful, entry.picture_id LIMIT %(limit)s FOR UPDATE OF entry SKIP LOCKED
"""  # noqa: S608
_AGAIN = (
    f"SELECT entry.picture_id FROM review_entry entry WHERE {_FREE} AND entry.picture_id = ANY(%(chosen)s)"  # noqa: S608
)
# One statement, one moment: a picture that is being given is counted once, among the free ones or in the hand.
_LEFT = f"""
SELECT least(%(limit)s, (SELECT count(*) FROM (SELECT FROM review_entry entry WHERE {_FREE} LIMIT %(limit)s) free)
     + (SELECT count(*) FROM review_hold hold JOIN review_entry entry ON entry.picture_id = hold.entry_id
        WHERE hold.rater_id = %(rater)s AND hold.expires_at > statement_timestamp()
          AND (entry.is_open OR entry.gold)))
"""  # noqa: S608


def take(rater: User, tab: str, count: int) -> list[Hold]:
    """Give a tab of a rater ``count`` pictures: first those that it holds already, then new ones.

    Nobody gets a picture that another holds where its votes and holds take all its slots. A stack of near-duplicates
    is given as a whole, so there may be some more than asked; and known pictures are mixed in at the policies' rate.
    Nobody holds more than about :data:`MOST_HELD`. Raises ``PermissionDenied`` without the expert role.
    """
    rater.require_role(Role.EXPERT)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A hold that a crash of the database's machine forgets is given again: no need to wait for the disk.
            cursor.execute("SET LOCAL synchronous_commit TO off")
        # One tab of a rater after the other: each sees what the one before was given, known pictures too.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=rater.pk)
        holds = Hold.objects.renew(rater, tab)
        missing = count - len(holds)
        if missing > 0:
            missing = min(missing, MOST_HELD - Hold.objects.live().filter(rater=rater).count())
        if missing > 0:
            fresh = _mix_in_known(rater, _choose(rater, missing))
            holds += Hold.objects.give(rater, tab, fresh)
    return holds


def left_for(rater: User) -> int:
    """Count what a rater has in hand and what could be given, up to :data:`MOST_COUNTED`."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {**_who(rater), "limit": MOST_COUNTED})
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _who(rater: User) -> dict[str, Any]:
    return {
        "rater": rater.pk,
        "topics": Competence.objects.topics_of(rater),
        "examined_within": settings.REVIEW_EXAMINATION_SECONDS,
    }


def _choose(rater: User, count: int) -> list[UUID]:
    """Choose and lock entries for a rater, in the order of the queue, and with the last one its stack.

    But those of the stack that are flagged wait until it is their turn.
    """
    values = {**_who(rater), "limit": count}
    # Where nothing is free but what somebody is voting on or being given this very moment, wait for that.
    chosen = _lock(_NEXT, values, {}) or _lock(_NEXT.replace("SKIP LOCKED", ""), {**values, "limit": 1}, {})
    if chosen:
        last, stack = list(chosen.items())[-1]
        chosen |= _lock(_STACK, {**values, "limit": LARGEST_STACK, "stack": stack, "last": last}, chosen)
    return list(chosen)


def _lock(query: str, values: dict[str, Any], chosen: dict[UUID, UUID]) -> dict[UUID, UUID]:
    """Lock the next free entries but the chosen ones; returns them with their stacks."""
    taken: dict[UUID, UUID] = {}
    with connection.cursor() as cursor:
        # Looked for again while some of those locked went to others in the moment between looking and locking.
        while (missing := values["limit"] - len(taken)) > 0:
            cursor.execute(query, {**values, "known": [*chosen, *taken], "limit": missing})
            if not (locked := dict(cursor.fetchall())):
                break
            cursor.execute(_AGAIN, {**values, "chosen": list(locked)})
            still_free = {row[0] for row in cursor.fetchall()}
            taken |= {entry: stack for entry, stack in locked.items() if entry in still_free}
            if len(locked) < missing and len(still_free) == len(locked):
                break
    return taken


def _mix_in_known(rater: User, entries: list[UUID]) -> list[UUID]:
    """Put known pictures that the rater has not seen between the others, each at the rate of its own rule."""
    rules = Policy.objects.rules()
    most = max(rule.gold_share for rule in rules.values())
    wanted = sum(random.random() * 100 < most for _entry in entries)
    if not wanted:
        return entries
    unseen = (
        GoldPicture.objects.active()
        .exclude(entry__in=Vote.objects.live().of(rater).values("entry"))
        .exclude(entry__in=Hold.objects.live().filter(rater=rater).values("entry"))
    )
    if (topics := Competence.objects.topics_of(rater)) is not None:
        unseen = unseen.filter(entry__topic__in=topics)
    mixed = list(entries)
    known = unseen.order_by("?").values_list("entry", "entry__topic", "entry__campaign")
    for entry, topic, campaign in known[:wanted]:
        if random.random() * most < rules.of(topic, campaign).gold_share:
            mixed.insert(random.randint(0, len(mixed)), entry)
    return mixed
