"""What the bot answers over HTTP: health, metrics, and the webhook where one is set."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Mapping

from aiogram import Bot
from aiogram.types import Update
from aiohttp import web
from pydantic import ValidationError

from bot.metrics import Metrics
from bot.settings import Settings
from bot.state import State
from bot.updates import Ledger

logger = logging.getLogger(__name__)

STALE = 90.0
"""Seconds of silence after which a side counts as unreachable: three long questions."""

HOOK = "/telegram"
HOOK_SECONDS = 40.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
MOST_BYTES = 1024 * 1024


class Serving:
    """The bot's own HTTP server."""

    def __init__(self, settings: Settings, bot: Bot, state: State, ledger: Ledger, metrics: Metrics) -> None:
        self._settings = settings
        self._bot = bot
        self._state = state
        self._ledger = ledger
        self._metrics = metrics
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def begin(self) -> None:
        """Listen. Raises ``OSError`` where the address is taken."""
        if self._settings.listen is None:
            return
        application = web.Application(client_max_size=MOST_BYTES)
        application.router.add_get("/health", self.health)
        application.router.add_get("/metrics", self.show_metrics)
        if self._settings.webhook:
            application.router.add_post(HOOK, self.hook)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, *self._settings.listen)
        await site.start()
        self.port = self._runner.addresses[0][1]
        logger.info("Health and metrics: it answers on %s:%d", self._settings.listen[0], self.port)

    async def end(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()

    def is_well(self) -> bool:
        """Tell whether both sides have answered lately; with a webhook Telegram calls us, so only the site counts."""
        ages = self._metrics.ages()
        return ages["api"] < STALE and (bool(self._settings.webhook) or ages["telegram"] < STALE)

    async def health(self, request: web.Request) -> web.Response:
        """200 where Telegram and the site answer, else 503; which of them, and what waits."""
        due, oldest = self._state.waiting()
        told: Mapping[str, object] = {
            "status": "ok" if self.is_well() else "unreachable",
            "seconds_since": {side: round(age, 1) for side, age in self._metrics.ages().items()},
            "results_due": due,
            "oldest_due_seconds": round(oldest, 1),
        }
        return web.Response(
            text=json.dumps(told) + "\n",
            content_type="application/json",
            status=200 if self.is_well() else 503,
        )

    async def show_metrics(self, request: web.Request) -> web.Response:
        """Show counters and gauges for Prometheus."""
        due, oldest = self._state.waiting()
        ages = self._metrics.ages()
        gauges = {
            "up": float(self.is_well()),
            "results_due": float(due),
            "oldest_due_seconds": oldest,
            "updates_in_work": float(len(self._ledger.running)),
            "telegram_silent_seconds": ages["telegram"],
            "api_silent_seconds": ages["api"],
            "uptime_seconds": time.monotonic() - self._metrics.begun,
        }
        return web.Response(text=self._metrics.text(gauges), content_type="text/plain", charset="utf-8")

    async def hook(self, request: web.Request) -> web.Response:
        """Take an update from Telegram: 200 once it is handled, which confirms it; else Telegram sends it again."""
        secret = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(secret.encode(), self._settings.webhook_secret.encode()):
            return web.Response(status=401, text="401\n")
        try:
            update = Update.model_validate_json(await request.read(), context={"bot": self._bot})
        except ValidationError:
            return web.Response(status=400, text="400\n")
        task = self._ledger.take(update)
        if task is not None:
            try:
                async with asyncio.timeout(HOOK_SECONDS):
                    await asyncio.shield(task)
            except TimeoutError:
                return web.Response(status=503, text="503\n")
        return web.Response(text="200\n")
