"""The pages on which experts compare: only for them, and blind."""

from __future__ import annotations

import pytest

from review.comparing import next_pairs
from stockgen.models import Comparison
from tests.comparing import judge_all, make_compared, make_comparison
from tests.factories import some_uuid
from tests.web.conftest import Browser

LIST = "/review/compare/"


@pytest.fixture
def comparison(db: None) -> Comparison:
    return make_compared(name="Secret of sdxl", pictures_per_cell=3)


def test_the_list_says_what_is_to_be_judged_and_how_far_one_is(
    expert: Browser, comparison: Comparison
) -> None:
    [run] = comparison.runs.all()
    page = expert.get(LIST)
    assert run.topic.name in page.text
    assert "0 of 3 pairs judged" in page.text
    assert f'href="{LIST}{comparison.pk}/"' in page.text
    judge_all(comparison, expert.user, "same")
    assert "3 of 3 pairs judged" in expert.get(LIST).text


def test_without_a_comparison_the_list_says_so(expert: Browser) -> None:
    make_comparison()
    assert "There is nothing to compare" in expert.get(LIST).text


def test_neither_page_tells_the_models(expert: Browser, comparison: Comparison) -> None:
    pairs = next_pairs(comparison, expert.user, 3)
    secrets = [comparison.name, *comparison.contestants, *comparison.titles().values()]
    secrets += [str(picture.pk) for pair in pairs for picture in (pair.left, pair.right)]
    for path in (LIST, f"{LIST}{comparison.pk}/"):
        page = expert.get(path)
        assert page.status_code == 200
        assert not [secret for secret in secrets if secret in page.text]


def test_only_experts_compare(
    designer: Browser, operator: Browser, anonymous: Browser, expert: Browser, comparison: Comparison
) -> None:
    for path in (LIST, f"{LIST}{comparison.pk}/"):
        assert (designer.get(path).status_code, operator.get(path).status_code) == (403, 403)
        assert anonymous.get(path).status_code == 302
        assert expert.post(path).status_code == 405
    assert expert.get(f"{LIST}{some_uuid()}/").status_code == 404


def test_the_navigation_offers_it_only_while_there_is_something_to_judge(
    expert: Browser, designer: Browser
) -> None:
    link = f'href="{LIST}"'
    assert link not in expert.get("/").text
    comparison = make_compared(pictures_per_cell=2)
    assert link in expert.get("/").text
    assert link not in designer.get("/").text
    judge_all(comparison, expert.user)
    assert link not in expert.get("/").text
