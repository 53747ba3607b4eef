"""The address of the operator's page."""

from __future__ import annotations

from django.urls import path

from upscale.views import service

urlpatterns = [path("boards/service/", service.service, name="boards-service")]
