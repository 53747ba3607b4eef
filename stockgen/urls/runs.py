"""Runs, and the pictures that come out of them."""

from __future__ import annotations

from django.urls import path

from stockgen.views import gallery, home, launch, pictures, prompts, runs

urlpatterns = [
    path("", home.home, name="home"),
    path("launch/", launch.launch, name="launch"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/<uuid:pk>/", runs.run_page, name="run"),
    path("runs/<uuid:pk>/pause/", runs.change_run, {"verb": "pause"}, name="pause-run"),
    path("runs/<uuid:pk>/resume/", runs.change_run, {"verb": "resume"}, name="resume-run"),
    path("runs/<uuid:pk>/cancel/", runs.change_run, {"verb": "cancel"}, name="cancel-run"),
    path("runs/<uuid:pk>/retry/", runs.change_run, {"verb": "retry"}, name="retry-run"),
    path("runs/<uuid:pk>/render/", prompts.start_rendering, name="start-rendering"),
    path("runs/<uuid:pk>/prompts/", prompts.prompt_table, name="run-prompts"),
    path("runs/<uuid:pk>/prompts/add/", prompts.add_prompt, name="add-prompt"),
    path("runs/<uuid:pk>/prompts/replace/", prompts.replace_text, name="replace-prompts"),
    *[
        path(
            f"runs/<uuid:pk>/prompts/<int:prompt>/{verb}/",
            prompts.change_prompt,
            {"verb": verb},
            name=f"{verb}-prompt",
        )
        for verb in ("edit", "drop", "restore", "duplicate")
    ],
    path("runs/<uuid:pk>/locations/add/", prompts.add_location, name="add-location"),
    *[
        path(
            f"runs/<uuid:pk>/locations/<int:location>/{verb}/",
            prompts.change_location,
            {"verb": verb},
            name=f"{verb}-location",
        )
        for verb in ("rename", "drop", "restore", "duplicate")
    ],
    path("wildcards/", prompts.wildcards_preview, name="wildcards-preview"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("pictures/<uuid:pk>/", pictures.picture_page, name="picture"),
    path("pictures/<uuid:pk>/image/", pictures.image, name="picture-image"),
    path("pictures/<uuid:pk>/thumbnail/", pictures.thumbnail, name="picture-thumbnail"),
    path("pictures/<uuid:pk>/cancel/", pictures.change_picture, {"verb": "cancel"}, name="cancel-picture"),
    path("pictures/<uuid:pk>/retry/", pictures.change_picture, {"verb": "retry"}, name="retry-picture"),
]
