"""Lecture videos: sending one in, the frames that were found, and making photos of them."""

from __future__ import annotations

from http import HTTPStatus
from math import ceil
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseStopPolling

from engines.boards.refusals import DecodersBusy, PhotoRefused, VideoRefused
from jobs.models import Worker, WrongState
from upscale.clips import TooManyClips, take_frames, take_in_clip
from upscale.intake import MIB, Wish
from upscale.models import Clip, Room
from upscale.rates import TooMany, count_photos
from upscale.serving import CONTENT_TYPES
from upscale.uploads import bounded_upload
from upscale.views.boards_cards import rooms_of
from upscale.views.shared import PageRequest, client_address, render_part, visitor_or_new
from upscale.visitors import remember, visitor_of

LATEST = 20
STOP_POLLING = HttpResponseStopPolling.status_code


@require_safe
@never_cache
def clips(request: PageRequest) -> HttpResponse:
    """Show the way to send a video in, and one's latest."""
    return _clips_page(request)


def _clips_page(request: PageRequest, wrong: str = "", *, status: int = 200) -> HttpResponse:
    visitor = visitor_of(request)
    own = Clip.objects.filter(person=visitor.person) if visitor else Clip.objects.none()
    context = {
        "clips": own.annotate(found=Count("frames")).order_by("-id")[:LATEST],
        "most_mib": settings.CLIP_MAX_MIB,
        "most_bytes": settings.CLIP_MAX_MIB * 1024 * 1024,
        "needs_account": settings.PHOTOS_NEED_ACCOUNT and (visitor is None or visitor.user is None),
        "wrong": wrong,
    }
    return render(request, "upscale/clips/clips.html", context, status=status)


