from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engines.llm.base import TextRequest
from engines.llm.sampling import SeededNucleus

REQUEST = TextRequest(system="", examples=(), question="Q", seed=1, max_new_tokens=200)
LOGITS = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]]))


def drawn(requests: list[TextRequest], steps: int = 200) -> list[list[int]]:
    sampler = SeededNucleus(requests, torch.device("cpu"))
    scores = LOGITS.expand(len(requests), -1)
    return torch.stack([sampler(torch.zeros(1, 1), scores).argmax(-1) for _ in range(steps)], dim=1).tolist()  # type: ignore[arg-type]


def test_a_seed_draws_the_same_tokens_whatever_its_neighbours() -> None:
    first, second = replace(REQUEST, seed=7), replace(REQUEST, seed=8)
    together = drawn([first, second])
    assert together == [drawn([first])[0], drawn([second])[0]]
    assert together[0] != together[1]


def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    rows = drawn([replace(REQUEST, seed=seed, temperature=1.0, top_p=1.0) for seed in range(20)])
    tokens = torch.tensor(rows).flatten()
    shares = torch.bincount(tokens, minlength=4) / len(tokens)
    assert torch.allclose(shares, torch.tensor([0.5, 0.3, 0.15, 0.05]), atol=0.03)


def test_the_nucleus_leaves_the_unlikely_out() -> None:
    rows = drawn([replace(REQUEST, seed=seed, temperature=1.0, top_p=0.75) for seed in range(5)])
    assert {token for row in rows for token in row} == {0, 1}


@pytest.mark.parametrize("sampling", [{"temperature": 0.0}, {"top_p": 0.0}])
def test_without_chance_the_likeliest_token_is_taken(sampling: dict[str, float]) -> None:
    assert set(drawn([replace(REQUEST, **sampling)])[0]) == {0}
