"""Figures with their uncertainty: shares, and how far raters agree."""
