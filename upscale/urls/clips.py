"""The addresses of lecture videos."""

from __future__ import annotations

from django.urls import path

from upscale.views import clips

urlpatterns = [
    path("boards/videos/", clips.clips, name="clips"),
    path("boards/videos/upload/", clips.upload_clip, name="upload-clip"),
    path("boards/videos/<uuid:pk>/", clips.clip_page, name="clip"),
    path("boards/videos/<uuid:pk>/take/", clips.take_clip_frames, name="take-clip-frames"),
    path("boards/videos/<uuid:pk>/retry/", clips.retry_clip, name="retry-clip"),
    path("boards/videos/<uuid:pk>/remove/", clips.remove_clip, name="remove-clip"),
    path("boards/videos/<uuid:pk>/frames/<int:frame>/", clips.clip_frame, name="clip-frame"),
]
