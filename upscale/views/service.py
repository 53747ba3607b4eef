"""The operator's page of the promise: its figures, the queue, alarms, and what to look at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from engines.boards.results import network_of
from engines.registry import SUPER_RESOLUTION_MODELS
from upscale import charts, wording
from upscale.alarms import Alarm, Trouble, alarms
from upscale.models import Photo
from upscale.statistics import (
    IN_TIME,
    READABLE,
    SUCCESS,
    Case,
    Figures,
    Report,
    figures,
    photos_of,
    queue_now,
    recent_report,
)
from upscale.views.shared import render_part

PERIODS = (1, 7, 30)
USUAL_DAYS = 7


@role_required(Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def service(request: SignedInRequest) -> HttpResponse:
    """Show how the promise is kept; to htmx only what is so now."""
    if request.htmx:
        return render_part(request, "upscale/service/_now.html", _now())
    days = _days(request)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=days - 1)
    found = recent_report(since)
    context = {
        "periods": [(number, _period(number)) for number in PERIODS],
        "days": days,
        "worst": _worst(found),
    }
    return render(request, "upscale/service/service.html", context | _laid_out(found) | _now())


def _days(request: SignedInRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, PERIODS) else USUAL_DAYS


def _period(days: int) -> str:
    return _("Today") if days == 1 else ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def _worst(found: Report) -> list[tuple[str, str, list[tuple[Case, Photo]]]]:
    """Lay out the worst cases of each kind, as far as their photos are still there."""
    photos = photos_of(found.cases)
    kinds = (
        ("unreadable", _("Could not be read, say people"), found.unreadable),
        ("failed", _("Failed"), found.failed),
        ("slow", _("Took longest"), found.slowest),
        ("gain", _("Gained least"), found.gained_least),
        ("kept", _("Most lines kept from the photo"), found.kept_most),
    )
    return [
        (kind, title, [(case, photos[case.key]) for case in cases if case.key in photos])
        for kind, title, cases in kinds
        if cases
    ]


def _now() -> dict[str, Any]:
    """Lay out the queue and the alarms."""
    now = timezone.localtime()
    queue = queue_now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = alarms(queue, figures(now - timedelta(hours=1)), figures(midnight))
    return {
        "queue": queue,
        "alarms": [(alarm, _title(alarm), _evidence(alarm), _advice(alarm)) for alarm in found],
        "deadline": settings.PHOTO_DEADLINE_SECONDS,
    }


def _title(alarm: Alarm) -> str:
    match alarm.trouble:
        case Trouble.NO_WORKER:
            return _("Photos wait and no worker is running.")
        case Trouble.OVERDUE:
            return _("Photos are waiting past their deadline.")
        case Trouble.LATE:
            return _("Photos take longer than promised.")
        case Trouble.FAILING:
            return _("Too many photos fail.")
    return _("Too many people cannot read the result.")


def _evidence(alarm: Alarm) -> str:
    """Say what was seen, and in which time."""
    if alarm.figures is None:
        return ""
    told = {
        "when": _("In the last hour") if alarm.period == "hour" else _("Today"),
        "number": alarm.figures.total,
        "p95": wording.seconds(alarm.figures.p95),
        "deadline": wording.seconds(settings.PHOTO_DEADLINE_SECONDS),
        "failed": alarm.figures.failed,
        "yes": wording.percent(alarm.figures.readable.value),
        "answers": alarm.figures.readable.total,
    }
    if alarm.trouble == Trouble.LATE:
        return _("%(when)s: 95%% within %(p95)s, promised within %(deadline)s (of %(number)d).") % told
    if alarm.trouble == Trouble.FAILING:
        return _("%(when)s: %(failed)d of %(number)d failed; at most 2%% may.") % told
    return _("%(when)s: %(yes)s of %(answers)d answers say yes; 80%% should.") % told


def _advice(alarm: Alarm) -> str:
    """Say what to do."""
    match alarm.trouble:
        case Trouble.NO_WORKER:
            return _("Start one: python manage.py run_huey. The photos are kept and go on by themselves.")
        case Trouble.OVERDUE:
            return _("Look whether the workers live and what their log says; start more of them.")
        case Trouble.LATE:
            return _("Start more workers, one for each GPU, or make MAX_INPUT_PIXELS smaller.")
        case Trouble.FAILING:
            return _("Look at those that failed, below: each says why.")
    return _("Look at those that could not be read, below, and compare the methods.")


def _laid_out(found: Report) -> dict[str, Any]:
    """Lay out the figures of a period."""
    by_day = found.days
    success = [(day, one.success) for day, one in by_day]
    gained = [(day, one.gained) for day, one in by_day]
    readable = [(day, one.readable) for day, one in by_day]
    seconds = [(day, one.p50, one.p95, one.done) for day, one in by_day]
    return {
        "all": found.all,
        "p50": wording.seconds(found.all.p50),
        "p95": wording.seconds(found.all.p95),
        "key_figures": _key_figures(found.all),
        "seconds_by_day": charts.seconds_by_day(seconds, settings.PHOTO_DEADLINE_SECONDS),
        "shares_by_day": [
            (_("Succeeded"), charts.shares_by_day(success, SUCCESS)),
            (_("Reads better than the photo"), charts.shares_by_day(gained, 0)),
            (_("Could be read, say people"), charts.shares_by_day(readable, READABLE)),
        ],
        "methods": [
            {
                "name": method_name(key),
                "done": one.done,
                "p50": wording.seconds(one.p50),
                "p95": wording.seconds(one.p95),
                "gained": charts.mark(one.gained),
                "readable": charts.mark(one.readable, READABLE),
            }
            for key, one in found.methods
        ],
    }


def method_name(key: str) -> str:
    """Return the name of a method for those who know what a network is."""
    ours = {
        "original": _("The photo itself"),
        "evened": _("Light evened out"),
        "bicubic": _("Light evened out, enlarged"),
        "enhanced": _("Cleaned up"),
    }
    spec = SUPER_RESOLUTION_MODELS.get(network_of(key))
    if spec is None:
        return ours.get(key, key)
    return spec.title if spec.key == key else _("%(network)s, softened") % {"network": spec.title}


def _key_figures(found: Figures) -> list[dict[str, Any]]:
    """Lay out the shares with their goals and what each is a share of."""
    rows = (
        (_("By the deadline"), found.within, IN_TIME, _("Photos")),
        (_("Succeeded"), found.success, SUCCESS, _("Photos")),
        (_("Reads better than the photo"), found.gained, 0.0, _("Photos read before and after")),
        (_("Could be read, say people"), found.readable, READABLE, _("Answers")),
    )
    return [
        {
            "label": label, "mark": charts.mark(share, goal), "of": of,
            "goal": charts.along(goal) if goal else "", "goal_text": wording.percent(goal) if goal else "",
        }
        for label, share, goal, of in rows
    ]  # fmt: skip