@csrf_exempt  # the check of the token reads the body, which must not happen before its limits are set
@require_POST
@bounded_upload("CLIP_MAX_MIB")
def upload_clip(request: PageRequest) -> HttpResponse:
    """Take a video in: to the page's script answer where its page is, to a plain form go there."""
    try:
        return _upload(request)
    except RequestDataTooBig:
        return _refused(request, _(str(VideoRefused("too-many-bytes"))), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TooManyFilesSent:
        return _refused(request, _("Send one video at a time."), HTTPStatus.UNPROCESSABLE_ENTITY)
    except TooMany as error:
        return _refused(request, str(error), HTTPStatus.TOO_MANY_REQUESTS)


@csrf_protect
def _upload(request: PageRequest) -> HttpResponse:
    visitor = visitor_or_new(request)
    file = request.FILES.get("video")
    if file is None:
        return _refused(request, _("Choose a video first."), HTTPStatus.UNPROCESSABLE_ENTITY)
    # A video is as much to keep as so many photos.
    count_photos(client_address(request), ceil((file.size or 0) / (settings.PHOTO_MAX_MIB * MIB)))
    try:
        clip = take_in_clip(visitor, file)
    except VideoRefused as error:
        return _refused(request, _(str(error)), error.status)
    except TooManyClips as error:
        return _refused(request, str(error), HTTPStatus.TOO_MANY_REQUESTS)
    except PermissionDenied as error:
        return _refused(request, str(error), HTTPStatus.FORBIDDEN)
    address = reverse("clip", args=[clip.pk])
    is_script = _is_script(request)
    created = HttpResponse(status=HTTPStatus.CREATED, headers={"Location": address})
    response = created if is_script else redirect(address)
    remember(response, visitor)
    return response


def _is_script(request: PageRequest) -> bool:
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def _refused(request: PageRequest, sentence: str, status: int) -> HttpResponse:
    """Say why a video was not taken: to the script as plain text, else on the page."""
    if not _is_script(request):
        return _clips_page(request, sentence, status=status)
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = "60"
    return response


@require_safe
@never_cache
@vary_on_headers("HX-Request")
def clip_page(request: PageRequest, pk: UUID) -> HttpResponse:
    """Show a video with its frames; to htmx only what changes, with status 286 once it is over."""
    context = _clip_context(request, _own_clip(request, pk))
    if not request.htmx:
        return render(request, "upscale/clips/clip.html", context)
    status = STOP_POLLING if context["clip"].is_final else 200
    return render_part(request, "upscale/clips/_clip.html", context, status=status)


@require_POST
def take_clip_frames(request: PageRequest, pk: UUID) -> HttpResponse:
    """Have the chosen frames made legible, and go where the results appear."""
    visitor = visitor_of(request)
    if visitor is None:
        raise Http404
    clip = get_object_or_404(
        Clip, pk=pk, person=visitor.person
    )  # operators look at others' videos, and take nothing
    wanted = set(request.POST.getlist("frame"))
    chosen = [key for key in clip.frames.values_list("pk", flat=True) if str(key) in wanted]
    try:
        room = _room(request)
        photos = take_frames(clip, visitor, chosen, Wish(room=room, address=client_address(request)))
    except (TooMany, WrongState, PermissionDenied) as error:
        messages.error(request, str(error))
        return redirect("clip", pk=pk) if Clip.objects.filter(pk=pk).exists() else redirect("clips")
    except (PhotoRefused, DecodersBusy) as error:
        messages.error(request, _(str(error)))
        return redirect("clip", pk=pk)
    if not photos:
        messages.warning(request, _("Choose at least one frame."))
        return redirect("clip", pk=pk)
    messages.success(
        request,
        ngettext("%(count)d frame is made legible.", "%(count)d frames are made legible.", len(photos))
        % {"count": len(photos)},
    )
    return redirect(photos[0]) if len(photos) == 1 else redirect("boards")


def _room(request: PageRequest) -> Room | None:
    """Return the room to share in. Raises :class:`WrongState` for one that one is not in, or that is closed."""
    code = request.POST.get("room", "")
    if not code:
        return None
    room = next((room for room in rooms_of(visitor_of(request)) if room.code == code), None)
    if room is None:
        raise WrongState(_("This room is closed, or you are no longer in it."))
    return room


@require_POST
def retry_clip(request: PageRequest, pk: UUID) -> HttpResponse:
    """Look for frames again, after a failure that another attempt may mend."""
    clip = _own_clip(request, pk)
    try:
        clip.retry()
    except WrongState as error:
        messages.warning(request, str(error))
    return redirect("clip", pk=pk)


@require_POST
def remove_clip(request: PageRequest, pk: UUID) -> HttpResponse:
    """Delete a video with its frames; photos made of them stay."""
    _own_clip(request, pk).remove()
    messages.success(request, _("The video and its frames are deleted."))
    return redirect("clips")


@require_safe
def clip_frame(request: PageRequest, pk: UUID, frame: int) -> HttpResponse | FileResponse:
    """Send the picture of a frame; 304 where the browser has it already."""
    found = get_object_or_404(_own_clip(request, pk).frames, pk=frame)
    path = PurePosixPath(str(found.image.name))
    etag = f'"{pk}-{path.name}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    try:
        content = found.image.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, filename=path.name, content_type=CONTENT_TYPES[path.suffix], headers=headers)


def _own_clip(request: PageRequest, pk: UUID) -> Clip:
    clip: Clip = get_object_or_404(Clip.objects.of(visitor_of(request)), pk=pk)
    return clip


def _clip_context(request: PageRequest, clip: Clip) -> dict[str, Any]:
    visitor = visitor_of(request)
    assert visitor is not None  # nobody sees no video
    frames = list(clip.frames.select_related("photo"))
    sharpest = max((frame.sharpness for frame in frames), default=0.0)
    return {
        "clip": clip,
        "may_take": clip.person == visitor.person,
        "frames": [(frame, frame.sharpness / sharpest if sharpest else 0.0) for frame in frames],
        "has_free_frames": any(frame.photo is None for frame in frames),
        "rooms": rooms_of(visitor),
        "no_worker": not clip.is_final and not Worker.objects.alive().exists(),
    }
