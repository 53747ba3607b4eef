"""How much memory does an export of 2,000 pictures take, and does it survive a kill? As a ZIP and onto S3.

Makes approved pictures, has the product's own worker export them, kills it (SIGKILL) in the middle, starts another, and
reads the highest memory of both from the kernel. The ZIP is fetched over HTTP from the product's web server, broken off
in the middle and resumed by a range. Every file is compared with the manifest by SHA-256, in the ZIP and in the bucket
of moto's server, whose versions tell what was put twice. Beside ours the simple way: a zipfile in memory.

    python -m bench.export [--pictures 2000] [--side 512] [--check]
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import psutil
import requests
from moto.server import ThreadedMotoServer
from PIL import Image
from tqdm import tqdm

from bench.report import Promise, conclude, parser, table
from bench.scratch import scratch_database
from bench.serving import environment, web_server

MOST_MIB = 200.0
MIB = 2**20
BUCKET = "stock"


@dataclass(frozen=True)
class Measured:
    """One way of exporting: seconds, highest memory in MiB, and how many files agree with the manifest."""

    name: str
    seconds: float
    peak: float
    files: int
    wrong: int
    again: int = 0


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--pictures", type=int, default=2000)
    arguments.add_argument("--side", type=int, default=512, help="pixels")
    options = arguments.parse_args()
    with scratch_database(), moto() as endpoint:
        owner, size = make_stock(options)
        rows = [simple_way(), zip_way(owner), s3_way(owner, endpoint)]
    show(options, size, rows)
    promises = [
        promise
        for row in rows[1:]
        for promise in (
            Promise(f"highest memory, {row.name}", row.peak, MOST_MIB, unit=" MiB"),
            Promise(f"files that agree, {row.name}", row.files - row.wrong, options.pictures, at_least=True),
        )
    ]
    promises.append(Promise("pictures put again after the kill, S3", rows[-1].again, 25))
    conclude(promises, check=options.check)


def make_stock(options: Namespace) -> tuple[Any, int]:
    """Make approved pictures of noise in a smooth room, as large as rendered ones; return their owner and bytes."""
    from accounts.models import Role
    from jobs.states import State
    from stockgen.models import Cause, Examination, Picture, Verdict
    from stockgen.models.verdict import decide
    from tests.factories import make_planned_run, make_user

    owner = make_user(Role.DESIGNER)
    run = make_planned_run(owner, count=options.pictures)
    keys, total = [], 0
    for picture in tqdm(run.pictures.order_by("id"), unit="picture", desc="making"):
        png = png_of(picture.seed, options.side)
        Picture.objects.filter(pk=picture.pk).update(
            state=State.RUNNING, token=picture.pk, lease_until=run.created_at
        )
        picture.refresh_from_db()
        assert picture.store(
            png, b"webp", sha256=hashlib.sha256(png).hexdigest(), revision="bench", seconds=1.0
        )
        keys.append(picture.pk)
        total += len(png)
    Examination.objects.all().delete()  # other work of the same worker
    decide(keys, Verdict.APPROVED, Cause.VOTES)
    return owner, total


def png_of(seed: int, side: int) -> bytes:
    """Draw a smooth picture with some noise: PNGs of rendered rooms have some 1.5 bytes a pixel as well."""
    chance = np.random.default_rng(seed)
    rough = Image.fromarray(chance.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    smooth = np.asarray(rough.resize((side, side), Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = np.clip(smooth + chance.integers(-3, 4, smooth.shape), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noisy).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


# ---------------------------------------------------------------------- the simple way
def simple_way() -> Measured:
    """Read every picture into a zipfile in memory, in a process of its own."""
    code = (
        "import io, resource, sys, zipfile, pathlib\n"
        "buffer = io.BytesIO()\n"
        "with zipfile.ZipFile(buffer, 'w') as archive:\n"
        "    for path in pathlib.Path(sys.argv[1]).rglob('*.png'):\n"
        "        archive.writestr(path.name, path.read_bytes())\n"
        "content = buffer.getvalue()\n"
        "print(len(archive.namelist()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    from django.conf import settings

    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, str(settings.MEDIA_ROOT)], capture_output=True, text=True, check=True
    )
    files, kib = map(int, done.stdout.split())
    return Measured("zipfile in memory", time.perf_counter() - start, kib / 1024, files, 0)


# ---------------------------------------------------------------------- ours
def zip_way(owner: Any) -> Measured:
    """Export as a ZIP; fetch it in two parts, the second by a range."""
    from accounts.models import ApiToken
    from delivery.models import Export

    start = time.perf_counter()
    export = Export.objects.start(owner)
    export, peak = made(export)
    _token, secret = ApiToken.objects.issue(owner, "bench")
    with tempfile.NamedTemporaryFile(suffix=".zip") as file, web_server() as url:
        servers = watched_children()
        address = f"{url}/api/v1/exports/{export.pk}/archive"
        headers = {"Authorization": f"Bearer {secret}"}
        broken_off(address, headers, file, export.archive_size // 2)
        with requests.get(
            address, headers=headers | {"Range": f"bytes={file.tell()}-"}, stream=True, timeout=60
        ) as rest:
            assert rest.status_code == 206
            for chunk in rest.iter_content(MIB):
                file.write(chunk)
        file.flush()
        peak = max([peak, *(peak_of(process) for process in servers())])
        seconds = time.perf_counter() - start
        with zipfile.ZipFile(file.name) as archive:
            rows = [json.loads(line) for line in archive.read("manifest.jsonl").decode().splitlines()]
            wrong = sum(
                hashlib.sha256(archive.read(row["file"])).hexdigest() != row["sha256"] for row in rows
            )
    return Measured("ZIP, over HTTP", seconds, peak, len(rows), wrong)


def broken_off(address: str, headers: dict[str, str], file: Any, most: int) -> None:
    """Fetch the first bytes of a file and hang up."""
    with requests.get(address, headers=headers, stream=True, timeout=60) as first:
        for chunk in first.iter_content(MIB):
            file.write(chunk)
            if file.tell() >= most:
                return


def s3_way(owner: Any, endpoint: str) -> Measured:
    """Export into a bucket."""
    from django.test.utils import override_settings

    from delivery.models import Export
    from delivery.targets import Target

    variables = {
        "EXPORT_S3_BUCKET": BUCKET, "EXPORT_S3_ENDPOINT": endpoint, "EXPORT_S3_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
    }  # fmt: skip
    os.environ.update(variables)
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    start = time.perf_counter()
    with override_settings(EXPORT_S3_BUCKET=BUCKET):
        export = Export.objects.start(owner, target=Target.S3)
    export, peak = made(export, **variables)
    seconds = time.perf_counter() - start

    def content(name: str) -> bytes:
        found: bytes = client.get_object(Bucket=BUCKET, Key=f"{export.title}/{name}")["Body"].read()
        return found

    rows = [json.loads(line) for line in content("manifest.jsonl").decode().splitlines()]
    wrong = sum(hashlib.sha256(content(row["file"])).hexdigest() != row["sha256"] for row in rows)
    pages = client.get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    again = sum(len(page.get("Versions", [])) for page in pages) - len(rows) - 3  # the manifest's files
    return Measured("S3 (moto)", seconds, peak, len(rows), wrong, again)


def made(export: Any, **variables: str) -> tuple[Any, float]:
    """Have a worker make an export, kill it halfway, have another one go on.

    Returns the export and the highest memory of any process of a worker in MiB.
    """
    with consumer(**variables) as processes:
        wait(lambda: state(export).files >= export.count // 2 or state(export).is_final)
        time.sleep(0.2)  # in the middle of the next part, not between two
        peak = max(peak_of(process) for process in processes())
        for process in processes():
            process.send_signal(signal.SIGKILL)
    before = state(export)
    assert not before.is_final, "It was over before the kill: take more pictures."
    with consumer(**variables) as processes:
        wait(lambda: state(export).is_final)
        peak = max([peak, *(peak_of(process) for process in processes())])
    export = state(export)
    assert export.state == "done", (export.error, export.detail)
    return export, peak


def state(export: Any) -> Any:
    """Read an export again."""
    return type(export).objects.get(pk=export.pk)


def wait(condition: Callable[[], bool], most: float = 540) -> None:
    """Ask every 20 ms. Raises ``TimeoutError``."""
    end = time.monotonic() + most
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


@contextmanager
def consumer(**variables: str) -> Iterator[Callable[[], list[psutil.Process]]]:
    """Run the worker of the product; yields what lists its processes, and kills them all in the end."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_huey"], env=environment(**variables), start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def processes() -> list[psutil.Process]:
        top = psutil.Process(process.pid)
        return [top, *top.children(recursive=True)]

    try:
        yield processes
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def watched_children() -> Callable[[], list[psutil.Process]]:
    """Return what lists the processes of the web server, a child of this one."""

    def servers() -> list[psutil.Process]:
        children = psutil.Process().children(recursive=True)
        return [child for child in children if "gunicorn" in " ".join(child.cmdline())]

    return servers


def peak_of(process: psutil.Process) -> float:
    """Return the highest memory that a process ever held (``VmHWM``), in MiB; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


@contextmanager
def moto() -> Iterator[str]:
    """Run an S3 of our own in this process; yields its address."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def show(options: Namespace, size: int, rows: list[Measured]) -> None:
    """Print what was measured."""
    print(
        f"\n{options.pictures} pictures of {options.side} px, {size / MIB:.0f} MiB; each export killed halfway\n"
    )
    table(
        ["way", "seconds", "highest memory", "files", "wrong", "put twice"],
        [
            [row.name, f"{row.seconds:.1f}", f"{row.peak:.0f} MiB", row.files, row.wrong, row.again]
            for row in rows
        ],
    )


if __name__ == "__main__":
    main()
