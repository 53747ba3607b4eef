"""The bench of the demonstration model: what it asks for, and how near pictures are."""

from __future__ import annotations

import torch

from bench.demo_model import FIRST, asked, nearest, thumbnails
from training.rooms import judge
from training.rooms.data import is_held_out
from training.rooms.draw import draw_scene


def test_captions_are_of_scenes_that_are_never_rendered_with_their_own_answers() -> None:
    wanted = asked(12)
    assert len(set(wanted.captions)) == 12
    assert wanted.captions[5] == draw_scene(1, FIRST + 5).captions[0]
    assert wanted.right[5].tolist() == judge.answers_of(draw_scene(1, FIRST + 5).facts())
    assert FIRST > 100_000
    assert sum(is_held_out(number) for number in range(1000)) == 50


def test_the_nearest_of_a_copy_is_what_it_was_copied_from() -> None:
    learnt = torch.rand(20, 3, 128, 128, generator=torch.Generator().manual_seed(2)) * 2 - 1
    copies = learnt[[4, 17]] + 0.01
    distances, places = nearest(thumbnails(copies), thumbnails(learnt))
    assert places.tolist() == [4, 17]
    others, _ = nearest(thumbnails(1 - copies), thumbnails(learnt))
    assert float(distances.max()) < 0.5 * float(others.min())
