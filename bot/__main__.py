"""``python -m bot``: run the Telegram bot. Its settings are environment variables; see docs/bot.md."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path

from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError
from dotenv import load_dotenv

from bot import settings
from bot.api import ApiError
from bot.program import run
from bot.redaction import Redactor, install
from bot.state import StateInUse

MISCONFIGURED = 78
"""The exit status EX_CONFIG: a restart would not help."""


def main() -> int:
    """Run the bot; returns the exit status."""
    load_dotenv(os.environ.get("ENV_FILE", Path(".env")), override=False)
    try:
        chosen = settings.read()
    except settings.SettingsError as error:
        print(Redactor()(str(error)), file=sys.stderr)
        return MISCONFIGURED
    install(Redactor(chosen.secrets), chosen.log_level)
    logger = logging.getLogger("bot")
    try:
        asyncio.run(run(chosen))
    except (TelegramUnauthorizedError, TelegramNotFound):
        logger.critical("Telegram refuses the token. BotFather shows the valid one.")
        return MISCONFIGURED
    except ApiError as error:
        logger.critical(
            "The site refuses STOCK_API_TOKEN at STOCK_API (%s); create_token … --acts-for telegram makes one",
            error,
        )
        return MISCONFIGURED
    except StateInUse as error:
        logger.critical("%s", error)
        return 1
    except OSError as error:
        logger.critical("The bot cannot begin: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
