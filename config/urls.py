"""Every address of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("stockgen.urls")),
    path("", include("upscale.urls.boards")),
    path("", include("upscale.urls.rooms")),
    path("", include("upscale.urls.clips")),
    path("", include("upscale.urls.service")),
    path("review/", include("review.urls")),
    path("comparisons/", include("review.urls_comparisons")),
    path("exports/", include("delivery.urls")),
    path("api/v1/", api.urls()),
]
