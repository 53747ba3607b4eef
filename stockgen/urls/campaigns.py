"""Campaigns: a target in approved pictures, and how far it is."""

from __future__ import annotations

from django.urls import path

from stockgen.views.campaigns import edit, pages

urlpatterns = [
    path("campaigns/", pages.campaign_list, name="campaigns"),
    path("campaigns/new/", edit.new_campaign, name="new-campaign"),
    path("campaigns/new/quotas/", edit.preview_quotas, name="new-campaign-quotas"),
    path("campaigns/<uuid:pk>/", pages.campaign_page, name="campaign"),
    path("campaigns/<uuid:pk>/edit/", edit.change_campaign, name="change-campaign"),
    path("campaigns/<uuid:pk>/edit/quotas/", edit.preview_quotas, name="change-campaign-quotas"),
    path("campaigns/<uuid:pk>/pause/", pages.change_state, {"verb": "pause"}, name="pause-campaign"),
    path("campaigns/<uuid:pk>/resume/", pages.change_state, {"verb": "resume"}, name="resume-campaign"),
    path("campaigns/<uuid:pk>/stop/", pages.change_state, {"verb": "stop"}, name="stop-campaign"),
    path("campaigns/<uuid:pk>/cells/<int:cell>/", pages.cell_page, name="campaign-cell"),
    path(
        "campaigns/<uuid:pk>/cells/<int:cell>/pause/",
        pages.change_cell,
        {"verb": "pause"},
        name="pause-campaign-cell",
    ),
    path(
        "campaigns/<uuid:pk>/cells/<int:cell>/resume/",
        pages.change_cell,
        {"verb": "resume"},
        name="resume-campaign-cell",
    ),
]
