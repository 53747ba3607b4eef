"""Take uploads in a bounded way: files that are too large or too many are refused before they are kept anywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import IO, Any, ParamSpec

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, HttpResponse, UnreadablePostError, multipartparser
from django.http.multipartparser import MultiPartParser, MultiPartParserError

P = ParamSpec("P")

MIB = 1024 * 1024
FORM_BYTES = 128 * 1024
"""Room for the fields and headers beside the files."""

DRAINED_BYTES = 64 * MIB
"""Of a refused request this much is read and thrown away: a sender who is cut off never sees the answer."""

multipartparser.MAX_TOTAL_HEADER_SIZE = 32 * 1024  # type: ignore[attr-defined]
"""Django's own 1,024 bytes refuse a file with a long name. Names are ignored here, so any may be sent."""


class BoundedUpload(FileUploadHandler):
    """Read a multipart form with at most ``most_files`` files of ``most_bytes`` each.

    Raises ``RequestDataTooBig`` (by the Content-Length before anything is read, else as soon as it shows),
    ``TooManyFilesSent``, and ``MultiPartParserError`` for a body that ends before it should. Files are called "file",
    whatever their sender calls them.
    """

    def __init__(self, request: HttpRequest, most_bytes: int, most_files: int = 1) -> None:
        super().__init__(request)
        self.most_bytes, self.most_files = most_bytes, most_files

    def handle_raw_input(
        self, input_data: IO[bytes], META: Any, content_length: int, boundary: Any, encoding: str | None = None  # noqa: N803
    ) -> Any:  # fmt: skip
        """Parse the whole body, in place of the parser that asks."""
        body = _Watched(input_data)
        handlers = [
            _Counter(self.most_bytes, self.most_files),
            MemoryFileUploadHandler(self.request),
            TemporaryFileUploadHandler(self.request),
        ]
        try:
            if content_length > self.most_bytes * self.most_files + FORM_BYTES:
                raise RequestDataTooBig("The Content-Length is over the limit.")
            fields, files = _NamelessParser(META, body, handlers, encoding).parse()  # type: ignore[arg-type]
        except (RequestDataTooBig, TooManyFilesSent):
            body.drain(DRAINED_BYTES)
            raise
        if body.count != content_length or not body.tail.rstrip().endswith(b"--" + boundary + b"--"):
            for file in [file for _name, several in files.lists() for file in several]:
                file.close()
            raise MultiPartParserError("The body ends before it should.")
        return fields, files


def bounded_upload(
    most_mib: str, most_files: int = 1
) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """Wrap a view so that it takes at most so many files of as many MiB as the setting ``most_mib`` says.

    It must come before anything that reads ``request.POST``, the check of the CSRF token included.
    """

    def decorator(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
        @wraps(view)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request = next(value for value in args if isinstance(value, HttpRequest))
            most_bytes = getattr(settings, most_mib) * MIB
            request.upload_handlers = [BoundedUpload(request, most_bytes, most_files)]
            return view(*args, **kwargs)

        return wrapped

    return decorator


class _NamelessParser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str:
        """Return one name for all: one that Django cannot clean would make the file disappear."""
        return "file"


class _Counter(FileUploadHandler):
    """Stand before the handlers that keep files, and stop the upload at its limits."""

    def __init__(self, most_bytes: int, most_files: int) -> None:
        super().__init__()
        self.most_bytes, self.most_files = most_bytes, most_files
        self.files = self.bytes = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count a file."""
        self.files, self.bytes = self.files + 1, 0
        if self.files > self.most_files:
            raise TooManyFilesSent("There are more files than the address takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count the bytes of a file, and pass them on."""
        self.bytes += len(raw_data)
        if self.bytes > self.most_bytes:
            raise RequestDataTooBig("A file is over the limit.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


class _Watched:
    """A body that remembers how much of it was read and how it ended."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.count = 0
        self.tail = b""

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.count += len(chunk)
        self.tail = (self.tail + chunk)[-1024:]
        return chunk

    def drain(self, most: int) -> None:
        try:
            while most > 0 and (chunk := self.stream.read(min(most, 64 * 1024))):
                most -= len(chunk)
        except (OSError, UnreadablePostError):
            return  # it is gone, which is all the same now
