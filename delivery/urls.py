"""The pages of exports, under /exports/."""

from __future__ import annotations

from django.urls import URLPattern, path

from delivery import views

urlpatterns: list[URLPattern] = [
    path("", views.exports, name="exports"),
    path("<uuid:pk>/", views.export_page, name="export"),
    path("<uuid:pk>/file/", views.archive, name="export-file"),
    path("<uuid:pk>/manifest.<str:kind>", views.manifest, name="export-manifest"),
    path("<uuid:pk>/news/", views.start_news, name="export-news"),
    *[
        path(f"<uuid:pk>/{verb}/", views.change_export, {"verb": verb}, name=f"{verb}-export")
        for verb in views.VERBS
    ],
]
