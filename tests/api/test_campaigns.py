from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from stockgen.models import Campaign, Concept, PauseReason, Topic
from stockgen.models.campaign_stage import Stage
from tests.api.client import ApiClient, assert_problem
from tests.campaign_states import fill_cell
from tests.factories import make_campaign, make_concept, make_topic, make_user, some_uuid

pytestmark = pytest.mark.django_db

Body = dict[str, Any]


@pytest.fixture
def body(topic: Topic, concept: Concept) -> Body:
    """Give the smallest body that starts a campaign: ten pictures, two concepts."""
    make_concept(key="item")
    return {
        "name": "First delivery",
        "target": 10,
        "topics": {topic.key: 1},
        "concepts": {concept.key: 80, "item": 20},
    }


class TestStart:
    def test_a_campaign_starts_with_quotas_that_add_up(self, api: ApiClient, body: Body) -> None:
        response = api.post("/campaigns", body)
        assert response.status_code == 201, response.content
        answer = response.json()
        assert (answer["stage"], answer["approved"], answer["missing"]) == ("running", 0, 10)
        assert sorted((cell["concept"], cell["quota"]) for cell in answer["cells"]) == [
            ("interior", 8),
            ("item", 2),
        ]
        assert api.get(answer["url"]).json()["name"] == "First delivery"

    def test_the_same_key_starts_once(self, api: ApiClient, body: Body) -> None:
        first = api.post("/campaigns", body, Idempotency_Key="autumn")
        again = api.post("/campaigns", body, Idempotency_Key="autumn")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"]
        assert Campaign.objects.count() == 1

    def test_the_same_key_with_another_body_is_a_conflict(self, api: ApiClient, body: Body) -> None:
        api.post("/campaigns", body, Idempotency_Key="autumn")
        response = api.post("/campaigns", body | {"target": 11}, Idempotency_Key="autumn")
        assert_problem(response, 409, "idempotency_conflict")
        assert Campaign.objects.count() == 1

    def test_the_same_key_of_another_person_is_another_campaign(self, api: ApiClient, body: Body) -> None:
        api.post("/campaigns", body, Idempotency_Key="autumn")
        assert ApiClient(make_user()).post("/campaigns", body, Idempotency_Key="autumn").status_code == 201

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"target": 0}, "target"),
            ({"target": 1_000_001}, "target"),
            ({"target": 10**30}, "target"),
            ({"target": "10"}, "target"),
            ({"name": "  "}, "name"),
            ({"name": "x" * 121}, "name"),
            ({"topics": {}}, "topics"),
            ({"topics": {"no-such": 1}}, "topics"),
            ({"topics": {"medicine": 0}}, "topics.medicine"),
            ({"topics": {"medicine": 10**9}}, "topics.medicine"),
            ({"concepts": {"interior": 60, "item": 20}}, "concepts"),
            ({"concepts": {"interior": 101}}, "concepts.interior"),
            ({"image_model": "../../etc"}, "image_model"),
            ({"language_model": "no-such"}, "language_model"),
            ({"unrated_limit": 0}, "unrated_limit"),
            ({"pictures_per_location": 5000}, "pictures_per_location"),
            ({"max_renders": 0}, "max_renders"),
            ({"max_gpu_hours": 0}, "max_gpu_hours"),
            ({"ends_on": "2020-01-01"}, "ends_on"),
            ({"ends_on": "tomorrow"}, "ends_on"),
            ({"ends_on": 20_000}, "ends_on"),
            ({"colour": "blue"}, "colour"),
        ],
    )
    def test_what_cannot_be_carried_out_is_said_at_the_field(
        self, api: ApiClient, body: Body, changes: Body, field: str
    ) -> None:
        assert_problem(api.post("/campaigns", body | changes), 422, "invalid", field)
        assert not Campaign.objects.exists()

    def test_a_topic_that_is_no_longer_offered_is_unknown(
        self, api: ApiClient, body: Body, topic: Topic
    ) -> None:
        Topic.objects.update(is_active=False)
        assert_problem(api.post("/campaigns", body), 422, "invalid", "topics")

    def test_an_expert_may_not(self, expert: User, body: Body) -> None:
        assert_problem(ApiClient(expert).post("/campaigns", body), 403, "forbidden")


