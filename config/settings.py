"""All settings come from the environment; docs/settings.md and .env.example describe each of them.

Importing this module starts nothing and connects to nothing, with one write: in development the secret key is
made once and kept in DATA_DIR/secret_key.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from config import BASE_DIR, env, queue
from config.secret_key import development_key
from engines.registry import (
    DEFAULT_EXPORT_MODEL,
    DEFAULT_IMAGE_MODEL,
    DEFAULT_LANGUAGE_MODEL,
    DEFAULT_SUPER_RESOLUTION_MODEL,
    DEFAULT_TEXT_EMBEDDER,
    SUPER_RESOLUTION_MODELS,
    TEXT_EMBEDDERS,
)

DATA_DIR = env.data_dir()
DEBUG = env.boolean("DEBUG", default=True)

# --- Who may reach it ---------------------------------------------------------------------------------------
HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, at_least=1, at_most=65535)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")
SECRET_KEY = env.text("SECRET_KEY") or (development_key(DATA_DIR) if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is required when DEBUG is off; .env.example shows how to make one."
    )

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("BEHIND_PROXY", default=False) else None
)
X_FRAME_OPTIONS = "DENY"
HTTPS = env.boolean("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 0)
# HSTS for subdomains and browsers' preload lists are the choice of the domain's owner.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# htmx needs no eval and no inline script; progress bars set their width in a style attribute.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "style-src-attr": "'unsafe-inline'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

# --- What it is made of -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "huey.contrib.djhuey",
    "ninja",
    "accounts",
    "jobs",
    "stockgen",
    "upscale",
    "review",
    "delivery",
]
MIDDLEWARE = [
    "config.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.SignedOutMiddleware",
    "config.middleware.ModelUnavailableMiddleware",
    "upscale.adopting.AdoptedGuestMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database and queue -------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")


def _database(url: str) -> dict[str, Any]:
    if not url:
        from config.embedded_postgres import DATABASE, SUPERUSER, EmbeddedPostgres

        folder = DATA_DIR / "postgres"
        return {
            "ENGINE": "config.database",
            "NAME": DATABASE,
            "USER": SUPERUSER,
            "HOST": str(EmbeddedPostgres(folder).socket_folder),
            "EMBEDDED": {"folder": folder, "durable": env.boolean("EMBEDDED_DURABLE", default=True)},
        }
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        reason = str(error).strip()
        raise ImproperlyConfigured(f"DATABASE_URL is not a PostgreSQL address: {reason}") from None
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{ours: str(parts.pop(theirs)) for theirs, ours in known.items() if theirs in parts},
        "OPTIONS": parts,
    }


DATABASES = {"default": {**_database(DATABASE_URL), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}

WORKER_GRACE_SECONDS = env.number("WORKER_GRACE_SECONDS", 20, at_least=1)
HUEY = {
    "huey_class": "jobs.queue.ProjectHuey",
    "name": "stock",
    "immediate": False,  # a dict without this key turns immediate mode on with DEBUG
    "results": False,
    # The tables are made by `migrate`, so that importing the queue connects to nothing.
    "connection": {"connection": queue.connect, "create_tables": False},
    "consumer": {
        "workers": 1,
        "worker_type": "process",
        "health_check_interval": 1,
        "scheduler_interval": 1,
        "graceful_signal": "TERM",
        "shutdown_timeout": WORKER_GRACE_SECONDS,
    },
}

# --- Jobs and models ----------------------------------------------------------------------------------------
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 30, at_least=1)
JOB_MAX_ATTEMPTS = env.number("JOB_MAX_ATTEMPTS", 3, at_least=1)
JOB_TICK_SECONDS = env.real("JOB_TICK_SECONDS", 5.0, at_least=0.1)
JOB_RUNNING_CAP_PER_PERSON = env.number("JOB_RUNNING_CAP_PER_PERSON", 0)
RUN_MAX_PICTURES = env.number("RUN_MAX_PICTURES", 10_000, at_least=1)
LANGUAGE_MODEL = env.text("LANGUAGE_MODEL", DEFAULT_LANGUAGE_MODEL)
IMAGE_MODEL = env.text("IMAGE_MODEL", DEFAULT_IMAGE_MODEL)
WORKER_DEVICE = env.text("WORKER_DEVICE", "auto")
MODEL_MEMORY_GIB = env.real("MODEL_MEMORY_GIB", 0.0)
MODEL_LOAD_SECONDS = env.number("MODEL_LOAD_SECONDS", 600, at_least=1)
LIBRARY_EMBEDDER = env.text("LIBRARY_EMBEDDER", DEFAULT_TEXT_EMBEDDER, choices=tuple(TEXT_EMBEDDERS))

# --- Rating -------------------------------------------------------------------------------------------------
STOCK_TARGET = env.number("STOCK_TARGET", 10_000, at_least=1)
EXPERT_SECONDS_PER_PICTURE = env.real("EXPERT_SECONDS_PER_PICTURE", 2.4, at_least=0.1)
REVIEW_HOLD_SECONDS = env.number("REVIEW_HOLD_SECONDS", 300, at_least=10)
REVIEW_EXAMINATION_SECONDS = env.number("REVIEW_EXAMINATION_SECONDS", 120, at_least=0)

# --- Board photos -------------------------------------------------------------------------------------------
SUPER_RESOLUTION_MODEL = env.text("SUPER_RESOLUTION_MODEL", DEFAULT_SUPER_RESOLUTION_MODEL)
SECOND_READER = env.text("SECOND_READER", "auto", choices=("auto", "none", "tesseract"))
MAX_INPUT_PIXELS = env.number("MAX_INPUT_PIXELS", 1600, at_least=64)
PHOTO_DEADLINE_SECONDS = env.number("PHOTO_DEADLINE_SECONDS", 120, at_least=10)
PHOTO_MAX_MIB = env.number("PHOTO_MAX_MIB", 20, at_least=1)
PHOTO_MAX_MEGAPIXELS = env.number("PHOTO_MAX_MEGAPIXELS", 60, at_least=1)
PHOTOS_NEED_ACCOUNT = env.boolean("PHOTOS_NEED_ACCOUNT", default=False)
PHOTOS_PER_HOUR = env.number("PHOTOS_PER_HOUR", 120)
PHOTOS_PER_HOUR_PER_ADDRESS = env.number("PHOTOS_PER_HOUR_PER_ADDRESS", 3000)
GUESTS_PER_HOUR_PER_ADDRESS = env.number("GUESTS_PER_HOUR_PER_ADDRESS", 1000)
PHOTO_RETENTION_DAYS = env.number("PHOTO_RETENTION_DAYS", 30)
ROOM_HOURS = env.number("ROOM_HOURS", 8, at_least=1, at_most=336)
CLIP_MAX_MIB = env.number("CLIP_MAX_MIB", 100, at_least=1)

# --- Exports ------------------------------------------------------------------------------------------------
EXPORT_MAX_PICTURES = env.number("EXPORT_MAX_PICTURES", 100_000, at_least=1)
EXPORT_RETENTION_DAYS = env.number("EXPORT_RETENTION_DAYS", 30, at_least=1)
EXPORT_FOLDER = str(env.folder("EXPORT_FOLDER", BASE_DIR)) if env.text("EXPORT_FOLDER") else ""
EXPORT_S3_BUCKET = env.text("EXPORT_S3_BUCKET")
EXPORT_S3_PREFIX = env.text("EXPORT_S3_PREFIX")
EXPORT_S3_ENDPOINT = env.text("EXPORT_S3_ENDPOINT")
EXPORT_S3_REGION = env.text("EXPORT_S3_REGION")
EXPORT_SUPER_RESOLUTION_MODEL = env.text(
    "EXPORT_SUPER_RESOLUTION_MODEL", DEFAULT_EXPORT_MODEL, choices=tuple(SUPER_RESOLUTION_MODELS)
)

# --- REST API -----------------------------------------------------------------------------------------------
API_REQUESTS_PER_MINUTE = env.number("API_REQUESTS_PER_MINUTE", 600)
API_LAUNCHES_PER_MINUTE = env.number("API_LAUNCHES_PER_MINUTE", 30)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# --- Languages and time -------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")

# --- Files --------------------------------------------------------------------------------------------------
# Pictures are served by a view that checks who asks; there is no MEDIA_URL on purpose.
MEDIA_ROOT = env.folder("MEDIA_ROOT", DATA_DIR / "media")
STATIC_URL = "static/"
# Static files are collected for production only; in development they come straight from their sources.
STATIC_ROOT = None if DEBUG else env.folder("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_storage.ModuleStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = env.number("REQUEST_MAX_MIB", 2, at_least=1) * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# --- Logs ---------------------------------------------------------------------------------------------------
LOG_LEVEL = env.text("LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.RedactingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # With a handler of its own run_huey adds none, whose lines would not be redacted.
        "huey": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
    },
}
