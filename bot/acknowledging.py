"""The one message about a photo or an album: what it says at each moment, and its edits."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText

from bot.api import Api, ApiError, ApiUnreachable
from bot.pace import Urgency
from bot.sending import Blocked, Gone, Sender
from bot.state import Acknowledgement, Part, State
from bot.words import language_for, say

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two questions for place and progress, one for all chats, while anything is on its way."""

EDIT_EVERY = 3.0
"""Seconds between two edits of one message, unless it is its last."""

MILESTONES = (0.25, 0.5, 0.75)
MINUTE = 60


def text_of(language: str, parts: Sequence[Part], working: Mapping[str, Any]) -> str:
    """Say how far the photos of an acknowledgement are. ``working`` has the open ones by id, as the API lists them."""
    if len(parts) == 1:
        lines = [_alone(language, parts[0], working.get(parts[0].photo))]
    else:
        lines = [say(language, "photos", count=len(parts))] + [
            say(language, "photo", number=number, what=_in_album(language, part, working.get(part.photo)))
            for number, part in enumerate(parts, start=1)
        ]
    shrunk = [part.shrunk for part in parts if part.shrunk]
    if "telegram" in shrunk:
        lines += ["", say(language, "shrunk_telegram" if len(parts) == 1 else "shrunk_telegram_many")]
    elif shrunk:
        lines += ["", say(language, "shrunk_other")]
    return "\n".join(lines)[:4096]


def _alone(language: str, part: Part, open_photo: Any) -> str:
    if part.refusal or part.ended:
        return part.refusal or say(language, part.ended)
    if open_photo is None:
        return say(language, "received")
    if open_photo["state"] == "running":
        percent = _milestone(open_photo["progress"])
        return say(language, "working_at", percent=percent) if percent else say(language, "working")
    place = open_photo["place"] or 0
    words = (
        say(language, "before_one" if place == 1 else "before_many", count=place)
        if place
        else say(language, "next")
    )
    return f"{words} {_about(language, open_photo['seconds_left'])}".strip()


def _in_album(language: str, part: Part, open_photo: Any) -> str:
    if part.refusal or part.ended:
        return part.refusal or say(language, f"part_{part.ended}")
    if open_photo is None:
        return say(language, "part_received")
    if open_photo["state"] == "running":
        percent = _milestone(open_photo["progress"])
        return say(language, "part_working_at", percent=percent) if percent else say(language, "part_working")
    place = open_photo["place"] or 0
    return say(language, "part_waiting", count=place) if place else say(language, "part_next")


def _milestone(progress: float) -> int:
    """Return the last milestone that was passed, in per cent."""
    return round(100 * max((share for share in MILESTONES if progress >= share), default=0))


def _about(language: str, seconds: float | None) -> str:
    """Say a time left roughly, so that the words change seldom."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return say(language, "about_seconds", count=max(10, 10 * round(seconds / 10)))
    return say(language, "about_minutes", count=round(seconds / MINUTE))


class Acknowledger:
    """Keep every open acknowledgement true: one question for all chats, one edit of each now and then."""

    def __init__(self, state: State, api: Api, sender: Sender) -> None:
        self._state = state
        self._api = api
        self._sender = sender
        self._working: dict[str, Any] = {}
        self._edits: dict[int, asyncio.Task[None]] = {}
        self._edited_at: dict[int, float] = {}
        self._changed = asyncio.Event()

    def look(self) -> None:
        """Look at once: something has changed."""
        self._changed.set()

    def first_words(self, language: str, *, is_album: bool, shrunk: str) -> str:
        """Return what a new acknowledgement says."""
        words = say(language, "received_many" if is_album else "received")
        if shrunk != "telegram":
            return words
        return f"{words}\n\n" + say(language, "shrunk_telegram_many" if is_album else "shrunk_telegram")

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            is_open = bool(self._state.open_acknowledgements())
            if is_open:
                await self._ask()
                self.edit_all()
            try:
                async with asyncio.timeout(LOOK_EVERY if is_open or self._edits else None):
                    await self._changed.wait()
                await asyncio.sleep(0.2)  # the parts of an album come together
            except TimeoutError:
                pass
            self._changed.clear()

    async def _ask(self) -> None:
        """Learn how far photos are. One that the site lists no more stays as it was until its end is told."""
        try:
            listed = {photo["id"]: photo for photo in await self._api.working()}
            open_ones = {part.photo for part in self._state.parts_on_their_way()}
            self._working = {
                key: photo for key, photo in (self._working | listed).items() if key in open_ones
            }
        except (ApiError, ApiUnreachable) as error:
            logger.info("Progress is not known at the moment: %s", error)

    def edit_all(self) -> None:
        """Begin an edit of every message that is no longer true, unless one is under way or was a moment ago."""
        now = time.monotonic()
        for one in self._state.open_acknowledgements():
            if one.id in self._edits:
                continue
            parts = self._state.parts_of(one.id)
            is_over = bool(parts) and all(part.is_over for part in parts)
            text = (
                text_of(language_for(self._state.language_of(one.chat)), parts, self._working)
                if parts
                else one.text
            )
            if text == one.text:
                if is_over:
                    self._state.note_acknowledged(one.id, text=text, is_open=False)
                continue
            if not is_over and now - self._edited_at.get(one.id, 0.0) < EDIT_EVERY:
                continue
            self._edited_at[one.id] = now
            task = asyncio.create_task(self._edit(one, text))
            self._edits[one.id] = task
            task.add_done_callback(lambda _task, key=one.id: self._ended(key))  # type: ignore[misc]
        self._edited_at = {key: at for key, at in self._edited_at.items() if now - at < MINUTE}

    def _ended(self, key: int) -> None:
        self._edits.pop(key, None)
        self.look()

    async def _edit(self, one: Acknowledgement, text: str) -> None:
        """Edit a message; one that cannot be edited is left as it is."""
        method = EditMessageText(chat_id=one.chat, message_id=one.message, text=text)
        try:
            await self._sender.say(one.chat, method, Urgency.PROGRESS)
        except (Blocked, Gone):
            self._state.note_acknowledged(one.id, text=text, is_open=False)
        except TelegramBadRequest as error:
            logger.warning("An acknowledgement cannot be edited: %s", error.message)
            self._state.note_acknowledged(one.id, text=text, is_open=False)
        else:
            self._state.note_acknowledged(one.id, text=text)
