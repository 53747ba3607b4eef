"""What is written of a scene, in the language of the prompts that the product writes (``prompts/``)."""

from __future__ import annotations

from typing import Any

from training.rooms.scenes import Scene

ENDINGS = {
    "interior": "realistic interior photograph, sharp detail",
    "exterior": "realistic outdoor photograph, sharp detail",
    "item": "realistic product photograph, sharp detail",
}
CAPTIONS = 4


def captions_of(scene: Scene, random: Any) -> list[str]:
    """Return some phrasings of one scene: from all that is known, as prompts are written, to a few words."""
    seen = list(dict.fromkeys(scene.objects))
    location = f"Close-up of {scene.location}" if scene.concept == "item" else scene.location
    ending = ENDINGS[scene.concept]
    few = seen[:3] if len(seen) < 4 or random.random() < 0.6 else [seen[0], *(seen[1:][n] for n in sorted(random.permutation(len(seen) - 1)[:2]))]
    full = [location, *few, scene.light, scene.view, ending]
    shorter = [location, *seen[: 1 + int(random.integers(2))], scene.light if random.random() < 0.5 else "", ending]
    plain = f"{scene.location} with {seen[0]}" if seen and scene.concept != "item" else ", ".join([scene.location, *seen[:1]])
    return [
        _joined(full),
        _joined([location, *few[::-1], scene.light, scene.view, ending] if random.random() < 0.5 else full[:-2] + [ending]),
        _joined(shorter),
        _joined([plain, scene.light if random.random() < 0.4 else ""]),
    ]


def _joined(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)
