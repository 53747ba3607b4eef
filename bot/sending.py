"""Every call of the Bot API: in its turn, again after errors that pass, and with the others told apart."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod

from bot.metrics import Metrics
from bot.pace import Pace, Urgency
from bot.state import State

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

PASSING = (TelegramNetworkError, TelegramServerError, ClientDecodeError)
"""Errors of the network or of Telegram: the same call may succeed later. What became of this one is not known."""

LONGEST_PAUSE = 30.0
REQUEST_SECONDS = 60
NOT_MODIFIED = "message is not modified"
NOT_THERE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message not found",
)
NOBODY = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found")


class Blocked(Exception):
    """The person cannot be written to: they blocked the bot, or are gone. The state knows."""


class Gone(Exception):
    """The message to edit is not there any more."""


class Sender:
    """Call the Bot API for chats, at Telegram's pace."""

    def __init__(self, bot: Bot, state: State, metrics: Metrics, pace: Pace) -> None:
        self._bot = bot
        self._state = state
        self.metrics = metrics
        self.pace = pace

    async def say(self, chat: int, method: TelegramMethod[Answer], urgency: Urgency) -> Answer | None:
        """Send or edit a message; None where the edit would change nothing.

        ``TelegramRetryAfter`` is obeyed, errors that pass are waited out, without end. Raises :class:`Blocked`,
        :class:`Gone`, and ``TelegramBadRequest`` for what Telegram refuses for another reason.
        """
        pause = 1.0
        while True:
            try:
                async with self.pace.turn(chat, urgency):
                    return await self.call(method)
            except TelegramRetryAfter as error:
                self.pace.block(chat, error.retry_after)
            except PASSING as error:
                logger.warning("%s will be sent again: %s", type(method).__name__, type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
            except TelegramForbiddenError:
                self._block(chat)
                raise Blocked from None
            except TelegramBadRequest as error:
                reason = error.message.lower()
                if NOT_MODIFIED in reason:
                    return None
                if any(words in reason for words in NOT_THERE):
                    raise Gone from None
                if any(words in reason for words in NOBODY):
                    self._block(chat)
                    raise Blocked from None
                raise

    async def call(self, method: TelegramMethod[Answer], seconds: int = REQUEST_SECONDS) -> Answer:
        """Call once, at once: for what posts no message. Errors are aiogram's."""
        name = method.__api_method__
        self.metrics.count("telegram_calls", name)
        try:
            answer: Answer = await self._bot(method, request_timeout=seconds)
        except Exception as error:
            self.metrics.count("telegram_errors", type(error).__name__)
            if isinstance(error, TelegramRetryAfter):
                self.metrics.count("retry_after")
                logger.warning("Telegram asks to wait %s s before the next %s", error.retry_after, name)
            raise
        self.metrics.telegram_at = time.monotonic()
        return answer

    def _block(self, chat: int) -> None:
        if self._state.set_blocked(chat, is_blocked=True):
            self.metrics.count("blocked")
            logger.info("Somebody cannot be written to any more; what is for them waits")
