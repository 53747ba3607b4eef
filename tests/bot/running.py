"""The bot itself in a thread of the test, as ``python -m bot`` runs it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from aiogram.exceptions import TelegramAPIError

from bot.pace import Pace
from bot.program import Program
from bot.settings import Settings
from bot.state import State
from tests.bot.telegram import TOKEN, Telegram
from tests.bot.waiting import wait_until


class Running:
    """A bot that works until the block ends."""

    def __init__(self, settings: Settings, *, is_quick: bool) -> None:
        self.settings = settings
        self.is_quick = is_quick
        self.program: Program | None = None
        self.error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        async def work() -> None:
            self._loop = asyncio.get_running_loop()
            pace = Pace(chat_gap=0.01, overall=10_000) if self.is_quick else Pace()
            self.program = Program(self.settings, pace)
            await self.program.run()

        try:
            asyncio.run(work())
        except BaseException as error:  # noqa: BLE001 (a test looks at it)
            self.error = error

    def begin(self) -> Running:
        self._thread.start()
        wait_until(lambda: self.program or self.is_over, "the start of the bot")
        return self

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    @property
    def state(self) -> State:
        """The state as the bot has it; SQLite lets threads share it here."""
        assert self.program
        return self.program.state

    def end(self) -> None:
        """Ask it to end, as SIGTERM does."""
        if self._loop and self.program and not self.is_over:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.program.stop)
        self._thread.join(60)
        assert self.is_over


def settings_for(telegram: Telegram, site: str, api_token: str, folder: Path, **more: object) -> Settings:
    """Return settings of a bot for a test."""
    return Settings(
        token=TOKEN, api_token=api_token, telegram=telegram.url, api=f"{site}/api/v1", state=folder,
        listen=("127.0.0.1", 0), **more,
    )  # type: ignore[arg-type]  # fmt: skip


@contextlib.contextmanager
def running(settings: Settings, *, is_quick: bool = True) -> Iterator[Running]:
    """Run a bot for the block; a quick one keeps to no rates."""
    bot = Running(settings, is_quick=is_quick).begin()
    try:
        yield bot
    finally:
        bot.end()
        if bot.error and not isinstance(bot.error, TelegramAPIError):
            logging.getLogger(__name__).error("The bot ended by an error", exc_info=bot.error)


def at_work(telegram: Telegram) -> None:
    """Wait until a bot has told Telegram its commands, and forget that: it works from then on."""
    wait_until(lambda: set(telegram.commands) == {"", "ru"}, "the start of the bot")
    telegram.last_commands = dict(telegram.commands)
    telegram.commands.clear()
