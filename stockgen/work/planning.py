"""The worker's part of a plan: let the language model find locations and write prompts for each."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from engines.diffusion.limits import MAX_SEED
from engines.embedding import TextEmbedder
from engines.llm.base import LanguageModel
from engines.planning.allocation import default_location_count
from engines.planning.brief import Brief
from engines.planning.descriptions import locations_at_once, write_prompts
from engines.planning.locations import propose_locations
from engines.planning.slides import location_for_slide
from jobs.worker import Work
from stockgen.library.queries import read_query
from stockgen.models import Plan
from stockgen.models.plan import LeaseLost
from stockgen.work.models import language_model, text_embedder

LOCATIONS_SHARE = 0.5
"""The part of the progress that finding the locations stands for."""


NO_LOCATION = gettext_noop(
    "The language model found no location for this topic. Try a larger language model."
)

NO_WORD_KNOWN = gettext_noop("No word of this text is known. Say it in other words, or in English.")

STEP_SECONDS = 120
"""How long a language model may take to its next token: reading long worked examples on a busy CPU."""


def make_plan(plans: list[Plan], work: Work) -> None:
    """Plan a run and queue its pictures. What an earlier attempt has stored is kept and continued."""
    [plan] = plans
    work.lease_seconds = max(work.lease_seconds, STEP_SECONDS)
    try:
        if plan.run.prompt:
            _use_given_prompt(plan)
        elif plan.run.slide:
            _illustrate(plan, work)
        else:
            _ask_language_model(plan, work)
    except LeaseLost:
        return


def _use_given_prompt(plan: Plan) -> None:
    if not plan.run.prompts.exists():
        plan.add_prompts(None, [plan.run.prompt])
    plan.finish(language_model_revision="")


def _illustrate(plan: Plan, work: Work) -> None:
    """Write one prompt for the text of a slide. What an earlier attempt has stored is kept and continued."""
    run = plan.run
    llm = language_model(run.language_model, work)
    embedder = text_embedder()
    brief = plan.compose()
    if not run.locations.exists():
        query = read_query(run.slide, longest=len(run.slide))
        location = location_for_slide(
            llm, embedder, brief, run.slide, query.searched_for, known=plan.covered_locations(), seed=run.seed
        )  # fmt: skip
        if location is None:
            plan.fail(NO_WORD_KNOWN, retry=False)
            return
        plan.add_locations([location], asked=1, attempts=1)
        work.beat(LOCATIONS_SHARE)
    if _write_missing_prompts(plan, llm, embedder, brief, work):
        plan.finish(language_model_revision=llm.revision)


def _ask_language_model(plan: Plan, work: Work) -> None:
    run = plan.run
    llm = language_model(run.language_model, work)
    embedder = text_embedder()
    brief = plan.compose()

    asked = run.location_count or default_location_count(run.count)
    if not plan.location_attempts:
        covered = plan.covered_locations()
        seed = (run.seed + plan.attempts - 1) % (
            MAX_SEED + 1
        )  # another attempt must not get the same answers
        found = propose_locations(
            llm, embedder, brief, asked, covered=covered, seed=seed,
            on_progress=lambda share: work.beat(LOCATIONS_SHARE * share), is_cancelled=work.is_over,
        )  # fmt: skip
        # A worn-out cell: better a covered location again, with new prompts, than no pictures.
        texts = found.locations or tuple(covered[:asked])
        if not texts:
            plan.fail(NO_LOCATION, retry=True)
            return
        plan.add_locations(texts, asked=asked, attempts=found.attempts)

    if _write_missing_prompts(plan, llm, embedder, brief, work):
        plan.finish(language_model_revision=llm.revision)


def _write_missing_prompts(
    plan: Plan, llm: LanguageModel, embedder: TextEmbedder, brief: Brief, work: Work
) -> bool:
    """Write what is missing, so many locations at a time as the model takes; between them more urgent work goes first.

    False if it gave way: the plan is claimed again and goes on from here.
    """
    run = plan.run
    locations = {location.text: location for location in run.locations.filter(prompts__isnull=True)}
    per_location = plan.prompts_for(run.locations.count())
    size = locations_at_once(llm, per_location)
    for start in range(0, len(locations), size):
        if start and work.should_give_way():
            return False
        part = list(locations)[start : start + size]
        begun, length = start / len(locations), len(part) / len(locations)
        written = write_prompts(
            llm, embedder, brief, part, per_location, seed=run.seed,
            on_progress=lambda share, begun=begun, length=length: work.beat(  # type: ignore[misc]
                LOCATIONS_SHARE + (1 - LOCATIONS_SHARE) * (begun + length * share)
            ),
            is_cancelled=work.is_over,
        )  # fmt: skip
        for prompts in written:
            plan.add_prompts(locations[prompts.location], prompts.prompts)
    return True
