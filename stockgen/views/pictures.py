"""The page of a picture, its files, its verbs."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from jobs.models import WrongState
from stockgen.models import Picture, Run
from stockgen.models.registered import image_models, language_models
from stockgen.serving import picture_file
from stockgen.views import runs


@login_required
def picture_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show a picture, how it was made, and the ways on from it."""
    pictures = Picture.objects.visible_to(request.user)
    picture = get_object_or_404(
        pictures.select_related(
            "topic", "concept", "owner", "prompt__location", "prompt__template", "run__plan__locations_addition",
            "run__plan__descriptions_addition",
        ),
        pk=pk,
    )  # fmt: skip
    previous, following = pictures.neighbours(picture)
    flags = list(picture.flags.all())
    context = {
        "picture": picture,
        "flags": flags,
        "boxes": [box for flag in flags for box in flag.boxes],
        "has_file": bool(picture.image) and picture.image.storage.exists(str(picture.image.name)),
        "lineage": picture.lineage(),
        "previous": previous,
        "following": following,
        "image_spec": image_models().get(picture.image_model),
        "language_spec": language_models().get(picture.run.language_model),
        "may_open_run": Run.objects.visible_to(request.user).filter(pk=picture.run_id).exists(),
    }
    return render(request, "stockgen/picture.html", context)


@login_required
@require_safe
def image(request: SignedInRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the PNG; ``?download`` sends it as an attachment."""
    picture = get_object_or_404(Picture.objects.visible_to(request.user).with_names(), pk=pk)
    return picture_file(request, picture, "image", attachment="download" in request.GET)


@login_required
@require_safe
def thumbnail(request: SignedInRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the WebP thumbnail."""
    picture = get_object_or_404(Picture.objects.visible_to(request.user).with_names(), pk=pk)
    return picture_file(request, picture, "thumbnail")


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_picture(request: SignedInRequest, pk: UUID, verb: Literal["cancel", "retry"]) -> HttpResponse:
    """Cancel or retry one picture, and show its run again."""
    changeable = Picture.objects.filter(run__in=Run.objects.visible_to(request.user))
    picture = get_object_or_404(changeable, pk=pk)
    try:
        getattr(picture, verb)()
    except WrongState as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request, _("This picture is cancelled.") if verb == "cancel" else _("It is queued again.")
        )
    if request.htmx:
        return runs.live_part(request, picture.run_id)
    return redirect("run", pk=picture.run_id)
