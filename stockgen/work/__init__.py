"""What a worker does for stock generation: the only part of the app that brings the engines' models."""
