"""Updates: each handled once, and confirmed to Telegram only after that.

A photo counts as handled when its job is stored over REST and noted in the state. Until then Telegram keeps the
update, and gives it again to a bot that was killed. aiogram's own polling confirms what it has only begun; so this loop
is ours.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from aiogram.exceptions import (
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates
from aiogram.types import Update

from bot.api import ApiError, ApiUnreachable
from bot.intake import NotFetched
from bot.metrics import Metrics
from bot.sending import PASSING, Sender
from bot.state import State

logger = logging.getLogger(__name__)

KINDS = ["message", "callback_query", "my_chat_member"]
LIMIT = 100
POLL_SECONDS = 25
GLANCE = 0.25
"""Seconds between two questions while updates are being handled: Telegram then answers at once, with those again."""

LONGEST_PAUSE = 30.0
CONFLICT_PAUSE = 5.0
ATTEMPTS = 5
"""How often an update is tried that fails for an unknown reason."""

OUTAGES = (ApiUnreachable, NotFetched, TelegramRetryAfter, *PASSING)
"""What passes: an update waits for it, however long. So it does where the site refuses the bot itself."""

Handle = Callable[[Update, float], Awaitable[object]]
GiveUp = Callable[[Update], Awaitable[object]]


class Ledger:
    """Which updates are being handled, and which were.

    ``handle`` does it; ``give_up`` apologises for one that cannot be handled.
    """

    def __init__(self, state: State, metrics: Metrics, handle: Handle, give_up: GiveUp) -> None:
        self._state = state
        self._metrics = metrics
        self._handle = handle
        self._give_up = give_up
        self.running: dict[int, asyncio.Task[None]] = {}

    def take(self, update: Update) -> asyncio.Task[None] | None:
        """Begin to handle an update, unless that was done before; None then. The task ends once it is handled."""
        if self._state.is_handled(update.update_id):
            return None
        task = self.running.get(update.update_id)
        if task is None:
            task = asyncio.create_task(self._until_handled(update, time.monotonic()))
            self.running[update.update_id] = task
            task.add_done_callback(lambda _task, key=update.update_id: self.running.pop(key, None))  # type: ignore[misc]
        return task

    async def _until_handled(self, update: Update, since: float) -> None:
        pause, failures = 1.0, 0
        while True:
            try:
                await self._handle(update, since)
                break
            except Exception as error:  # a fault of ours must not hold up everybody behind it
                if isinstance(error, OUTAGES) or (isinstance(error, ApiError) and error.is_outage):
                    logger.warning("An update waits: %s", error)
                    self._metrics.count("update_failures")
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE, 2 * pause)
                    continue
                failures += 1
                logger.exception("An update could not be handled (%d of %d)", failures, ATTEMPTS)
                if failures >= ATTEMPTS:
                    await self._give_up(update)
                    break
            self._metrics.count("update_failures")
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, 2 * pause)
        self._state.note_handled(update.update_id)
        self._metrics.count("updates", next((kind for kind in KINDS if getattr(update, kind)), "other"))

    async def stop(self, seconds: float) -> None:
        """Give what is being handled a moment to end; the rest comes again."""
        if self.running:
            await asyncio.wait(self.running.values(), timeout=seconds)
        for task in list(self.running.values()):
            task.cancel()


class Polling:
    """Ask Telegram for updates, and confirm those that were handled."""

    def __init__(self, ledger: Ledger, sender: Sender, state: State) -> None:
        self._ledger = ledger
        self._sender = sender
        self._state = state

    async def run(self) -> None:
        """Go on until cancelled. Raises ``TelegramUnauthorizedError`` where the token is refused."""
        pause = 1.0
        known: list[int] = []
        while True:
            is_busy = bool(self._ledger.running)
            # Without an offset Telegram begins at the first update that was not confirmed.
            method = GetUpdates(
                offset=self.confirmable(known), limit=LIMIT, timeout=0 if is_busy else POLL_SECONDS,
                allowed_updates=KINDS,
            )  # fmt: skip
            try:
                updates = await self._sender.call(method, seconds=POLL_SECONDS + 15)
            except TelegramUnauthorizedError:
                raise
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
                continue
            except TelegramConflictError:
                logger.error("Another program asks for the updates of this bot")
                await asyncio.sleep(CONFLICT_PAUSE)
                continue
            except (*PASSING, TelegramServerError) as error:
                logger.warning("Telegram does not answer: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
                continue
            pause = 1.0
            known = sorted(update.update_id for update in updates)
            for update in sorted(updates, key=lambda update: update.update_id):
                self._ledger.take(update)
            if self._ledger.running:
                await asyncio.wait(self._ledger.running.values(), timeout=GLANCE)

    def confirmable(self, known: list[int]) -> int | None:
        """Return the offset that confirms all updates before the first that is not handled; None: there are none."""
        offset = None
        for update in known:
            if not self._state.is_handled(update):
                break
            offset = update + 1
        return offset
