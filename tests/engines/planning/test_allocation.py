from __future__ import annotations

from collections import Counter

import pytest

from engines.planning.allocation import assign_seeds, default_location_count, prompts_per_location
from engines.planning.seeds import seed_for


@pytest.mark.parametrize(
    ("count", "locations"), [(1, 1), (3, 1), (8, 3), (60, 20), (1000, 100), (10**6, 100)]
)
def test_pictures_are_spread_over_a_sensible_number_of_locations(count: int, locations: int) -> None:
    assert default_location_count(count) == locations


@pytest.mark.parametrize(
    ("count", "locations", "prompts"), [(1, 1, 1), (8, 3, 3), (10, 10, 1), (1000, 10, 4), (3, 0, 3)]
)
def test_a_location_gets_as_many_prompts_as_it_has_pictures_up_to_four(
    count: int, locations: int, prompts: int
) -> None:
    assert prompts_per_location(count, locations) == prompts


@pytest.mark.parametrize(
    ("count", "prompts", "seed"), [(1, 1, 0), (12, 5, 7), (1000, 7, 2**32 - 3), (3, 10, 5)]
)
def test_exactly_the_asked_number_is_spread_evenly_with_distinct_seeds(
    count: int, prompts: int, seed: int
) -> None:
    pairs = assign_seeds(count, prompts, seed)
    assert len(pairs) == len(set(pairs)) == count
    seeds = [picture for _, picture in pairs]
    assert len(set(seeds)) == count
    assert all(0 <= picture < 2**32 for picture in seeds)
    uses = Counter(prompt for prompt, _ in pairs)
    assert set(uses) == set(range(min(count, prompts)))
    assert max(uses.values()) - min(uses.values()) <= 1
    assert assign_seeds(count, prompts, seed) == pairs


def test_without_a_prompt_nothing_can_be_assigned() -> None:
    with pytest.raises(ValueError, match="no prompt"):
        assign_seeds(5, 0, 1)


def test_a_seed_depends_on_its_purpose_and_on_nothing_else() -> None:
    assert seed_for(1, "locations", 0, 2) == seed_for(1, "locations", 0, 2)
    seeds = {seed_for(run, step, number) for run in range(5) for step in ("a", "b") for number in range(50)}
    assert len(seeds) == 500
    assert all(0 <= seed < 2**32 for seed in seeds)
