"""Identifiers are version 7 and keep the order in which they were made."""

from __future__ import annotations

import threading
import time

from jobs.ids import uuid7


def test_identifiers_made_in_a_row_are_sorted_and_distinct() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_identifiers_are_of_version_7_and_carry_the_time() -> None:
    identifier = uuid7()
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
    assert abs((identifier.int >> 80) - time.time() * 1000) < 2_000


def test_threads_never_make_the_same_identifier() -> None:
    made: list[object] = []
    threads = [threading.Thread(target=lambda: made.extend(uuid7() for _ in range(2000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8000
