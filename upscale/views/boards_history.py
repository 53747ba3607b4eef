"""All of one's own photos: search by recognised text, download or delete several."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from upscale.downloads import as_pdf, as_zip
from upscale.forms.boards import HistoryFilter
from upscale.models import Photo
from upscale.views.boards_cards import cards_of, for_cards
from upscale.views.shared import PageRequest
from upscale.visitors import visitor_of

PAGE = 30
MOST_CHOSEN = 60


@require_safe
@vary_on_headers("HX-Request")
def history(request: PageRequest) -> HttpResponse:
    """Show a page of one's photos; to htmx only the results, or only the next ones where ``before`` is given."""
    visitor = visitor_of(request)
    form = HistoryFilter(request.GET)
    photos: list[Photo] = []
    words = ""
    if form.is_valid():
        words = form.cleaned_data["q"]
        found = for_cards(Photo.objects.of(visitor)).search(words)
        photos = found.page(before=form.cleaned_data["before"], size=PAGE + 1)
    more = {"q": words, "before": str(photos[PAGE - 1].pk)} if len(photos) > PAGE else None
    context = {
        "form": form,
        "cards": cards_of(photos[:PAGE], visitor),
        "more": more and f"{request.path}?{urlencode(more)}",
        "is_searched": bool(words),
        "most_chosen": MOST_CHOSEN,
    }
    template = "upscale/boards/history.html"
    if request.htmx:
        template = "upscale/boards/_tiles.html" if "before" in request.GET else "upscale/boards/_found.html"
    return render(request, template, context, status=200 if form.is_valid() else 422)


def _chosen(request: PageRequest) -> list[Photo]:
    """Return the photos ticked that are one's own, the newest first."""
    keys = []
    for text in request.POST.getlist("photo")[:MOST_CHOSEN]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return list(Photo.objects.of(visitor_of(request)).filter(pk__in=keys).order_by("-id"))


@require_POST
def download(request: PageRequest) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """Send the results of the photos ticked: a ZIP of PNGs, or with ``as=pdf`` a PDF of one page each.

    Where none of them has a result, a page's script gets 422 with a sentence, everybody else the page with it.
    """
    photos = [photo for photo in _chosen(request) if photo.result]
    if not photos:
        text = _("Choose photos that have a result first.")
        if request.htmx:
            return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
        messages.warning(request, text)
        return redirect("boards-history")
    name = f"boards-{timezone.localtime():%Y%m%d-%H%M}"
    if request.POST.get("as") == "pdf":
        return FileResponse(
            as_pdf(photos), as_attachment=True, filename=f"{name}.pdf", content_type="application/pdf"
        )
    response = StreamingHttpResponse(as_zip(photos), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def remove_boards(request: PageRequest) -> HttpResponse:
    """Delete the photos ticked, with their files and answers."""
    photos = _chosen(request)
    for photo in photos:
        photo.remove()
    if photos:
        text = ngettext("%(count)d photo is deleted.", "%(count)d photos are deleted.", len(photos))
        messages.success(request, text % {"count": len(photos)})
    else:
        messages.warning(request, _("Choose photos first."))
    return redirect("boards-history")
