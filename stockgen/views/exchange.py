"""Export and import of everything that designers steer, as one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from stockgen.exchange.applying import PreviewOutdated, apply
from stockgen.exchange.comparing import Change, Preview, ValueChange, compare
from stockgen.exchange.document import Unreadable
from stockgen.exchange.reading import read
from stockgen.exchange.writing import export_studio
from stockgen.forms.exchange import ApplyForm, UploadForm
from stockgen.word_diff import Piece, diff_words

SHOWN_FAULTS = 100
STALE = 409


@dataclass(frozen=True)
class ShownValue:
    """A value that changes, with what differs marked."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class ShownChange:
    """A change as the page shows it."""

    change: Change
    values: list[ShownValue]


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """Send everything as a file."""
    response = HttpResponse(export_studio(), content_type="application/toml; charset=utf-8")
    name = f"studio-{timezone.localdate():%Y-%m-%d}.toml"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: SignedInRequest) -> HttpResponse:
    """Show both ways; POST a file to see what importing it would do, and then the same text to do it."""
    if request.method != "POST":
        return _page(request)
    if "digest" in request.POST:
        return _apply(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    content = form.content()
    try:
        preview = compare(read(content), with_reasons=_may_change_reasons(request))
    except Unreadable as error:
        return _page(request, faults=error, name=form.cleaned_data["file"].name, status=422)
    return _page(
        request, preview=preview, text=content.decode("utf-8-sig"), name=form.cleaned_data["file"].name
    )


def _apply(request: SignedInRequest) -> HttpResponse:
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422)
    text, may = form.cleaned_data["text"], _may_change_reasons(request)
    try:
        document = read(text.encode())
        done = apply(document, author=request.user, digest=form.cleaned_data["digest"], with_reasons=may)
    except Unreadable as error:
        return _page(request, faults=error, status=422)
    except PreviewOutdated as error:
        return _page(request, preview=error.preview, text=text, is_outdated=True, status=STALE)
    numbers = {"added": len(done.added), "changed": len(done.changed)}
    messages.success(request, _("Imported: %(added)d added, %(changed)d changed.") % numbers)
    return redirect("exchange")


def _may_change_reasons(request: SignedInRequest) -> bool:
    return request.user.has_role(Role.OPERATOR)


def _page(
    request: SignedInRequest,
    form: UploadForm | None = None,
    *,
    status: int = 200,
    preview: Preview | None = None,
    faults: Unreadable | None = None,
    **context: Any,
) -> HttpResponse:
    context |= {"form": form or UploadForm(), "preview": preview}
    if faults is not None:
        context |= {"faults": faults.faults[:SHOWN_FAULTS], "more_faults": len(faults.faults) - SHOWN_FAULTS}
    if preview is not None:
        context["groups"] = [
            (action, [ShownChange(change, _shown(change)) for change in changes])
            for action, changes in (("add", preview.added), ("change", preview.changed))
            if changes
        ]
    return render(request, "stockgen/exchange/exchange.html", context, status=status)


def _shown(change: Change) -> list[ShownValue]:
    """Return the values that change; of an added row those that are not empty."""
    return [
        ShownValue(value.label, diff_words(_text(value, value.before), _text(value, value.after)))
        for value in change.values
        if change.action == "change" or value.after not in ("", [], None)
    ]


def _text(value: ValueChange, content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, bool):
        return _("yes") if content else _("no")
    return ", ".join(content) if isinstance(content, list) else str(content)
