"""Rendered rooms, objects and exteriors with exact captions, and the demonstration model that is trained on them."""
