"""Which picture a near-duplicate stands behind: looked for in its run, its topic and the stock, by an index of hashes.

The index (pgvector's HNSW over Hamming distances) is approximate: it goes from hash to nearer hash. What it finds is
measured in bits, so it may miss a near-duplicate and never invents one (``python -m bench.duplicates``). Pictures that
do not count (of other topics and not approved, or made to compare models) are passed over on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from engines.imaging.hashing import NEAR_DUPLICATE_BITS

LOOKED_THROUGH = 200
"""How many pictures the index keeps in view on its way (``hnsw.ef_search``)."""

MOST_PASSED_OVER = 1000
"""About how many pictures of each look are gone through before it is given up (``hnsw.max_scan_tuples``)."""

_LOCK = 0x57AC  # one picture after the other is put behind another one: no two behind each other

_NEAREST = """
SELECT entry.stack, entry.queue_at, entry.is_open
FROM unnest(%(looks)s::text[]::bit(256)[]) look
CROSS JOIN LATERAL (
    SELECT id, perceptual_hash <~> look AS distance FROM stockgen_picture picture
    WHERE id <> %(picture)s AND (topic_id = %(topic)s OR verdict = 'approved')
      AND 0 < (SELECT count(*) FROM review_entry known WHERE known.picture_id = picture.id)
    ORDER BY perceptual_hash <~> look LIMIT 1
) near
JOIN review_entry entry ON entry.picture_id = near.id
WHERE near.distance <= %(bits)s
ORDER BY near.distance, near.id LIMIT 1
"""


@dataclass(frozen=True)
class Head:
    """The stack that a picture belongs to, and where in the queue the member of it stands that it looks like."""

    stack: UUID
    queue_at: datetime
    is_open: bool


def nearest(picture: UUID, topic: int, looks: Sequence[str]) -> Head | None:
    """Return the stack of the picture in the queue that looks most like this one; None where none looks like it.

    Looked for among all of its topic, its run included, and what is approved of others. ``looks`` are the hashes
    under which it may be known (:func:`engines.imaging.hashing.looks_of`).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL hnsw.ef_search = {LOOKED_THROUGH}; SET LOCAL hnsw.iterative_scan = strict_order; "
            f"SET LOCAL hnsw.max_scan_tuples = {MOST_PASSED_OVER}"
        )
        values: dict[str, Any] = {"picture": picture, "topic": topic, "bits": NEAR_DUPLICATE_BITS}
        cursor.execute(_NEAREST, {**values, "looks": list(looks)})
        row = cursor.fetchone()
    return Head(*row) if row else None


def wait_for_turn() -> None:
    """Wait until no other transaction puts a picture into a stack; holds until the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
