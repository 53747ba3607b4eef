"""The layout of ZIPs, read back by Python's own reader."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from engines.archives.zipping import MOST_32, Member, central_header, end_of_archive, local_header

MOMENT = datetime(2026, 11, 23, 18, 45, 30, tzinfo=UTC)


def archive(files: dict[str, bytes], *, begins_at: int = 0) -> bytes:
    """Lay an archive out; one that ``begins_at`` a far offset as a reader sees it that skips what is before."""
    members, data, offset = [], b"", begins_at
    for name, content in files.items():
        member = Member(name, len(content), zlib.crc32(content), offset)
        data += local_header(member, MOMENT) + content
        members.append(member)
        offset = member.end
    directory = b"".join(central_header(member, MOMENT) for member in members)
    return data + directory + end_of_archive(len(members), offset, len(directory))


def test_it_is_read_back_with_names_times_and_contents() -> None:
    files = {"office/interior/1.png": b"one" * 1000, "пусто.txt": b"", "manifest.csv": b"a,b\n"}
    with zipfile.ZipFile(io.BytesIO(archive(files))) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == files
        info = read.infolist()[0]
    assert info.date_time == (2026, 11, 23, 18, 45, 30)
    assert info.compress_type == zipfile.ZIP_STORED
    assert info.external_attr >> 16 == 0o100644


def test_an_empty_one_is_one() -> None:
    assert zipfile.ZipFile(io.BytesIO(archive({}))).namelist() == []


def test_more_members_than_sixteen_bits_count_are_all_there() -> None:
    files = {f"{number}": b"" for number in range(70_000)}
    content = archive(files)
    assert b"PK\6\6" in content[-98:]
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == list(files)


def test_offsets_behind_four_gibibytes_are_read_back() -> None:
    far = 5 * 2**30
    content = archive({"a": b"first", "b": b"second"}, begins_at=far)

    class Sparse(io.RawIOBase):
        """A file with five gibibytes of nothing before its content."""

        place = 0

        def seekable(self) -> bool:
            return True

        def seek(self, offset: int, whence: int = 0) -> int:
            base = {0: 0, 1: self.place, 2: far + len(content)}[whence]
            self.place = base + offset
            return self.place

        def tell(self) -> int:
            return self.place

        def read(self, size: int = -1) -> bytes:
            assert self.place >= far
            start = self.place - far
            found = content[start:] if size < 0 else content[start : start + size]
            self.place += len(found)
            return found

    with zipfile.ZipFile(Sparse()) as read:
        assert {name: read.read(name) for name in read.namelist()} == {"a": b"first", "b": b"second"}
        assert [info.header_offset for info in read.infolist()] == [far, far + 31 + 5]


def test_a_member_too_large_for_the_plain_form_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        local_header(Member("a", MOST_32, 0, 0), MOMENT)


@pytest.mark.parametrize("name", ["", "a" * 70_000])
def test_a_name_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        local_header(Member(name, 0, 0, 0), MOMENT)
