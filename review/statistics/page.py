"""What the page of the figures shows, laid out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from engines.statistics.intervals import Share
from review.statistics import charts, wording
from review.statistics.agreements import Agreements, agreements
from review.statistics.approval import NOTHING, AdditionRates, Approval, LocationRate, approval, locations
from review.statistics.experts import Expert, experts, own_figures, tallies, weeks_of
from review.statistics.reasons import Reasons, reasons
from review.statistics.scope import Scope
from stockgen.models import Concept

SHOWN = 8
"""How many locations, and how many cells with versions, are shown at either end."""

Address = Callable[..., str]
"""Gives the address of the page with changed parameters of its filter."""


def report(scope: Scope, *, with_experts: bool, address: Address) -> dict[str, Any]:
    """Compute and lay out the figures for designers and operators."""
    rates = approval(scope)
    agreed = agreements(scope)
    counted = tallies(scope.votes())
    weeks = weeks_of(counted)
    named = reasons(scope)
    votes = sum((week.approval for week in weeks), NOTHING)
    known = sum((week.known for week in weeks), NOTHING)
    return {
        "has_figures": bool(rates.overall.total or votes.total or known.total),
        "overall": charts.mark(rates.overall),
        "votes": votes.total + known.total,
        "approving": charts.mark(votes),
        "known": charts.mark(known),
        "agreement": charts.agreement_row(_("Overall"), agreed.overall),
        "cells": _cells(rates, named, address) if not scope.topic and not scope.concept else None,
        "topics": _topics(rates, address) if not scope.topic else None,
        "concepts": _concepts(rates, address) if not scope.concept else None,
        "models": charts.forest([(one.label, "", one.share, "") for one in rates.models], rates.overall),
        "additions": _additions(rates.additions),
        "strong": (ends := _ends(locations(scope), rates.overall))[0],
        "weak": ends[1],
        "agreement_rows": _agreement_rows(agreed, address),
        "reasons": charts.bars(_reason_counts(named), named.rejections),
        "rejections": named.rejections,
        "reason_grid": _reason_grid(named),
        "approval_weeks": charts.lines(charts.moments((week.start, week.approval) for week in weeks)),
        "agreement_weeks": charts.lines(charts.raw_moments(agreed.weeks)),
        "known_weeks": charts.lines(charts.moments((week.start, week.known) for week in weeks)),
        "experts": [expert_row(one) for one in experts(scope, counted)] if with_experts else None,
    }


def own_report(user: User, scope: Scope) -> dict[str, Any]:
    """Compute and lay out what an expert may see of themselves."""
    own = own_figures(user, scope)
    if own is None:
        return {"has_figures": False}
    return {
        "has_figures": True,
        "own": expert_row(own),
        "approval_weeks": charts.lines(charts.moments((week.start, week.approval) for week in own.weeks)),
        "known_weeks": charts.lines(charts.moments((week.start, week.known) for week in own.weeks)),
    }


def expert_row(expert: Expert) -> dict[str, Any]:
    """Lay out one expert."""
    return {
        "name": expert.user.display_name,
        "username": expert.user.get_username(),
        "votes": expert.votes,
        "seconds": expert.seconds,
        "pace": round(3600 / expert.seconds) if expert.seconds else None,
        "approval": charts.mark(expert.approval),
        "with_others": charts.mark(expert.with_others),
        "known": charts.mark(expert.known),
        "drift": charts.lines(
            charts.moments((week.start, week.approval) for week in expert.weeks), whole=True
        ),
    }


def _topics(rates: Approval, address: Address) -> charts.Forest:
    return charts.forest(
        [(one.label, "", one.share, address(topic=one.key)) for one in rates.topics], rates.overall
    )


def _concepts(rates: Approval, address: Address) -> charts.Forest:
    return charts.forest(
        [(one.label, "", one.share, address(concept=one.key)) for one in rates.concepts], rates.overall
    )


def _cells(rates: Approval, named: Reasons, address: Address) -> charts.Grid:
    """Lay topics × concepts out; each cell says its main reason to reject, too."""
    shares = {(cell.topic.pk, cell.concept.pk): cell.share for cell in rates.cells}
    topics = sorted(
        {cell.topic.pk: cell.topic for cell in rates.cells}.values(), key=lambda one: one.position
    )
    concepts = sorted(
        {cell.concept.pk: cell.concept for cell in rates.cells}.values(), key=lambda one: one.position
    )
    names = {reason.key: str(reason) for reason, _count in named.reasons}
    main = {
        (cell.topic, cell.concept): names[cell.counts.most_common(1)[0][0]]
        for cell in named.cells
        if cell.counts
    }

    def cell(row: int, column: int) -> charts.GridCell:
        topic, concept = topics[row], concepts[column]
        share = shares.get((topic.pk, concept.pk), NOTHING)
        note = main.get((topic.pk, concept.pk), "") if share.total else ""
        return charts.grid_cell(share, note=note, href=address(topic=topic.key, concept=concept.key))

    return charts.grid(
        [(str(one), address(topic=one.key)) for one in topics], [str(one) for one in concepts], cell
    )


def _additions(additions: list[AdditionRates]) -> list[tuple[str, str, charts.Forest]]:
    """Lay out the cells in which several versions of an addition can be compared, the most decided first."""
    compared = sorted((one for one in additions if len(one.versions) > 1), key=lambda one: -one.total)
    return [
        (
            f"{one.topic} · {one.concept}",
            str(one.step.label),
            charts.forest(
                [
                    (
                        _("Version %(number)s") % {"number": version} if version else _("No addition"),
                        "",
                        share,
                        "",
                    )
                    for version, share in one.versions
                ],
                ordered=False,
            ),
        )
        for one in compared[:SHOWN]
    ]


def _ends(rates: list[LocationRate], overall: Share) -> tuple[charts.Forest, charts.Forest]:
    """Lay out the locations that surely do best, and those that surely do worst.

    “Surely” is the nearer end of the interval, so that three lucky pictures do not lead the list.
    """
    half = min(SHOWN, len(rates) // 2)
    best = sorted(rates, key=lambda one: -one.share.interval.low if one.share.interval else 0)[:half]
    worst = sorted(rates, key=lambda one: one.share.interval.high if one.share.interval else 1)[:half]

    def laid(chosen: list[LocationRate]) -> charts.Forest:
        rows = [(one.text, str(one.topic), one.share, "") for one in chosen]
        return charts.forest(rows, overall, ordered=False)

    return laid(best), laid([one for one in worst if one not in best])


def _agreement_rows(agreed: Agreements, address: Address) -> list[charts.AgreementRow]:
    """Lay out the topics, the highest alpha first, those without one last."""
    ordered = sorted(
        agreed.topics,
        key=lambda one: (one.figures.alpha is None, -(one.figures.alpha.value if one.figures.alpha else 0)),
    )
    return [
        charts.agreement_row(str(one.topic), one.figures, address(topic=one.topic.key)) for one in ordered
    ]


def _reason_counts(named: Reasons) -> list[tuple[str, int]]:
    return [*[(str(reason), count) for reason, count in named.reasons], (_("No reason given"), named.without)]


def _reason_grid(named: Reasons) -> charts.Grid | None:
    """Lay reasons × concepts out: the share of a concept's rejections that name the reason."""
    by_concept = named.by_concept()
    columns = list(Concept.objects.filter(pk__in=by_concept))
    if len(columns) < 2 or not named.reasons:
        return None

    most = max(count / one.rejections for one in by_concept.values() for count in one.counts.values())

    def cell(row: int, column: int) -> charts.GridCell:
        found = by_concept[columns[column].pk]
        count = found.counts[named.reasons[row][0].key]
        return charts.grid_cell(Share(count, found.rejections), most=most, note=wording.count(count))

    return charts.grid(
        [(str(reason), "") for reason, _count in named.reasons], [str(one) for one in columns], cell
    )
