"""What the bot reads from its environment, each value with a sentence when it is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{20,}")
SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and holds no secret."""


@dataclass(frozen=True)
class Settings:
    """How the bot runs. ``listen`` None: neither health, nor metrics, nor a webhook; no ``webhook``: long polling."""

    token: str = field(repr=False)
    api_token: str = field(repr=False)
    telegram: str = "https://api.telegram.org"
    api: str = "http://127.0.0.1:8000/api/v1"
    state: Path = Path("var/bot")
    listen: tuple[str, int] | None = ("127.0.0.1", 8081)
    webhook: str = ""
    webhook_secret: str = field(default="", repr=False)
    log_level: str = "INFO"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what nobody may read anywhere."""
        return tuple(filter(None, (self.token, self.api_token, self.webhook_secret)))


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises :class:`SettingsError`."""
    token = _secret(environment, "TELEGRAM_TOKEN")
    if not BOT_TOKEN.fullmatch(token):
        raise SettingsError("TELEGRAM_TOKEN is not a token as BotFather gives it (digits, a colon, letters).")
    webhook = environment.get("WEBHOOK_URL", "").strip()
    secret = _secret(environment, "WEBHOOK_SECRET", required=bool(webhook))
    if webhook and not SECRET.fullmatch(secret):
        raise SettingsError("WEBHOOK_SECRET must be 16 to 256 letters, digits, '-' or '_'.")
    if webhook and not webhook.startswith("https://"):
        raise SettingsError(f"WEBHOOK_URL={webhook!r} must begin with https://: Telegram calls no other.")
    listen = _listen(environment.get("BOT_LISTEN", "127.0.0.1:8081").strip())
    if webhook and listen is None:
        raise SettingsError("WEBHOOK_URL needs BOT_LISTEN, the address on which the bot is called.")
    level = environment.get("LOG_LEVEL", "INFO").strip()
    if level not in LEVELS:
        raise SettingsError(f"LOG_LEVEL={level!r} is not one of {', '.join(LEVELS)}.")
    return Settings(
        token=token,
        api_token=_secret(environment, "STOCK_API_TOKEN"),
        telegram=_address(environment, "TELEGRAM_API", Settings.telegram),
        api=_address(environment, "STOCK_API", Settings.api),
        state=Path(environment.get("BOT_STATE", "").strip() or Settings.state),
        listen=listen,
        webhook=webhook,
        webhook_secret=secret,
        log_level=level,
    )


def _secret(environment: Mapping[str, str], name: str, *, required: bool = True) -> str:
    """Read a secret from its variable, or from the file that ``NAME_FILE`` names."""
    value = environment.get(name, "").strip()
    file = environment.get(f"{name}_FILE", "").strip()
    if value and file:
        raise SettingsError(f"Give {name} or {name}_FILE, not both.")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name}_FILE={file!r} cannot be read: {type(error).__name__}.") from None
    if required and not value:
        raise SettingsError(f"{name} is missing: give it, or the file that holds it as {name}_FILE.")
    return value


def _address(environment: Mapping[str, str], name: str, default: str) -> str:
    value = environment.get(name, "").strip() or default
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{name}={value!r} is not an address such as {default}.")
    return value.rstrip("/")


def _listen(value: str) -> tuple[str, int] | None:
    """Read ``host:port``; an empty value is None."""
    if not value:
        return None
    host, _colon, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise SettingsError(f"BOT_LISTEN={value!r} is not host:port, such as 127.0.0.1:8081.")
    return host.strip("[]"), int(port)
