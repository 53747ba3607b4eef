"""An S3 bucket, or whatever speaks its language, as a place for exports."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from functools import cache
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from django.conf import settings

from delivery.errors import BUCKET_AWAY, BUCKET_MISSING, BUCKET_REFUSES, ExportFailed
from delivery.models import Export
from delivery.work.digests import Digest

SCHEME = "s3://"
MISSING = {"NoSuchBucket", "404"}
BUSY = {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "RequestTimeTooSkewed"}
ATTEMPTS, CONNECT_SECONDS, READ_SECONDS = 2, 5, 30
"""A bucket that stays silent is given up after some 70 s, less than half of what a worker may take for a step."""

AT_ONCE = 1000
"""Objects that S3 lists, and deletes, in one request."""


@cache
def _client(endpoint: str) -> Any:
    """Make the client of an endpoint (empty: Amazon's) once a process.

    Credentials by boto3's own rules (environment, files, the host's role).
    """
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=settings.EXPORT_S3_REGION or None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        ),
    )


class Bucket:
    """A prefix of the bucket ``EXPORT_S3_BUCKET`` that holds this export alone.

    Files are put whole: pictures are some MiB, and S3 takes up to 5 GiB at once, so no upload is ever left half-done
    there. Each is sent with its SHA-256, and refused by S3 where other bytes arrive.
    """

    def __init__(self, address: str, endpoint: str) -> None:
        self.address = address
        self.endpoint = endpoint
        self._bucket, _slash, self._prefix = address.removeprefix(SCHEME).partition("/")

    @classmethod
    def of(cls, export: Export) -> Bucket:
        """Return where an export goes by today's settings."""
        prefix = settings.EXPORT_S3_PREFIX.strip("/")
        path = f"{prefix}/{export.title}/" if prefix else f"{export.title}/"
        return cls(f"{SCHEME}{settings.EXPORT_S3_BUCKET}/{path}", settings.EXPORT_S3_ENDPOINT)

    @property
    def _s3(self) -> Any:
        return _client(self.endpoint)

    def open(self) -> None:
        """Ask for the bucket, so that a wrong name or wrong credentials are told at once."""
        with self._telling():
            self._s3.head_bucket(Bucket=self._bucket)

    def put(self, name: str, content: IO[bytes], digest: Digest) -> str:
        """Put an object; the same name again takes its place."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        checksum = base64.b64encode(bytes.fromhex(digest.sha256)).decode()
        with self._telling():
            self._s3.put_object(
                Bucket=self._bucket, Key=self._prefix + name, Body=content, ContentLength=digest.size,
                ContentType=kind, ChecksumSHA256=checksum,
            )  # fmt: skip
        return ""

    def remove(self, name: str) -> None:
        """Delete an object; S3 does not mind where there is none."""
        with self._telling():
            self._s3.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def tidy(self, keep: Container[str]) -> None:
        """Nothing: an object is there whole, or not at all."""

    def wipe(self, on_step: Callable[[], None]) -> None:
        """Delete the objects of the prefix. A bucket that is not there holds none."""
        try:
            while keys := self._listed(on_step):
                on_step()
                with self._telling():
                    deleted = self._s3.delete_objects(
                        Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True}
                    )
                if deleted.get("Errors"):
                    raise ExportFailed(BUCKET_REFUSES, f"{self.address}: {deleted['Errors'][0].get('Code')}")
        except ExportFailed as error:
            if error.sentence != BUCKET_MISSING:
                raise

    def _listed(self, on_step: Callable[[], None]) -> list[dict[str, str]]:
        on_step()
        with self._telling():
            found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=AT_ONCE)
        return [{"Key": entry["Key"]} for entry in found.get("Contents", [])]

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn what boto3 raises into a sentence."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in MISSING:
                raise ExportFailed(BUCKET_MISSING, self.address) from error
            if code in BUSY or status >= 500:
                raise ExportFailed(BUCKET_AWAY, f"{self.address}: {code}", may_pass=True) from error
            raise ExportFailed(BUCKET_REFUSES, f"{self.address}: {code}") from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise ExportFailed(BUCKET_REFUSES, f"{self.address}: {error}") from error
        except BotoCoreError as error:
            raise ExportFailed(BUCKET_AWAY, f"{self.address}: {error}", may_pass=True) from error
