"""Bring every result to its person, once.

Telegram has no idempotent way to send, but editing is idempotent. So a result comes in two steps: a short message,
which also rings (an edit does not), and its edit into the document. The message's id is noted between the two: whenever
the bot is killed, it goes on with the same message, and no result comes twice. docs/decisions/0009-telegram-bot.md has
the rest.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramEntityTooLarge
from aiogram.methods import EditMessageMedia, EditMessageText, SendDocument, SendMessage
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputMediaDocument,
    Message,
    ReplyParameters,
)
from PIL import Image

from bot import keyboards
from bot.acknowledging import Acknowledger
from bot.api import Api, ApiError, ApiUnreachable, Asker
from bot.metrics import Metrics
from bot.pace import Urgency
from bot.sending import Blocked, Gone, Sender
from bot.state import Delivery, State
from bot.words import language_for, say

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""Results that are fetched and sent at the same time; each may hold some 20 MB, most a few."""

LONGEST_PAUSE = 60.0
LONGEST_CAPTION = 1024
THUMBNAIL_SIDE = 320
MOST_BYTES = 50 * 1024 * 1024
"""What Telegram takes from a bot."""

FINAL = frozenset({"done", "failed", "cancelled"})
BROKEN = 3
"""Attempts after which something that fails for an unknown reason is put far back."""


