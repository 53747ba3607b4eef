"""The rating page as it is first rendered, the list of own votes, and the ways to both."""

from __future__ import annotations

import json
import re
from uuid import UUID

import pytest

from accounts.models import Role
from review.models import Preferences, Vote
from review.models.experts import KEYS
from review.views.rate import ACTIONS
from tests.factories import cast, make_expert, make_pictures, make_reason, make_user, some_uuid
from tests.web.conftest import Browser


def settings_of(page: str) -> dict[str, object]:
    """Return what the page's script is told."""
    found = re.search(r'<script id="rate-settings" type="application/json">(.*?)</script>', page)
    assert found is not None
    settings: dict[str, object] = json.loads(found[1])
    return settings


def test_the_page_knows_the_expert_the_reasons_and_the_keys(expert: Browser) -> None:
    make_reason(key="fake-text", name="Fake text", name_ru="Поддельный текст", position=1)
    make_reason(key="old", name="No longer used", is_active=False)
    Preferences(rater=expert.user, show_prompt=False, grid_size=12, keys={"approve": "j"}).save()
    page = expert.get("/review/").text
    assert f'data-user="{expert.user.pk}"' in page
    assert "Fake text" in page
    assert "No longer used" not in page
    settings = settings_of(page)
    assert settings["reasons"] == [{"key": "fake-text", "name": "Fake text", "digit": 1}]
    assert settings["preferences"] == {
        "show_prompt": False,
        "grid_size": 12,
        "keys": {**KEYS, "approve": "j"},
    }


def test_the_page_is_in_the_experts_language(expert: Browser) -> None:
    make_reason(name="Fake text", name_ru="Поддельный текст")
    page = expert.get("/review/", headers={"Accept-Language": "ru"}).text
    assert "Поддельный текст" in page
    assert 'lang="ru"' in page


def test_every_action_has_a_name_in_the_settings() -> None:
    assert set(ACTIONS) == set(KEYS)


@pytest.mark.parametrize("address", ["/review/", "/review/history/"])
def test_only_experts_may_open_it(
    designer: Browser, operator: Browser, anonymous: Browser, address: str
) -> None:
    assert designer.get(address).status_code == 403
    assert operator.get(address).status_code == 403
    assert anonymous.get(address).url == f"/sign-in/?next={address}"


def test_experts_find_it_in_the_navigation_and_on_the_start_page(expert: Browser, designer: Browser) -> None:
    page = expert.get("/").text
    assert "Start rating" in page
    assert page.count('href="/review/"') == 2
    assert "Start rating" not in designer.get("/").text
    assert 'href="/review/"' not in designer.get("/").text


def test_an_expert_who_is_a_designer_too_finds_both(db: None) -> None:
    both = make_user(Role.DESIGNER)
    both.groups.add(*make_expert().groups.all())
    page = Browser(both).get("/").text
    assert 'href="/review/"' in page
    assert 'action="/launch/"' in page


def test_the_history_lists_own_votes_only_newest_first(expert: Browser) -> None:
    reason = make_reason(name="Fake text")
    first, second, third = make_pictures(3)
    cast(expert.user, first)
    cast(expert.user, second, "reject", reasons=[reason.key], note="<b>look</b>", score=2)
    cast(make_expert(), third)
    page = expert.get("/review/history/").text
    assert page.index(str(second.pk)) < page.index(str(first.pk))
    assert str(third.pk) not in page
    assert "Fake text" in page
    assert "Score 2" in page
    assert "&lt;b&gt;look&lt;/b&gt;" in page


def test_an_expert_without_votes_is_told_where_to_start(expert: Browser) -> None:
    assert "No votes yet" in expert.get("/review/history/").text


def test_the_history_is_filtered_by_choice_and_state(expert: Browser) -> None:
    approved, skipped, undone = make_pictures(3)
    cast(expert.user, approved)
    cast(expert.user, skipped, "skip")
    Vote.objects.undo(expert.user, cast(expert.user, undone).pk, undo_id=some_uuid())

    def shown(query: str) -> set[UUID]:
        page = expert.get(f"/review/history/?{query}").text
        return {picture.pk for picture in (approved, skipped, undone) if f"/pictures/{picture.pk}/" in page}

    assert shown("choice=skip") == {skipped.pk}
    assert shown("state=live") == {approved.pk, skipped.pk}
    assert shown("state=undone") == {undone.pk}
    assert shown("choice=approve&state=live") == {approved.pk}
    assert "None of your votes fit" in expert.get("/review/history/?choice=flag").text


