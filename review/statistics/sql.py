"""Grouping in two steps, which the ORM cannot say: first the votes of each picture, then the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Aggregate, BooleanField, ExpressionWrapper, F, FloatField, Min, Q, QuerySet
from django.db.models.functions import TruncWeek

from review.models.vote import VoteQuerySet

IN_ORDER = ("created_at", "id")


class Median(Aggregate):
    """The middle value of a column, by PostgreSQL's ``percentile_cont``."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def by_picture(votes: VoteQuerySet, *, voters: bool = False) -> QuerySet[Any, Any]:
    """Return a row for each picture: ``entry``, when it was ``first`` voted on, its week, and its counted votes.

    ``picks`` are the votes in the order in which they were cast (true: approved), ``voters`` who cast them.
    """
    approved = ExpressionWrapper(Q(choice="approve"), output_field=BooleanField())
    pictures = (
        votes.counted()
        .order_by()
        .values(entry_key=F("entry_id"))
        .annotate(
            first=Min("created_at"),
            week=TruncWeek(Min("created_at")),
            picks=ArrayAgg(approved, order_by=IN_ORDER),
        )
    )
    return pictures.annotate(voters=ArrayAgg("rater_id", order_by=IN_ORDER)) if voters else pictures


def rows_over(
    inner: QuerySet[Any, Any], outer: str, parameters: Sequence[datetime | bool | None] = ()
) -> list[tuple[Any, ...]]:
    """Return the rows of ``outer``, a query in which ``{inner}``, once, stands for a query set's own."""
    sql, inner_parameters = inner.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(outer.format(inner=sql), [*inner_parameters, *parameters])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
