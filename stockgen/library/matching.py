"""Pictures for the text of a slide: from the stock where it has one, else made ahead of all bulk work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rates import is_within
from stockgen.library import encoder
from stockgen.library.near import NEAR_ENOUGH
from stockgen.library.queries import LONGEST_SLIDE, Query, read_query
from stockgen.library.searching import nearest
from stockgen.library.wanted import Wanted
from stockgen.models import Concept, Topic
from stockgen.models.match import Match, check_size, digest_of, store

LONGEST_WAIT = 25
"""Seconds that an answer can be waited for; proxies give up after 30."""

MOST_WAITS = 2
"""Of the threads of a web process (``jobs.supervisor.THREADS``), how many may wait for a slide's picture.

With those that may wait for photos and feeds (``upscale.feeds``) they leave one free to answer.
"""

_WAITING = threading.BoundedSemaphore(MOST_WAITS)

_LOOK_SECONDS = 0.25


def ask(
    owner: User,
    *,
    text: str,
    concept: Concept,
    topic: Topic | None = None,
    generate: bool = False,
    count: int = 12,
    image_model: str = "",
    idempotency_key: str = "",
) -> Match:
    """Find the nearest pictures of the stock for a slide; where none is near enough, have one made if wished.

    Without a topic the whole stock of the concept is searched, and a picture is made for the topic nearest in meaning.
    The same ``idempotency_key`` returns the first answer. Raises ``ValidationError`` with a message at each wrong
    field; then nothing is stored.
    """
    digest = digest_of(
        text=text, concept=concept.pk, topic=topic and topic.pk, generate=generate, count=count,
        image_model=image_model,
    )  # fmt: skip
    if earlier := Match.objects.asked_before(owner, idempotency_key, digest):
        return earlier
    check_size(count)
    query = read_query(text, field="text", longest=LONGEST_SLIDE)
    among = Wanted(topic=topic, concept=concept).rows()
    found = nearest(query.vector, among, size=count) if query.searched_for else []
    match = Match(
        owner=owner, concept=concept, topic=topic, text=query.asked, searched_for=query.searched_for,
        is_translated=query.is_translated, unknown=list(query.unknown), threshold=NEAR_ENOUGH,
        idempotency_key=idempotency_key, request_digest=digest,
    )  # fmt: skip
    is_near = bool(found) and found[0][1] >= NEAR_ENOUGH
    launch = None
    if generate and not is_near:
        launch = {
            "topic": topic or nearest_topic(query), "concept": concept, "count": 1, "image_model": image_model,
            "slide": query.asked,
        }  # fmt: skip
    return store(match, found, launch)


def may_make(owner: User, idempotency_key: str = "") -> bool:
    """Count one more picture made for a slide among a person's launches, and tell whether they may still launch.

    What was asked for under a key already makes nothing, and is not counted.
    """
    if idempotency_key and Match.objects.filter(owner=owner, idempotency_key=idempotency_key).exists():
        return True
    return is_within(settings.API_LAUNCHES_PER_MINUTE, f"API_LAUNCHES_PER_MINUTE:{owner.person}")


def nearest_topic(query: Query) -> Topic:
    """Return the offered topic whose name and description mean most nearly what a slide says.

    Where no word of the slide is known, the first one. Raises ``ValidationError`` at ``topic`` where none is offered.
    """
    topics: list[Topic] = list(Topic.objects.active())
    if not topics:
        raise ValidationError({"topic": _("No topic is offered, so no picture can be made.")})
    if not query.searched_for:
        return topics[0]
    vectors = np.stack([encoder.vector_of(f"{topic.name}: {topic.description}") for topic in topics])
    return topics[int((vectors @ query.vector).argmax())]


def wait_for(match: Match, seconds: float) -> Match:
    """Return the match once nothing of it is being made, or after so many seconds, at most ``LONGEST_WAIT``.

    Where :data:`MOST_WAITS` threads of this process wait already, it returns at once.
    """
    deadline = time.monotonic() + min(max(seconds, 0.0), LONGEST_WAIT)
    with _a_place() as is_free:
        while is_free and match.is_waiting and time.monotonic() < deadline:
            time.sleep(min(_LOOK_SECONDS, max(0.0, deadline - time.monotonic())))
            match = Match.objects.select_related("run__plan").get(pk=match.pk)
    return match


@contextmanager
def _a_place() -> Iterator[bool]:
    is_free = _WAITING.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_free:
            _WAITING.release()