class Deliverer:
    """Deliver what is due, the longest waiting first, one after the other in a chat, several chats at once."""

    def __init__(
        self, state: State, api: Api, sender: Sender, acknowledger: Acknowledger, metrics: Metrics
    ) -> None:
        self._state = state
        self._api = api
        self._sender = sender
        self._acknowledger = acknowledger
        self._metrics = metrics
        self._chats: dict[int, asyncio.Task[None]] = {}
        self._photos: Counter[str] = Counter()
        self._pauses: dict[tuple[int, str], tuple[float, int]] = {}
        self._due = asyncio.Event()
        self._due.set()

    def look(self) -> None:
        """Look at once: something is due."""
        self._due.set()

    def end(self, person: int, photo: Any) -> None:
        """Take up that somebody's own photo has ended."""
        if self._state.end(person, photo["id"], photo["state"]):
            self.look()
        self._acknowledger.look()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            try:
                async with asyncio.timeout(1.0 if self._pauses else 30.0):
                    await self._due.wait()
            except TimeoutError:
                pass
            self._due.clear()
            now = asyncio.get_running_loop().time()
            for delivery in self._state.due_deliveries():
                if len(self._chats) >= AT_ONCE:
                    break
                until, _failures = self._pauses.get((delivery.chat, delivery.photo), (0.0, 0))
                if delivery.chat in self._chats or until > now:
                    continue
                if self._photos[delivery.photo] and not self._state.file_of(delivery.photo):
                    continue  # the first recipient's upload serves all others
                task = asyncio.create_task(self._try(delivery))
                self._chats[delivery.chat] = task
                self._photos[delivery.photo] += 1
                task.add_done_callback(lambda _task, one=delivery: self._ended(one))  # type: ignore[misc]

    def _ended(self, delivery: Delivery) -> None:
        self._chats.pop(delivery.chat, None)
        self._photos[delivery.photo] -= 1
        self._photos += Counter()  # drops what is at zero
        self.look()

    async def _try(self, delivery: Delivery) -> None:
        """Deliver; what fails is tried again later, ever less often, and nothing is given up."""
        key = delivery.chat, delivery.photo
        try:
            await self.deliver(delivery)
        except Blocked:
            return  # it waits until the person writes again
        except (ApiError, ApiUnreachable, TelegramAPIError) as error:
            logger.warning("A result is delivered later: %s", error)
        except Exception:  # whatever it is: the other results must go on
            logger.exception("A result could not be delivered; it is tried again later")
        else:
            self._pauses.pop(key, None)
            return
        failures = self._pauses.get(key, (0.0, 0))[1] + 1
        pause = LONGEST_PAUSE if failures > BROKEN else min(LONGEST_PAUSE, 2.0**failures)
        self._pauses[key] = asyncio.get_running_loop().time() + pause, failures

    async def deliver(self, delivery: Delivery) -> None:
        """Bring one result, or say why there is none."""
        language = language_for(self._state.language_of(delivery.chat))
        asker = Asker(delivery.chat, language)
        try:
            photo = await self._api.photo(asker, delivery.photo)
        except ApiError as error:
            if not error.is_gone:
                raise
            await self._tell_gone(delivery, language)
            return
        if photo["state"] not in FINAL or (delivery.shared and photo["state"] != "done"):
            # Worked on anew since; its new end comes in the feed. What was announced stays for that.
            if delivery.announced is None:
                self._state.drop_delivery(delivery)
            else:
                self._state.note_delivered(delivery, "")
            return
        if photo["state"] == "done":
            await self._deliver_result(delivery, asker, photo)
        else:
            await self._tell(delivery, say(language, "told_failed", reason=photo["error"]), "failed",
                             keyboards.of_failure(language, delivery.photo), say(language, "not_ready"))  # fmt: skip

    # ------------------------------------------------------------------ a result
    async def _deliver_result(self, delivery: Delivery, asker: Asker, photo: Any) -> None:
        document: str | BufferedInputFile = self._state.file_of(delivery.photo)
        thumbnail = None
        if not document:
            document, thumbnail = await self._fetch(asker, photo)
        rooms = [] if delivery.shared or photo["room"] else await self._api.rooms(asker)
        answer = photo["survey"] or {}
        markup = keyboards.of_result(
            asker.language, delivery.photo, readable=answer.get("readable", ""), problems=answer.get("problems", ()),
            rooms=rooms, muted_room=(delivery.room, delivery.room_name) if delivery.shared else None,
        )  # fmt: skip
        media = InputMediaDocument(
            media=document, thumbnail=thumbnail, caption=caption_of(asker.language, photo, delivery),
            disable_content_type_detection=True,
        )  # fmt: skip
        ready = (
            say(asker.language, "ready_shared", room=delivery.room_name)
            if delivery.shared
            else say(asker.language, "ready")
        )
        try:
            sent = await self._fill(delivery, media, markup, ready)
        except (TelegramBadRequest, TelegramEntityTooLarge) as error:
            if isinstance(document, str):
                logger.info("A file that Telegram had is uploaded again: %s", error.message)
                self._state.note_file(delivery.photo, "")
                raise
            logger.warning("A message could not become a document: %s", error.message)
            sent = await self._send_anew(delivery, media, markup)
        with self._state.at_once():
            if isinstance(sent, Message) and sent.document:
                self._state.note_file(delivery.photo, sent.document.file_id)
            self._state.note_delivered(delivery, "done")
        self._metrics.count("delivered", "shared" if delivery.shared else "own")

    async def _fill(
        self, delivery: Delivery, media: InputMediaDocument, markup: InlineKeyboardMarkup, ready: str
    ) -> Any:
        """Turn the announcement into the document; announce anew where somebody deleted it."""
        while True:
            message = await self._announce(delivery, ready)
            method = EditMessageMedia(
                chat_id=delivery.chat, message_id=message, media=media, reply_markup=markup
            )
            try:
                return await self._sender.say(delivery.chat, method, _urgency(delivery))
            except Gone:
                self._state.note_announced(delivery, None)

    async def _announce(self, delivery: Delivery, words: str) -> int:
        """Send the short message that becomes the result, unless that was done before. Returns its id."""
        known = self._state.delivery(delivery.chat, delivery.photo)
        if known and known.announced:
            return known.announced
        reply = None
        if delivery.reply_to:
            reply = ReplyParameters(message_id=delivery.reply_to, allow_sending_without_reply=True)
        method = SendMessage(chat_id=delivery.chat, text=words, reply_parameters=reply)
        sent = await self._sender.say(delivery.chat, method, _urgency(delivery))
        assert sent is not None
        self._state.note_announced(delivery, sent.message_id)
        return sent.message_id

    async def _send_anew(
        self, delivery: Delivery, media: InputMediaDocument, markup: InlineKeyboardMarkup
    ) -> Message | None:
        """Send the document as a message of its own: only where Telegram refuses the edit."""
        method = SendDocument(
            chat_id=delivery.chat, document=media.media, thumbnail=media.thumbnail, caption=media.caption,
            disable_content_type_detection=True, reply_markup=markup,
        )  # fmt: skip
        return await self._sender.say(delivery.chat, method, _urgency(delivery))

    async def _fetch(self, asker: Asker, photo: Any) -> tuple[BufferedInputFile, BufferedInputFile | None]:
        """Fetch a result and make its small preview."""
        content, preview = await asyncio.gather(
            self._api.file(asker, photo["id"], "result"), self._api.file(asker, photo["id"], "preview")
        )
        name = f"board_{photo['id'][-6:]}"
        if len(content) > MOST_BYTES:
            content, name = await asyncio.to_thread(as_jpeg, content), f"{name}.jpg"
        else:
            name = f"{name}.png"
        small = await asyncio.to_thread(as_jpeg, preview, THUMBNAIL_SIDE)
        return BufferedInputFile(content, name), BufferedInputFile(small, "preview.jpg")

    # ------------------------------------------------------------------ no result
    async def _tell(
        self, delivery: Delivery, words: str, outcome: str, markup: InlineKeyboardMarkup | None, ready: str
    ) -> None:
        """Say in the announcement what became of a photo."""
        while True:
            message = await self._announce(delivery, ready)
            method = EditMessageText(
                chat_id=delivery.chat, message_id=message, text=words[:4096], reply_markup=markup
            )
            try:
                await self._sender.say(delivery.chat, method, _urgency(delivery))
                break
            except Gone:
                self._state.note_announced(delivery, None)
        self._state.note_delivered(delivery, outcome)

    async def _tell_gone(self, delivery: Delivery, language: str) -> None:
        """Say of a photo that was deleted meanwhile that it was; nothing where nothing was announced."""
        if delivery.announced is not None:
            await self._tell(delivery, say(language, "told_gone"), "gone", None, "")
        else:
            self._state.note_delivered(delivery, "gone")


