"""Pictures for a slide over REST, for designers and operators."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from ninja.errors import Throttled

from accounts.rates import seconds_left
from accounts.rest import answers
from stockgen.api import IdempotencyKey, look_up
from stockgen.api_stock import reader_of
from stockgen.library.matching import ask, may_make, wait_for
from stockgen.models import Match
from stockgen.models.registered import image_models
from stockgen.schemas_match import MatchIn, MatchOut, Waiting

router = Router(tags=["library"])


@router.post("/stock/match", response=answers({201: MatchOut, 200: MatchOut}, 400, 403, 409, 422, 503))
def match_slide(
    request: HttpRequest, body: MatchIn, waiting: Query[Waiting], idempotency_key: IdempotencyKey = None
) -> Status[MatchOut]:
    """Find approved pictures for the text of a slide; where none is near enough, have one made with `generate`.

    A picture is rendered ahead of all bulk work: the language model writes its prompt, for the topic nearest in meaning
    where none is named. Wait for it with `wait`, or fetch it later from `url`. With an `Idempotency-Key`, the same
    request sent again answers 200 with the first answer as it is now; another request under the same key is 409.
    Designers and operators only.
    """
    user = reader_of(request)
    key = idempotency_key or ""
    if body.generate and not may_make(user, key):
        raise Throttled(wait=round(seconds_left()))
    topic, concept = look_up(body.topic, body.concept)
    assert concept
    known = bool(key) and Match.objects.filter(owner=user, idempotency_key=key).exists()
    match = ask(
        user, text=body.text, concept=concept, topic=topic, generate=body.generate, count=body.count,
        image_model=body.image_model or "", idempotency_key=key,
    )  # fmt: skip
    return Status(200 if known else 201, MatchOut.of(wait_for(match, waiting.wait), image_models(), user))


@router.get(
    "/stock/match/{uuid:match_id}", response=answers({200: MatchOut}, 403, 404, 422), url_name="match"
)
def get_match(request: HttpRequest, match_id: UUID, waiting: Query[Waiting]) -> MatchOut:
    """Fetch the answer for a slide of yours, kept for 30 days; `wait` waits for the picture that is being made."""
    user = reader_of(request)
    match = get_object_or_404(Match.objects.visible_to(user).select_related("run__plan"), pk=match_id)
    return MatchOut.of(wait_for(match, waiting.wait), image_models(), user)
