"""What people write: commands, photos, anything else."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import ChatMemberUpdated, InlineKeyboardMarkup, Message

from bot import keyboards
from bot.api import Api, ApiError, ApiUnreachable, Asker
from bot.delivery import Deliverer
from bot.intake import Intake, attached_to
from bot.pace import Urgency
from bot.sending import Blocked, Sender
from bot.state import State
from bot.words import say

logger = logging.getLogger(__name__)

MOST_NAMESAKES = 20
LONGEST_NICKNAME = 40


@dataclass(frozen=True)
class Services:
    """What handlers work with."""

    state: State
    api: Api
    sender: Sender
    intake: Intake
    deliverer: Deliverer


def router() -> Router:
    """Return a new router with all handlers of messages; the first that fits is called."""
    found = Router(name="messages")
    found.my_chat_member()(change_of_membership)
    found.message(is_file)(photo)
    found.message(CommandStart(deep_link=True))(_told(start_with_room))
    found.message(CommandStart())(start)
    found.message(Command("help"))(help_)
    found.message(Command("room"))(_told(room))
    found.message(Command("leave"))(_told(leave))
    found.message(Command("status"))(_told(status))
    found.message(Command("language"))(language)
    found.message(is_command)(unknown_command)
    found.message(is_text)(text)
    found.message()(something_else)
    return found


# Filters of ours are coroutines: aiogram runs any other in a thread.
async def is_file(message: Message) -> bool:
    """Tell whether a message is a photo or a file."""
    return bool(message.photo or message.document)


async def is_text(message: Message) -> bool:
    """Tell whether a message is a text."""
    return bool(message.text)


async def is_command(message: Message) -> bool:
    """Tell whether a message looks like a command."""
    return (message.text or "").startswith("/")


async def answer(
    services: Services, chat: int, words: str, markup: InlineKeyboardMarkup | None = None
) -> None:
    """Answer with a message; whoever blocked the bot gets none."""
    method = SendMessage(chat_id=chat, text=words[:4096], reply_markup=markup)
    try:
        await services.sender.say(chat, method, Urgency.ANSWER)
    except Blocked:
        return


def _told(handler: Any) -> Any:
    """Wrap a handler that asks the site: what goes wrong there is said, in place of an answer that comes late."""

    async def wrapped(message: Message, command: CommandObject, services: Services, asker: Asker) -> None:
        try:
            await handler(message, command, services, asker)
        except (ApiError, ApiUnreachable) as error:
            logger.warning("A command could not be done: %s", error)
            refused = error.message if isinstance(error, ApiError) and not error.is_outage else ""
            await answer(services, message.chat.id, refused or say(asker.language, "later"))

    return wrapped


async def change_of_membership(event: ChatMemberUpdated, services: Services) -> None:
    """Go on with deliveries once somebody can be written to again."""
    services.deliverer.look()


# ---------------------------------------------------------------------- photos
async def photo(message: Message, services: Services, asker: Asker, received_at: float | None = None) -> None:
    """Take a photo in."""
    services.deliverer.look()
    attached = attached_to(message)
    if attached is None:
        await answer(services, message.chat.id, say(asker.language, "no_photo"))
        return
    await services.intake.take(message, attached, asker, received_at or time.monotonic())


# ---------------------------------------------------------------------- commands
async def start(message: Message, services: Services, asker: Asker) -> None:
    """Greet."""
    services.deliverer.look()  # who starts a bot again has unblocked it
    await answer(services, message.chat.id, say(asker.language, "start"))


async def start_with_room(message: Message, command: CommandObject, services: Services, asker: Asker) -> None:
    """Greet somebody who comes by a room's link, t.me/BOT?start=CODE, and let them in."""
    await start(message, services, asker)
    await _join(message, services, asker, command.args or "", "")


async def help_(message: Message, services: Services, asker: Asker) -> None:
    """Say what the bot can do."""
    await answer(services, message.chat.id, say(asker.language, "help"))


