"""Machine learning and imaging without Django: importable from a notebook.

Engines take frozen dataclasses and plain callables (``on_progress``, ``is_cancelled``) and return
dataclasses. They know no settings, no ORM and no media path. ``torch`` is only imported inside the
modules that compute with it, never by ``engines`` itself, ``engines.registry`` or ``engines.errors``.
"""