@pytest.mark.parametrize("query", ["choice=maybe", "state=gone", "before=12"])
def test_a_filter_that_makes_no_sense_is_refused(expert: Browser, query: str) -> None:
    assert expert.get(f"/review/history/?{query}").status_code == 422


def test_older_votes_are_on_the_next_page(expert: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.views.history.PAGE", 2)
    votes = [cast(expert.user, picture) for picture in make_pictures(3)]
    page = expert.get("/review/history/?choice=approve").text
    address = re.search(r'href="(\?[^"]*before=[^"]*)"', page)
    assert address is not None
    older = expert.get(f"/review/history/{address[1].replace('&amp;', '&')}").text
    assert f"vote-{votes[0].pk}" in older
    assert f"vote-{votes[1].pk}" not in older
    assert "Older votes" not in older


def test_another_experts_vote_is_no_page_mark(expert: Browser) -> None:
    [picture] = make_pictures(1)
    theirs = cast(make_expert(), picture)
    assert expert.get(f"/review/history/?before={theirs.pk}").status_code == 404


def test_a_vote_is_taken_back(expert: Browser) -> None:
    [picture] = make_pictures(1)
    vote = cast(expert.user, picture)
    response = expert.post(f"/review/history/{vote.pk}/undo/", {"next": "/review/history/?state=live"})
    assert response.url == "/review/history/?state=live"
    assert not Vote.objects.live().exists()


def test_a_vote_is_changed_to_a_rejection_with_reasons(expert: Browser) -> None:
    reason = make_reason()
    [picture] = make_pictures(1)
    vote = cast(expert.user, picture, score=4)
    expert.post(f"/review/history/{vote.pk}/change/", {"choice": "reject", "reasons": [reason.key]})
    [changed] = Vote.objects.live()
    assert (changed.choice, changed.reasons, changed.score, changed.replaces_id) == (
        "reject",
        [reason.key],
        4,
        vote.pk,
    )


def test_a_rejection_is_changed_to_an_approval_without_reasons(expert: Browser) -> None:
    reason = make_reason()
    [picture] = make_pictures(1)
    vote = cast(expert.user, picture, "reject", reasons=[reason.key])
    expert.post(f"/review/history/{vote.pk}/change/", {"choice": "approve", "reasons": [reason.key]})
    [changed] = Vote.objects.live()
    assert (changed.choice, changed.reasons) == ("approve", [])


@pytest.mark.parametrize("data", [{}, {"choice": "skip"}, {"choice": "reject", "reasons": ["none-such"]}])
def test_a_change_that_makes_no_sense_changes_nothing(expert: Browser, data: dict[str, object]) -> None:
    [picture] = make_pictures(1)
    vote = cast(expert.user, picture)
    page = expert.post(f"/review/history/{vote.pk}/change/", data, follow=True).text
    assert "Choose approve or reject" in page
    assert [live.pk for live in Vote.objects.live()] == [vote.pk]


def test_a_vote_taken_back_cannot_be_changed(expert: Browser) -> None:
    [picture] = make_pictures(1)
    vote = cast(expert.user, picture)
    Vote.objects.undo(expert.user, vote.pk, undo_id=some_uuid())
    page = expert.post(f"/review/history/{vote.pk}/change/", {"choice": "reject"}, follow=True).text
    assert "was taken back before" in page
    assert not Vote.objects.live().exists()


@pytest.mark.parametrize("verb", ["undo", "change"])
def test_another_experts_vote_is_not_there(expert: Browser, designer: Browser, verb: str) -> None:
    [picture] = make_pictures(1)
    vote = cast(make_expert(), picture)
    assert expert.post(f"/review/history/{vote.pk}/{verb}/", {"choice": "reject"}).status_code == 404
    assert designer.post(f"/review/history/{vote.pk}/{verb}/", {"choice": "reject"}).status_code == 403
    assert expert.get(f"/review/history/{vote.pk}/{verb}/").status_code == 405
    assert [live.pk for live in Vote.objects.live()] == [vote.pk]


def test_nobody_is_led_to_another_host(expert: Browser) -> None:
    [picture] = make_pictures(1)
    vote = cast(expert.user, picture)
    response = expert.post(f"/review/history/{vote.pk}/undo/", {"next": "https://example.org/"})
    assert response.url == "/review/history/"
