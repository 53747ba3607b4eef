"""Judging pairs of pictures over REST, for experts: next, judge, undo. Nothing here tells which model made what."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from accounts.models import User
from accounts.rest import answers
from engines.imaging.png import only_pixels
from review.comparing import next_pairs, progress_of, tasks_of
from review.models import Judgement, Pair
from review.rest import attempt, expert_of
from review.schemas_comparing import (
    JudgementIn,
    JudgementOut,
    JudgementResultOut,
    JudgementResultsOut,
    JudgementsIn,
    LatestFilters,
    NextPairsIn,
    PairOut,
    PairsOut,
    TaskOut,
    UndoJudgementIn,
    UndoJudgementOut,
)
from stockgen.models import Comparison

router = Router(tags=["comparing"])


@router.get("/comparisons", response=answers({200: list[TaskOut]}, 403))
def list_comparisons(request: HttpRequest) -> list[TaskOut]:
    """List the open comparisons that have pairs for you, or had, the newest first."""
    return [TaskOut.of(task) for task in tasks_of(expert_of(request))]


@router.post(
    "/comparisons/{uuid:comparison_id}/next", response=answers({200: PairsOut}, 400, 403, 404, 409, 422)
)
def next_to_judge(request: HttpRequest, comparison_id: UUID, body: NextPairsIn) -> PairsOut:
    """Take pairs to judge: first those that you were given and have not judged, then new ones.

    409 with the code `closed`: nothing of this comparison is judged any more.
    """
    rater = expert_of(request)
    comparison = get_object_or_404(Comparison, pk=comparison_id)
    pairs = PairOut.of(next_pairs(comparison, rater, body.count))
    progress = progress_of(comparison, rater)
    return PairsOut(pairs=pairs, empty=len(pairs) < body.count, judged=progress.judged, left=progress.left)


@router.get(
    "/comparisons/{uuid:comparison_id}/judgements", response=answers({200: list[JudgementOut]}, 403, 404, 422)
)
def list_judgements(
    request: HttpRequest, comparison_id: UUID, filters: Query[LatestFilters]
) -> list[JudgementOut]:
    """List your own latest judgements of a comparison that stand, the newest first."""
    mine = Judgement.objects.live().of(expert_of(request))
    comparison = get_object_or_404(Comparison, pk=comparison_id)
    latest = mine.filter(pair__comparison=comparison).order_by("-created_at", "-pk")
    return [JudgementOut.of(judgement) for judgement in latest[: filters.limit]]


@router.get(
    "/pairs/{uuid:pair_id}/{side}", response=answers({200: None}, 403, 404, 422), url_name="pair_picture"
)
def pair_picture(request: HttpRequest, pair_id: UUID, side: Literal["left", "right"]) -> HttpResponse:
    """Return a picture of a pair that you were given, as PNG: its pixels alone."""
    mine = Pair.objects.of(expert_of(request)).select_related("left", "right")
    pair = get_object_or_404(mine, pk=pair_id)
    headers = {
        "ETag": f'"{pair.pk}-{side}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Vary": "Cookie, Authorization",
        "Content-Disposition": f'inline; filename="{side}.png"',
    }
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    try:
        with pair.picture(side).image.open("rb") as file:
            pixels = only_pixels(file.read())
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    return HttpResponse(pixels, content_type="image/png", headers=headers)


@router.post("/judgements", response=answers({201: JudgementOut, 200: JudgementOut}, 400, 403, 404, 409, 422))
def judge(request: HttpRequest, body: JudgementIn) -> Status[JudgementOut]:
    """Judge a pair that you were given, however long ago. The same request again answers 200 with the first one's.

    409 says by its `code` why a judgement does not fit: `already_judged`, `closed` or `id_taken`.
    """
    made, is_new = Judgement.objects.cast(expert_of(request), body.opinion())
    return Status(201 if is_new else 200, JudgementOut.of(made))


@router.post("/judgements/batch", response=answers({200: JudgementResultsOut}, 400, 403, 422))
def judge_several(request: HttpRequest, body: JudgementsIn) -> JudgementResultsOut:
    """Judge several pairs. Each judgement is taken or refused on its own, with the status it would have alone."""
    rater = expert_of(request)
    return JudgementResultsOut(results=[_result(rater, item) for item in body.judgements])


def _result(rater: User, item: JudgementIn) -> JudgementResultOut:
    status, made, problem = attempt(lambda: Judgement.objects.cast(rater, item.opinion()))
    judgement = JudgementOut.of(made) if made else None
    return JudgementResultOut(id=item.id, status=status, judgement=judgement, problem=problem)


@router.post(
    "/judgements/{uuid:judgement_id}/undo",
    response=answers({200: UndoJudgementOut}, 400, 403, 404, 409, 422),
)
def undo_judgement(request: HttpRequest, judgement_id: UUID, body: UndoJudgementIn) -> UndoJudgementOut:
    """Take back a judgement of your own; the pair is yours to judge again. Doing it twice changes nothing more."""
    undone = Judgement.objects.undo(expert_of(request), judgement_id, undo_id=body.id)
    return UndoJudgementOut(judgement=JudgementOut.of(undone), pair=PairOut.of([undone.pair])[0])
