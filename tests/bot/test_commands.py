"""Commands, and the two languages."""

from __future__ import annotations

import pytest

from bot.settings import Settings
from tests.api.boards import BOARD
from tests.boards import make_photo, make_room
from tests.bot.boards import confirmed, stored, told
from tests.bot.running import Running, running
from tests.bot.telegram import Telegram
from tests.bot.waiting import wait_until
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def test_start_greets(bot: Running, telegram: Telegram) -> None:
    telegram.write(7, "/start")
    told(telegram, 7, "Hello! Send me a photo of a board")


def test_help_names_every_command(bot: Running, telegram: Telegram) -> None:
    telegram.write(7, "/help")
    words = told(telegram, 7, "/room CODE").text
    assert all(command in words for command in ("/room", "/leave", "/status", "/language"))


def test_who_uses_telegram_in_russian_is_spoken_to_in_russian(bot: Running, telegram: Telegram) -> None:
    telegram.languages[7] = "ru"
    telegram.write(7, "/start")
    told(telegram, 7, "Здравствуйте!")


def test_a_language_that_is_not_spoken_gets_english(bot: Running, telegram: Telegram) -> None:
    telegram.languages[7] = "pt-br"
    telegram.write(7, "/start")
    told(telegram, 7, "Hello!")


def test_another_language_is_chosen_by_a_button_and_kept(bot: Running, telegram: Telegram) -> None:
    telegram.write(7, "/language")
    message = told(telegram, 7, "Which language?")
    telegram.press(7, message.id, message.button("Русский"))
    told(telegram, 7, "Теперь я говорю по-русски.")
    telegram.write(7, "/help")
    told(telegram, 7, "Пришлите фото доски")


def test_status_counts_what_is_on_its_way_of_ones_own(bot: Running, telegram: Telegram) -> None:
    for person in ("telegram:7", "telegram:7", "telegram:8"):
        make_photo(Visitor(person))
    make_room(nickname="Host").join(Visitor("telegram:7"), "Ann")
    telegram.write(7, "/status")
    words = told(telegram, 7, "On their way: 2.").text
    assert "Physics" in words


def test_status_says_when_there_is_nothing(bot: Running, telegram: Telegram) -> None:
    telegram.write(7, "/status")
    told(telegram, 7, "Nothing of yours is on its way.")


@pytest.mark.parametrize(
    ("text", "answer"),
    [("/dance", "I do not know this command."), ("hello", "Send me a photo of a board.")],
)
def test_anything_else_is_answered_with_what_to_send(
    bot: Running, telegram: Telegram, text: str, answer: str
) -> None:
    telegram.write(7, text)
    told(telegram, 7, answer)


def test_a_voice_message_is_answered_with_what_to_send(bot: Running, telegram: Telegram) -> None:
    voice = {"file_id": "v", "file_unique_id": "v", "duration": 3}
    message = telegram.photo_message(7, BOARD)
    del message["photo"]
    telegram.happen(message=message | {"voice": voice})
    told(telegram, 7, "I read photos of boards only")


def test_telegram_learns_the_commands_in_both_languages(bot: Running, telegram: Telegram) -> None:
    # The fixture has waited for both.
    names = ["start", "help", "room", "leave", "status", "language"]
    assert [command for name, command in telegram.calls if name == "setMyCommands"] == [None, None]
    assert telegram.last_commands == {"": names, "ru": names}


def test_while_the_site_is_away_a_command_is_answered_all_the_same(
    bot: Running, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import api

    monkeypatch.setattr(api, "TRIES", 1)
    monkeypatch.setattr("upscale.schemas_rooms.RoomOut.all_of", None)
    telegram.write(7, "/room")
    told(telegram, 7, "Our server does not answer at the moment.")


def test_who_floods_the_bot_is_answered_for_a_while_only(
    bot_settings: Settings, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.people.MOST_AT_ONCE", 2)
    with running(bot_settings, is_quick=False) as steady:
        for _ in range(90):
            telegram.write(7, "hello")
        confirmed(telegram)
        wait_until(lambda: steady.program.pace.waiting(7) == 0, "the answers to be sent")
        assert 1 <= len(telegram.texts(7)) < 90
        telegram.send_photo(7, BOARD)
        stored()
