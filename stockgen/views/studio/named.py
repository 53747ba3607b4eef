"""What the pages of topics and of concepts have in common."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from stockgen.forms.conflict import resolve
from stockgen.forms.studio import NamedForm
from stockgen.models import EditConflict
from stockgen.models.named import Named, NamedQuerySet

steers = role_required(Role.DESIGNER, Role.OPERATOR)


def edit(
    request: SignedInRequest, row: Named, form_class: type[NamedForm], show: Callable[..., HttpResponse]
) -> HttpResponse:
    """Show the form of a row; POST saves it, or shows what is wrong, or what somebody else saved meanwhile.

    ``show`` renders the page of a form, its differences from what is stored, and a status.
    """
    if request.method != "POST":
        return show(form_class(instance=row))
    # A form changes its row even where it is not valid: the page shows another.
    form = form_class(request.POST, instance=type(row)._default_manager.get(pk=row.pk))
    try:
        stored = form.store()
    except EditConflict as conflict:
        return show(*resolve(form, conflict.latest), status=409)
    if stored is None:
        return show(form, status=422)
    messages.success(request, _("Saved."))
    return redirect(request.path)


def move(rows: NamedQuerySet, slug: str, by: int, page: str) -> HttpResponse:
    """Move a row in the list, and go back to arranging."""
    try:
        rows.move(slug, by)
    except rows.model.DoesNotExist:
        raise Http404 from None
    return _arranging(page, slug)


def offer(
    request: SignedInRequest, rows: NamedQuerySet, slug: str, is_active: bool, page: str
) -> HttpResponse:
    """Switch whether a row is offered, and go back to arranging."""
    row = get_object_or_404(rows, key=slug)
    try:
        row.edit(base=row.revision, is_active=is_active)
    except EditConflict:
        messages.warning(request, _("Somebody has changed it this very moment. Look again."))
    return _arranging(page, slug)


def _arranging(page: str, slug: str) -> HttpResponse:
    return redirect(f"{reverse(page)}?arrange#row-{slug}")
