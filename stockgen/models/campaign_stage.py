"""Where a campaign is, and why it or one of its cells waits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PauseReason(models.TextChoices):
    """Why a campaign or one of its cells waits for somebody."""

    HAND = "hand", _("paused by hand")
    RENDERS = "renders", _("the budget of pictures is used up")
    HOURS = "hours", _("the budget of GPU hours is used up")
    DATE = "date", _("the end date has passed")
    HOPELESS = "hopeless", _("hardly anything is approved")
    NO_LOCATIONS = "no-locations", _("the language model finds no more locations")
    FAILING = "failing", _("rendering fails again and again")
    NOT_OFFERED = "not-offered", _("the topic, concept or a model is no longer offered")


REASONS_OF_CELLS = (
    PauseReason.HOPELESS, PauseReason.NO_LOCATIONS, PauseReason.FAILING, PauseReason.NOT_OFFERED
)  # fmt: skip
"""Why a cell pauses itself; a campaign pauses for the same where no cell is left that could go on."""


class Stage(models.TextChoices):
    """Where a campaign is."""

    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    REACHED = "reached", _("target reached")
    STOPPED = "stopped", _("stopped")
