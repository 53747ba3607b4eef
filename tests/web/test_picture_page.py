"""The page of a picture and its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stockgen.models import Picture, Run
from tests.factories import claim_pictures, finish_picture, make_planned_run, make_topic, some_uuid
from tests.web.conftest import Browser

FILES = ("image", "thumbnail")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_it_shows_the_whole_lineage(designer: Browser, finished_picture: Picture) -> None:
    page = designer.get(f"/pictures/{finished_picture.pk}/").text
    run = finished_picture.run
    for fact in (
        finished_picture.topic.name, finished_picture.concept.name, "No additions to the system prompts",
        "revision test", f"seed {run.seed}", "location 0", "a picture of location 0", str(finished_picture.seed),
        f"{finished_picture.width} × {finished_picture.height}", str(finished_picture.steps), "0" * 64, "3\xa0bytes",
    ):  # fmt: skip
        assert fact in page, fact


def test_a_given_prompt_needs_no_language_model(designer: Browser, finished_run: Callable[..., Run]) -> None:
    run = finished_run(designer.user)
    Run.objects.filter(pk=run.pk).update(prompt="a desk")
    page = designer.get(f"/pictures/{run.pictures.first().pk}/").text
    assert "None: the prompt was given" in page


def test_a_demonstration_is_called_one(designer: Browser, finished_run: Callable[..., Run]) -> None:
    demonstration = finished_run(designer.user, image_model="demonstration").pictures.first()
    stock = finished_run(designer.user, image_model="sdxl").pictures.first()
    badge = "badge-demonstration"
    assert badge in designer.get(f"/pictures/{demonstration.pk}/").text
    assert badge not in designer.get(f"/pictures/{stock.pk}/").text


def test_it_leads_on_to_prompt_seed_and_settings(designer: Browser, finished_picture: Picture) -> None:
    page = designer.get(f"/pictures/{finished_picture.pk}/").text
    for keep in ("&amp;keep=prompt", "&amp;keep=seed", ""):
        assert f'href="/launch/?like={finished_picture.pk}{keep}"' in page


def test_an_expert_sees_the_picture_but_no_way_to_launch(expert: Browser, finished_picture: Picture) -> None:
    page = expert.get(f"/pictures/{finished_picture.pk}/").text
    assert "Copy prompt" in page
    assert "/launch/" not in page
    assert f"/runs/{finished_picture.run_id}/" not in page


def test_previous_and_next_stay_in_the_run(designer: Browser, finished_run: Callable[..., Run]) -> None:
    finished_run(designer.user)
    first, second, third = finished_run(designer.user).pictures.order_by("id")
    finished_run(designer.user)
    page = designer.get(f"/pictures/{second.pk}/")
    assert (page.context["previous"], page.context["following"]) == (first, third)
    assert designer.get(f"/pictures/{first.pk}/").context["previous"] is None
    assert designer.get(f"/pictures/{third.pk}/").context["following"] is None


def test_an_expert_goes_from_finished_to_finished_picture(
    expert: Browser, designer: Browser, finished_run: Callable[..., Run]
) -> None:
    run = make_planned_run(designer.user, count=3)
    first, second, third = run.pictures.order_by("id")
    Picture.objects.filter(pk=second.pk).cancel()
    while claimed := claim_pictures():
        for picture in claimed:
            finish_picture(picture)
    assert expert.get(f"/pictures/{first.pk}/").context["following"] == third


def test_a_failed_picture_says_why(designer: Browser) -> None:
    make_planned_run(designer.user)
    [first, *_rest] = claim_pictures()
    first.fail("Out of memory: choose a smaller size.", retry=False)
    page = designer.get(f"/pictures/{first.pk}/").text
    assert "This picture is failed" in page
    assert "Out of memory: choose a smaller size." in page
    assert "/image/" not in page


def test_markup_in_a_prompt_is_shown_as_text(designer: Browser, finished_run: Callable[..., Run]) -> None:
    run = finished_run(designer.user, topic=make_topic(name='"><script>alert(1)</script>'))
    run.prompts.update(text='"><script>alert(2)</script>')
    page = designer.get(f"/pictures/{run.pictures.first().pk}/").text
    assert "<script>alert" not in page


def test_another_persons_picture_is_not_there(other_designer: Browser, finished_picture: Picture) -> None:
    for path in ("", "image/", "thumbnail/"):
        assert other_designer.get(f"/pictures/{finished_picture.pk}/{path}").status_code == 404
    assert other_designer.post(f"/pictures/{finished_picture.pk}/cancel/").status_code == 404


def test_an_unfinished_picture_of_another_is_hidden_from_experts(expert: Browser, designer: Browser) -> None:
    picture = make_planned_run(designer.user).pictures.first()
    assert expert.get(f"/pictures/{picture.pk}/").status_code == 404


def test_a_picture_that_does_not_exist_is_404(designer: Browser) -> None:
    assert designer.get(f"/pictures/{some_uuid()}/").status_code == 404


def test_the_file_comes_with_headers_that_let_the_browser_keep_it(
    designer: Browser, finished_picture: Picture
) -> None:
    response = designer.get(f"/pictures/{finished_picture.pk}/image/")
    assert body(response) == b"png"
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert not response.headers.get("Content-Disposition", "").startswith("attachment")
    thumbnail = designer.get(f"/pictures/{finished_picture.pk}/thumbnail/")
    assert (body(thumbnail), thumbnail.headers["Content-Type"]) == (b"webp", "image/webp")


@pytest.mark.parametrize("which", FILES)
def test_a_browser_that_has_the_file_gets_304(
    designer: Browser, finished_picture: Picture, which: str
) -> None:
    address = f"/pictures/{finished_picture.pk}/{which}/"
    etag = designer.get(address).headers["ETag"]
    assert finished_picture.sha256 in etag
    again = designer.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_download_is_an_attachment_with_a_name_that_says_what_it_is(
    designer: Browser, finished_run: Callable[..., Run]
) -> None:
    run = finished_run(designer.user, topic=make_topic(key="medicine-and-health"))
    picture = run.pictures.first()
    response = designer.get(f"/pictures/{picture.pk}/image/?download")
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert f'filename="medicine-and-health_{run.concept.key}_{picture.seed}' in disposition
    assert disposition.endswith('.png"')


@pytest.mark.parametrize("which", FILES)
def test_a_picture_without_a_file_has_none(designer: Browser, which: str) -> None:
    picture = make_planned_run(designer.user).pictures.first()
    assert designer.get(f"/pictures/{picture.pk}/{which}/").status_code == 404


@pytest.mark.parametrize("which", FILES)
def test_files_cannot_be_posted_to(designer: Browser, finished_picture: Picture, which: str) -> None:
    assert designer.post(f"/pictures/{finished_picture.pk}/{which}/").status_code == 405


def test_a_picture_whose_file_is_gone_says_so(designer: Browser, finished_picture: Picture) -> None:
    finished_picture.image.storage.delete(finished_picture.image.name)
    assert "The file of this picture is missing" in designer.get(f"/pictures/{finished_picture.pk}/").text
