"""From where on a picture of the stock suits a slide."""

from __future__ import annotations

NEAR_ENOUGH = 0.42
"""The cosine similarity of slide and description; ``bench.match`` shows what another value would do."""
