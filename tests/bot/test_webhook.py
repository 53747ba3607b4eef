"""The webhook, health and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from bot.serving import HOOK, SECRET_HEADER
from bot.settings import Settings
from tests.api.boards import BOARD
from tests.boards import finish
from tests.bot.boards import delivered, stored, told
from tests.bot.running import Running, at_work, running
from tests.bot.telegram import Telegram
from tests.bot.waiting import wait_until
from upscale.models import Photo

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "a-secret-of-the-webhook"


@pytest.fixture
def hooked(bot_settings: Settings, telegram: Telegram) -> Iterator[Running]:
    """Run a bot that Telegram calls."""
    settings = replace(bot_settings, webhook="https://bot.example.org/telegram", webhook_secret=SECRET)
    with running(settings) as found:
        at_work(telegram)
        yield found


def call(bot: Running, update: Any, secret: str | None = SECRET) -> requests.Response:
    """Call the bot as Telegram does."""
    headers = {} if secret is None else {SECRET_HEADER: secret}
    content = {"data": update} if isinstance(update, str) else {"json": update}
    return requests.post(f"{address(bot)}{HOOK}", headers=headers, timeout=60, **content)


def address(bot: Running) -> str:
    assert bot.program
    return f"http://127.0.0.1:{bot.program.port}"


def test_telegram_is_told_the_address_and_the_secret(hooked: Running, telegram: Telegram) -> None:
    assert telegram.webhook["url"] == "https://bot.example.org/telegram"
    assert telegram.webhook["secret_token"] == SECRET
    assert telegram.called("getUpdates") == 0


def test_an_update_is_answered_once_its_job_is_stored(hooked: Running, telegram: Telegram) -> None:
    update = telegram.happen(message=telegram.photo_message(7, BOARD))
    assert call(hooked, update).status_code == 200
    [photo] = Photo.objects.all()
    finish(photo)
    delivered(telegram, 7)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "секрет".encode().decode("latin-1")])
def test_without_the_secret_it_is_401_and_nothing_happens(
    hooked: Running, telegram: Telegram, secret: str | None
) -> None:
    update = telegram.happen(message=telegram.photo_message(7, BOARD))
    assert call(hooked, update, secret).status_code == 401
    assert not Photo.objects.exists()
    assert telegram.shown(7) == []


@pytest.mark.parametrize("body", ["", "{", "[]", '{"update_id": "x"}', "null"])
def test_what_is_no_update_is_400(hooked: Running, body: str) -> None:
    assert call(hooked, body).status_code == 400


def test_the_same_update_again_and_again_is_one_job(hooked: Running, telegram: Telegram) -> None:
    update = telegram.happen(message=telegram.photo_message(7, BOARD))
    assert [call(hooked, update).status_code for _ in range(3)] == [200, 200, 200]
    assert Photo.objects.count() == 1
    assert len(telegram.shown(7)) == 1


def test_updates_in_another_order_are_all_served(hooked: Running, telegram: Telegram) -> None:
    updates = [telegram.happen(message=telegram.photo_message(chat, BOARD)) for chat in (7, 8, 9)]
    assert [call(hooked, update).status_code for update in reversed(updates)] == [200, 200, 200]
    assert {photo.person for photo in stored(3)} == {"telegram:7", "telegram:8", "telegram:9"}


def test_a_bot_that_polls_takes_no_calls(bot: Running, telegram: Telegram) -> None:
    assert call(bot, {"update_id": 1}).status_code == 404


# ---------------------------------------------------------------------- health and metrics
def test_health_is_200_while_both_sides_answer(bot: Running, telegram: Telegram) -> None:
    answer = requests.get(f"{address(bot)}/health", timeout=20)
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["results_due"] == 0


def test_health_is_503_once_a_side_is_silent(
    bot: Running, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.serving.STALE", 0.0)
    answer = requests.get(f"{address(bot)}/health", timeout=20)
    assert (answer.status_code, answer.json()["status"]) == (503, "unreachable")


def test_metrics_count_what_was_done(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD)
    [photo] = stored()
    finish(photo)
    delivered(telegram, 7)
    telegram.send_photo(7, b"no picture", as_file=True)
    told(telegram, 7, "This is not a photo")

    def lines() -> list[str]:
        return requests.get(f"{address(bot)}/metrics", timeout=20).text.splitlines()

    for line in (
        'stock_bot_photos_total{kind="stored"} 1',
        'stock_bot_photos_total{kind="refused"} 1',
        'stock_bot_delivered_total{kind="own"} 1',
        'stock_bot_updates_total{kind="message"} 2',
        "stock_bot_acknowledgements_total 2",
        "stock_bot_results_due 0",
        "stock_bot_up 1",
    ):
        wait_until(lambda line=line: line in lines(), line)  # type: ignore[misc]


def test_what_is_due_is_measured(bot: Running, telegram: Telegram) -> None:
    telegram.fail("editMessageMedia", hang=600)
    telegram.send_photo(7, BOARD)
    [photo] = stored()
    finish(photo)
    wait_until(
        lambda: "stock_bot_results_due 1" in requests.get(f"{address(bot)}/metrics", timeout=20).text,
        "a due result",
    )
