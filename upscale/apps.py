from __future__ import annotations

from django.apps import AppConfig


class UpscaleConfig(AppConfig):
    name = "upscale"
    default_auto_field = "django.db.models.BigAutoField"
