"""`manage.py demo`: the whole product on one machine, from an empty database to a pool of pictures.

It lives in the project and not in scripts/ because it needs the settings, talks to the database, and, as a
process that is connected, keeps the embedded PostgreSQL running from its first step to its last.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role
from config.management.commands.serve import start_web, start_worker
from jobs.supervisor import Stopped, manage, require_free_port, supervising

TOPIC = "Medicine and health"
CONCEPT = "interior"


class Command(BaseCommand):
    """Migrate, seed, make logins, generate, serve."""

    help = "Set up the database, generate a pool of pictures with the real worker, then serve until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size of the pool and whether to serve afterwards."""
        parser.add_argument("--count", type=int, default=8, help="pictures to generate (default: 8)")
        parser.add_argument("--no-serve", action="store_true", help="stop after the pool")

    def handle(self, *, count: int, no_serve: bool, **options: Any) -> None:
        """Run every step; ends every process it started, whatever happens."""
        if count < 1:
            raise CommandError(f"--count {count}: at least one picture is needed.")
        host, port = settings.HOST, settings.PORT
        if not no_serve:
            require_free_port(host, port)
        try:
            with supervising(settings.DATA_DIR / "log", settings.WORKER_GRACE_SECONDS + 5) as supervisor:
                self.say("Preparing the database")
                call_command("migrate", interactive=False, verbosity=0)
                call_command("seed", stdout=self.stdout)
                self.say("Logins")
                call_command("create_demo_users", stdout=self.stdout, stderr=self.stderr)
                start_worker(supervisor)
                url = "" if no_serve else start_web(supervisor, host, port)
                self.say(f"Generating {count} pictures: {TOPIC}, {CONCEPT}")
                if url:
                    self.stdout.write(f"Watch it on {url}")
                    self.stdout.flush()
                asked = (TOPIC, "--concept", CONCEPT, "--count", str(count), "--owner", Role.DESIGNER.value)
                supervisor.run("generate", manage("generate", *asked, "--no-worker"))
                if url:
                    self.say(f"Serving on {url} until Ctrl-C")
                    supervisor.wait()
        except Stopped:
            self.stdout.write("Stopped.")
            if no_serve:
                raise CommandError("Stopped before the pool was complete.", returncode=130) from None

    def say(self, step: str) -> None:
        """Announce a step, at once also where the output is a pipe."""
        self.stdout.write(self.style.MIGRATE_HEADING(f"» {step}"))
        self.stdout.flush()
