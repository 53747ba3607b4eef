"""``manage.py generate`` with a run that stops after planning."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from jobs.states import worker_name
from stockgen.management.commands import generate
from stockgen.models import Plan, Run
from stockgen.models.tally import Phase
from tests.factories import make_concept, make_topic

pytestmark = pytest.mark.django_db


def write_prompts(seconds: float) -> None:
    """Do a worker's part while the command waits."""
    [plan] = Plan.objects.claim(worker_name())
    plan.add_locations(["a hall"], asked=1, attempts=1)
    plan.add_prompts(plan.run.locations.get(), ["a hall at dawn"])
    plan.finish(language_model_revision="test")


def test_a_run_that_waits_for_a_look_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    make_topic(key="office")
    make_concept(key="interior")
    monkeypatch.setattr(generate, "time", SimpleNamespace(sleep=write_prompts))
    out = io.StringIO()
    call_command(
        "generate",
        "office",
        concept="interior",
        count=2,
        stops_after_planning=True,
        no_worker=True,
        stdout=out,
    )
    run = Run.objects.get()
    assert run.phase(run.tally()) == Phase.PLANNED
    assert "a hall: a hall at dawn" in out.getvalue()
    assert f"/runs/{run.pk}/prompts/" in out.getvalue()


def test_a_prompt_with_unbalanced_braces_is_refused() -> None:
    make_topic(key="office")
    make_concept(key="interior")
    with pytest.raises(CommandError, match=r"prompt: .*not closed"):
        call_command("generate", "office", concept="interior", count=2, prompt="{a|b", no_worker=True)
    assert not Run.objects.exists()
