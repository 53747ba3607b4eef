"""Rows for tests, made the way the product makes them."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group

from accounts.models import Role, User
from jobs.ids import uuid7
from jobs.states import worker_name
from review.models import Ballot, Entry, Hold, Vote
from stockgen.models import Campaign, Cause, Concept, Picture, Plan, Reason, Run, Topic, Verdict
from stockgen.models.verdict import decide

_numbers = count(1)


def make_user(role: Role | None = Role.DESIGNER, **fields: Any) -> User:
    """Make a person with a role (None: with none)."""
    user = User.objects.create_user(
        **{"username": f"person-{next(_numbers)}", "password": "secret", **fields}
    )
    if role is not None:
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    return user


def make_topic(**fields: Any) -> Topic:
    """Make a topic."""
    number = next(_numbers)
    return Topic.objects.create(**{"key": f"topic-{number}", "name": f"Topic {number}", **fields})


def make_concept(**fields: Any) -> Concept:
    """Make a concept with short texts."""
    number = next(_numbers)
    return Concept.objects.create(
        **{
            "key": f"concept-{number}",
            "name": f"Concept {number}",
            "locations_system": "Name locations.",
            "locations_examples": "",
            "descriptions_system": "Describe the location.",
            "descriptions_examples": "",
            **fields,
        }
    )


def make_run(owner: User | None = None, **fields: Any) -> Run:
    """Launch a run of three pictures; its plan waits."""
    return Run.objects.launch(
        owner or make_user(),
        **{"topic": make_topic(), "concept": make_concept(), "count": 3, "seed": 100} | fields,  # type: ignore[arg-type]
    )


def make_planned_run(owner: User | None = None, *, locations: int = 1, **fields: Any) -> Run:
    """Launch a run and end its plan with made-up locations; its pictures wait."""
    run = make_run(owner, **fields)
    plan = run.plan
    Plan.objects.filter(pk=plan.pk).update(priority=100)  # before every other plan of the same test
    [plan] = Plan.objects.claim(worker_name())
    plan.compose()
    plan.add_locations([f"location {index}" for index in range(locations)], asked=locations, attempts=1)
    for location in run.locations.all():
        plan.add_prompts(location, [f"a picture of {location.text}"])
    plan.finish(language_model_revision="test")
    run.refresh_from_db()
    return run


def claim_pictures(limit: int | None = None) -> list[Picture]:
    """Claim the next pictures as a worker of this process does."""
    return Picture.objects.claim(worker_name())[:limit]


def finish_picture(picture: Picture, png: bytes = b"png") -> bool:
    """Store files for a claimed picture."""
    return picture.store(png, b"webp", sha256="0" * 64, revision="test", seconds=0.1)


def some_uuid() -> UUID:
    """Return an identifier that no row has."""
    return UUID(int=next(_numbers))


def make_pictures(count: int = 1, owner: User | None = None, **fields: Any) -> list[Picture]:
    """Make pictures that are done, as an instant worker would; each is in the rating queue."""
    run = make_planned_run(owner, count=count, **fields)
    waiting = {picture.pk for picture in run.pictures.all()}
    Picture.objects.filter(pk__in=waiting).update(priority=100)
    while waiting:
        for picture in claim_pictures():
            assert finish_picture(picture)
            waiting.discard(picture.pk)
    return list(run.pictures.order_by("id"))


def make_expert(**fields: Any) -> User:
    """Make an expert."""
    return make_user(Role.EXPERT, **fields)


def make_ballot(picture: Picture | Entry | UUID, choice: str = "approve", **fields: Any) -> Ballot:
    """Make a ballot of its own id."""
    return Ballot(**{"id": uuid7(), "picture": getattr(picture, "pk", picture), "choice": choice, **fields})


def give(rater: User, *pictures: Picture, tab: str = "tab") -> list[Hold]:
    """Put pictures into a rater's hand, whoever's turn it were."""
    return Hold.objects.give(rater, tab, [picture.pk for picture in pictures])


def cast(rater: User, picture: Picture, choice: str = "approve", **fields: Any) -> Vote:
    """Give a picture to a rater and take the vote."""
    give(rater, picture)
    return Vote.objects.cast(rater, make_ballot(picture, choice, **fields))[0]


def make_reason(**fields: Any) -> Reason:
    """Make a reason to reject; its digit is free."""
    number = next(_numbers)
    return Reason.objects.create(
        **{"key": f"reason-{number}", "name": f"Reason {number}", "position": 1, **fields}
    )


def make_campaign(owner: User | None = None, **fields: Any) -> Campaign:
    """Start a campaign of ten approved pictures over one topic and one concept; nothing is advanced yet."""
    values = {"name": f"Campaign {next(_numbers)}", "target": 10, "seed": 7, "unrated_limit": 8, **fields}
    values.setdefault("topics", {make_topic(): 1})
    values.setdefault("concepts", {make_concept(): 100})
    return Campaign.objects.start(owner or make_user(), **values)


def write_plans(campaign: Campaign, *, locations: int = 6) -> int:
    """Write the plans that a campaign waits for, as a worker would, with made-up locations. Return how many."""
    Plan.objects.filter(run__cell__campaign=campaign).open().update(priority=100)
    waiting = Plan.objects.filter(run__cell__campaign=campaign).open().count()
    for _number in range(waiting):
        [plan] = Plan.objects.claim(worker_name())
        number = next(_numbers)
        plan.add_locations(
            [f"location {number}-{index}" for index in range(locations)], asked=locations, attempts=1
        )
        for location in plan.run.locations.all():
            plan.add_prompts(location, [f"{location.text}, prompt {index}" for index in range(3)])
        plan.finish(language_model_revision="test")
    return waiting


def render_all(campaign: Campaign) -> int:
    """Finish every picture that a campaign has asked for, as an instant worker would. Return how many."""
    Picture.objects.filter(cell__campaign=campaign).queued().update(priority=100)
    done = 0
    while Picture.objects.filter(cell__campaign=campaign).queued().exists():
        for picture in claim_pictures():
            done += finish_picture(picture)
    return done


def decide_all(campaign: Campaign, verdict: Verdict = Verdict.APPROVED, most: int | None = None) -> int:
    """Decide what of a campaign waits for a verdict, oldest first. Return how many."""
    waiting = Picture.objects.filter(cell__campaign=campaign, verdict=Verdict.PENDING).done()
    return decide(list(waiting.order_by("id").values_list("pk", flat=True)[:most]), verdict, Cause.VOTES)