class TestRead:
    def test_a_campaign_shows_its_cells_and_what_is_still_needed(
        self, api: ApiClient, designer: User
    ) -> None:
        campaign = make_campaign(designer, target=100)
        fill_cell(campaign.cells.get(), approved=20, rejected=20, waiting=5, rendering=3, failed=1)
        answer = api.get(f"/campaigns/{campaign.pk}").json()
        [cell] = answer["cells"]
        assert cell["counts"] == {
            "asked": 49, "approved": 20, "rejected": 20, "waiting": 5, "rendering": 3, "failed": 1,
        }  # fmt: skip
        assert (cell["state"], cell["missing"], cell["pause_reason"]) == ("rendering", 80, None)
        rate = cell["approval_rate"]
        assert rate["value"] == 0.5
        assert rate["low"] < 0.5 < rate["high"]
        renders = cell["forecast"]["renders"]
        assert renders["likely"] == pytest.approx(80 / 0.5 - 8)
        assert renders["low"] < renders["likely"] < renders["high"]
        assert (answer["approved"], answer["renders_asked"], answer["pace"]) == (20, 48, 20)

    def test_nothing_is_foretold_before_there_are_verdicts(self, api: ApiClient, designer: User) -> None:
        campaign = make_campaign(designer)
        answer = api.get(f"/campaigns/{campaign.pk}").json()
        assert answer["forecast"] == {"renders": None, "gpu_hours": None, "expert_hours": None}
        assert answer["approval_rate"] == {"value": None, "low": None, "high": None, "decided": 0}

    def test_anothers_campaign_does_not_exist(self, api: ApiClient) -> None:
        assert_problem(api.get(f"/campaigns/{make_campaign().pk}"), 404, "not_found")
        assert_problem(api.get(f"/campaigns/{some_uuid()}"), 404, "not_found")

    def test_operators_see_every_campaign(self, operator: User) -> None:
        campaign = make_campaign()
        client = ApiClient(operator)
        assert client.get(f"/campaigns/{campaign.pk}").status_code == 200
        assert [item["id"] for item in client.get("/campaigns").json()["items"]] == [str(campaign.pk)]

    def test_an_expert_may_not(self, expert: User) -> None:
        client = ApiClient(expert)
        assert_problem(client.get(f"/campaigns/{make_campaign(expert).pk}"), 403, "forbidden")
        assert_problem(client.get("/campaigns"), 403, "forbidden")

    def test_the_list_is_paged_newest_first(self, api: ApiClient, designer: User) -> None:
        made = [str(make_campaign(designer).pk) for _ in range(3)]
        make_campaign()
        first = api.get("/campaigns", {"limit": 2}).json()
        second = api.get(first["next"]).json()
        assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
        assert second["next"] is None

    @pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 51}, {"before": "x"}, {"colour": "blue"}])
    def test_a_wrong_query_is_said_at_the_parameter(self, api: ApiClient, query: Body) -> None:
        assert_problem(api.get("/campaigns", query), 422, "invalid", next(iter(query)))


