"""What is read off pictures without a model (no torch here)."""
