"""What stock generation tells whoever reacts to it: the apps above, which it does not know, and its own campaigns."""

from __future__ import annotations

from django.dispatch import Signal

picture_done = Signal()
"""A picture has its file. Sent with ``picture``, inside the transaction that stores the result."""

plan_done = Signal()
"""The locations and prompts of a run are written. Sent with ``plan``, inside the transaction that stores the end."""

verdicts_changed = Signal()
"""Verdicts of campaigns' pictures changed. Sent with ``cells``, their primary keys, inside the transaction."""

picture_examined = Signal()
"""A picture was looked through for defects. Sent with ``picture`` (its primary key), ``is_flagged``, and ``looks`` (the
hashes under which near-duplicates may know it), inside the transaction that stores the flags."""

stock_grew = Signal()
"""Pictures came into the stock, and wait to be found by their meaning. Sent inside the transaction."""
