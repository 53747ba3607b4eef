"""The burn-up chart of a campaign: approvals over time towards the target, and when it will likely be reached."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from stockgen.campaigns.history import History
from stockgen.campaigns.standing import Standing
from stockgen.models.campaign_stage import Stage

FEWEST_FOR_A_FINISH = 10
"""With fewer approvals in the last 24 hours, no end is foretold."""

LONGEST = timedelta(days=3650)
Z = 1.96

Corner = tuple[float, float]
Finish = tuple[datetime, datetime, datetime]


@dataclass(frozen=True)
class BurnUp:
    """A drawing in a square of 100 × 100, time to the right and approvals upwards.

    ``line`` and ``area`` are what was, ``cone`` and ``ahead`` what may come; both empty where nothing is foretold.
    """

    line: str
    area: str
    cone: str
    ahead: str
    now: str
    height: str
    begin: datetime
    end: datetime


def finish_of(standing: Standing, last_day: int, now: datetime) -> Finish | None:
    """Return when the target is likely reached: early, likely, late. ``last_day`` is what a day saw approved.

    Likely is at the pace of the last 24 hours, nights and all. The range is that pace's 95 % interval (a count of
    independent approvals: Poisson, by its normal approximation), widened to the mean pace since the start. None for a
    campaign that does not go on, and while too little was approved.
    """
    campaign = standing.campaign
    if campaign.stage != Stage.RUNNING or not standing.missing or last_day < FEWEST_FOR_A_FINISH:
        return None
    alive = max((now - campaign.created_at) / timedelta(hours=1), 0.01)
    window = min(24.0, alive)
    paces = [(last_day + spread * math.sqrt(last_day)) / window for spread in (Z, 0, -Z)]
    mean = standing.approved / alive

    def after(pace: float) -> datetime:
        return now + timedelta(hours=min(standing.missing / max(pace, 1e-6), LONGEST / timedelta(hours=1)))

    return after(max(paces[0], mean)), after(paces[1]), after(min(paces[2], mean))


def burn_up(standing: Standing, history: History, finish: Finish | None) -> BurnUp:
    """Lay the chart out. The past keeps at least a third of the width, however far off the end is."""
    past = (history.end - history.begin).total_seconds()
    whole = past
    if finish:
        whole = past + min(2 * past, (finish[2] - history.end).total_seconds())
    top = max(1, standing.target)

    def at(moment: datetime, approved: float) -> Corner:
        return 100 * (moment - history.begin).total_seconds() / whole, 100 - 100 * min(1.0, approved / top)

    step = (history.end - history.begin) / len(history.counts)
    sums = accumulate(history.counts)
    corners = [
        (0.0, 100.0),
        *(at(history.begin + step * number, total) for number, total in enumerate(sums, 1)),
    ]
    here = at(history.end, standing.approved)
    corners[-1] = here
    cone = ahead = ""
    if finish:
        ends = [_within(here, at(moment, standing.target)) for moment in finish]
        # An end beyond the drawing is cut off where it leaves; the early one may still reach the top.
        cone = _path(
            [here, ends[0], *([(100.0, 0.0)] if ends[2][1] > 0 and ends[0][1] <= 0 else []), ends[2]]
        )
        ahead = _path([here, ends[1]])
    return BurnUp(
        line=_path(corners),
        area=_path([*corners, (here[0], 100.0)]),
        cone=cone,
        ahead=ahead,
        now=f"{here[0]:.2f}",
        height=f"{here[1]:.2f}",
        begin=history.begin,
        end=history.begin + timedelta(seconds=whole),
    )


def _within(begin: Corner, end: Corner) -> Corner:
    """Cut a line off at the right edge."""
    if end[0] <= 100:
        return end
    share = (100 - begin[0]) / (end[0] - begin[0])
    return 100.0, begin[1] + share * (end[1] - begin[1])


def _path(corners: Iterable[Corner]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in corners)
