"""`manage.py serve`: web and worker until Ctrl-C."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from jobs.supervisor import Stopped, Supervisor, gunicorn, manage, require_free_port, supervising


class Command(BaseCommand):
    """Migrate, then run web and worker side by side."""

    help = "Migrate the database, then run the web server and a worker until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address; the settings HOST and PORT are the defaults."""
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        """Run until a signal comes; nothing of it is left running."""
        require_free_port(host, port)
        try:
            with supervising(settings.DATA_DIR / "log", settings.WORKER_GRACE_SECONDS + 5) as supervisor:
                call_command("migrate", interactive=False, verbosity=0)
                start_worker(supervisor)
                self.stdout.write(f"Serving on {start_web(supervisor, host, port)} until Ctrl-C.")
                self.stdout.flush()  # a pipe would keep it until the end
                supervisor.wait()
        except Stopped:
            self.stdout.write("Stopped.")


def start_worker(supervisor: Supervisor) -> None:
    """Start the worker; its log is DATA_DIR/log/worker.log."""
    supervisor.start("worker", manage("run_huey"))


def start_web(supervisor: Supervisor, host: str, port: int) -> str:
    """Start the web server, wait until it answers, and return its address."""
    supervisor.start("web", gunicorn(host, port), {"HOST": host, "PORT": str(port)})
    shown = "127.0.0.1" if host in ("", "0.0.0.0") else f"[{host}]" if ":" in host else host  # noqa: S104
    url = f"http://{shown}:{port}"
    supervisor.wait_for_answer(url, 60)
    return url
