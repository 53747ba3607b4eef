"""Collections: gathering pictures, naming, sharing, deleting."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from stockgen.forms.library import CollectForm
from stockgen.models import Collection
from stockgen.views.shared import render_part


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def collections(request: SignedInRequest) -> HttpResponse:
    """List one's own collections and those that others share."""
    return _page(request)


def _page(
    request: SignedInRequest, error: ValidationError | None = None, renamed: UUID | None = None
) -> HttpResponse:
    """Show the lists; what was wrong with a name stands at the form that it came from."""
    rows = Collection.objects.visible_to(request.user).select_related("owner")
    context = {
        "own": [row for row in rows if row.owner_id == request.user.pk],
        "shared": [row for row in rows if row.owner_id != request.user.pk],
        "problems": error.messages if error else [],
        "name": request.POST.get("name", "") if error else "",
        "renamed": renamed,
    }
    return render(request, "stockgen/library/collections.html", context, status=422 if error else 200)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def new_collection(request: SignedInRequest) -> HttpResponse:
    """Make an empty collection."""
    try:
        Collection.objects.start(request.user, name=request.POST.get("name", ""))
    except ValidationError as error:
        return _page(request, error)
    return redirect("collections")


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_collection(
    request: SignedInRequest, pk: UUID, verb: Literal["rename", "share", "unshare", "delete"]
) -> HttpResponse:
    """Rename, share or delete a collection of one's own."""
    collection = get_object_or_404(Collection.objects.changeable_by(request.user), pk=pk)
    try:
        if verb == "delete":
            collection.delete()
        elif verb == "rename":
            collection.edit(name=request.POST.get("name", ""))
        else:
            collection.edit(is_shared=verb == "share")
    except ValidationError as error:
        return _page(request, error, renamed=pk)
    return redirect("collections")


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def collect(request: SignedInRequest) -> HttpResponse:
    """Put chosen pictures into a collection of one's own, or into a new one."""
    form = CollectForm(request.POST, owner=request.user)
    problems: list[str] = []
    if form.is_valid():
        try:
            with transaction.atomic():
                collection = form.target()
                count = collection.add(form.cleaned_data["pictures"])
        except ValidationError as error:
            problems = error.messages
        else:
            said = ngettext(
                "%(count)d picture is now in “%(name)s”.", "%(count)d pictures are now in “%(name)s”.", count
            ) if count else _("They are all in “%(name)s” already.")  # fmt: skip
            messages.success(request, said % {"count": count, "name": collection.name})
    else:
        problems = [str(text) for texts in form.errors.values() for text in texts]
    for text in problems:
        messages.error(request, text)
    if not request.htmx:
        return redirect(_back(request))
    context = {"collect": CollectForm(owner=request.user), "is_done": not problems}
    return render_part(request, "stockgen/library/_collect.html", context)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def remove_from_collection(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take chosen pictures out of a collection of one's own."""
    collection = get_object_or_404(Collection.objects.changeable_by(request.user), pk=pk)
    form = CollectForm(request.POST, owner=request.user)
    if form.is_valid():
        count = collection.remove(form.cleaned_data["pictures"])
        said = ngettext(
            "%(count)d picture taken out of “%(name)s”.", "%(count)d pictures taken out of “%(name)s”.", count
        )  # fmt: skip
        messages.success(request, said % {"count": count, "name": collection.name})
    else:
        messages.error(request, _("Choose a picture first."))
    return HttpResponseClientRefresh() if request.htmx else redirect(collection)


def _back(request: SignedInRequest) -> str:
    """Return where the form stood, if that is a page of the library."""
    from urllib.parse import urlsplit

    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.path.startswith("/library/") and parts.netloc == request.get_host():
        return f"{parts.path}?{parts.query}"
    return "library"
