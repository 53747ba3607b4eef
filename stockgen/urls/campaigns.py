"""Campaigns: a target in approved pictures, and how far it is."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
