"""Benches: every figure of the documentation comes from one of them."""
