"""What the pilot report says of people: how long they wait for a result, and whether they could read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.photos import LAST, MEDIAN, P95, ROUNDS, SUCCEEDED, UNFAIRNESS, WITH_EFFORT
from bench.pilot_lines import (
    LEAST_READABLE,
    LEAST_SUCCESS,
    MEASURE_SERVICE,
    MOST_SECONDS,
    WRITE,
    Line,
    Verdict,
    judged,
    missing,
    percent,
    prose,
    table,
)
from bench.report import Measurement
from engines.statistics.intervals import Share


# --------------------------------------------------------------------------------------------------- 3: the wait
def service_lines(service: Measurement | None) -> list[Line]:
    """Return the lines of time and success, without and with a bulk run; all are missing if one person sent alone."""
    if service and service.setting["people"] < 2:
        service = None
    return [line for name in ROUNDS for line in (_time_line(service, name), _success_line(service, name))]


def _time_line(service: Measurement | None, round_name: str) -> Line:
    name, asked = f"p95 from upload to result, {round_name}", f"≤ {MOST_SECONDS:.0f} s"
    p95 = service.find(f"{P95}, {round_name}") if service else None
    if service is None or p95 is None:
        return missing(3, name, asked, MEASURE_SERVICE)
    median = service.find(f"{MEDIAN}, {round_name}")
    figure = f"{p95.measured:.1f} s" + (f" (median {median.measured:.1f} s)" if median else "")
    is_met = p95.measured <= MOST_SECONDS
    return judged(3, name, asked, figure, _sample(service), MEASURE_SERVICE, is_met=is_met)


def _success_line(service: Measurement | None, round_name: str) -> Line:
    name, asked = f"photos that get a result, {round_name}", f"≥ {100 * LEAST_SUCCESS:.0f} %"
    share = service.find(f"{SUCCEEDED}, {round_name}") if service else None
    if service is None or share is None:
        return missing(3, name, asked, MEASURE_SERVICE)
    done = _done(service, share.measured)
    figure = f"{percent(share.measured)} ({done.hits} of {done.total})"
    is_met = share.measured >= LEAST_SUCCESS
    return judged(3, name, asked, figure, _sample(service), MEASURE_SERVICE, is_met=is_met)


def _done(service: Measurement, share: float) -> Share:
    photos = service.setting["people"] * service.setting["photos"]
    return Share(round(share * photos), photos)


def _sample(service: Measurement) -> str:
    setting = service.setting
    return (
        f"{setting['people']} people × {setting['photos']} photos at once, "
        f"workers: {setting['workers']}, cores: {setting['cores']}"
    )


def service_section(service: Measurement | None) -> str:
    """Say how time is taken, and show both rounds and what the usual way would take."""
    rows = [_service_row(service, name, name) for name in ROUNDS] if service else []
    if service:
        rows.append(_service_row(service, "first come, first served (computed)", "usual, computed"))
    head = [
        "",
        "got a result",
        "95 % interval",
        "median",
        "p95",
        "longest",
        "slowest person ÷ fastest",
        "efforts",
    ]
    return "\n\n".join(
        [
            prose(
                """Several people upload several photos each at the same moment, over HTTP, to the real web server and
                worker. The time of a photo is from its upload to its result, by the server's clock; one that never
                comes counts as 400 s. Once there is nothing else to do, once a bulk run of stock pictures is under
                way. Both rounds must meet the criterion. For comparison: the same photos first come, first served, each
                with full effort, computed from the time of one photo alone.""",
            ),
            table(head, rows) if rows else prose("There are no figures yet."),
            prose(
                """Limits:""",
                """- To keep the time, less is spent on each photo where many wait: see the efforts in the table. Only
                *full* and *quick* use the network; criterion 1 is about *full*.""",
                """- The photos are drawn, of one megapixel. The way through the internet and the Telegram bot is not
                in the time.""",
                """- Few photos prove little of 98 %: see the interval (Wilson). The times are those of the machine that
                measured.""",
            ),
        ]
    )


def _service_row(service: Measurement, told: str, name: str) -> list[str]:
    def cell(what: str, unit: str = " s", digits: int = 1) -> str:
        figure = service.find(f"{what}, {name}")
        return f"{figure.measured:.{digits}f}{unit}" if figure else "–"

    share = service.find(f"{SUCCEEDED}, {name}")
    done = _done(service, share.measured) if share else Share(0, 0)
    efforts = [
        f"{figure.name.removeprefix(WITH_EFFORT).removesuffix(f', {name}')} {figure.measured:.0f}"
        for figure in service.figures
        if figure.name.startswith(WITH_EFFORT) and figure.name.endswith(f", {name}")
    ]
    return [
        told,
        f"{done.hits} of {done.total}" if done.total else "–",
        _interval(done) or "–",
        *(cell(what) for what in (MEDIAN, P95, LAST)),
        cell(UNFAIRNESS, "", 2),
        ", ".join(efforts) or "–",
    ]


def _interval(share: Share) -> str:
    interval = share.interval
    return f"{percent(interval.low)} – {percent(interval.high)}" if interval else ""


# ------------------------------------------------------------------------------------------------- 4: the survey
@dataclass(frozen=True)
class Survey:
    """How many answers say yes, partly and no, by how many people and about how many photos."""

    yes: int = 0
    partly: int = 0
    no: int = 0
    people: int = 0
    photos: int = 0

    @property
    def readable(self) -> Share:
        """The share of answers that say yes."""
        return Share(self.yes, self.yes + self.partly + self.no)


def ask() -> Survey:
    """Count the answers in the database; none where there is no database yet, or one without tables.

    Wants Django set up. An embedded database that exists is started, none is made. Raises ``OperationalError`` where a
    database is set that does not answer.
    """
    from django.conf import settings
    from django.db import connection
    from django.db.models import Count, Q

    from upscale.models import SurveyAnswer

    if not exists(settings.DATABASES["default"]):
        return Survey()
    if SurveyAnswer._meta.db_table not in connection.introspection.table_names():
        return Survey()
    counts = SurveyAnswer.objects.aggregate(
        yes=Count("pk", filter=Q(readable="yes")),
        partly=Count("pk", filter=Q(readable="partly")),
        no=Count("pk", filter=Q(readable="no")),
        people=Count("person", distinct=True),
        photos=Count("photo", distinct=True),
    )
    return Survey(**counts)


def exists(database: Mapping[str, Any]) -> bool:
    """Tell whether there is the database of these settings: an embedded one would be made by asking it."""
    embedded = database.get("EMBEDDED")
    return embedded is None or (embedded["folder"] / "data" / "PG_VERSION").is_file()


def survey_lines(survey: Survey) -> list[Line]:
    """Return the line of the survey; too few answers decide nothing, as the alarms of the service have it."""
    from upscale.statistics import ENOUGH_ANSWERS

    name, asked = "students who say that they could read it", f"≥ {100 * LEAST_READABLE:.0f} %"
    share = survey.readable
    if share.value is None:
        return [Line(4, name, asked, "no answers yet", "0 answers", Verdict.NOT_MEASURED, WRITE)]
    figure = f"{percent(share.value)} ({share.hits} of {share.total}; 95 % interval {_interval(share)})"
    sample = f"{share.total} answers of {survey.people} people about {survey.photos} photos"
    if share.total < ENOUGH_ANSWERS:
        figure += f"; fewer than {ENOUGH_ANSWERS} answers decide nothing"
        return [Line(4, name, asked, figure, sample, Verdict.NOT_MEASURED, WRITE)]
    return [judged(4, name, asked, figure, sample, WRITE, is_met=share.value >= LEAST_READABLE)]


def survey_section(survey: Survey) -> str:
    """Say how answers are counted, and show them."""
    rows = [[answer, str(count)] for answer, count in _answers(survey) if survey.readable.total]
    return "\n\n".join(
        [
            prose(
                """Under every result the page asks "Could you read it?": yes, partly, no. One person has one answer a
                photo and may change it. The figure is the share of yes among all answers in the database of the machine
                where this report is written; "partly" is not yes.""",
            ),
            table(["answer", "answers"], rows) if rows else prose("There are no answers yet."),
            prose(
                """Limits:""",
                """- Only those who choose to answer are counted. The database does not know who is a student.""",
                """- Answers are deleted with their photos (`PHOTO_RETENTION_DAYS`): write the report before.""",
            ),
        ]
    )


def _answers(survey: Survey) -> list[tuple[str, int]]:
    return [("yes", survey.yes), ("partly", survey.partly), ("no", survey.no)]
