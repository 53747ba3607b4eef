"""The pages of rating, under /review/."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