class TestChange:
    @pytest.fixture
    def campaign(self, designer: User, topic: Topic, concept: Concept) -> Campaign:
        return make_campaign(designer, topics={topic: 1}, concepts={concept: 100}, max_renders=50)

    def test_what_is_left_out_stays(self, api: ApiClient, campaign: Campaign) -> None:
        answer = patch(api, campaign.pk, {"target": 20})
        assert answer.status_code == 200, answer.content
        assert (answer.json()["target"], answer.json()["max_renders"]) == (20, 50)
        assert answer.json()["cells"][0]["quota"] == 20

    def test_null_takes_a_budget_away(self, api: ApiClient, campaign: Campaign) -> None:
        assert patch(api, campaign.pk, {"max_renders": None}).json()["max_renders"] is None

    def test_null_takes_nothing_else_away(self, api: ApiClient, campaign: Campaign) -> None:
        assert_problem(patch(api, campaign.pk, {"target": None}), 422, "invalid", "target")

    def test_a_topic_that_is_taken_out_wants_no_more(
        self, api: ApiClient, campaign: Campaign, topic: Topic
    ) -> None:
        make_topic(key="farming")
        answer = patch(api, campaign.pk, {"topics": {"farming": 1}}).json()
        assert [(cell["topic"], cell["quota"]) for cell in answer["cells"]] == [("farming", 10)]
        answer = patch(api, campaign.pk, {"target": 30}).json()
        assert [(cell["topic"], cell["quota"]) for cell in answer["cells"]] == [("farming", 30)]

    def test_a_topic_that_is_no_longer_offered_may_stay(
        self, api: ApiClient, campaign: Campaign, topic: Topic
    ) -> None:
        Topic.objects.update(is_active=False)
        assert patch(api, campaign.pk, {"topics": {topic.key: 2}}).status_code == 200

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"target": 0}, "target"),
            ({"concepts": {"interior": 99}}, "concepts"),
            ({"topics": {}}, "topics"),
            ({"ends_on": "2020-01-01"}, "ends_on"),
        ],
    )
    def test_a_fault_changes_nothing(
        self, api: ApiClient, campaign: Campaign, changes: Body, field: str
    ) -> None:
        assert_problem(patch(api, campaign.pk, changes | {"name": "Other"}), 422, "invalid", field)
        before = campaign.name
        campaign.refresh_from_db()
        assert (campaign.name, campaign.target) == (before, 10)

    def test_an_end_date_that_has_passed_since_does_not_hinder_other_changes(
        self, api: ApiClient, campaign: Campaign
    ) -> None:
        yesterday = timezone.localdate() - timedelta(days=1)
        Campaign.objects.filter(pk=campaign.pk).update(ends_on=yesterday)
        assert patch(api, campaign.pk, {"name": "Other"}).json()["ends_on"] == yesterday.isoformat()

    def test_more_budget_lets_it_go_on(self, api: ApiClient, campaign: Campaign) -> None:
        campaign.pause(PauseReason.RENDERS)
        assert patch(api, campaign.pk, {"max_renders": 500}).json()["stage"] == "running"

    def test_one_that_was_stopped_is_a_conflict(self, api: ApiClient, campaign: Campaign) -> None:
        campaign.stop()
        assert_problem(patch(api, campaign.pk, {"target": 20}), 409, "wrong_state")

    def test_anothers_campaign_does_not_exist(self, api: ApiClient) -> None:
        assert_problem(patch(api, make_campaign().pk, {"target": 20}), 404, "not_found")


class TestVerbs:
    def test_it_pauses_goes_on_and_stops(self, api: ApiClient, designer: User) -> None:
        campaign = make_campaign(designer)
        answer = api.post(f"/campaigns/{campaign.pk}/pause").json()
        assert (answer["stage"], answer["pause_reason"]) == ("paused", "hand")
        assert answer["cells"][0]["state"] == "paused"
        assert api.post(f"/campaigns/{campaign.pk}/resume").json()["stage"] == "running"
        for _time in range(2):
            assert api.post(f"/campaigns/{campaign.pk}/stop").json()["stage"] == "stopped"

    def test_one_cell_pauses_and_goes_on(self, api: ApiClient, designer: User) -> None:
        campaign = make_campaign(designer)
        address = f"/campaigns/{campaign.pk}/cells/{campaign.cells.get().pk}"
        [cell] = api.post(f"{address}/pause").json()["cells"]
        assert (cell["state"], cell["pause_reason"]) == ("paused", "hand")
        [cell] = api.post(f"{address}/resume").json()["cells"]
        assert (cell["state"], cell["pause_reason"]) == ("idle", None)

    @pytest.mark.parametrize("verb", ["pause", "resume"])
    def test_a_cell_is_its_owners(self, api: ApiClient, designer: User, verb: str) -> None:
        mine, other = make_campaign(designer), make_campaign()
        cell = other.cells.get().pk
        for campaign in (mine, other):
            assert_problem(api.post(f"/campaigns/{campaign.pk}/cells/{cell}/{verb}"), 404, "not_found")
        mine.stop()
        address = f"/campaigns/{mine.pk}/cells/{mine.cells.get().pk}/{verb}"
        assert_problem(api.post(address), 409, "wrong_state")

    @pytest.mark.parametrize("verb", ["pause", "resume"])
    def test_one_that_was_stopped_is_a_conflict(self, api: ApiClient, designer: User, verb: str) -> None:
        campaign = make_campaign(designer)
        campaign.stop()
        assert_problem(api.post(f"/campaigns/{campaign.pk}/{verb}"), 409, "wrong_state")

    @pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
    def test_nobody_else_may(self, api: ApiClient, expert: User, verb: str) -> None:
        campaign = make_campaign()
        address = f"/campaigns/{campaign.pk}/{verb}"
        assert_problem(api.post(address), 404, "not_found")
        assert_problem(ApiClient(expert).post(address), 403, "forbidden")
        campaign.refresh_from_db()
        assert campaign.stage == Stage.RUNNING


def patch(api: ApiClient, campaign: UUID, body: Body) -> Any:
    return api.patch(f"/campaigns/{campaign}", body)
