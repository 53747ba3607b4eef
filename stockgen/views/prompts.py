"""The table of a planned run's prompts, and what people do in it.

Every change is a POST of its own. It is answered with the parts of the table that it changed, as JSON, so that the
page never has to be drawn anew: ``{"parts": [{"id", "html", "after"}], "totals": html, "focus": id}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from jobs.models import WrongState
from stockgen.forms.prompts import AddForm, LocationForm, ReplaceForm, StartForm, TextForm
from stockgen.models import Location, Prompt, Run
from stockgen.models.prompt_replace import ReplacementsChanged, find, replace
from stockgen.models.prompt_rows import combinations_of, group_of, groups_of, row_of, totals_of, why_closed
from stockgen.models.prompt_table import PromptTable, TextConflict
from stockgen.models.run_request import problem_with_prompt
from stockgen.views.shared import status_of
from stockgen.word_diff import diff_words

SHOWN_COMBINATIONS = 8

Parts = list[dict[str, Any]]
designers = role_required(Role.DESIGNER, Role.OPERATOR)


@designers
@require_safe
def prompt_table(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show the prompts of a run, to be changed while its rendering waits to be started."""
    return _page(request, _visible_run(request, pk))


@designers
@require_POST
def start_rendering(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Start the rendering of a planned run, of the asked number of pictures or another."""
    run = _visible_run(request, pk)
    form = StartForm(request.POST if "count" in request.POST else {"count": run.count})
    if not form.is_valid():
        return _page(request, run, form, status=422)
    try:
        run.start_rendering(form.cleaned_data["count"])
    except WrongState as error:
        messages.warning(request, str(error))
    except ValidationError as error:
        form.add_error(None if not hasattr(error, "error_dict") else "count", error.messages)
        return _page(request, run, form, status=422)
    else:
        messages.success(request, _("The rendering has started."))
    return redirect("run", pk=pk)


@designers
@require_POST
def change_prompt(
    request: SignedInRequest, pk: UUID, prompt: int, verb: Literal["edit", "drop", "restore", "duplicate"]
) -> HttpResponse:
    """Edit, drop, bring back or duplicate a prompt."""

    def change(table: PromptTable) -> tuple[Parts, str]:
        if verb == "duplicate":
            copy = table.duplicate(prompt)
            return [_group_part(request, table, copy.location)], f"prompt-{copy.pk}"
        if verb == "edit":
            fields = _fields(TextForm, request)
            changed = table.edit(prompt, fields["text"], base=_base(request, fields))
        else:
            changed = getattr(table, verb)(prompt)
        return [_row_part(request, changed)], f"prompt-{changed.pk}"

    return _answer(request, pk, change)


@designers
@require_POST
def add_prompt(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Add a prompt to a location, or to those without one."""

    def change(table: PromptTable) -> tuple[Parts, str]:
        fields = _fields(AddForm, request)
        made = table.add(fields["location"], fields["text"])
        return [_group_part(request, table, made.location)], f"prompt-{made.pk}"

    return _answer(request, pk, change)


@designers
@require_POST
def change_location(
    request: SignedInRequest, pk: UUID, location: int, verb: Literal["rename", "drop", "restore", "duplicate"]
) -> HttpResponse:
    """Rename or duplicate a location, or drop or bring back all its prompts."""

    def change(table: PromptTable) -> tuple[Parts, str]:
        if verb == "rename":
            fields = _fields(LocationForm, request)
            changed = table.rename_location(location, fields["name"], base=_base(request, fields))
        else:
            changed = getattr(table, f"{verb}_location")(location)
        return [_group_part(request, table, changed)], f"location-{changed.pk}"

    return _answer(request, pk, change)


@designers
@require_POST
def add_location(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Add a location with its first prompt."""

    def change(table: PromptTable) -> tuple[Parts, str]:
        fields = _fields(LocationForm, request)
        made = table.add_location(fields["name"], fields["text"])
        return [_group_part(request, table, made)], f"location-{made.pk}"

    return _answer(request, pk, change)


@designers
@require_POST
def replace_text(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show what a find and replace would do; with the digest of what was shown, do it."""

    def change(table: PromptTable) -> tuple[Parts, str]:
        fields = _fields(ReplaceForm, request)
        return [_row_part(request, prompt) for prompt in replace(table, **fields)], ""

    is_outdated = False
    if request.POST.get("digest"):
        try:
            return _answer(request, pk, change)
        except ReplacementsChanged:
            is_outdated = True
    run = _visible_run(request, pk)
    try:
        fields = _fields(ReplaceForm, request)
        found = find(run, fields["needle"], fields["replacement"], match_case=fields["match_case"])
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    context = {"found": found, "is_outdated": is_outdated}
    html = render_to_string("stockgen/prompts/_replacements.html", context, request)
    body = {"html": html, "digest": found.digest, "count": len(found.replaced)}
    return JsonResponse(body, status=409 if is_outdated else 200)


@designers
@require_POST
def wildcards_preview(request: SignedInRequest) -> HttpResponse:
    """Show what the wildcards of a prompt stand for, or what is wrong with them; nothing for a plain text."""
    text = str(request.POST.get("text", request.POST.get("prompt", ""))).replace("\r\n", "\n").strip()
    problem = problem_with_prompt(text) if text else None
    texts = [] if problem or not text else combinations_of(text)
    context = {
        "problem": problem,
        "count": len(texts) if texts != [text] else 0,
        "texts": texts[:SHOWN_COMBINATIONS],
        "more": len(texts) - SHOWN_COMBINATIONS,
    }
    return render(request, "stockgen/prompts/_combinations.html", context)


# ---------------------------------------------------------------------- parts
def _visible_run(request: SignedInRequest, pk: UUID) -> Run:
    return get_object_or_404(Run.objects.visible_to(request.user).with_names(), pk=pk)


def _page(
    request: SignedInRequest, run: Run, form: StartForm | None = None, *, status: int = 200
) -> HttpResponse:
    closed = why_closed(run)
    context = {
        "run": run, "phase": status_of(run).phase, "groups": groups_of(run), "totals": totals_of(run),
        "closed": closed, "is_open": closed is None, "replace": ReplaceForm(),
        "form": form or StartForm(initial={"count": run.count}),
    }  # fmt: skip
    return render(request, "stockgen/prompts/table.html", context, status=status)


def _answer(
    request: SignedInRequest, pk: UUID, change: Callable[[PromptTable], tuple[Parts, str]]
) -> JsonResponse:
    """Carry a change out and answer with what it changed, or why it did not."""
    table = PromptTable(_visible_run(request, pk), request.user)
    try:
        parts, focus = change(table)
    except (Prompt.DoesNotExist, Location.DoesNotExist):
        raise Http404 from None
    except TextConflict as conflict:
        return _conflict(request, conflict)
    except WrongState as error:
        return JsonResponse({"message": str(error)}, status=409)
    except ValidationError as error:
        fields = error.message_dict if hasattr(error, "error_dict") else {}
        return JsonResponse({"message": " ".join(error.messages), "fields": fields}, status=422)
    totals = render_to_string("stockgen/prompts/_totals.html", {"totals": totals_of(table.run)}, request)
    return JsonResponse({"parts": parts, "totals": totals, "focus": focus})


def _conflict(request: SignedInRequest, conflict: TextConflict) -> JsonResponse:
    mine = request.POST.get("name") or request.POST.get("text", "")
    context = {"pieces": diff_words(conflict.latest, mine.replace("\r\n", "\n").strip())}
    html = render_to_string("stockgen/prompts/_conflict.html", context, request)
    return JsonResponse({"latest": conflict.latest, "html": html}, status=409)


def _fields(form_class: type[Form], request: SignedInRequest) -> dict[str, Any]:
    form = form_class(request.POST)
    if not form.is_valid():
        raise ValidationError({name: list(errors) for name, errors in form.errors.items()})
    return form.cleaned_data


def _base(request: SignedInRequest, fields: dict[str, Any]) -> str | None:
    return fields["base"] if "base" in request.POST else None


def _row_part(request: SignedInRequest, prompt: Prompt) -> dict[str, Any]:
    context = {"row": row_of(prompt), "is_open": True}
    return {
        "id": f"prompt-{prompt.pk}",
        "html": render_to_string("stockgen/prompts/_row.html", context, request),
    }


def _group_part(request: SignedInRequest, table: PromptTable, location: Location | None) -> dict[str, Any]:
    """Draw a location's part of the table; where it is new, it stands behind ``after``."""
    context = {"group": group_of(table.run, location), "is_open": True}
    html = render_to_string("stockgen/prompts/_group.html", context, request)
    if location is None:
        return {"id": "location-none", "html": html, "after": None}
    before = table.run.locations.filter(position__lt=location.position).order_by("-position", "-pk").first()
    return {
        "id": f"location-{location.pk}",
        "html": html,
        "after": f"location-{before.pk}" if before else None,
    }
