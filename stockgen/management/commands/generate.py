"""``manage.py generate``: the main job from the command line, with a progress bar."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.urls import reverse
from tqdm import tqdm

from accounts.models import User
from jobs.models import Worker
from jobs.states import State
from jobs.supervisor import Stopped, Supervisor, manage, supervising
from stockgen.models import Concept, Prompt, Run, Topic
from stockgen.models.tally import OVER, Phase

M = TypeVar("M", Topic, Concept)
OWNER = "command-line"
POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Generate a pool of pictures. Starts a worker for the time being if none is running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("topic", help="the topic's name or key")
        parser.add_argument(
            "--concept", required=True, help="the concept's name or key: interior, exterior, item, …"
        )
        parser.add_argument("--count", type=int, required=True, help="how many pictures")
        parser.add_argument("--image-model", default="", help="registry key of the image model")
        parser.add_argument("--language-model", default="", help="registry key of the language model")
        parser.add_argument("--width", type=int, help="pixels")
        parser.add_argument("--height", type=int, help="pixels")
        parser.add_argument("--steps", type=int)
        parser.add_argument("--guidance-scale", type=float)
        parser.add_argument(
            "--locations", type=int, dest="location_count", help="how many distinct locations"
        )
        parser.add_argument(
            "--prompt", default="", help="render this prompt instead of asking the language model"
        )
        parser.add_argument(
            "--stop-after-planning",
            action="store_true",
            dest="stops_after_planning",
            help="write the prompts and stop: change them and start the rendering in the dashboard",
        )
        parser.add_argument("--seed", type=int, help="0 … 4294967295; random if not given")
        parser.add_argument("--owner", default=OWNER, help=f"user name of the run's owner (default: {OWNER})")
        parser.add_argument("--no-worker", action="store_true", help="never start a worker, only wait")

    def handle(self, *args: Any, **options: Any) -> None:
        run = self._launch(options)
        self.stdout.write(f"Run {run.pk}: {run.count} pictures, {run.topic.name} / {run.concept.name}")
        needs_worker = not options["no_worker"] and not Worker.objects.alive().exists()
        try:
            with supervising(settings.DATA_DIR / "log", settings.WORKER_GRACE_SECONDS + 5) as supervisor:
                if needs_worker:
                    supervisor.start("worker", manage("run_huey"))
                phase = self._follow(run, supervisor)
        except Stopped:
            raise CommandError(
                "Stopped watching. The run goes on whenever a worker runs; cancel it on its page.",
                returncode=130,
            ) from None
        self._report(run, phase)

    def _launch(self, options: dict[str, Any]) -> Run:
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            if options["owner"] != OWNER:
                raise CommandError(f"There is no user “{options['owner']}”.")
            owner = User(username=OWNER)
            owner.set_unusable_password()
            owner.save()
        passed = (
            "count", "image_model", "language_model", "width", "height", "steps", "guidance_scale", "location_count",
            "prompt", "seed", "stops_after_planning",
        )  # fmt: skip
        try:
            return Run.objects.launch(
                owner,
                topic=_named(Topic, options["topic"]),
                concept=_named(Concept, options["concept"]),
                **{name: options[name] for name in passed},
            )
        except ValidationError as error:
            lines = [
                f"{field}: {message}"
                for field, messages in error.message_dict.items()
                for message in messages
            ]
            raise CommandError("\n".join(lines)) from None

    def _follow(self, run: Run, supervisor: Supervisor) -> Phase:
        """Show the progress until the run is over, or waits for somebody to look at its prompts.

        Raises CommandError if a worker of our own ends before.
        """
        with tqdm(total=run.count, unit="picture", file=sys.stderr, disable=None, dynamic_ncols=True) as bar:
            bar.set_description("planning")
            while True:
                supervisor.check()
                run = Run.objects.select_related("plan", "topic", "concept").get(pk=run.pk)
                tally = run.tally()
                phase = run.phase(tally)
                bar.set_description(
                    f"planning {run.plan.progress:.0%}" if tally.total == 0 else str(phase.label)
                )
                bar.update(tally.done - bar.n)
                if phase in OVER or phase == Phase.PLANNED:
                    return phase
                time.sleep(POLL_SECONDS)

    def _report(self, run: Run, phase: Phase) -> None:
        run = Run.objects.select_related("plan").get(pk=run.pk)
        done = list(run.pictures.done().order_by("id"))
        if run.plan.shortfall:
            plan = run.plan
            self.stdout.write(
                f"{plan.asked_locations - plan.shortfall} of {plan.asked_locations} distinct locations "
                f"after {plan.location_attempts} attempts."
            )
        if phase == Phase.PLANNED:
            for prompt in Prompt.objects.in_the_plan().filter(run=run).select_related("location"):
                self.stdout.write(f"{prompt.location or '-'}: {prompt.text}")
            self.stdout.write(
                f"Nothing is rendered yet. Look at the prompts: {reverse('run-prompts', args=[run.pk])}"
            )
            return
        for picture in done[:20]:
            self.stdout.write(_where(str(picture.image.name)))
        if len(done) > 20:
            self.stdout.write(f"… and {len(done) - 20} more")
        self.stdout.write(f"{len(done)} of {run.count} pictures are in {_where('pictures')}")
        if phase != Phase.DONE:
            failed = (
                run.pictures.filter(state=State.FAILED)
                .exclude(error="")
                .values_list("error", flat=True)
                .first()
            )
            raise CommandError(f"The run is {phase.label}. {run.plan.error or failed or ''}")


def _named(model: type[M], name: str) -> M:
    """Return the topic or concept of this key or name, whatever the case."""
    row: M | None = model._default_manager.filter(Q(key__iexact=name) | Q(name__iexact=name)).first()
    if row is None:
        known = ", ".join(f"“{known.name}”" for known in model._default_manager.all())
        raise CommandError(
            f"There is no {model._meta.verbose_name} “{name}”. There are: {known or 'none; run seed'}."
        )
    return row


def _where(name: str) -> str:
    """Return a file's path where the storage has paths, else its name in the storage."""
    try:
        return default_storage.path(name)
    except NotImplementedError:
        return name
