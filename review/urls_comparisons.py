"""The pages of comparisons of models, under /comparisons/."""

from __future__ import annotations

from django.urls import URLPattern, path

from review.views import comparisons

urlpatterns: list[URLPattern] = [
    path("", comparisons.comparison_list, name="comparisons"),
    path("new/", comparisons.new_comparison, name="new-comparison"),
    path("<uuid:pk>/", comparisons.comparison_page, name="comparison"),
    path("<uuid:pk>/judgements.csv", comparisons.export_judgements, name="comparison-export"),
    *[
        path(f"<uuid:pk>/{verb}/", comparisons.change_comparison, {"verb": verb}, name=f"{verb}-comparison")
        for verb in ("close", "reopen", "cancel")
    ],
]
