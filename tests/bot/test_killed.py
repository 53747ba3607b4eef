"""The bot killed at any moment: every photo is delivered, none twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.boards import finish
from tests.bot.boards import boards
from tests.bot.telegram import Telegram
from tests.bot.test_secrets import program
from tests.bot.waiting import wait_until
from upscale.models import Photo

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = 4
PHOTOS = 12


def test_a_bot_killed_again_and_again_loses_nothing_and_doubles_nothing(
    telegram: Telegram, site: str, api_token: str, tmp_path: Path
) -> None:
    telegram.has_limits = True
    dice = random.Random(1)
    contents = boards(PHOTOS)
    for number, content in enumerate(contents):
        telegram.send_photo(7 + number % 4, content)

    def finish_one() -> None:
        if photo := Photo.objects.queued().order_by("id").first():
            finish(photo)

    for _ in range(KILLS):
        with program(telegram, site, api_token, tmp_path):  # SIGKILL at the end of the block
            calls = len(telegram.calls)
            wait_until(lambda calls=calls: len(telegram.calls) > calls, "a sign of life", 60)  # type: ignore[misc]
            end = time.monotonic() + dice.uniform(0, 3)
            while time.monotonic() < end:
                finish_one()
                time.sleep(0.1)
    with program(telegram, site, api_token, tmp_path):
        wait_until(lambda: not telegram.pending, "the confirmation of all updates", 90)
        while Photo.objects.open().exists():
            finish_one()
        wait_until(lambda: count(telegram) >= PHOTOS, "all results", 90)
        wait_until(
            lambda: not any("working" in text or "received" in text for text in texts(telegram)), "quiet", 60
        )
    assert Photo.objects.count() == PHOTOS
    assert count(telegram) == PHOTOS
    sent_back = sorted(
        posted.document or b"" for chat in telegram.messages for posted in telegram.documents(chat)
    )
    assert sent_back == sorted(photo.result.read() for photo in Photo.objects.all())
    replied = [(chat, posted.reply_to) for chat in telegram.messages for posted in telegram.documents(chat)]
    assert len(set(replied)) == PHOTOS


def count(telegram: Telegram) -> int:
    return sum(len(telegram.documents(chat)) for chat in telegram.messages)


def texts(telegram: Telegram) -> list[str]:
    return [text for chat in telegram.messages for text in telegram.texts(chat)]
