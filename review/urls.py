"""The pages of rating, under /review/."""

from __future__ import annotations

from django.urls import URLPattern, path

from review.forms import DECISIONS
from review.views import (
    compare,
    decisions,
    experts,
    export,
    flagged,
    history,
    rate,
    reasons,
    rules,
    statistics,
)

urlpatterns: list[URLPattern] = [
    path("", rate.rate, name="rate"),
    path("history/", history.rate_history, name="rate-history"),
    path("history/<uuid:pk>/undo/", history.undo_vote, name="undo-vote"),
    path("history/<uuid:pk>/change/", history.change_vote, name="change-vote"),
    path("statistics/", statistics.statistics, name="review-statistics"),
    path("splits/", statistics.splits, name="review-splits"),
    path("votes.<str:kind>", export.export_votes, name="review-export"),
    path("pictures/<uuid:pk>/", decisions.decision_page, name="review-picture"),
    *[
        path(f"pictures/<uuid:pk>/{verb}/", decisions.change_decision, {"verb": verb}, name=f"review-{verb}")
        for verb in DECISIONS
    ],
    path("flagged/", flagged.flagged, name="review-flagged"),
    path("flagged/<uuid:pk>/", flagged.answer_flag, name="answer-flag"),
    path("compare/", compare.compare_list, name="compare-list"),
    path("compare/<uuid:pk>/", compare.compare, name="compare"),
    path("rules/", rules.rules, name="review-rules"),
    path("rules/campaigns/<uuid:pk>/", rules.set_campaign_rule, name="set-campaign-rule"),
    path("rules/campaigns/<uuid:pk>/follow-topics/", rules.follow_topics, name="follow-topics"),
    path("rules/<slug:key>/", rules.set_rule, name="set-rule"),
    path("rules/<slug:key>/follow-default/", rules.follow_default, name="follow-default"),
    path("experts/", experts.expert_list, name="review-experts"),
    path("experts/<int:pk>/", experts.set_topics, name="set-topics"),
    path("reasons/", reasons.reason_list, name="review-reasons"),
    path("reasons/<int:pk>/", reasons.set_reason, name="set-reason"),
]
