"""Verdicts where pictures are shown: to operators, to designers on their own, and never to experts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import Role
from review.models import Entry, Policy, Rule
from stockgen.models import Picture, Verdict
from tests.factories import cast, make_expert, make_pictures, make_user
from tests.web.conftest import Browser

BADGES = ("badge-approved", "badge-rejected", "badge-pending", "tile-verdict")


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in(db: None) -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def three(designer: Browser) -> tuple[Picture, Picture, Picture]:
    """Give an approved, a rejected and an undecided picture of the designer."""
    good, bad, waiting = make_pictures(3, owner=designer.user)
    rater = make_expert()
    cast(rater, good)
    cast(rater, bad, "reject")
    return good, bad, waiting


def shown(browser: Browser, **query: str) -> set[Any]:
    response = browser.get("/gallery/", query)
    assert response.status_code == 200
    return {picture.pk for picture in response.context["pictures"]}


def test_the_picture_page_shows_it_to_its_designer_and_to_operators(
    designer: Browser, operator: Browser, three: tuple[Picture, ...]
) -> None:
    for browser in (designer, operator):
        for picture, badge in zip(three, ("approved", "rejected", "pending"), strict=True):
            page = browser.get(f"/pictures/{picture.pk}/").text
            assert f"badge-{badge}" in page
            assert f'hx-get="/review/pictures/{picture.pk}/"' in page


def test_experts_see_no_verdict_not_even_of_what_they_rated(three: tuple[Picture, ...]) -> None:
    rater = make_expert()
    cast(rater, three[2])
    Entry.objects.get(pk=three[0].pk).mark_known(make_user(Role.OPERATOR), Verdict.APPROVED)
    expert = Browser(rater)
    for address in ("/gallery/", "/", *(f"/pictures/{picture.pk}/" for picture in three)):
        page = expert.get(address).text
        assert not [badge for badge in (*BADGES, "/review/pictures/", "?verdict=") if badge in page], address


def test_a_designer_who_rates_sees_no_verdict_of_others_pictures(three: tuple[Picture, ...]) -> None:
    both = make_user(Role.DESIGNER)
    both.give_roles(Role.DESIGNER, Role.EXPERT)
    [own] = make_pictures(owner=both)
    cast(make_expert(), own)
    browser = Browser(both)
    assert "badge-" not in browser.get(f"/pictures/{three[0].pk}/").text.replace("badge-demonstration", "")
    assert browser.get("/gallery/").text.count("tile-verdict") == 1
    assert shown(browser, verdict="approved") == {own.pk}


def test_the_gallery_narrows_by_verdict(
    designer: Browser, operator: Browser, other_designer: Browser, three: tuple[Picture, ...]
) -> None:
    for browser in (designer, operator):
        for picture, verdict in zip(three, ("approved", "rejected", "pending"), strict=True):
            assert shown(browser, verdict=verdict) == {picture.pk}
        assert len(shown(browser, verdict="")) == 3
        assert browser.get("/gallery/").text.count("tile-verdict") == 2
    assert shown(other_designer, verdict="approved") == set()


def test_unfinished_pictures_have_no_verdict_to_narrow_by(
    designer: Browser, three: tuple[Picture, ...]
) -> None:
    assert shown(designer, verdict="pending", state="queued") == set()
    assert shown(designer, verdict="pending", state="any") == {three[2].pk}


@pytest.mark.parametrize("verdict", ["approved", "rejected", "pending", "nothing"])
def test_an_expert_cannot_narrow_by_verdict(
    expert: Browser, three: tuple[Picture, ...], verdict: str
) -> None:
    response = expert.get("/gallery/", {"verdict": verdict})
    assert response.status_code == 422
    assert not response.context["pictures"]
    assert "id_verdict" not in response.text


def test_the_page_behind_keeps_the_filter(designer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stockgen.views.gallery.PAGE", 1)
    rater = make_expert()
    for picture in make_pictures(3, owner=designer.user):
        cast(rater, picture)
    assert "verdict=approved" in designer.get("/gallery/", {"verdict": "approved"}).context["more"]


def test_a_run_counts_its_verdicts(designer: Browser, three: tuple[Picture, ...]) -> None:
    run = three[0].run
    tally = run.tally()
    assert (tally.approved, tally.rejected, tally.undecided) == (1, 1, 1)
    page = designer.get(f"/runs/{run.pk}/").text
    for verdict, words in (
        ("approved", "1 approved"),
        ("rejected", "1 rejected"),
        ("pending", "1 not decided"),
    ):
        assert f"run={run.pk}&amp;verdict={verdict}" in page
        assert words in page


@pytest.mark.parametrize(
    ("owner", "index"), [(False, "picture_by_verdict"), (True, "picture_verdict_of_owner")]
)
def test_narrowing_by_verdict_reads_an_index(three: tuple[Picture, ...], owner: bool, index: str) -> None:
    person = three[0].owner if owner else make_user(Role.OPERATOR)
    fill(three[0], 3000)
    wanted = Picture.objects.visible_to(person).with_verdict(Verdict.APPROVED, person).order_by("-id")[:61]
    assert index in wanted.explain()


def fill(like: Picture, count: int) -> None:
    """Add undecided pictures of two people, so that the planner weighs a table that looks like a stock."""
    owners = (like.owner_id, make_user(Role.DESIGNER).pk)
    like.verdict, like.verdict_at = Verdict.PENDING, None
    fields = {field.attname for field in Picture._meta.concrete_fields} - {"id", "owner_id", "seed"}
    values = {name: getattr(like, name) for name in fields}
    Picture.objects.bulk_create(
        Picture(**values, owner_id=owners[n % 2], seed=10_000 + n) for n in range(count)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stockgen_picture")
