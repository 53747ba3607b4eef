"""Which outdoor places there are, and what prompts call them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.rooms.kinds import open_air, streets, works
from training.rooms.scenes import Scene
from training.rooms.yards import Yard

KINDS: dict[str, tuple[Callable[[Yard], None], tuple[str, ...]]] = {
    "house": (
        streets.house,
        ("house with a garden", "family house", "country house", "detached house with a lawn", "cottage"),
    ),
    "office building": (
        streets.office_tower,
        (
            "office tower",
            "glass office building",
            "business centre building",
            "bank headquarters",
            "technology park building",
            "stock exchange building",
        ),
    ),
    "school": (
        streets.school,
        (
            "school building with a yard",
            "school yard",
            "kindergarten building",
            "university building",
            "school with a playground",
        ),
    ),
    "hospital": (
        streets.hospital,
        (
            "hospital building",
            "clinic entrance",
            "hospital entrance with a red cross",
            "medical centre building",
        ),
    ),
    "shop street": (
        streets.shop_street,
        (
            "street with shops",
            "shop front",
            "cafe terrace on a street",
            "shopping street",
            "restaurant terrace",
            "bakery front",
        ),
    ),
    "factory": (
        works.factory_yard,
        (
            "factory with chimneys",
            "factory yard",
            "power plant with chimneys",
            "steel mill",
            "industrial plant",
        ),
    ),
    "container yard": (
        works.container_yard,
        (
            "container terminal",
            "harbour with containers",
            "sea port with cranes",
            "freight yard with containers",
        ),
    ),
    "park": (
        open_air.park,
        (
            "park with trees",
            "city park with benches",
            "park path with benches",
            "public garden with a fountain",
        ),
    ),
    "garden": (
        open_air.garden,
        ("garden with a table", "hotel garden terrace", "garden terrace with chairs", "back garden"),
    ),
    "pool": (
        open_air.pool,
        (
            "swimming pool with deck chairs",
            "hotel swimming pool",
            "outdoor swimming pool",
            "beach resort pool",
        ),
    ),
    "beach": (
        open_air.beach,
        ("beach with palm trees", "beach resort", "sandy beach with sun umbrellas", "tropical beach"),
    ),
    "campsite": (
        open_air.campsite,
        (
            "campsite with tents",
            "camping meadow in a forest",
            "tents at the edge of a forest",
            "mountain trail campsite",
        ),
    ),
    "winter": (
        open_air.winter,
        ("house in the snow", "winter landscape with pines", "ski resort cottage", "snowy village"),
    ),
    "playground": (
        open_air.playground,
        (
            "playground",
            "playground with a swing",
            "kindergarten playground",
            "children's playground in a park",
        ),
    ),
    "football pitch": (
        open_air.football_pitch,
        ("football pitch", "stadium with a football goal", "sports field", "football stadium"),
    ),
    "farm": (
        works.farm,
        ("farm fields with a barn", "field in front of a barn", "farm with a barn", "farmland"),
    ),
    "greenhouse": (
        works.greenhouse,
        ("greenhouse with rows of plants", "plant nursery", "greenhouse", "vegetable greenhouse"),
    ),
    "car park": (
        streets.car_park,
        ("car park", "car park with cars", "parking lot in front of a building", "bus depot and car park"),
    ),
    "building site": (
        works.scaffolding,
        (
            "construction site",
            "building with scaffolding",
            "construction site with a crane",
            "unfinished house with scaffolding",
        ),
    ),
    "railway station": (
        streets.station,
        (
            "railway station platform",
            "train station",
            "railway tracks at a station",
            "platform of a railway station",
        ),
    ),
}
"""Kind of place → how it is built, and what it is called in prompts."""


def draw(scene: Scene, random: np.random.Generator) -> None:
    """Draw an outdoor place into a scene."""
    yard = Yard(scene, random)
    scene.kind = yard.one_of(tuple(KINDS))
    build, names = KINDS[scene.kind]
    scene.location = yard.one_of(names)
    build(yard)
