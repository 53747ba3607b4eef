"""Judging pairs over REST: what an expert's program may do, and that nothing of it tells a model."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from accounts.models import Role, User
from review.comparing import next_pairs
from review.models import Judgement, JudgementUndo, Pair
from stockgen.models import Comparison, Concept, Topic
from tests.api.client import ApiClient, assert_problem
from tests.comparing import contestant_of, judge, make_compared
from tests.factories import make_expert, make_user, some_uuid

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(expert: User) -> ApiClient:
    """Give the client of an expert."""
    return ApiClient(expert)


@pytest.fixture
def comparison(topic: Topic, concept: Concept) -> Comparison:
    concept.negative_prompt = "people"
    concept.save()
    return make_compared(name="Secret of sdxl", topics=[topic], concepts=[concept], pictures_per_cell=3)


@pytest.fixture
def pair(comparison: Comparison, expert: User) -> Pair:
    return next_pairs(comparison, expert, 1)[0]


def opinion(pair: Pair | str, choice: str = "left", **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "pair": str(getattr(pair, "pk", pair)), "choice": choice, **fields}


def undo_of(judgement_id: Any, **fields: Any) -> tuple[str, dict[str, Any]]:
    return f"/review/judgements/{judgement_id}/undo", {"id": str(uuid.uuid4()), **fields}


# ---------------------------------------------------------------------- list, next
def test_the_list_says_what_is_compared_but_neither_its_name_nor_its_models(
    api: ApiClient, comparison: Comparison
) -> None:
    [task] = api.get("/review/comparisons", Accept_Language="ru").json()
    assert task.pop("created_at")
    assert task == {
        "id": str(comparison.pk),
        "topics": [{"key": "medicine", "name": "Медицина и здоровье"}],
        "concepts": [{"key": "interior", "name": "Интерьеры"}],
        "progress": {"judged": 0, "left": 3},
    }


def test_next_gives_pairs_with_all_that_a_page_needs(api: ApiClient, comparison: Comparison) -> None:
    body = api.post(f"/review/comparisons/{comparison.pk}/next", {"count": 1}).json()
    [given] = body.pop("pairs")
    assert body == {"empty": False, "judged": 0, "left": 3}
    pair = Pair.objects.get()
    assert given == {
        "id": str(pair.pk),
        "left": {"url": f"/api/v1/review/pairs/{pair.pk}/left", "width": 1024, "height": 1024},
        "right": {"url": f"/api/v1/review/pairs/{pair.pk}/right", "width": 1024, "height": 1024},
        "topic": {"key": "medicine", "name": "Medicine and health"},
        "concept": {"key": "interior", "name": "Interiors"},
        "location": pair.left.prompt.location.text, "prompt": pair.left.prompt.text, "negative_prompt": "people",
    }  # fmt: skip
    again = api.post(f"/review/comparisons/{comparison.pk}/next", {"count": 1}).json()["pairs"]
    assert again == [given]


def test_next_says_when_there_is_nothing_more(api: ApiClient, comparison: Comparison, expert: User) -> None:
    body = api.post(f"/review/comparisons/{comparison.pk}/next", {"count": 9}).json()
    assert (len(body["pairs"]), body["empty"], body["left"]) == (3, True, 3)
    for pair in next_pairs(comparison, expert, 3):
        judge(expert, pair)
    body = api.post(f"/review/comparisons/{comparison.pk}/next", {}).json()
    assert body == {"pairs": [], "empty": True, "judged": 3, "left": 0}


def test_next_of_a_closed_comparison_is_409(api: ApiClient, comparison: Comparison) -> None:
    comparison.close()
    assert_problem(api.post(f"/review/comparisons/{comparison.pk}/next", {}), 409, "closed")
    assert api.get("/review/comparisons").json() == []


def test_next_of_a_comparison_that_is_not_there_is_404(api: ApiClient) -> None:
    assert_problem(api.post(f"/review/comparisons/{some_uuid()}/next", {}), 404, "not_found")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("count", {"count": 0}), ("count", {"count": 101}), ("count", {"count": "3"}), ("count", {"count": None}),
        ("tab", {"tab": "x"}),
    ],
)  # fmt: skip
def test_next_refuses_what_it_cannot_give(
    api: ApiClient, comparison: Comparison, field: str, values: dict[str, Any]
) -> None:
    response = api.post(f"/review/comparisons/{comparison.pk}/next", values)
    assert_problem(response, 422, "invalid", field)
    assert not Pair.objects.exists()


# ---------------------------------------------------------------------- the pictures
def test_a_picture_of_a_pair_is_its_pixels_alone(api: ApiClient, pair: Pair) -> None:
    for side, picture in (("left", pair.left), ("right", pair.right)):
        response = api.get(f"/review/pairs/{pair.pk}/{side}")
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["Content-Disposition"] == f'inline; filename="{side}.png"'
        assert response.headers["ETag"] == f'"{pair.pk}-{side}"'
        assert contestant_of(picture).encode() not in response.content
        with Image.open(io.BytesIO(response.content)) as sent, Image.open(picture.image) as stored:
            assert sent.tobytes() == stored.tobytes()
            assert (bool(stored.text), sent.text, sent.info) == (True, {}, {})


def test_a_browser_that_has_the_picture_is_told_so(api: ApiClient, pair: Pair) -> None:
    address = f"/review/pairs/{pair.pk}/left"
    etag = api.get(address).headers["ETag"]
    assert api.get(address, If_None_Match=etag).status_code == 304


def test_a_picture_of_a_pair_is_only_for_who_was_given_it(pair: Pair) -> None:
    address = f"/review/pairs/{pair.pk}/left"
    assert_problem(ApiClient(make_expert()).get(address), 404, "not_found")
    assert_problem(ApiClient(pair.comparison.owner).get(address), 403, "forbidden")
    assert_problem(ApiClient().get(address), 401, "unauthenticated")


def test_a_third_side_or_a_picture_whose_file_is_gone_is_404_or_422(api: ApiClient, pair: Pair) -> None:
    assert api.get(f"/review/pairs/{pair.pk}/middle").status_code == 422
    pair.left.image.storage.delete(pair.left.image.name)
    assert_problem(api.get(f"/review/pairs/{pair.pk}/left"), 404, "not_found")
    assert api.get(f"/review/pairs/{pair.pk}/right").status_code == 200


# ---------------------------------------------------------------------- judge
def test_a_judgement_is_201_and_the_same_again_200(api: ApiClient, pair: Pair) -> None:
    body = opinion(pair, "same", seconds=1.25)
    first, again = api.post("/review/judgements", body), api.post("/review/judgements", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == body | {"live": True, "created_at": first.json()["created_at"]}
    assert Judgement.objects.count() == 1


def test_the_same_id_with_another_body_is_409(api: ApiClient, comparison: Comparison, expert: User) -> None:
    one, two = next_pairs(comparison, expert, 2)
    body = opinion(one)
    assert api.post("/review/judgements", body).status_code == 201
    for other in ({"choice": "right"}, {"seconds": 3.0}, {"pair": str(two.pk)}):
        assert_problem(api.post("/review/judgements", body | other), 409, "id_taken")
    assert Judgement.objects.count() == 1


def test_what_the_comparison_does_not_take_any_more_is_409(api: ApiClient, pair: Pair) -> None:
    assert api.post("/review/judgements", opinion(pair)).status_code == 201
    assert_problem(api.post("/review/judgements", opinion(pair, "right")), 409, "already_judged")
    pair.comparison.close()
    [judgement] = Judgement.objects.all()
    path, body = undo_of(judgement.pk)
    assert_problem(api.post(path, body), 409, "closed")


def test_a_pair_that_one_was_not_given_is_404(api: ApiClient, comparison: Comparison) -> None:
    [theirs] = next_pairs(comparison, make_expert(), 1)
    for pair in (theirs, str(some_uuid())):
        assert_problem(api.post("/review/judgements", opinion(pair)), 404, "not_found")
    assert not Judgement.objects.exists()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("id", {"id": "12"}), ("pair", {"pair": None}), ("choice", {"choice": "approve"}),
        ("choice", {"choice": 1}), ("choice", {"choice": ["left"]}), ("seconds", {"seconds": -0.1}),
        ("seconds", {"seconds": 86_401}), ("seconds", {"seconds": float("nan")}), ("seconds", {"seconds": "1"}),
        ("rater", {"rater": 1}), ("live", {"live": True}),
    ],
)  # fmt: skip
def test_a_judgement_out_of_range_is_422_at_its_field(
    api: ApiClient, pair: Pair, field: str, values: dict[str, Any]
) -> None:
    assert_problem(api.post("/review/judgements", opinion(pair) | values), 422, "invalid", field)
    assert not Judgement.objects.exists()


def test_each_judgement_of_a_batch_is_taken_or_refused_on_its_own(
    api: ApiClient, comparison: Comparison, expert: User
) -> None:
    one, two = next_pairs(comparison, expert, 2)
    sent = [
        opinion(one),
        opinion(two, "both"),
        opinion(one, "right"),
        opinion(str(some_uuid())),
        opinion(two),
    ]
    response = api.post("/review/judgements/batch", {"judgements": [*sent, sent[0]]})
    results = response.json()["results"]
    assert [result["status"] for result in results] == [201, 422, 409, 404, 201, 200]
    assert [result["id"] for result in results] == [body["id"] for body in [*sent, sent[0]]]
    problems = [result["problem"] and result["problem"]["code"] for result in results]
    assert problems == [None, "invalid", "already_judged", "not_found", None, None]
    assert Judgement.objects.count() == 2


@pytest.mark.parametrize("count", [0, 49])
def test_a_batch_of_none_or_of_too_many_is_422(api: ApiClient, pair: Pair, count: int) -> None:
    body = {"judgements": [opinion(pair) for _index in range(count)]}
    assert_problem(api.post("/review/judgements/batch", body), 422, "invalid", "judgements")
    assert not Judgement.objects.exists()


# ---------------------------------------------------------------------- undo
def test_an_undo_gives_the_pair_back(api: ApiClient, expert: User, pair: Pair) -> None:
    judgement = judge(expert, pair)
    path, body = undo_of(judgement.pk)
    first, again = api.post(path, body), api.post(path, body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["judgement"]["live"] is False
    assert first.json()["pair"]["id"] == again.json()["pair"]["id"] == str(pair.pk)
    assert JudgementUndo.objects.count() == 1


def test_the_undo_of_anothers_judgement_is_404(api: ApiClient, comparison: Comparison) -> None:
    other = make_expert()
    theirs = judge(other, next_pairs(comparison, other, 1)[0])
    path, body = undo_of(theirs.pk)
    assert_problem(api.post(path, body), 404, "not_found")
    assert Judgement.objects.live().exists()


def test_an_undo_with_the_id_of_another_undo_is_409(
    api: ApiClient, comparison: Comparison, expert: User
) -> None:
    one, two = (judge(expert, pair) for pair in next_pairs(comparison, expert, 2))
    path, body = undo_of(one.pk)
    assert api.post(path, body).status_code == 200
    assert_problem(api.post(undo_of(two.pk)[0], body), 409, "id_taken")


# ---------------------------------------------------------------------- who, and what they must not learn
OPERATIONS: list[tuple[str, Callable[[Judgement], tuple[str, Any]]]] = [
    ("get", lambda one: ("/review/comparisons", None)),
    ("post", lambda one: (f"/review/comparisons/{one.pair.comparison_id}/next", {})),
    ("get", lambda one: (f"/review/pairs/{one.pair_id}/left", None)),
    ("post", lambda one: ("/review/judgements", opinion(one.pair))),
    ("post", lambda one: ("/review/judgements/batch", {"judgements": [opinion(one.pair)]})),
    ("post", lambda one: undo_of(one.pk)),
]


@pytest.mark.parametrize(("method", "operation"), OPERATIONS)
def test_without_the_role_of_an_expert_everything_is_403_and_nothing_is_stored(
    method: str, operation: Callable[[Judgement], tuple[str, Any]], expert: User, pair: Pair
) -> None:
    judgement = judge(expert, pair)
    path, body = operation(judgement)
    for user in (make_user(Role.DESIGNER), make_user(Role.OPERATOR), pair.comparison.owner):
        assert_problem(getattr(ApiClient(user), method)(path, body), 403, "forbidden")
    assert_problem(getattr(ApiClient(), method)(path, body), 401, "unauthenticated")
    assert (Judgement.objects.live().count(), Pair.objects.count()) == (1, 1)


def test_no_answer_to_an_expert_tells_a_model(
    api: ApiClient, comparison: Comparison, expert: User, pair: Pair
) -> None:
    body = opinion(pair)
    answers = [
        api.get("/review/comparisons"),
        api.post(f"/review/comparisons/{comparison.pk}/next", {"count": 9}),
        api.post("/review/judgements", body),
        api.post("/review/judgements/batch", {"judgements": [body, opinion(pair, "right")]}),
        api.post(*undo_of(body["id"])),
        api.get(f"/review/pairs/{pair.pk}/left"),
        api.get(f"/review/pairs/{pair.pk}/right"),
        api.get("/pictures"),
    ]
    secrets = [
        comparison.name,
        *comparison.contestants,
        *comparison.titles().values(),
        comparison.language_model,
    ]
    secrets += [str(picture.pk) for picture in (pair.left, pair.right)]
    secrets += [str(picture.run_id) for picture in (pair.left, pair.right)]
    for response in answers:
        assert response.status_code == 200 or response.status_code == 201, response.content
        said = response.content + str(dict(response.headers)).encode()
        assert not [secret for secret in secrets if secret.encode() in said]


def test_an_expert_does_not_reach_the_pictures_another_way(api: ApiClient, pair: Pair) -> None:
    for picture in (pair.left, pair.right):
        for address in ("", "/image", "/thumbnail"):
            assert_problem(api.get(f"/pictures/{picture.pk}{address}"), 404, "not_found")
    assert_problem(api.get(f"/runs/{pair.left.run_id}"), 404, "not_found")
    assert api.get("/pictures").json()["items"] == []


def test_language_models_prompts_are_not_shown_to_who_judges_them(expert: User, api: ApiClient) -> None:
    keys = ["smollm2-135m-instruct", "qwen2.5-7b-instruct"]
    comparison = make_compared(varies="language", contestants=keys, image_model="sdxl")
    for pair in api.post(f"/review/comparisons/{comparison.pk}/next", {"count": 9}).json()["pairs"]:
        assert (pair["location"], pair["prompt"], pair["negative_prompt"]) == (None, None, None)


def test_the_owners_pictures_of_a_comparison_come_only_with_their_run(comparison: Comparison) -> None:
    owner = ApiClient(comparison.owner)
    [run] = comparison.runs.all()
    assert owner.get("/pictures").json()["items"] == []
    assert len(owner.get("/pictures", {"run": str(run.pk)}).json()["items"]) == 6
    assert len(owner.get(f"/runs/{run.pk}/pictures").json()["items"]) == 6


def test_a_session_without_the_csrf_token_cannot_judge(expert: User, pair: Pair) -> None:
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(expert)
    response = browser.post("/api/v1/review/judgements", opinion(pair), "application/json")
    assert_problem(response, 403, "forbidden")
    assert not Judgement.objects.exists()
