from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import ApiToken, Role
from delivery.models import Export
from jobs.ids import uuid7
from review.models import Competence, Entry, Policy, Rule, Vote
from stockgen.models import PromptAddition, Reason, RegisteredModel, Verdict
from tests.comparing import judge_all, make_compared
from tests.exporting import make_approved
from tests.factories import (
    cast,
    claim_pictures,
    finish_picture,
    make_campaign,
    make_expert,
    make_pictures,
    make_planned_run,
    make_reason,
    make_user,
)

pytestmark = pytest.mark.django_db


def rate_something() -> None:
    """Leave a row in every table of rating."""
    waiting, known = make_pictures(2)
    operator, rater = make_user(Role.OPERATOR), make_expert()
    vote = cast(rater, waiting, "reject", reasons=[(Reason.objects.first() or make_reason()).key])
    Vote.objects.undo(rater, vote.pk, undo_id=uuid7(), tab="tab")
    Entry.objects.get(pk=known.pk).mark_known(operator, Verdict.APPROVED)
    Policy.objects.set(waiting.topic, Rule())
    Competence.objects.set(rater, [waiting.topic])


def test_an_operator_reaches_every_list_and_every_row(as_operator: Client) -> None:
    run = make_planned_run(locations=2)
    finish_picture(claim_pictures()[0])
    PromptAddition.objects.append(topic=run.topic, concept=run.concept, step="locations", text="No screens.")
    ApiToken.objects.issue(run.owner, "slides")
    rate_something()
    make_campaign()
    Export.objects.start(make_approved(1)[0].owner)
    judge_all(make_compared(pictures_per_cell=1), make_expert())
    RegisteredModel.objects.create(
        role="image",
        key="house",
        title="House",
        licence="own",
        source_kind="folder",
        location="/models/house",
    )
    assert as_operator.get("/admin/").status_code == 200
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}"
        assert as_operator.get(f"{base}/").status_code == 200, base
        assert as_operator.get(f"{base}/", {"q": "a"}).status_code == 200, base
        row = model._default_manager.first()
        assert row is not None, base
        assert as_operator.get(f"{base}/{row.pk}/change/").status_code == 200, base


def test_the_lists_cost_the_same_queries_however_long(
    as_operator: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        make_planned_run(locations=2, count=4)
    for _ in range(8):
        ApiToken.objects.issue(make_user(Role.DESIGNER), "slides")
        rate_something()
    rating = ("vote", "undo", "entry", "hold", "override", "goldpicture", "policy", "competence")
    for model in (
        *("stockgen/run", "stockgen/picture", "stockgen/verdictchange", "accounts/user", "accounts/apitoken"),
        *(f"review/{name}" for name in rating),
    ):
        with django_assert_max_num_queries(14):
            assert as_operator.get(f"/admin/{model}/").status_code == 200, model


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.EXPERT, None])
def test_only_operators_enter(role: Role | None) -> None:
    client = Client()
    user = make_user(role)
    user.give_roles(*([role] if role else []))
    client.force_login(user)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/stockgen/run/").status_code == 302


def test_the_anonymous_are_sent_to_the_sites_own_page_to_sign_in() -> None:
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/sign-in/") or response.redirect_chain[-1][
        0
    ].startswith("/sign-in/")


def test_groups_and_turns_are_nobodys_business() -> None:
    names = {model._meta.label for model in admin.site._registry}
    assert "auth.Group" not in names
    assert "jobs.Turn" not in names
