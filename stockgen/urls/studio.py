"""What designers steer: topics, concepts, additions to system prompts, and their exchange as a file."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
