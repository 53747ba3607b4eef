"""The worker's part of board photos."""
