"""What the votes and verdicts come to, in figures that carry their uncertainty.

Every figure is grouped in the database and starts from a :class:`review.statistics.scope.Scope`, which says whose
pictures it may be made of. docs/review-figures.md gives each one's formula and source.
"""
