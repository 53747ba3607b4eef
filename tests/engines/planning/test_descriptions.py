from __future__ import annotations

import logging
from typing import Any

import pytest

from engines.embedding import TextEmbedder
from engines.errors import Cancelled
from engines.planning.brief import Brief
from engines.planning.descriptions import MAX_ATTEMPTS, write_prompts

GOOD = [
    f" {shows}\nLight: {light}\nView: {view}"
    for shows, light, view in [
        (
            "steel examination lamp, green leather chair, white cabinet with drawers",
            "soft daylight from a window",
            "wide shot from the doorway",
        ),
        (
            "glass shelf with instruments, blue tiled wall, round mirror",
            "cold light from ceiling panels",
            "close view of the chair, shallow depth of field",
        ),
        (
            "dark wooden floor, potted palm in a corner, framed x-ray plates",
            "warm lamp beside the chair",
            "high-angle shot",
        ),
    ]
]
COPIED = "rows of dark benches, raised judge's desk, tall wall of green marble"
ROOM = "dental treatment room"


def test_prompts_name_the_location_and_join_what_the_model_wrote(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: GOOD[number % 3])
    [entry] = write_prompts(llm, embedder, medicine, [ROOM], 3, seed=1)
    assert (entry.location, entry.asked, entry.attempts, entry.from_pattern) == (ROOM, 3, 1, False)
    assert sorted(entry.prompts)[2] == (
        "Dental treatment room, steel examination lamp, green leather chair, white cabinet with drawers, soft daylight "
        "from a window, wide shot from the doorway, realistic interior photograph, sharp detail"
    )
    assert len(set(entry.prompts)) == 3


def test_locations_are_yielded_as_soon_as_they_are_ready(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: GOOD[number % 3])
    written = write_prompts(llm, embedder, medicine, [f"room {name}" for name in "abcdefgh"], 3, seed=1)
    assert next(written).location == "room a"
    assert len(llm.batches) == 1
    assert [entry.location for entry in written] == [f"room {name}" for name in "bcdefgh"]


def test_a_bad_answer_is_asked_for_again(medicine: Brief, embedder: TextEmbedder, scripted: Any) -> None:
    llm = scripted(lambda request, number: "Sure! Here is a prompt." if number < 4 else GOOD[number % 3])
    [entry] = write_prompts(llm, embedder, medicine, [ROOM], 2, seed=1)
    assert entry.attempts == 2
    assert len(entry.prompts) == 2
    assert len({request.seed for request in llm.requests}) == len(llm.requests)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " one lamp\nLight: daylight\nView: wide shot",
        GOOD[0].replace("View", "Sound"),
        GOOD[0] + "\nView: again",
        " white chair, white chairs, chair of white\nLight: soft light from above\nView: wide shot",
        " dentist with a mask, patient in a chair, smiling nurse\nLight: soft light from above\nView: wide shot",
        f" {COPIED}\nLight: soft daylight from high windows\nView: symmetrical wide shot",
        " write a prompt here, list of words below, answer the question\nLight: soft light\nView: wide shot",
    ],
    ids=[
        "empty",
        "too little",
        "wrong line",
        "line twice",
        "repeats itself",
        "people",
        "copied",
        "instructions",
    ],
)
def test_an_unusable_answer_is_never_a_prompt(
    medicine: Brief, embedder: TextEmbedder, scripted: Any, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    llm = scripted(lambda request, number: answer)
    with caplog.at_level(logging.WARNING):
        [entry] = write_prompts(llm, embedder, medicine, [ROOM], 2, seed=1)
    assert entry.from_pattern
    assert entry.prompts == ("Dental treatment room, realistic interior photograph, sharp detail",)
    assert entry.attempts == MAX_ATTEMPTS
    assert ROOM in caplog.text


def test_alike_prompts_are_not_counted_as_different(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: GOOD[0] if number % 2 else GOOD[0].replace("steel", "metal"))
    [entry] = write_prompts(llm, embedder, medicine, [ROOM], 3, seed=1)
    assert len(entry.prompts) == 1
    assert not entry.from_pattern


def test_progress_never_falls_and_cancelling_stops(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: GOOD[number % 3])
    shares: list[float] = []
    list(
        write_prompts(llm, embedder, medicine, ["ward", ROOM, "clinic"], 2, seed=1, on_progress=shares.append)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with pytest.raises(Cancelled):
        list(write_prompts(llm, embedder, medicine, [ROOM], 2, seed=1, is_cancelled=lambda: True))


def test_no_prompt_at_all_cannot_be_asked_for(medicine: Brief, embedder: TextEmbedder, scripted: Any) -> None:
    with pytest.raises(ValueError, match="at least one"):
        list(write_prompts(scripted(lambda *_: ""), embedder, medicine, [ROOM], 0, seed=1))