def _urgency(delivery: Delivery) -> Urgency:
    return Urgency.SHARED if delivery.shared else Urgency.RESULT


def caption_of(language: str, photo: Any, delivery: Delivery) -> str:
    """Say who shared it, what was done, and ask whether it can be read."""
    lines = []
    if delivery.shared:
        lines.append(say(language, "shared_by", nickname=photo["nickname"], room=delivery.room_name))
    lines.append(photo["method_text"])
    lines += _first_notes(photo["notes"], photo["notes_text"])
    before, after = photo["before"], photo["after"]
    if before and after and (before["words"] or after["words"]):
        lines.append(say(language, "words_read", before=before["words"], after=after["words"]))
    question = say(language, "question")
    return "\n".join(lines)[: LONGEST_CAPTION - len(question) - 2] + "\n\n" + question


SAID = frozenset({"nothing-helped", "no-text", "glare", "only-read", "not-read"})
"""Notes that a person must know; the others are on the site."""


def _first_notes(notes: Sequence[str], sentences: Sequence[str]) -> list[str]:
    return [sentence for note, sentence in zip(notes, sentences, strict=False) if note in SAID]


def as_jpeg(content: bytes, side: int | None = None) -> bytes:
    """Return a picture as a JPEG, no longer than ``side`` where it is given."""
    with Image.open(io.BytesIO(content)) as image:
        picture = image.convert("RGB")
    if side:
        picture.thumbnail((side, side))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80 if side else 95)
    return file.getvalue()
