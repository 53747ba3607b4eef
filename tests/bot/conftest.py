"""A Bot API server, the site, and a bot between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import ApiToken
from bot import acknowledging
from bot.settings import Settings
from tests.boards import finish
from tests.bot.running import Running, at_work, running, settings_for
from tests.bot.telegram import Telegram
from tests.factories import make_user
from upscale import feeds
from upscale.models import Photo


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    """Start a Bot API server that keeps to no rates."""
    server = Telegram().begin()
    server.has_limits = False
    yield server
    server.end()


@pytest.fixture
def site(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Serve the site, without a limit on requests; feeds tell at once, and nobody waits long for them."""
    settings.API_REQUESTS_PER_MINUTE = 0
    monkeypatch.setattr(feeds, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(feeds, "_SETTLED", feeds._SETTLED.replace("'1 second'", "'0.05 seconds'"))
    wait_for_feed = feeds.wait_for_feed
    monkeypatch.setattr(feeds, "wait_for_feed", lambda look, seconds: wait_for_feed(look, min(seconds, 1.0)))
    return str(live_server.url)


@pytest.fixture
def api_token(site: str) -> str:
    """Give a token of a client that speaks for Telegram's people."""
    _token, secret = ApiToken.objects.issue(make_user(None), "telegram bot", acts_for="telegram")
    return secret


@pytest.fixture
def bot_settings(
    telegram: Telegram, site: str, api_token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Give the settings of a bot between the two, which edits what it said without much delay."""
    monkeypatch.setattr(acknowledging, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(acknowledging, "EDIT_EVERY", 0.2)
    return settings_for(telegram, site, api_token, tmp_path / "bot")


@pytest.fixture
def bot(bot_settings: Settings, telegram: Telegram) -> Iterator[Running]:
    """Run a bot that keeps to no rates."""
    with running(bot_settings) as found:
        at_work(telegram)
        yield found


@pytest.fixture
def finish_all() -> Callable[..., list[Photo]]:
    """Give a worker that finishes every photo that waits, with a small result."""

    def work(**fields: Any) -> list[Photo]:
        return [finish(photo, **fields) for photo in Photo.objects.queued().order_by("id")]

    return work
