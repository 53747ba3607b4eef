"""The page of one photo: its result beside the original, and what can be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from jobs.models import WrongState
from jobs.states import State
from upscale.forms.boards import CropForm
from upscale.models import Photo, Problem, Readable, SurveyAnswer
from upscale.promise import seconds_for, would_improve
from upscale.views.boards_cards import cards_of, rooms_of
from upscale.views.shared import PageRequest, render_part
from upscale.visitors import Visitor, visitor_of

PLAIN_TEXT = "text/plain; charset=utf-8"


def _visible(request: PageRequest, pk: UUID) -> tuple[Photo, Visitor]:
    """Return a photo that the visitor may see, and the visitor. Raises ``Http404``."""
    visitor = visitor_of(request)
    photo = get_object_or_404(Photo.objects.visible_to(visitor).select_related("room"), pk=pk)
    assert visitor is not None
    return photo, visitor


def _own(request: PageRequest, pk: UUID) -> tuple[Photo, Visitor]:
    """Return one's own photo, and the visitor. Raises ``Http404``."""
    visitor = visitor_of(request)
    photo = get_object_or_404(Photo.objects.of(visitor).select_related("room"), pk=pk)
    assert visitor is not None
    return photo, visitor


def _context(photo: Photo, visitor: Visitor) -> dict[str, Any]:
    [card] = cards_of([photo], visitor)
    mine = Photo.objects.of(visitor) if card.is_own else Photo.objects.none()
    return {
        "photo": photo,
        "card": card,
        "rooms": rooms_of(visitor) if card.is_own else [],
        "can_take_more_time": card.is_own and photo.was_hurried and would_improve(photo),
        "newer": mine.filter(pk__gt=photo.pk).order_by("id").first(),
        "older": mine.filter(pk__lt=photo.pk).order_by("-id").first(),
        **_survey(photo, visitor),
    }


def _survey(photo: Photo, visitor: Visitor) -> dict[str, Any]:
    answer = SurveyAnswer.objects.filter(photo=photo, person=visitor.person).first()
    return {"photo": photo, "answer": answer, "readable": Readable.choices, "problems": Problem.choices}


@require_safe
def board(request: PageRequest, pk: UUID) -> HttpResponse:
    """Show a photo's result, or how far it is."""
    photo, visitor = _visible(request, pk)
    return render(request, "upscale/boards/board.html", _context(photo, visitor))


@never_cache
@require_safe
def board_part(request: PageRequest, pk: UUID) -> HttpResponse:
    """Return what changes on the page while one waits."""
    photo, visitor = _visible(request, pk)
    return render(request, "upscale/boards/_board.html", _context(photo, visitor))


@require_POST
def crop(request: PageRequest, pk: UUID) -> HttpResponse:
    """Work on one's photo anew with other corners or another rotation."""
    photo, visitor = _own(request, pk)
    form = CropForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([message for errors in form.errors.values() for message in errors])
        photo.redo(**form.cleaned_data, predicted_seconds=seconds_for(photo))
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type=PLAIN_TEXT)
    return _again(request, photo, visitor)


@require_POST
def retry(request: PageRequest, pk: UUID) -> HttpResponse:
    """Work anew on one's photo that failed or was cancelled, or that more can be spent on now than was."""
    photo, visitor = _own(request, pk)
    if photo.state in {State.FAILED, State.CANCELLED} or would_improve(photo):
        photo.redo(corners=photo.corners, rotation=photo.rotation, predicted_seconds=seconds_for(photo))
    elif photo.was_hurried:
        messages.warning(
            request, _("Many photos are waiting now: there is no more time for this one. Try again later.")
        )
    return _again(request, photo, visitor)


def _again(request: PageRequest, photo: Photo, visitor: Visitor) -> HttpResponse:
    if request.htmx:
        return render_part(request, "upscale/boards/_cards.html", {"cards": cards_of([photo], visitor)})
    return redirect(photo)


@require_POST
def remove(request: PageRequest, pk: UUID) -> HttpResponse:
    """Delete one's photo with its files and answers."""
    photo, _visitor = _own(request, pk)
    photo.remove()
    messages.success(request, _("The photo is deleted."))
    if request.htmx and request.htmx.current_url_abs_path == photo.get_absolute_url():
        return HttpResponseClientRedirect(reverse("boards"))
    if request.htmx:
        return render_part(request, "upscale/boards/_nothing.html", {})
    return redirect("boards")


@require_POST
def answer(request: PageRequest, pk: UUID) -> HttpResponse:
    """Keep what somebody says of a result; they may change it."""
    photo, visitor = _visible(request, pk)
    said: dict[str, Any] = {
        "readable": request.POST.get("readable", ""),
        "problems": request.POST.getlist("problems"),
        "note": request.POST.get("note", ""),
    }
    errors: list[str] = []
    try:
        SurveyAnswer.objects.answer(photo, visitor, **said)
    except ValidationError as error:
        errors = error.messages
    except WrongState as error:
        errors = [str(error)]
    if not request.htmx and not errors:
        messages.success(request, _("Thank you for your answer."))
        return redirect(photo)
    context = _survey(photo, visitor) | {"errors": errors}
    if errors:
        context["answer"] = SurveyAnswer(**said)  # as they wrote it, to be mended
    template = "upscale/boards/_survey.html"
    if not request.htmx:
        template, context = "upscale/boards/board.html", _context(photo, visitor) | context
    return render(request, template, context, status=422 if errors else 200)


@require_POST
def share(request: PageRequest, pk: UUID) -> HttpResponse:
    """Show one's photo in a room that one is in, or with an empty ``room`` in none any more."""
    photo, visitor = _own(request, pk)
    code = request.POST.get("room", "")
    room = next((room for room in rooms_of(visitor) if room.code == code), None)
    try:
        if not code:
            photo.unshare()
            messages.success(request, _("The photo is shared no longer."))
        elif room is None:
            raise WrongState(_("This room is closed, or you are no longer in it."))
        else:
            photo.share(room)
            messages.success(request, _("Everybody in “%(room)s” sees it now.") % {"room": room.name})
    except (WrongState, PermissionDenied) as error:
        messages.warning(request, str(error))
    is_on_card = bool(request.htmx) and (request.htmx.target or "").startswith("photo-")
    if request.htmx and not is_on_card:
        return render_part(
            request, "upscale/boards/_share.html", {"photo": photo, "rooms": rooms_of(visitor)}
        )
    return _again(request, photo, visitor)
