"""The admin of stock generation, one subject a file; Django finds it as ``stockgen.admin``."""

from __future__ import annotations

from stockgen.admin import brief, campaigns, pictures, registered, runs, verdicts

__all__ = ["brief", "campaigns", "pictures", "registered", "runs", "verdicts"]
