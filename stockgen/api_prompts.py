"""The prompts of a planned run over REST: read, replace, start the rendering."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from accounts.models import Role, User
from accounts.rest import answers
from stockgen.models import Run
from stockgen.models.prompt_list import replace_list
from stockgen.models.prompt_table import PromptTable
from stockgen.schemas import RunDetail
from stockgen.schemas_prompts import PromptListIn, PromptListOut, RenderIn

router = Router(tags=["prompts"])


def _run(request: HttpRequest, run_id: UUID) -> Run:
    assert isinstance(request.user, User)
    return get_object_or_404(Run.objects.visible_to(request.user).with_names(), pk=run_id)


def _run_to_change(request: HttpRequest, run_id: UUID) -> tuple[Run, User]:
    assert isinstance(request.user, User)
    request.user.require_role(Role.DESIGNER, Role.OPERATOR)
    return _run(request, run_id), request.user


@router.get("/runs/{uuid:run_id}/prompts", response=answers({200: PromptListOut}, 404))
def list_prompts(request: HttpRequest, run_id: UUID) -> PromptListOut:
    """Read all prompts of a run, dropped ones too, with what their wildcards stand for."""
    return PromptListOut.read(_run(request, run_id))


@router.put("/runs/{uuid:run_id}/prompts", response=answers({200: PromptListOut}, 400, 403, 404, 409, 422))
def put_prompts(request: HttpRequest, run_id: UUID, body: PromptListIn) -> PromptListOut:
    """Make the prompts those of the list: edit, add, drop, bring back and reorder, all of it or nothing.

    Only while the run waits for its rendering, or of a campaign's run; else 409. Where somebody has changed the list
    since it was read, 409 with the code `outdated`.
    """
    run, author = _run_to_change(request, run_id)
    replace_list(
        PromptTable(run, author),
        [location.entry() for location in body.locations],
        [prompt.entry() for prompt in body.prompts],
        revision=body.revision,
    )
    return PromptListOut.read(_run(request, run_id))


@router.post("/runs/{uuid:run_id}/render", response=answers({200: RunDetail}, 400, 403, 404, 409, 422))
def start_rendering(request: HttpRequest, run_id: UUID, body: RenderIn | None = None) -> RunDetail:
    """Start the rendering of a run that stopped after planning; 409 for any other, or twice."""
    run, _author = _run_to_change(request, run_id)
    run.start_rendering(body.count if body else None)
    return RunDetail.read(run)
