"""A language model that plans medicine interiors by a script, so that a test knows what it was asked."""

from __future__ import annotations

from collections.abc import Callable

from engines.llm.base import TextRequest
from tests.engines.planning.conftest import ScriptedLanguageModel

ROOMS = (
    "hospital ward with white beds", "dental treatment room", "pharmacy hall with medicine shelves",
    "operating theatre with surgical lamps", "waiting room of a clinic", "laboratory room with blood samples",
    "x-ray room with a scanner", "intensive care room with monitors", "maternity ward with cradles",
    "physiotherapy room of a hospital",
)  # fmt: skip
WARDS = "Only wards."
"""An addition by which the script knows that it should name other rooms."""
WARD_ROOMS = ("hospital ward with white beds", "maternity ward with cradles", "isolation ward of a hospital")

_SEEN = (
    "steel examination lamp, green leather chair, white cabinet with drawers",
    "glass shelf with instruments, blue tiled wall, round mirror",
    "dark wooden floor, potted palm in a corner, framed x-ray plates",
)


def asks_for_locations(request: TextRequest) -> bool:
    return request.answer_prefix == "-"


def planner(before: Callable[[TextRequest], object] = lambda request: None) -> ScriptedLanguageModel:
    """Return a model that answers both steps; ``before`` is called with each request first."""

    def answer(request: TextRequest, number: int) -> str:
        before(request)
        if asks_for_locations(request):
            rooms = WARD_ROOMS if WARDS in request.system else ROOMS[number % 4 * 3 :][:3]
            return " " + "\n- ".join(rooms)
        light = "grey light from a skylight" if "grey" in request.system else "soft daylight from a window"
        return f" {_SEEN[number % 3]}\nLight: {light}\nView: wide shot from the doorway"

    return ScriptedLanguageModel(answer)
