"""The frames of a video that are worth being photos."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.boards import frames as frames_module
from engines.boards import frames_child
from engines.boards.frames import VideoLimits, VideoRefused, choose_pictures, find_frames
from engines.errors import Cancelled
from tests.boards import as_file, draw_board
from tests.engines.boards.filming import (
    RATE,
    TEXTS,
    blend,
    boards,
    hold,
    lecture,
    with_person,
    write_video,
)
from tests.engines.boards.scenes import with_noise


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("MJPG", "a.avi"),
        ("mp4v", "a.mp4"),
        ("mp4v", "a.mkv"),
        pytest.param("VP80", "a.webm", marks=pytest.mark.slow),
    ],
)
def test_three_boards_are_three_frames_at_the_right_moments(tmp_path: Path, codec: str, name: str) -> None:
    shares: list[float] = []
    video = find_frames(write_video(tmp_path / name, lecture(), codec), on_progress=shares.append)
    assert video.seconds == pytest.approx(8.2, abs=0.3)
    spans = [(0, 2.2), (3.0, 5.2), (6.0, 8.2)]
    assert len(video.frames) == 3
    for frame, (start, end), board in zip(video.frames, spans, boards(), strict=True):
        assert start <= frame.seconds <= end
        assert (frame.width, frame.height) == (640, 400)
        assert frame.image.shape == (400, 640, 3)
        assert np.abs(frame.image.astype(int) - board).mean() < 8
        assert frame.sharpness > 0
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1


def test_who_walks_through_the_picture_makes_no_new_board(tmp_path: Path) -> None:
    board = boards()[0]
    frames = [*hold(board, 2), *with_person(list(hold(board, 4, seed=20))), *hold(board, 2, seed=70)]
    [frame] = find_frames(write_video(tmp_path / "a.avi", frames)).frames
    assert frame.seconds < 2.3 or frame.seconds > 5.5
    assert np.abs(frame.image.astype(int) - board).mean() < 8


def test_a_board_is_taken_when_it_is_full_and_before_it_is_wiped(tmp_path: Path) -> None:
    lines = TEXTS[0] + ("momentum is conserved",)
    written = [draw_board(lines[:count], height=33) for count in range(1, 6)]
    blank = draw_board((), height=33)
    other = boards()[1]
    frames = [
        frame
        for number, board in enumerate([*written, written[2], written[0], blank])
        for frame in hold(board, 1.5, seed=30 * number)
    ] + list(hold(other, 2))
    found = find_frames(write_video(tmp_path / "a.avi", frames)).frames
    assert len(found) == 2
    assert 6.0 <= found[0].seconds <= 7.5
    assert found[1].seconds >= 12


def test_the_sharpest_moment_of_a_board_is_taken(tmp_path: Path) -> None:
    board = boards()[2]
    blurred = cv2.GaussianBlur(board, (0, 0), 1.6)
    frames = [*hold(blurred, 2), *hold(board, 1.2, seed=40), *hold(blurred, 2, seed=60)]
    [frame] = find_frames(write_video(tmp_path / "a.avi", frames)).frames
    assert 2.0 <= frame.seconds <= 3.3


def test_a_camera_that_trembles_sees_one_board(tmp_path: Path) -> None:
    board = cv2.resize(boards()[0], (720, 450))
    rng = np.random.default_rng(5)
    frames = []
    for number in range(4 * RATE):
        x, y = rng.integers(0, 40, 2)
        frames.append(with_noise(board[y : y + 400, x : x + 640], 4, seed=number))
    assert len(find_frames(write_video(tmp_path / "a.avi", frames)).frames) == 1


def test_a_board_shown_again_is_not_offered_twice(tmp_path: Path) -> None:
    first, second, _third = boards()
    frames = [
        *hold(first, 2),
        *blend(first, second),
        *hold(second, 2),
        *blend(second, first),
        *hold(first, 2),
    ]
    assert len(find_frames(write_video(tmp_path / "a.avi", frames)).frames) == 2


def test_no_more_frames_than_asked_for(tmp_path: Path) -> None:
    assert len(find_frames(write_video(tmp_path / "a.avi", lecture()), most=2).frames) == 2


def test_a_video_without_a_board_gives_its_sharpest_frame(tmp_path: Path) -> None:
    frames = hold(draw_board((), size=(640, 400)), 1.5)
    assert len(find_frames(write_video(tmp_path / "a.avi", frames)).frames) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"not a video", as_file(draw_board()), b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
        b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile:///etc/passwd\n", b"RIFF\x24\0\0\0WAVEfmt ",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    ],
)  # fmt: skip
def test_what_is_no_video_is_415(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoRefused) as refused:
        find_frames(path)
    assert (refused.value.status, refused.value.code) == (415, "not-a-video")


def test_an_empty_file_is_415(tmp_path: Path) -> None:
    path = tmp_path / "lecture.mp4"
    path.touch()
    with pytest.raises(VideoRefused) as refused:
        find_frames(path)
    assert refused.value.code == "empty"


@pytest.mark.parametrize(
    "head", [b"\0\0\0\x18ftypisom\0\0\2\0isommp42", b"\x1a\x45\xdf\xa3", b"RIFF\0\0\0\0AVI LIST"]
)
def test_a_damaged_video_is_422(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_bytes(head + b"\x07" * 5000)
    with pytest.raises(VideoRefused) as refused:
        find_frames(path)
    assert (refused.value.status, refused.value.code) == (422, "broken")


def test_a_playlist_inside_a_video_container_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_bytes(b"\0\0\0\x08free#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n")
    with pytest.raises(VideoRefused) as refused:
        find_frames(path)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (VideoLimits(most_seconds=5), "too-long"),
        (VideoLimits(most_pixels=640 * 400 - 1), "too-many-pixels"),
    ],
)
def test_a_video_over_the_limits_is_413(tmp_path: Path, limits: VideoLimits, code: str) -> None:
    with pytest.raises(VideoRefused) as refused:
        find_frames(write_video(tmp_path / "a.avi", lecture()), limits=limits)
    assert (refused.value.status, refused.value.code) == (413, code)


def test_a_child_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_module, "CHILD", "tests.engines.boards.sleeping_child")
    with pytest.raises(VideoRefused) as refused:
        find_frames(write_video(tmp_path / "a.avi", hold(boards()[0], 1)), limits=VideoLimits(seconds=1))
    assert (refused.value.status, refused.value.code) == (422, "too-costly")


def in_no_time(path: Path) -> Path:
    """Let an AVI claim a million frames a second, in both of its headers."""
    content = bytearray(path.read_bytes())
    main, stream = content.index(b"avih") + 8, content.index(b"strh") + 8
    struct.pack_into("<I", content, main, 1)  # microseconds a frame
    struct.pack_into("<II", content, stream + 20, 1, 1_000_000)  # dwScale, dwRate
    path.write_bytes(content)
    return path


def test_frames_whose_moments_stand_still_are_looked_through_all_the_same(tmp_path: Path) -> None:
    shares: list[float] = []
    film = in_no_time(write_video(tmp_path / "a.avi", lecture()))
    video = find_frames(film, on_progress=shares.append)
    assert 1 < video.seconds < 5  # 82 frames, taken for 30 a second
    assert len(shares) >= 2 * video.seconds
    assert shares == sorted(shares)
    assert len(video.frames) >= 1


def test_frames_whose_moments_stand_still_come_to_an_end(tmp_path: Path) -> None:
    film = in_no_time(write_video(tmp_path / "a.avi", lecture()))
    with pytest.raises(VideoRefused) as refused:
        find_frames(film, limits=VideoLimits(most_seconds=1.5))
    assert refused.value.code == "too-long"


def test_progress_is_told_by_the_clock_even_where_a_step_takes_long(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(frames_child, "BEAT_SECONDS", 0.02)
    with frames_child.Progress() as progress:
        progress.report(0.25)
        time.sleep(0.3)
        progress.report(0.5)
    lines = capfdbinary.readouterr().out.decode().splitlines()
    shares = [json.loads(line)["progress"] for line in lines]
    assert len(shares) >= 5
    assert shares == sorted(shares)
    assert shares[-1] == 0.5


def test_nobody_waits_for_a_cancelled_search(tmp_path: Path) -> None:
    asked: list[None] = []

    def is_cancelled() -> bool:
        asked.append(None)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        find_frames(write_video(tmp_path / "a.avi", lecture()), is_cancelled=is_cancelled)
    assert len(asked) == 4


def test_pictures_of_the_same_board_count_once() -> None:
    first, second, third = boards()
    pictures = [
        with_noise(first), cv2.GaussianBlur(first, (0, 0), 1.5), with_noise(second), with_noise(np.roll(first, 9, 1)),
        with_noise(third),
    ]  # fmt: skip
    chosen = choose_pictures(pictures)
    assert chosen in ([0, 2, 4], [2, 3, 4])
    assert choose_pictures([]) == []
