"""Size and checksums of a file, a chunk at a time."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

CHUNK = 1 << 20


@dataclass(frozen=True)
class Digest:
    """What is known of a file without its bytes: size in bytes, SHA-256 as 64 hexadecimal digits, CRC-32."""

    size: int
    sha256: str
    crc32: int


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file, at most a MiB at a time."""
    while chunk := file.read(CHUNK):
        yield chunk


def digest_of(file: IO[bytes]) -> Digest:
    """Read a file from the beginning to its end, and go back to the beginning."""
    file.seek(0)
    found = copy(file, None)
    file.seek(0)
    return found


def copy(source: IO[bytes], target: IO[bytes] | None) -> Digest:
    """Write the rest of one file to another (None: only read it), and return what was read."""
    size, crc, sha = 0, 0, hashlib.sha256()
    for chunk in chunks_of(source):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        sha.update(chunk)
        if target is not None:
            target.write(chunk)
    return Digest(size, sha.hexdigest(), crc)
