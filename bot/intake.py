"""Photos that people send: acknowledged at once, fetched from Telegram, stored as jobs."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import defaultdict
from dataclasses import dataclass

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import GetFile, SendMessage
from aiogram.types import Message, ReplyParameters
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.acknowledging import Acknowledger
from bot.api import Api, ApiError, Asker, Json
from bot.delivery import FINAL, Deliverer
from bot.metrics import Metrics
from bot.pace import Urgency
from bot.sending import Blocked, Sender
from bot.state import Acknowledgement, Part, State
from bot.words import say

logger = logging.getLogger(__name__)

MOST_BYTES = 20 * 1024 * 1024
"""What Telegram lets a bot fetch."""

AT_ONCE = 6
"""Photos that are fetched and stored at the same time: so many are in memory."""

REFUSALS = frozenset({409, 413, 415, 422})
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")


@dataclass(frozen=True)
class Attached:
    """A picture of a message: Telegram's names of the file, its size, and whether Telegram has made it smaller."""

    file_id: str
    unique_id: str
    size: int
    name: str
    is_shrunk: bool


class NotFetched(Exception):
    """A file did not come; another attempt may get it. The text never has its address, which holds the token."""


class TooLarge(Exception):
    """A file is larger than Telegram gives to a bot."""


def attached_to(message: Message) -> Attached | None:
    """Return the picture of a message; None where there is none, or another kind of file."""
    if message.photo:
        best = max(message.photo, key=lambda size: size.width * size.height)
        return Attached(best.file_id, best.file_unique_id, best.file_size or 0, "photo.jpg", True)
    document = message.document
    if document is None:
        return None
    is_picture = (document.mime_type or "").startswith("image/")
    if not is_picture and not (document.file_name or "").lower().endswith(PICTURES):
        return None
    return Attached(document.file_id, document.file_unique_id, document.file_size or 0, "photo", False)


class Intake:
    """Take photos in."""

    def __init__(
        self,
        bot: Bot,
        http: ClientSession,
        state: State,
        api: Api,
        sender: Sender,
        acknowledger: Acknowledger,
        deliverer: Deliverer,
        metrics: Metrics,
    ) -> None:
        self._bot = bot
        self._http = http
        self._state = state
        self._api = api
        self._sender = sender
        self._acknowledger = acknowledger
        self._deliverer = deliverer
        self._metrics = metrics
        self._places = asyncio.Semaphore(AT_ONCE)
        self._albums: defaultdict[tuple[int, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, message: Message, attached: Attached, asker: Asker, since: float) -> None:
        """Acknowledge a photo, and store it as a job; returns once that is noted, or raises and is to be called again.

        Raises ``ApiUnreachable``, ``ApiError`` and ``NotFetched`` for what may pass, and aiogram's errors.
        """
        chat, shrunk = message.chat.id, "telegram" if attached.is_shrunk else ""
        acknowledgement = await self._acknowledge(message, asker, shrunk, since)
        part = self._state.take_part(chat, message.message_id, acknowledgement.id, shrunk)
        if part.photo or part.refusal:
            return  # seen before
        try:
            photo = await self._store(part, attached, asker)
        except TooLarge:
            self._refuse(part, say(asker.language, "too_large"), "refused")
        except TelegramBadRequest as error:
            logger.warning("A file was not given out: %s", error.message)
            words = "too_large" if "too big" in error.message.lower() else "not_fetched"
            self._refuse(part, say(asker.language, words), "refused")
        except ApiError as error:
            if error.status == 429:
                minutes = math.ceil((error.wait or 3600) / 60)
                self._refuse(part, say(asker.language, "too_many", minutes=minutes), "put off")
            elif error.status in REFUSALS:
                self._refuse(part, error.message or say(asker.language, "wrong"), "refused")
            else:
                raise
        else:
            self._note(part, photo, asker.person)
        self._acknowledger.look()

    async def _acknowledge(
        self, message: Message, asker: Asker, shrunk: str, since: float
    ) -> Acknowledgement:
        """Send the acknowledgement of the photo, or of its album, unless there is one."""
        chat, album = message.chat.id, message.media_group_id or f"message {message.message_id}"
        key = chat, album
        async with self._albums[key]:
            found = self._state.acknowledgement(chat, album)
            if found.message is None:
                words = self._acknowledger.first_words(
                    asker.language, is_album=message.media_group_id is not None, shrunk=shrunk
                )
                reply = ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
                method = SendMessage(
                    chat_id=chat, text=words, reply_parameters=reply, disable_notification=True
                )
                try:
                    sent = await self._sender.say(chat, method, Urgency.ACKNOWLEDGEMENT)
                except Blocked:
                    return found  # the job is stored all the same, and delivered should they come back
                assert sent is not None
                self._state.note_acknowledged(found.id, text=words, message=sent.message_id)
                self._metrics.count("acknowledgements")
                self._metrics.count("acknowledgement_seconds", by=time.monotonic() - since)
        if len(self._albums) > 1000:
            self._albums = defaultdict(
                asyncio.Lock, {of: lock for of, lock in self._albums.items() if lock.locked()}
            )
        return found

    async def _store(self, part: Part, attached: Attached, asker: Asker) -> Json:
        if attached.size > MOST_BYTES:
            raise TooLarge
        async with self._places:
            content = await self._fetch(attached)
            key = f"telegram:{part.chat}:{part.message}:{attached.unique_id}"
            return await self._api.send_photo(asker, content, key=key, name=attached.name)

    async def _fetch(self, attached: Attached) -> bytes:
        """Fetch a file. Its address stays in here: what is raised never has it."""
        try:
            file = await self._sender.call(GetFile(file_id=attached.file_id))
        except TelegramBadRequest:
            raise
        except TelegramAPIError as error:
            if isinstance(error, TelegramRetryAfter):
                await asyncio.sleep(error.retry_after)
            raise NotFetched(type(error).__name__) from None
        if not file.file_path:
            raise NotFetched("no path")
        address = self._bot.session.api.file_url(self._bot.token, file.file_path)
        try:
            async with self._http.get(address, timeout=ClientTimeout(total=90, connect=10)) as response:
                if response.status != 200:
                    raise NotFetched(f"status {response.status}")
                content = bytearray()
                async for chunk in response.content.iter_chunked(1 << 16):
                    content += chunk
                    if len(content) > MOST_BYTES:
                        raise TooLarge
        except (ClientError, TimeoutError, ValueError) as error:
            raise NotFetched(type(error).__name__) from None
        return bytes(content)

    def _note(self, part: Part, photo: Json, person: int) -> None:
        """Note the job; one that has ended already (the update came late, or again) is delivered."""
        shrunk = part.shrunk or ("other" if photo["is_recompressed"] else "")
        self._state.note_job(part, photo["id"], shrunk)
        self._metrics.count("photos", "stored")
        if photo["state"] in FINAL:
            self._deliverer.end(person, photo)

    def _refuse(self, part: Part, sentence: str, how: str) -> None:
        self._state.note_refusal(part, sentence)
        self._metrics.count("photos", how)
