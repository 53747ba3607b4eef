"""Buttons under a result: the survey, which reaches the same table as the pages', and the text."""

from __future__ import annotations

import pytest

from tests.api.boards import BOARD
from tests.boards import finish, make_photo
from tests.bot.boards import confirmed, delivered, stored, told
from tests.bot.running import Running
from tests.bot.telegram import Telegram
from tests.bot.telegram_chats import Posted
from tests.bot.waiting import wait_until
from upscale.models import Photo, SurveyAnswer
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def photo(bot: Running, telegram: Telegram) -> Photo:
    """Give the photo of person 7, delivered."""
    telegram.send_photo(7, BOARD)
    [sent] = stored()
    confirmed(telegram)
    done = finish(sent)
    delivered(telegram, 7)
    return done


def press(telegram: Telegram, label: str, chat: int = 7) -> Posted:
    """Press a button of the result, and wait until that is dealt with."""
    [document] = telegram.documents(7)
    toasts = len(telegram.toasts)
    telegram.press(chat, document.id, document.button(label))
    wait_until(lambda: len(telegram.toasts) > toasts, "the answer to the press")
    confirmed(telegram)
    return document


def answer_of(person: str) -> tuple[str, list[str]]:
    answer = SurveyAnswer.objects.get(person=person)
    return answer.readable, answer.problems


def test_yes_is_stored_and_thanked_for(photo: Photo, telegram: Telegram) -> None:
    document = press(telegram, "Yes")
    assert answer_of("telegram:7") == ("yes", [])
    assert telegram.toasts == ["Thank you!"]
    assert document.labels == ["📝 Text", "✓ Yes", "Partly", "No"]


def test_partly_asks_what_is_wrong_and_each_press_changes_that(photo: Photo, telegram: Telegram) -> None:
    document = press(telegram, "Partly")
    assert telegram.toasts == ["Thank you! What is wrong with it?"]
    press(telegram, "wrong letters")
    press(telegram, "glare")
    press(telegram, "wrong letters")
    assert answer_of("telegram:7") == ("partly", ["glare"])
    assert [label for label in document.labels if label.startswith("✓")] == ["✓ Partly", "✓ glare"]


def test_an_answer_can_be_changed(photo: Photo, telegram: Telegram) -> None:
    press(telegram, "No")
    document = press(telegram, "Yes")
    assert answer_of("telegram:7") == ("yes", [])
    assert len(document.labels) == 4


def test_the_same_press_twice_is_one_answer(photo: Photo, telegram: Telegram) -> None:
    press(telegram, "Yes")
    press(telegram, "Yes")
    assert SurveyAnswer.objects.count() == 1


def test_a_forwarded_button_tells_a_stranger_nothing(photo: Photo, telegram: Telegram) -> None:
    press(telegram, "Yes", chat=8)
    assert telegram.toasts == ["This is not there any more."]
    assert not SurveyAnswer.objects.exists()
    press(telegram, "Text", chat=8)
    assert telegram.texts(8) == []


@pytest.mark.parametrize(
    "data", ["s:zz:yes:", "s:" + "0" * 32 + ":yes:", "nonsense", "s:::", "t:x", "m:NOROOM:1"]
)
def test_a_forged_press_does_no_harm(bot: Running, telegram: Telegram, data: str) -> None:
    telegram.press(7, 1, data)
    wait_until(lambda: telegram.toasts, "the answer to the press")
    assert telegram.toasts == ["This is not there any more."]
    confirmed(telegram)


def test_an_answer_before_there_is_a_result_is_refused(bot: Running, telegram: Telegram) -> None:
    waiting = make_photo(Visitor("telegram:7"))
    telegram.press(7, 1, f"s:{waiting.pk.hex}:yes:")
    wait_until(lambda: telegram.toasts, "the answer to the press")
    assert telegram.toasts == ["There is no result yet."]
    assert not SurveyAnswer.objects.exists()


def test_the_text_comes_as_it_was_read(photo: Photo, telegram: Telegram) -> None:
    document = press(telegram, "Text")
    text = told(telegram, 7, "energy equals mass\nlight has a speed\n\nRead by a machine")
    assert text.reply_to == document.id


def test_a_long_text_comes_as_a_file(photo: Photo, telegram: Telegram) -> None:
    Photo.objects.update(text="energy " * 1000)
    press(telegram, "Text")
    file = next(posted for posted in telegram.documents(7) if posted.file_name == "board.txt")
    assert file.document == b"energy " * 1000


def test_where_nothing_was_read_that_is_said(photo: Photo, telegram: Telegram) -> None:
    Photo.objects.update(text="")
    press(telegram, "Text")
    assert telegram.toasts == ["No writing was recognised."]


def test_while_the_site_is_away_a_press_is_answered_all_the_same(
    photo: Photo, telegram: Telegram, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import api

    monkeypatch.setattr(api, "TRIES", 1)
    monkeypatch.setattr("upscale.models.survey.SurveyAnswerQuerySet.answer", _broken)
    press(telegram, "Yes")
    assert telegram.toasts == ["Our server does not answer at the moment. Please try again in a minute."]


def _broken(*values: object, **named: object) -> None:
    raise RuntimeError("out of order")
