"""Where exports can go on this site."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.TextChoices):
    """How an export is delivered."""

    ZIP = "zip", _("ZIP to download")
    FOLDER = "folder", _("Folder on the server")
    S3 = "s3", _("S3 bucket")


def offered_targets() -> list[Target]:
    """Return those that are set up: a ZIP always, a folder and a bucket where settings name one."""
    is_set_up = {
        Target.ZIP: True,
        Target.FOLDER: settings.EXPORT_FOLDER,
        Target.S3: settings.EXPORT_S3_BUCKET,
    }
    return [target for target in Target if is_set_up[target]]
