"""What happened on the site: photos that ended, and results shared in rooms; nothing missed, across restarts too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.api import NETWORK, Api, ApiError, ApiUnreachable, Asker, Json
from bot.delivery import FINAL, Deliverer
from bot.state import State

logger = logging.getLogger(__name__)

FINISHED, SHARED = "/photos/finished", "/rooms/shared"
LONGEST_PAUSE = 30.0
CHECK_EVERY = 60.0
OVERDUE = 300.0
"""Seconds after which a photo whose end was not told is asked about by itself."""


class Feeds:
    """Follow the feeds, and note what is to be delivered before their cursors are."""

    def __init__(self, state: State, api: Api, deliverer: Deliverer) -> None:
        self._state = state
        self._api = api
        self._deliverer = deliverer

    async def begin(self) -> None:
        """Learn where the feeds begin, before the first photo is taken in. Waits for the site if need be."""
        for feed in (FINISHED, SHARED):
            pause = 1.0
            while not self._state.cursor(feed):
                try:
                    self._state.set_cursor(feed, (await self._api.feed(feed, ""))["cursor"])
                except ApiUnreachable as error:
                    logger.warning("The site does not answer: %s", error)
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE, 2 * pause)

    async def run(self) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(FINISHED, self._take_finished))
            tasks.create_task(self._follow(SHARED, self._take_shared))
            tasks.create_task(self._check())

    async def _follow(self, feed: str, take: Callable[[Json], None]) -> None:
        pause = 1.0
        while True:
            try:
                page = await self._api.feed(feed, self._state.cursor(feed))
            except (ApiError, ApiUnreachable) as error:
                logger.warning("A feed could not be read: %s", error)
                if isinstance(error, ApiError) and error.status == 422:
                    self._state.set_cursor(
                        feed, ""
                    )  # not the site's any more: begin anew, and look at each photo
                    await self.check(0.0)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
                continue
            pause = 1.0
            for item in page["items"]:
                take(item)
            if page["cursor"] != self._state.cursor(feed):
                self._state.set_cursor(feed, page["cursor"])

    def _take_finished(self, photo: Json) -> None:
        person = person_of(photo["person"])
        if person is not None and photo["state"] in FINAL:
            self._deliverer.end(person, photo)

    def _take_shared(self, item: Json) -> None:
        for name in item["recipients"]:
            person = person_of(name)
            if person is not None and self._state.share(
                person, item["photo"]["id"], item["room"], item["room_name"]
            ):
                self._deliverer.look()

    async def _check(self) -> None:
        """Ask about photos of which nothing was heard: all at the start, later those that are overdue."""
        older_than = 0.0
        while True:
            try:
                await self.check(older_than)
            except (ApiError, ApiUnreachable) as error:
                logger.warning("Photos on their way could not be asked about: %s", error)
            else:
                older_than = OVERDUE
            self._state.tidy()
            await asyncio.sleep(CHECK_EVERY)

    async def check(self, older_than: float) -> None:
        """Ask about each photo on its way that was sent so many seconds ago."""
        for part in self._state.parts_on_their_way(older_than):
            try:
                photo = await self._api.photo(Asker(part.chat), part.photo)
            except ApiError as error:
                if not error.is_gone:
                    raise
                photo = {"id": part.photo, "state": "cancelled"}  # deleted: there is nothing to tell
            if photo["state"] in FINAL:
                self._deliverer.end(part.chat, photo)


def person_of(name: str) -> int | None:
    """Return Telegram's number of a person; None for a name that is none."""
    network, _colon, number = name.partition(":")
    return int(number) if network == NETWORK and number.isdecimal() else None
