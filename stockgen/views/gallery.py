"""The gallery: every picture that the reader may see, page by page, without ever counting them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest
from stockgen.forms.gallery import GalleryFilter
from stockgen.models import Picture, Run
from stockgen.models.registered import image_models
from stockgen.views.shared import tiles_of

PAGE = 60


@login_required
@vary_on_headers("HX-Request")
def gallery(request: SignedInRequest) -> HttpResponse:
    """Show a page of tiles; to htmx only the results, or only the next tiles where ``before`` is given."""
    specs = image_models()
    form = GalleryFilter(request.GET, reader=request.user, specs=specs)
    pictures: list[Picture] = []
    if form.is_valid():
        pictures = (
            form.pictures()
            .with_names()
            .prefetch_related("flags")
            .page(before=form.cleaned_data["before"], size=PAGE + 1)
        )
    run = form.cleaned_data.get("run")
    context = {
        "form": form,
        "run": run and Run.objects.visible_to(request.user).with_names().filter(pk=run).first(),
        **tiles_of(pictures[:PAGE], specs),
        "more": _address(request, before=str(pictures[PAGE - 1].pk)) if len(pictures) > PAGE else None,
        "without_run": _address(request, run=None, before=None),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "is_continued": "before" in request.GET,
    }
    template = "stockgen/gallery.html"
    if request.htmx:
        template = "stockgen/_tiles.html" if context["is_continued"] else "stockgen/_results.html"
    return render(request, template, context, status=200 if form.is_valid() else 422)


def _address(request: SignedInRequest, **changes: str | None) -> str:
    """Return the address of this page with other parameters; None takes one away."""
    query = {name: value for name, value in request.GET.items() if value} | changes
    return f"{request.path}?{urlencode({name: value for name, value in query.items() if value})}"
