"""What stock generation tells the apps above it, which it does not know."""

from __future__ import annotations

from django.dispatch import Signal

picture_done = Signal()
"""A picture has its file. Sent with ``picture``, inside the transaction that stores the result."""
