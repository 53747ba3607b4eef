"""The pages of rating, under /review/."""

from __future__ import annotations

from django.urls import URLPattern, path

from review.views import history, rate

urlpatterns: list[URLPattern] = [
    path("", rate.rate, name="rate"),
    path("history/", history.rate_history, name="rate-history"),
    path("history/<uuid:pk>/undo/", history.undo_vote, name="undo-vote"),
    path("history/<uuid:pk>/change/", history.change_vote, name="change-vote"),
]
