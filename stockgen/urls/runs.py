"""Runs, and the pictures that come out of them."""

from __future__ import annotations

from django.urls import path

from stockgen.views import gallery, home, launch, pictures, runs

urlpatterns = [
    path("", home.home, name="home"),
    path("launch/", launch.launch, name="launch"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/<uuid:pk>/", runs.run_page, name="run"),
    path("runs/<uuid:pk>/pause/", runs.change_run, {"verb": "pause"}, name="pause-run"),
    path("runs/<uuid:pk>/resume/", runs.change_run, {"verb": "resume"}, name="resume-run"),
    path("runs/<uuid:pk>/cancel/", runs.change_run, {"verb": "cancel"}, name="cancel-run"),
    path("runs/<uuid:pk>/retry/", runs.change_run, {"verb": "retry"}, name="retry-run"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("pictures/<uuid:pk>/", pictures.picture_page, name="picture"),
    path("pictures/<uuid:pk>/image/", pictures.image, name="picture-image"),
    path("pictures/<uuid:pk>/thumbnail/", pictures.thumbnail, name="picture-thumbnail"),
    path("pictures/<uuid:pk>/cancel/", pictures.change_picture, {"verb": "cancel"}, name="cancel-picture"),
    path("pictures/<uuid:pk>/retry/", pictures.change_picture, {"verb": "retry"}, name="retry-picture"),
]
