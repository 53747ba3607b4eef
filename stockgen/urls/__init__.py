"""The pages of stock generation, one subject a file."""

from __future__ import annotations

from stockgen.urls import campaigns, library, runs, studio

urlpatterns = [*runs.urlpatterns, *studio.urlpatterns, *campaigns.urlpatterns, *library.urlpatterns]
