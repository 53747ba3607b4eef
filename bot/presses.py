"""What people press: the survey, the text, rooms, the language."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from aiogram import Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendDocument, SendMessage
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyParameters,
)

from bot import keyboards
from bot.api import ApiError, ApiUnreachable, Asker
from bot.commands import Services, answer
from bot.pace import Urgency
from bot.sending import Blocked, Gone
from bot.words import LANGUAGES, PROBLEMS, say

logger = logging.getLogger(__name__)

LONGEST_MESSAGE = 4000
LONGEST_TOAST = 200


def router() -> Router:
    """Return a new router with all handlers of buttons."""
    found = Router(name="presses")
    found.callback_query(keyboards.Survey.filter())(_told(survey))
    found.callback_query(keyboards.Text.filter())(_told(text))
    found.callback_query(keyboards.Share.filter())(_told(share))
    found.callback_query(keyboards.Retry.filter())(_told(retry))
    found.callback_query(keyboards.Mute.filter())(_told(mute))
    found.callback_query(keyboards.Leave.filter())(_told(leave))
    found.callback_query(keyboards.Language.filter())(_told(language))
    found.callback_query()(_told(outdated))
    return found


def _told(handler: Any) -> Any:
    """Wrap a handler, which returns a short sentence: it is shown over the chat, as is what the site refuses."""

    async def wrapped(
        callback: CallbackQuery, services: Services, asker: Asker, callback_data: Any = None
    ) -> None:
        try:
            words = await handler(callback, services, asker, callback_data)
        except ApiError as error:
            if error.is_outage:
                logger.error("The site refuses the bot: %s", error)
                words = say(asker.language, "later")
            else:
                words = say(asker.language, "expired") if error.is_gone else error.message
        except ApiUnreachable:
            words = say(asker.language, "later")
        except (Blocked, Gone):
            words = ""
        await _toast(services, callback, words)

    return wrapped


async def _toast(services: Services, callback: CallbackQuery, words: str) -> None:
    """Answer a press, so that its button stops waiting; one that is too old needs no answer."""
    method = AnswerCallbackQuery(callback_query_id=callback.id, text=words[:LONGEST_TOAST] or None)
    try:
        await services.sender.call(method)
    except TelegramAPIError as error:
        logger.info("A press was not answered: %s", type(error).__name__)


def _uuid(photo: str) -> str:
    """Return the id of a photo as the site writes it. Raises ``ApiError`` for none: buttons can be forged."""
    try:
        return str(UUID(hex=photo))
    except ValueError:
        raise ApiError(404, "not_found", "", None, None) from None


async def _edit_buttons(
    services: Services, callback: CallbackQuery, rows: list[list[InlineKeyboardButton]]
) -> None:
    message = callback.message
    if not isinstance(message, Message):
        return
    method = EditMessageReplyMarkup(
        chat_id=message.chat.id, message_id=message.message_id,
        reply_markup=InlineKeyboardMarkup(inline_keyboard=rows),
    )  # fmt: skip
    try:
        await services.sender.say(message.chat.id, method, Urgency.ANSWER)
    except (Gone, TelegramBadRequest):
        logger.info("Buttons could not be changed")


def _rows(callback: CallbackQuery) -> list[list[InlineKeyboardButton]]:
    """Return the buttons of the message that was pressed."""
    message = callback.message
    markup = message.reply_markup if isinstance(message, Message) else None
    return markup.inline_keyboard if markup else []


def _others(callback: CallbackQuery) -> list[list[InlineKeyboardButton]]:
    """Return the rows that have to do neither with the text nor with the survey."""
    kept = (keyboards.Share.__prefix__, keyboards.Mute.__prefix__)
    return [row for row in _rows(callback) if (row[0].callback_data or "").partition(":")[0] in kept]


async def survey(callback: CallbackQuery, services: Services, asker: Asker, data: keyboards.Survey) -> str:
    """Store an answer: yes, partly or no; then what is wrong, each press putting one in or taking it out."""
    photo = _uuid(data.photo)
    problems: list[str] = []
    if data.problem:
        if data.problem not in PROBLEMS:
            return say(asker.language, "expired")
        before = (await services.api.photo(asker, photo))["survey"] or {}
        problems = [key for key in PROBLEMS if (key in before.get("problems", ())) != (key == data.problem)]
    kept = await services.api.answer(asker, photo, data.readable, problems)
    services.sender.metrics.count("answers")
    markup = keyboards.of_result(asker.language, photo, readable=kept["readable"], problems=kept["problems"])
    await _edit_buttons(services, callback, markup.inline_keyboard + _others(callback))
    return say(asker.language, "thanks" if data.problem or data.readable == "yes" else "what_is_wrong")


async def text(callback: CallbackQuery, services: Services, asker: Asker, data: keyboards.Text) -> str:
    """Send the recognised text, as a file where it is long."""
    found = await services.api.text(asker, _uuid(data.photo))
    if not found.strip():
        return say(asker.language, "no_text")
    reply = None
    if callback.message:
        reply = ReplyParameters(message_id=callback.message.message_id, allow_sending_without_reply=True)
    note = say(asker.language, "text_note")
    if len(found) <= LONGEST_MESSAGE:
        method: SendMessage | SendDocument = SendMessage(
            chat_id=asker.person, text=f"{found}\n\n{note}", reply_parameters=reply, parse_mode=None
        )
    else:
        file = BufferedInputFile(found.encode(), "board.txt")
        method = SendDocument(chat_id=asker.person, document=file, caption=note, reply_parameters=reply)
    await services.sender.say(asker.person, method, Urgency.ANSWER)
    return ""


async def share(callback: CallbackQuery, services: Services, asker: Asker, data: keyboards.Share) -> str:
    """Show a photo in a room, and take the button away."""
    room = next((one for one in await services.api.rooms(asker) if one["code"] == data.room), None)
    if room is None:
        return say(asker.language, "expired")
    await services.api.share(asker, _uuid(data.photo), data.room)
    rows = [
        row for row in _rows(callback)
        if (row[0].callback_data or "").partition(":")[0] != keyboards.Share.__prefix__
    ]  # fmt: skip
    await _edit_buttons(services, callback, rows)
    return say(asker.language, "shared", room=room["name"])


async def retry(callback: CallbackQuery, services: Services, asker: Asker, data: keyboards.Retry) -> str:
    """Try a photo that failed again, and take the button away."""
    photo = _uuid(data.photo)
    await services.api.retry(asker, photo)
    services.state.reopen(asker.person, photo)
    await _edit_buttons(services, callback, [])
    return say(asker.language, "retried")


async def mute(callback: CallbackQuery, services: Services, asker: Asker, data: keyboards.Mute) -> str:
    """Be told of what is shared in a room, or not; the button then does the opposite."""
    room = await services.api.mute(asker, data.room, muted=data.muted)
    changed = keyboards.of_room(asker.language, room["code"], room["name"], muted=room["muted"])
    pressed = callback.data
    rows = [[changed if one.callback_data == pressed else one for one in row] for row in _rows(callback)]
    await _edit_buttons(services, callback, rows)
    return say(asker.language, "muted" if room["muted"] else "unmuted", room=room["name"])


async def leave(callback: CallbackQuery, services: Services, asker: Asker, data: keyboards.Leave) -> str:
    """Leave a room, and take its button away."""
    room = next((one for one in await services.api.rooms(asker) if one["code"] == data.room), None)
    if room is None:
        return say(asker.language, "leave_none")
    await services.api.leave(asker, data.room)
    rows = [row for row in _rows(callback) if row[0].callback_data != callback.data]
    await _edit_buttons(services, callback, rows)
    return say(asker.language, "left", room=room["name"])


async def language(
    callback: CallbackQuery, services: Services, asker: Asker, data: keyboards.Language
) -> str:
    """Speak another language from now on."""
    if data.code not in LANGUAGES:
        return say(asker.language, "expired")
    services.state.choose_language(asker.person, data.code)
    await answer(services, asker.person, say(data.code, "language_chosen"))
    return ""


async def outdated(callback: CallbackQuery, services: Services, asker: Asker, data: None) -> str:
    """Say that a button is none of ours any more."""
    return say(asker.language, "expired")