async def room(message: Message, command: CommandObject, services: Services, asker: Asker) -> None:
    """Come into a room, under another nickname where one follows the code; without a code list one's rooms."""
    code, _space, nickname = (command.args or "").strip().partition(" ")
    if code:
        await _join(message, services, asker, code, nickname.strip())
        return
    rooms = await services.api.rooms(asker)
    if not rooms:
        await answer(services, message.chat.id, say(asker.language, "room_usage"))
        return
    await answer(
        services,
        message.chat.id,
        "\n".join([say(asker.language, "rooms"), *(_line(asker, one) for one in rooms)]),
        keyboards.of_rooms(asker.language, rooms),
    )


def _line(asker: Asker, room: Any) -> str:
    return "• " + say(
        asker.language, "room_line", room=room["name"], code=room["code"], nickname=room["nickname"],
        members=room["members"],
    )  # fmt: skip


async def _join(message: Message, services: Services, asker: Asker, code: str, nickname: str) -> None:
    """Let somebody into a room; a name of Telegram's that is taken there gets a number."""
    code = "".join(letter for letter in code if letter.isalnum())[:40] or "-"
    name = nickname or (message.from_user.first_name if message.from_user else "")
    name = " ".join(name.replace("\0", "").split()) or say(asker.language, "guest_nickname")
    for number in range(1, MOST_NAMESAKES + 1):
        suffix = f" {number}" if number > 1 else ""
        try:
            joined = await services.api.join(asker, code, name[: LONGEST_NICKNAME - len(suffix)] + suffix)
            break
        except ApiError as error:
            is_taken = error.status == 422 and error.field == "nickname"
            if is_taken and not nickname and number < MOST_NAMESAKES:
                continue
            words = say(asker.language, "room_unknown") if error.is_gone else error.message
            if error.status == 401 or error.status >= 500 or not words:
                raise
            await answer(services, message.chat.id, words)
            return
    words = say(asker.language, "room_joined", room=joined["name"], nickname=joined["nickname"])
    await answer(services, message.chat.id, words, keyboards.of_rooms(asker.language, [joined]))


async def leave(message: Message, command: CommandObject, services: Services, asker: Asker) -> None:
    """Leave the room of a code, or the only one; of several, ask which."""
    rooms = await services.api.rooms(asker)
    wanted = "".join(letter for letter in (command.args or "").upper() if letter.isalnum())
    if wanted:
        rooms = [one for one in rooms if one["code"] == wanted]
    if not rooms:
        await answer(services, message.chat.id, say(asker.language, "leave_none"))
    elif len(rooms) == 1:
        await services.api.leave(asker, rooms[0]["code"])
        await answer(services, message.chat.id, say(asker.language, "left", room=rooms[0]["name"]))
    else:
        await answer(services, message.chat.id, say(asker.language, "leave_which"), keyboards.to_leave(rooms))


async def status(message: Message, command: CommandObject, services: Services, asker: Asker) -> None:
    """Say what is on its way, and which rooms one is in."""
    photos = await services.api.open_photos(asker)
    rooms = await services.api.rooms(asker)
    lines = [say(asker.language, "status_some" if photos else "status_none", count=len(photos))]
    if rooms:
        lines += ["", say(asker.language, "rooms"), *(_line(asker, one) for one in rooms)]
    await answer(services, message.chat.id, "\n".join(lines))


async def language(message: Message, services: Services, asker: Asker) -> None:
    """Offer the languages."""
    await answer(services, message.chat.id, say(asker.language, "language"), keyboards.languages())


async def unknown_command(message: Message, services: Services, asker: Asker) -> None:
    """Say where the commands are."""
    await answer(services, message.chat.id, say(asker.language, "unknown_command"))


async def text(message: Message, services: Services, asker: Asker) -> None:
    """Say what to send."""
    await answer(services, message.chat.id, say(asker.language, "text_message"))


async def something_else(message: Message, services: Services, asker: Asker) -> None:
    """Say what to send instead of a video, a voice, a sticker."""
    await answer(services, message.chat.id, say(asker.language, "no_photo"))
