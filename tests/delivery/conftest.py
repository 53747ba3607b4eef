"""Exports without a queue in between: the worker's loop runs in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from delivery.work.bucket import _client

BUCKET = "stock"


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """Run an S3 of our own; yields its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(moto: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Set an empty bucket up for exports; yields a client to look into it."""
    for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(name, value)
    settings.EXPORT_S3_BUCKET, settings.EXPORT_S3_ENDPOINT = BUCKET, moto
    settings.EXPORT_S3_REGION, settings.EXPORT_S3_PREFIX = "us-east-1", "exports"
    _client.cache_clear()
    client = boto3.client("s3", endpoint_url=moto, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    yield client
    for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=entry["Key"])
    _client.cache_clear()


@pytest.fixture
def export_folder(settings: Any, tmp_path: Any) -> Any:
    """Set a folder up for exports."""
    settings.EXPORT_FOLDER = str(tmp_path / "exports")
    return tmp_path / "exports"
