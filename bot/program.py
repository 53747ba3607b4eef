"""The whole bot: its parts put together, begun in their order, and ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
from aiogram.methods import DeleteWebhook, SendMessage, SetMyCommands, SetWebhook
from aiogram.types import BotCommand, Update
from aiohttp import ClientSession

from bot import commands, presses
from bot.acknowledging import Acknowledger
from bot.api import Api
from bot.commands import Services
from bot.delivery import Deliverer
from bot.feeds import Feeds
from bot.intake import Intake
from bot.metrics import Metrics
from bot.pace import Pace, Urgency
from bot.people import KnowPeople
from bot.sending import PASSING, Blocked, Sender
from bot.serving import Serving
from bot.settings import Settings
from bot.state import State
from bot.updates import KINDS, Ledger, Polling
from bot.words import COMMANDS, LANGUAGES, language_for, say

logger = logging.getLogger(__name__)

GRACE = 10.0
"""Seconds that what is being handled has after SIGTERM."""

HOOK_CONNECTIONS = 40
LONGEST_PAUSE = 30.0


class Program:
    """A bot by its settings. Raises ``StateInUse`` where another one has its folder."""

    def __init__(self, settings: Settings, pace: Pace | None = None) -> None:
        self.settings = settings
        self.pace = pace or Pace()
        self.state = State(settings.state)
        self.metrics = Metrics()
        self.stopping = asyncio.Event()
        self.port = 0
        """Of the bot's own server, once it listens."""

    async def run(self) -> None:
        """Work until :meth:`stop` is called.

        Raises ``TelegramUnauthorizedError`` and ``ApiError`` where Telegram or the site refuses the bot's token.
        """
        try:
            async with self._sessions() as (bot, http):
                await self._work(bot, http)
        finally:
            self.state.close()

    def stop(self) -> None:
        """End after a moment; what is not through is taken up by the next start."""
        self.stopping.set()

    @contextlib.asynccontextmanager
    async def _sessions(self) -> AsyncIterator[tuple[Bot, ClientSession]]:
        session = AiohttpSession(api=TelegramAPIServer.from_base(self.settings.telegram))
        async with Bot(self.settings.token, session=session) as bot, ClientSession() as http:
            yield bot, http

    async def _work(self, bot: Bot, http: ClientSession) -> None:
        sender = Sender(bot, self.state, self.metrics, self.pace)
        api = Api(self.settings.api, self.settings.api_token, http, self.metrics)
        acknowledger = Acknowledger(self.state, api, sender)
        deliverer = Deliverer(self.state, api, sender, acknowledger, self.metrics)
        intake = Intake(bot, http, self.state, api, sender, acknowledger, deliverer, self.metrics)
        services = Services(self.state, api, sender, intake, deliverer)
        dispatcher = self._dispatcher(services)

        async def handle(update: Update, since: float) -> object:
            return await dispatcher.feed_update(bot, update, received_at=since)

        async def give_up(update: Update) -> None:
            await apologise(update, services)

        ledger = Ledger(self.state, self.metrics, handle, give_up)
        serving = Serving(self.settings, bot, self.state, ledger, self.metrics)
        feeds = Feeds(self.state, api, deliverer)
        await serving.begin()
        self.port = serving.port
        work = asyncio.create_task(self._all(bot, sender, acknowledger, deliverer, feeds, ledger))
        stop = asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                logger.info("The bot stops")
                await ledger.stop(GRACE)
        finally:
            stop.cancel()
            work.cancel()
            await serving.end()
        with contextlib.suppress(asyncio.CancelledError):
            await work

    async def _all(
        self,
        bot: Bot,
        sender: Sender,
        acknowledger: Acknowledger,
        deliverer: Deliverer,
        feeds: Feeds,
        ledger: Ledger,
    ) -> None:
        await feeds.begin()
        await self._announce(sender)
        logger.info("The bot works, %s", "by webhook" if self.settings.webhook else "by long polling")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(acknowledger.run())
                tasks.create_task(deliverer.run())
                tasks.create_task(feeds.run())
                if not self.settings.webhook:
                    tasks.create_task(Polling(ledger, sender, self.state).run())
        except* Exception as errors:  # noqa: BLE001 (raised again)
            raise first_of(errors) from None

    async def _announce(self, sender: Sender) -> None:
        """Tell Telegram how updates come, and which commands there are."""
        if self.settings.webhook:
            await insist(
                sender,
                SetWebhook(
                    url=self.settings.webhook, secret_token=self.settings.webhook_secret, allowed_updates=KINDS,
                    max_connections=HOOK_CONNECTIONS,
                ),
            )  # fmt: skip
        else:
            await insist(sender, DeleteWebhook())
        for language in LANGUAGES:
            listed = [
                BotCommand(command=name, description=say(language, f"command_{name}")) for name in COMMANDS
            ]
            try:
                await sender.call(
                    SetMyCommands(commands=listed, language_code=None if language == "en" else language)
                )
            except TelegramAPIError as error:
                logger.warning("The list of commands could not be set: %s", type(error).__name__)

    def _dispatcher(self, services: Services) -> Dispatcher:
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher["services"] = services
        dispatcher.update.outer_middleware(KnowPeople(self.state))
        dispatcher.include_routers(commands.router(), presses.router())
        return dispatcher


async def insist(sender: Sender, method: SetWebhook | DeleteWebhook) -> None:
    """Call until Telegram answers. Raises its refusals."""
    pause = 1.0
    while True:
        try:
            await sender.call(method)
        except (TelegramRetryAfter, *PASSING) as error:
            logger.warning("Telegram does not answer: %s", type(error).__name__)
            await asyncio.sleep(error.retry_after if isinstance(error, TelegramRetryAfter) else pause)
            pause = min(LONGEST_PAUSE, 2 * pause)
        else:
            return


async def apologise(update: Update, services: Services) -> None:
    """Tell the person that what they sent could not be dealt with."""
    message = update.message
    if message is None or message.from_user is None:
        return
    language = language_for(services.state.language_of(message.from_user.id))
    method = SendMessage(chat_id=message.chat.id, text=say(language, "wrong"))
    try:
        await services.sender.say(message.chat.id, method, Urgency.ANSWER)
    except (Blocked, TelegramAPIError):
        logger.warning("Nor could that be said")


def first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of a group, however deep."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    program = Program(settings)
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, program.stop)
    await program.run()
