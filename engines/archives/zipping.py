"""The layout of a ZIP of stored files, known before a byte of it is written.

Where names, sizes and CRC-32s are known, so is every byte of an archive without compression: it can be sent from any
offset, twice the same, and is nowhere kept. ZIP libraries that stream write the CRC behind the data or must read the
files from the beginning, so they cannot. Format: PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5, ZIP64 included.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

MOST_32 = 0xFFFF_FFFF
MOST_16 = 0xFFFF
VERSION, VERSION_64 = 20, 45
MADE_BY_UNIX = 3 << 8
UTF_8 = 1 << 11
REGULAR_FILE = 0o100644 << 16


@dataclass(frozen=True)
class Member:
    """A stored file: ``size`` in bytes, at most 4 GiB − 2; ``offset`` is where its header begins in the archive."""

    name: str
    size: int
    crc32: int
    offset: int

    @property
    def data_offset(self) -> int:
        """Where its data begin."""
        return self.offset + LOCAL.size + len(self.name.encode())

    @property
    def end(self) -> int:
        """Where the next member may begin."""
        return self.data_offset + self.size


LOCAL = struct.Struct("<4sHHHHHIIIHH")
CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
END = struct.Struct("<4sHHHHIIH")
END_64 = struct.Struct("<4sQHHIIQQQQ")
LOCATOR_64 = struct.Struct("<4sIQI")
OFFSET_64 = struct.Struct("<HHQ")


def local_header(member: Member, moment: datetime) -> bytes:
    """Return what stands before a member's data. Raises ``ValueError`` for what does not fit the format."""
    name = _name(member)
    if member.size >= MOST_32:
        raise ValueError(f"{member.name} has {member.size} bytes; a member may have at most {MOST_32 - 1}.")
    head = LOCAL.pack(
        b"PK\3\4", VERSION, _flags(member), 0, *_dos(moment), member.crc32, member.size, member.size, len(name), 0
    )  # fmt: skip
    return head + name


def central_header(member: Member, moment: datetime) -> bytes:
    """Return a member's line in the directory at the end."""
    name = _name(member)
    far = member.offset >= MOST_32
    extra = OFFSET_64.pack(1, 8, member.offset) if far else b""
    head = CENTRAL.pack(
        b"PK\1\2", MADE_BY_UNIX | VERSION_64, VERSION_64 if far else VERSION, _flags(member), 0, *_dos(moment),
        member.crc32, member.size, member.size, len(name), len(extra), 0, 0, 0, REGULAR_FILE,
        MOST_32 if far else member.offset,
    )  # fmt: skip
    return head + name + extra


def end_of_archive(count: int, directory_offset: int, directory_size: int) -> bytes:
    """Return what stands behind the directory of so many members, as ZIP64 where the plain form is too small."""
    plain = END.pack(
        b"PK\5\6", 0, 0, min(count, MOST_16), min(count, MOST_16),
        min(directory_size, MOST_32), min(directory_offset, MOST_32), 0,
    )  # fmt: skip
    if count < MOST_16 and directory_size < MOST_32 and directory_offset < MOST_32:
        return plain
    wide = END_64.pack(
        b"PK\6\6", END_64.size - 12, MADE_BY_UNIX | VERSION_64, VERSION_64, 0, 0, count, count,
        directory_size, directory_offset,
    )  # fmt: skip
    return wide + LOCATOR_64.pack(b"PK\6\7", 0, directory_offset + directory_size, 1) + plain


def _name(member: Member) -> bytes:
    name = member.name.encode()
    if not 0 < len(name) <= MOST_16:
        raise ValueError("The name of a member has 1 to 65535 bytes.")
    return name


def _flags(member: Member) -> int:
    return 0 if member.name.isascii() else UTF_8


def _dos(moment: datetime) -> tuple[int, int]:
    """Return time and date as MS-DOS keeps them: in steps of two seconds, from 1980 on."""
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return time, max(moment.year - 1980, 0) << 9 | moment.month << 5 | moment.day
