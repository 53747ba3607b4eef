"""Counters and gauges in the text format of Prometheus."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

NAMES = {
    "updates": "Updates that were handled, by kind.",
    "update_failures": "Attempts to handle an update that failed.",
    "photos": "Photos that people sent, by what became of them: stored, refused, put off.",
    "delivered": "Results delivered, by kind: own, shared.",
    "telegram_calls": "Calls of the Bot API, by method.",
    "telegram_errors": "Calls of the Bot API that failed, by error.",
    "retry_after": "Times that Telegram told the bot to wait.",
    "blocked": "People found to have blocked the bot.",
    "api_errors": "Requests to the REST API that failed, by code.",
    "answers": "Answers to the survey that were stored.",
    "acknowledgement_seconds": "Seconds from receiving the first photo of a message to the acknowledgement, in sum.",
    "acknowledgements": "Acknowledgements that were sent.",
}


@dataclass
class Metrics:
    """What the bot counts. ``telegram_at`` and ``api_at``: when each last answered, by the monotonic clock."""

    counts: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    begun: float = field(default_factory=time.monotonic)
    telegram_at: float | None = None
    api_at: float | None = None

    def count(self, name: str, label: str = "", by: float = 1) -> None:
        """Add to a counter. ``name`` is one of ``NAMES``."""
        assert name in NAMES, name
        self.counts[name, label] += by

    def ages(self) -> dict[str, float]:
        """Return the seconds since each side last answered, or since the start where it never did."""
        now = time.monotonic()
        return {"telegram": now - (self.telegram_at or self.begun), "api": now - (self.api_at or self.begun)}

    def text(self, gauges: dict[str, float]) -> str:
        """Return all of it, with gauges read at this moment."""
        lines = []
        for name, meaning in NAMES.items():
            lines += [f"# HELP stock_bot_{name}_total {meaning}", f"# TYPE stock_bot_{name}_total counter"]
            found = sorted((label, value) for (of, label), value in self.counts.items() if of == name)
            for label, value in found or [("", 0)]:
                labels = f'{{kind="{label}"}}' if label else ""
                lines.append(f"stock_bot_{name}_total{labels} {value:g}")
        for name, value in gauges.items():
            lines += [f"# TYPE stock_bot_{name} gauge", f"stock_bot_{name} {value:g}"]
        return "\n".join(lines) + "\n"
