"""The product's own processes for a bench: the web server and workers, against the scratch database."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import requests


def environment(**more: str) -> dict[str, str]:
    """Return what a process needs to work on the scratch database and media folder."""
    from django.conf import settings
    from psycopg.conninfo import make_conninfo

    from config import queue

    return {
        **os.environ,
        "DATABASE_URL": make_conninfo(**queue.parameters()),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        **more,
    }


@contextmanager
def web_server(**more: str) -> Iterator[str]:
    """Run the web server of the product without a limit on requests; yields its address."""
    from jobs.supervisor import gunicorn

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with _running([gunicorn("127.0.0.1", port)], environment(API_REQUESTS_PER_MINUTE="0", **more)):
        for _ in range(200):
            try:
                requests.get(f"{url}/sign-in/", timeout=5)
                break
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.1)
        yield url


@contextmanager
def workers(count: int = 1, **more: str) -> Iterator[None]:
    """Run so many consumers of the product, each with one worker process."""
    from jobs.supervisor import manage

    with _running([manage("run_huey")] * count, environment(**more)):
        yield


@contextmanager
def _running(commands: Sequence[Sequence[str]], variables: dict[str, str]) -> Iterator[None]:
    from config import BASE_DIR

    running = [
        subprocess.Popen(
            command, cwd=BASE_DIR, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in commands
    ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
