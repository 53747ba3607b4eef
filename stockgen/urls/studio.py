"""What designers steer: topics, concepts, additions to system prompts, and their exchange as a file."""

from __future__ import annotations

from django.urls import path

from stockgen.views import dry_runs, exchange, proposals
from stockgen.views.studio import additions, concepts, history, topics

CELL = "topics/<slug:slug>/<slug:concept>/<slug:step>/"

urlpatterns = [
    path("studio/exchange/", exchange.exchange, name="exchange"),
    path("studio/export/", exchange.export, name="export-studio"),
    path("topics/", topics.topics, name="topics"),
    path("topics/new/", topics.new_topic, name="new-topic"),
    path("topics/<slug:slug>/", topics.topic_page, name="topic"),
    path("topics/<slug:slug>/up/", topics.move_topic, {"by": -1}, name="topic-up"),
    path("topics/<slug:slug>/down/", topics.move_topic, {"by": 1}, name="topic-down"),
    path("topics/<slug:slug>/offer/", topics.offer_topic, {"is_active": True}, name="offer-topic"),
    path("topics/<slug:slug>/withdraw/", topics.offer_topic, {"is_active": False}, name="withdraw-topic"),
    path(CELL, additions.addition, name="addition"),
    path(f"{CELL}diff/", history.addition_diff, name="addition-diff"),
    path(f"{CELL}<int:version>/restore/", additions.restore, name="restore-addition"),
    path(f"{CELL}dry-run/", dry_runs.start_dry_run, name="dry-run"),
    path("dry-runs/<uuid:pk>/", dry_runs.dry_run_part, name="dry-run-part"),
    path("dry-runs/<uuid:pk>/cancel/", dry_runs.cancel_dry_run, name="cancel-dry-run"),
    path(f"{CELL}propose/", proposals.ask_proposal, name="ask-proposal"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:pk>/", proposals.proposal_part, name="proposal-part"),
    path("proposals/<uuid:pk>/<slug:verb>/", proposals.decide_proposal, name="decide-proposal"),
    path("concepts/", concepts.concepts, name="concepts"),
    path("concepts/new/", concepts.new_concept, name="new-concept"),
    path("concepts/<slug:slug>/", concepts.concept_page, name="concept"),
    path("concepts/<slug:slug>/up/", concepts.move_concept, {"by": -1}, name="concept-up"),
    path("concepts/<slug:slug>/down/", concepts.move_concept, {"by": 1}, name="concept-down"),
    path("concepts/<slug:slug>/offer/", concepts.offer_concept, {"is_active": True}, name="offer-concept"),
    path(
        "concepts/<slug:slug>/withdraw/",
        concepts.offer_concept,
        {"is_active": False},
        name="withdraw-concept",
    ),
]
